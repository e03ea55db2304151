"""Customers as the database has them while a chunk of rows is taken, and what the chunk adds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.customers import services
from app.customers.models import Account, Channel, Consent, Contact, Customer, CustomerFact, Suppression
from app.db import db

COLUMNS = (
    *(
        "kind",
        "name",
        "kana",
        "email",
        "phone",
        "postal_code",
        "address",
        "joined_on",
        "attributes",
        "has_grievance",
    ),
)
CONTRACT = ("contract_started_on", "contract_ends_on", "yearly_fee")
CONTACT = ("name", "department", "phone", "is_primary")


@dataclass
class Known:
    """One customer. `id` is None until it is stored; `touched` and its like say what must be written."""

    key: str
    id: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    account: dict[str, Any] | None = None
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    consents: dict[Channel, tuple[bool, datetime]] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    is_touched: bool = False
    has_account: bool = False
    account_touched: bool = False
    contacts_touched: list[str] = field(default_factory=list)
    new_consents: list[dict[str, Any]] = field(default_factory=list)
    new_facts: list[dict[str, Any]] = field(default_factory=list)


def load(keys: Iterable[str], wants: set[str]) -> dict[str, Known]:
    """The customers with these keys; of their other tables those in `wants`: account, consent, cancelled."""
    columns = [getattr(Customer, name) for name in COLUMNS]
    rows = db.session.execute(
        sa.select(Customer.id, Customer.key, *columns).where(Customer.key.in_(list(keys)))
    )
    known = {row.key: Known(row.key, row.id, {name: getattr(row, name) for name in COLUMNS}) for row in rows}
    by_id = {one.id: one for one in known.values()}
    if "account" in wants:
        _load_accounts(by_id)
    if "consent" in wants:
        mine = sa.select(Consent.customer_id, Consent.channel, Consent.granted, Consent.at)
        for row in db.session.execute(
            mine.where(Consent.customer_id.in_(by_id)).order_by(Consent.at, Consent.id)
        ):
            by_id[row.customer_id].consents[row.channel] = (row.granted, row.at)
    if "cancelled" in wants:
        facts = sa.select(CustomerFact.customer_id, CustomerFact.value).where(
            CustomerFact.kind == "cancelled"
        )
        for number, day in db.session.execute(facts.where(CustomerFact.customer_id.in_(by_id))):
            by_id[number].cancelled.add(day)
    return known


def _load_accounts(by_id: dict[int | None, Known]) -> None:
    for account in db.session.execute(sa.select(Account.__table__).where(Account.customer_id.in_(by_id))):
        one = by_id[account.customer_id]
        one.account, one.has_account = {name: getattr(account, name) for name in CONTRACT}, True
    for contact in db.session.execute(sa.select(Contact.__table__).where(Contact.customer_id.in_(by_id))):
        values = {name: getattr(contact, name) for name in CONTACT}
        by_id[contact.customer_id].contacts[contact.email] = {"id": contact.id, **values}


def suppressed_mails(addresses: Iterable[str]) -> set[str]:
    """Those of these normal addresses nobody may write to."""
    listed = sa.select(Suppression.address).where(Suppression.channel == Channel.MAIL)
    return set(db.session.scalars(listed.where(Suppression.address.in_(list(addresses)))))


def store(known: Iterable[Known], batch_id: int | None, at: datetime) -> None:
    """Write what changed, one statement a table."""
    touched = list(known)
    changed = [
        {"id": one.id, **one.values, "changed_at": at}
        for one in touched
        if one.is_touched and one.id is not None
    ]
    _insert([one for one in touched if one.id is None], batch_id, at)
    if changed:
        db.session.execute(sa.update(Customer), changed)
    accounts = [one for one in touched if one.account_touched]
    for exists, statement in ((False, sa.insert(Account)), (True, sa.update(Account))):
        part = [
            {"customer_id": one.id, **(one.account or {})} for one in accounts if one.has_account is exists
        ]
        if part:
            db.session.execute(statement, part)
    _store_contacts(touched)
    for model, name in ((Consent, "new_consents"), (CustomerFact, "new_facts")):
        part = [{"customer_id": one.id, **values} for one in touched for values in getattr(one, name)]
        if part:
            db.session.execute(sa.insert(model), part)
    if accounts:
        services.recount_purchases([one.id for one in accounts if one.id is not None])


def _insert(new: list[Known], batch_id: int | None, at: datetime) -> None:
    if not new:
        return
    stamps = {"import_batch_id": batch_id, "created_at": at, "changed_at": at}
    values = [{"key": one.key, **one.values, **stamps} for one in new]
    made = db.session.execute(sa.insert(Customer).returning(Customer.key, Customer.id), values)
    ids = {row.key: row.id for row in made}
    for one in new:
        one.id = ids[one.key]


def _store_contacts(touched: list[Known]) -> None:
    rows = [
        {"customer_id": one.id, "email": email, **one.contacts[email]}
        for one in touched
        for email in dict.fromkeys(one.contacts_touched)
    ]
    for has_id, statement in ((False, sa.insert(Contact)), (True, sa.update(Contact))):
        part = [row for row in rows if ("id" in row) is has_id]
        if part:
            db.session.execute(statement, part)
