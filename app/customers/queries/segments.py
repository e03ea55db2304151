"""Segments: saved choices of customers, evaluated afresh each time they are asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.customers.models import (
    Channel,
    Contact,
    Customer,
    CustomerFact,
    CustomerKind,
    CustomerState,
    Segment,
)
from app.customers.queries.ledger import consented, suppressed_by_mail
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _

Condition = sa.ColumnElement[bool]


def _with_fact(kind: str, values: list[str]) -> Condition:
    mine = sa.select(CustomerFact.id).where(
        CustomerFact.customer_id == Customer.id, CustomerFact.kind == kind, CustomerFact.value.in_(values)
    )
    return mine.correlate(Customer).exists()


def _with_mail(wanted: bool) -> Condition:
    there = (Contact.email != "", Contact.gone_at.is_(None))
    contacts = sa.select(Contact.id).where(Contact.customer_id == Customer.id, *there)
    has = sa.or_(Customer.email != "", contacts.correlate(Customer).exists())
    return has if wanted else sa.not_(has)


def _with_consent(wanted: bool) -> Condition:
    may = sa.and_(consented(Channel.MAIL), sa.not_(suppressed_by_mail()))
    return may if wanted else sa.not_(may)


# The only filters there are. Values come from JSON: words, lists of words, ISO days, true and false.
FILTERS: dict[str, Callable[[Any], Condition]] = {
    "states": lambda words: Customer.state.in_([CustomerState(word) for word in words]),
    "kind": lambda word: Customer.kind == CustomerKind(word),
    "bought_before": lambda day: Customer.last_bought_on < date.fromisoformat(day),
    "bought_after": lambda day: Customer.last_bought_on >= date.fromisoformat(day),
    "has_mail": lambda wanted: _with_mail(bool(wanted)),
    "has_consent": lambda wanted: _with_consent(bool(wanted)),
    "reasons": lambda codes: _with_fact("reason", [str(code) for code in codes]),
    "nps": lambda classes: _with_fact("nps", [str(word) for word in classes]),
}


@dataclass(frozen=True)
class SegmentCount:
    """How many customers a choice holds, and how many of them may be written to by mail."""

    total: int
    by_mail: int


def customers_where(filters: dict[str, Any]) -> sa.Select[Customer]:
    """The customers that hold every filter. Raises BadInput for a filter or a value that is not known."""
    query = sa.select(Customer)
    for name, value in filters.items():
        if name not in FILTERS:
            raise BadInput(_("「%(name)s」という条件はありません。", name=name))
        try:
            query = query.where(FILTERS[name](value))
        except (TypeError, ValueError):
            raise BadInput(_("条件「%(name)s」の値が正しくありません。", name=name)) from None
    return query


def customers_of_segment(segment: Segment) -> sa.Select[Customer]:
    """The customers a segment holds now."""
    return customers_where(segment.filters)


def count_customers(filters: dict[str, Any]) -> SegmentCount:
    """Count a choice of customers, saved or not."""
    chosen = customers_where(filters).with_only_columns(sa.func.count(Customer.id))
    may_write = sa.and_(_with_mail(True), _with_consent(True))
    return SegmentCount(db.session.scalar(chosen) or 0, db.session.scalar(chosen.where(may_write)) or 0)


def segments() -> list[Segment]:
    """All segments, newest first."""
    return list(db.session.scalars(sa.select(Segment).order_by(Segment.id.desc())))
