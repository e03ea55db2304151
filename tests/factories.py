"""Objects for tests, believable and small. They are not added to the session: the test does that."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.accounts.models import Member, Organisation, Role
from app.customers.models import Channel, Consent, Customer, Purchase

PASSWORD = "a long enough password"
AT = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
# The cheapest argon2 there is: a test signs in often.
_HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)
_numbers = count(1)


def organisation(**changes: Any) -> Organisation:
    values = {
        "id": 1,
        "name": "朝霧茶舗",
        "sender_name": "朝霧茶舗 お客さま係",
        "sender_address": "okyakusama@asagiri.example",
        "postal_address": "静岡県川根本町1-2-3",
        "contact": "0120-000-000",
        "created_at": AT,
    }
    return Organisation(**{**values, **changes})


def member(**changes: Any) -> Member:
    number = next(_numbers)
    values = {
        "email": f"member{number}@asagiri.example",
        "name": "中村 あゆみ",
        "password_hash": _HASH,
        "role": Role.ADMINISTRATOR,
        "created_at": AT,
    }
    return Member(**{**values, **changes})


def customer(**changes: Any) -> Customer:
    number = next(_numbers)
    values = {
        "key": f"K{number:05d}",
        "name": "山本 花子",
        "email": f"hanako{number}@okyaku.example",
        "created_at": AT,
        "changed_at": AT,
    }
    return Customer(**{**values, **changes})


def consent(customer: Customer, **changes: Any) -> Consent:
    values = {
        "customer_id": customer.id,
        "channel": Channel.MAIL,
        "granted": True,
        "basis": "会員登録時の同意",
        "at": AT,
    }
    return Consent(**{**values, **changes})


def purchase(customer: Customer, bought_on: date, amount: int = 3000, **changes: Any) -> Purchase:
    values = {
        "customer_id": customer.id,
        "order_key": f"O{next(_numbers):06d}",
        "bought_on": bought_on,
        "amount": amount,
    }
    return Purchase(**{**values, **changes})
