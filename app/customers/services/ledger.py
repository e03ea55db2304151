"""Facts, timeline, consent and suppression: only ever added to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.customers.addresses import LONGEST, normal_address
from app.customers.models import (
    Channel,
    Consent,
    Customer,
    CustomerFact,
    Suppression,
    SuppressionCause,
    TimelineEntry,
)
from app.db import db, write

_FACTS, _LINES = (sa.insert(cast(sa.Table, one.__table__)) for one in (CustomerFact, TimelineEntry))


def record_fact(customer_id: int, kind: str, value: str, source: str, at: datetime) -> CustomerFact:
    """Tell the left what the right knows of a customer. The kind "grievance" also marks the customer with it."""
    fact = CustomerFact(customer_id=customer_id, kind=kind, value=value, source=source, at=at)
    db.session.add(fact)
    if kind == "grievance":
        db.session.get_one(Customer, customer_id).has_grievance = True
    return fact


def record_facts(customer_id: int, told: Sequence[tuple[str, str]], source: str, at: datetime) -> None:
    """As record_fact, several (kind, value) at once in one statement. Not for the kind "grievance", nor for a customer not stored yet."""
    rows = [
        {"customer_id": customer_id, "kind": kind, "value": value, "source": source, "at": at}
        for kind, value in told
    ]
    write(_FACTS, rows)


def write_timeline(customer_id: int, kind: str, at: datetime, **params: Any) -> TimelineEntry:
    """Add a line to a customer's history. The sentence of each kind stands in customers.timeline."""
    entry = TimelineEntry(customer_id=customer_id, kind=kind, at=at, params=params)
    db.session.add(entry)
    return entry


def add_to_timeline(customer_id: int, kind: str, at: datetime, **params: Any) -> None:
    """As write_timeline, at once in one statement. Not for a customer not stored yet."""
    write(_LINES, {"customer_id": customer_id, "kind": kind, "at": at, "params": params})


def record_consent(
    customer: Customer, channel: Channel, granted: bool, basis: str, evidence: str, at: datetime
) -> Consent:
    """Add an entry to the consent ledger and say so in the timeline."""
    entry = Consent(
        customer_id=customer.id, channel=channel, granted=granted, basis=basis, evidence=evidence, at=at
    )
    db.session.add(entry)
    kind = "consent_given" if granted else "consent_withdrawn"
    write_timeline(customer.id, kind, at, channel=channel.value, basis=basis)
    return entry


def suppress(channel: Channel, address: str, cause: SuppressionCause, at: datetime) -> bool:
    """Let nobody write to this address again, however it is written. False where it was so already."""
    normal = normal_address(channel, address)[:LONGEST]
    if not normal:
        return False
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    values = {"channel": channel, "address": normal, "cause": cause, "at": at}
    add = dialect.insert(Suppression).values(**values).on_conflict_do_nothing()
    found: sa.CursorResult[Any] = db.session.execute(add)  # type: ignore[assignment] # a change has a row count
    return found.rowcount == 1


def stop_address(channel: Channel, address: str, at: datetime) -> bool:
    """Its owner wants no more through this address. False where that was so already."""
    return suppress(channel, address, SuppressionCause.OPT_OUT, at)


def lift_opt_out(channel: Channel, address: str) -> None:
    """Let this address be written to again, where its owner had stopped it. What else stopped it stays."""
    normal = normal_address(channel, address)[:LONGEST]
    stopped = (Suppression.channel == channel, Suppression.address == normal)
    db.session.execute(sa.delete(Suppression).where(*stopped, Suppression.cause == SuppressionCause.OPT_OUT))
