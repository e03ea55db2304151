"""What conditions and texts of a survey may know of a customer: plain things, never a name, an address or money.

The snapshot is taken once, when a sheet is begun, and kept with it, so that it goes on under the rules it began with.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.customers.models import Customer, CustomerKind, CustomerState, ImportBatch, ImportKind
from app.customers.wording import KINDS, STATES
from app.db import db
from app.i18n import lazy_gettext as _l

KIND, STATE, MONTHS, PURCHASES = "customer:kind", "customer:state", "customer:months", "customer:purchases"
LABELS = {
    STATE: _l("お客さまの状態"),
    KIND: _l("個人か法人か"),
    MONTHS: _l("最後のご購入からの月数"),
    PURCHASES: _l("ご購入の回数"),
}
CHOICES: dict[str, dict[str, Any]] = {
    STATE: {state.value: STATES[state] for state in CustomerState},
    KIND: {kind.value: KINDS[kind] for kind in CustomerKind},
}
LONGEST_VALUE = 200
# Headings of columns that tell who somebody is, where they live, or what they spend.
_PRIVATE = re.compile(
    r"名前|氏名|姓名|お名|名字|苗字|フリガナ|ふりがな|カナ|かな|宛名|担当者|住所|番地|郵便|電話|携帯|tel|fax|メール|mail"
    r"|アドレス|address|phone|name|金額|売上|料金|価格|年会費|年額|月額|単価|円|amount|price|revenue|口座|カード番号"
)


def is_private(name: str) -> bool:
    """Does this heading say that the column holds a name, an address or an amount?"""
    return bool(_PRIVATE.search(unicodedata.normalize("NFKC", name).casefold()))


def snapshot_of(customer: Customer | None, today: date) -> dict[str, Any]:
    """What a sheet keeps of a customer; nothing of nobody. Unknown things are left out."""
    if customer is None:
        return {}
    own = {
        name: str(value)[:LONGEST_VALUE]
        for name, value in customer.attributes.items()
        if value not in (None, "") and name not in LABELS and not is_private(name)
    }
    found = {
        **own,
        KIND: customer.kind.value,
        STATE: customer.state.value,
        PURCHASES: customer.purchase_count,
    }
    if customer.last_bought_on is not None:
        found[MONTHS] = months_between(customer.last_bought_on, today)
    return found


def months_between(earlier: date, later: date) -> int:
    """Full months from one day to another, never below 0."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    return max(months, 0)


def imported_names() -> list[str]:
    """The names of customers' own attributes, as their imports called them; private ones are left out."""
    mappings = db.session.scalars(
        sa.select(ImportBatch.mapping)
        .where(ImportBatch.kind == ImportKind.CUSTOMERS)
        .order_by(ImportBatch.id)
    )
    return _named(name for mapping in mappings for name in mapping.get("attributes") or [])


def _named(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in LABELS and not is_private(name)]


def label_of(name: str) -> str:
    """An attribute as people call it."""
    return str(LABELS.get(name, name))
