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
class Before:
    """A customer of an earlier time as the database had it."""

    values: dict[str, Any]
    account: dict[str, Any] | None = None
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Known:
    """One customer. `id` is None until it is stored; `touched` and its like say what must be written.

    before: values (with changed_at), account and contacts as they were loaded; None where this import brought it.
    """

    key: str
    id: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    account: dict[str, Any] | None = None
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    before: "Before | None" = None
    consents: dict[Channel, tuple[bool, datetime]] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    is_touched: bool = False
    has_account: bool = False
    account_touched: bool = False
    contacts_touched: list[str] = field(default_factory=list)
    new_consents: list[dict[str, Any]] = field(default_factory=list)
    new_facts: list[dict[str, Any]] = field(default_factory=list)


def load(keys: Iterable[str], wants: set[str], batch_id: int | None) -> dict[str, Known]:
    """The customers with these keys; of their other tables those in `wants`: account, consent, cancelled."""
    columns = [getattr(Customer, name) for name in COLUMNS]
    rows = db.session.execute(
        sa.select(Customer.id, Customer.key, Customer.import_batch_id, Customer.changed_at, *columns).where(
            Customer.key.in_(list(keys))
        )
    )
    known: dict[str, Known] = {}
    for row in rows:
        one = known[row.key] = Known(row.key, row.id, {name: getattr(row, name) for name in COLUMNS})
        if batch_id is None or row.import_batch_id != batch_id:
            one.before = Before({**one.values, "changed_at": row.changed_at})
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
    for one in by_id.values():
        if one.before is not None:
            one.before.account, one.before.contacts = one.account, dict(one.contacts)


def suppressed_mails(addresses: Iterable[str]) -> set[str]:
    """Those of these normal addresses nobody may write to."""
    listed = sa.select(Suppression.address).where(Suppression.channel == Channel.MAIL)
    return set(db.session.scalars(listed.where(Suppression.address.in_(list(addresses)))))


def store(known: Iterable[Known], batch_id: int, at: datetime) -> None:
    """Write what changed, one statement a table, and keep what stood before."""
    touched = list(known)
    changed = [one for one in touched if one.is_touched and one.id is not None]
    _insert([one for one in touched if one.id is None], batch_id, at)
    if changed:
        rows = [{"id": one.id, **one.values, "changed_at": at} for one in changed]
        db.session.execute(sa.update(Customer), rows)
        services.note_changes(
            batch_id,
            "customer",
            (
                (_id(one), _id(one), one.before.values, {**one.values, "changed_at": at})
                for one in changed
                if one.before is not None
            ),
        )
    _store_accounts([one for one in touched if one.account_touched], batch_id)
    _store_contacts(touched, batch_id)
    _store_entries(touched, batch_id)


def _id(one: Known) -> int:
    if one.id is None:
        raise ValueError("not stored yet")
    return one.id


def _insert(new: list[Known], batch_id: int, at: datetime) -> None:
    if not new:
        return
    stamps = {"import_batch_id": batch_id, "created_at": at, "changed_at": at}
    values = [{"key": one.key, **one.values, **stamps} for one in new]
    made = db.session.execute(sa.insert(Customer).returning(Customer.key, Customer.id), values)
    ids = {row.key: row.id for row in made}
    for one in new:
        one.id = ids[one.key]


def _store_accounts(accounts: list[Known], batch_id: int) -> None:
    for exists, statement in ((False, sa.insert(Account)), (True, sa.update(Account))):
        part = [
            {"customer_id": one.id, **(one.account or {})} for one in accounts if one.has_account is exists
        ]
        if part:
            db.session.execute(statement, part)
    pairs = [(one, one.before, one.account) for one in accounts]
    services.note_changes(
        batch_id,
        "account",
        ((_id(one), _id(one), was.account, now) for one, was, now in pairs if was is not None and now),
    )
    if accounts:
        services.recount_purchases([_id(one) for one in accounts])


def _store_contacts(touched: list[Known], batch_id: int) -> None:
    rows = [
        (one, {"customer_id": one.id, "email": email, **one.contacts[email]})
        for one in touched
        for email in dict.fromkeys(one.contacts_touched)
    ]
    changed = [row for _one, row in rows if "id" in row]
    if changed:
        db.session.execute(sa.update(Contact), changed)
    _bring(Contact, "contact", [pair for pair in rows if "id" not in pair[1]], batch_id)
    services.note_changes(
        batch_id,
        "contact",
        (
            (row["id"], _id(one), one.before.contacts[row["email"]], {name: row[name] for name in CONTACT})
            for one, row in rows
            if "id" in row and one.before is not None and row["email"] in one.before.contacts
        ),
    )


def _store_entries(touched: list[Known], batch_id: int) -> None:
    """Consents and facts are only ever added."""
    for model, subject, name in (
        (Consent, "consent", "new_consents"),
        (CustomerFact, "customer_fact", "new_facts"),
    ):
        rows = [(one, {"customer_id": one.id, **values}) for one in touched for values in getattr(one, name)]
        _bring(model, subject, rows, batch_id)


def _bring(
    model: type[Contact | Consent | CustomerFact],
    subject: str,
    rows: list[tuple[Known, dict[str, Any]]],
    batch_id: int,
) -> None:
    """Insert rows; those of customers of an earlier time are remembered as brought by this import."""
    own = [row for one, row in rows if one.before is None]
    if own:
        db.session.execute(sa.insert(model), own)
    others = [row for one, row in rows if one.before is not None]
    if others:
        made = db.session.scalars(
            sa.insert(model).returning(model.id, sort_by_parameter_order=True), others
        ).all()
        pairs = zip(made, others, strict=True)
        services.note_changes(
            batch_id, subject, ((number, row["customer_id"], None, row) for number, row in pairs)
        )
