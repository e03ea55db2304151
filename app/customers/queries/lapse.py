"""Who is gone by a lapse rule, and how long customers take to come back by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.customers.days import DAYS_A_MONTH, days_between, months_before
from app.customers.models import (
    Account,
    Customer,
    CustomerFact,
    CustomerState,
    LapseRule,
    Purchase,
    StateSource,
)
from app.db import db

GONE = (CustomerState.DORMANT, CustomerState.LAPSED)


@dataclass(frozen=True)
class LapseCount:
    """What a rule would make of today's customers: persons, and yen a year that went with them."""

    dormant: int
    lapsed: int
    total: int
    lost_yen: int

    @property
    def gone(self) -> int:
        return self.dormant + self.lapsed

    @property
    def share(self) -> float | None:
        return self.gone / self.total if self.total else None


@dataclass(frozen=True)
class PurchaseGaps:
    """Days from one purchase to the next of the same customer, with how often each was seen."""

    days: tuple[int, ...]
    counts: tuple[int, ...]
    customers: int
    purchases: int
    first_on: date | None
    last_on: date | None

    @property
    def total(self) -> int:
        return sum(self.counts)

    def share_within(self, months: float) -> float | None:
        """The share of all returns that came within so many months; None where nobody bought twice."""
        limit = months * DAYS_A_MONTH
        within = sum(count for day, count in zip(self.days, self.counts, strict=True) if day <= limit)
        return within / self.total if self.total else None


def lapse_rule_in_force() -> LapseRule | None:
    """The newest version, or None before the first was saved."""
    return db.session.scalar(sa.select(LapseRule).order_by(LapseRule.version.desc()).limit(1))


def lapse_rules() -> Sequence[LapseRule]:
    """All versions, newest first."""
    return list(db.session.scalars(sa.select(LapseRule).order_by(LapseRule.version.desc())))


def has_contracts() -> bool:
    """Does any account have a contract with an end, so that a rule can be made without purchases?"""
    return (
        db.session.scalar(
            sa.select(Account.customer_id).where(Account.contract_ends_on.is_not(None)).limit(1)
        )
        is not None
    )


def contract_runs(rule: LapseRule, today: date) -> sa.ColumnElement[bool]:
    """SQL: the account at hand has a contract that has not ended longer ago than the days of grace."""
    limit = today - timedelta(days=rule.contract_grace_days)
    open_end = sa.and_(Account.contract_ends_on.is_(None), Account.contract_started_on.is_not(None))
    return sa.or_(Account.contract_ends_on >= limit, open_end)


def gone(rule: LapseRule, today: date) -> sa.ColumnElement[Any]:
    """SQL: "lapsed", "dormant" or NULL for the customer at hand (outer-joined with Account).

    Lapsed: the contract is over, it was cancelled and nothing was bought since, or silent with a grievance. Dormant:
    silent without one. Silent: enough purchases, the last of them too long ago, no running contract.
    """
    over = Account.contract_ends_on < today - timedelta(days=rule.contract_grace_days)
    silent = sa.and_(
        Customer.last_bought_on <= months_before(today, rule.silent_months),
        Customer.purchase_count >= rule.fewest_purchases,
    )
    cancelled = (
        sa.select(CustomerFact.id)
        .where(
            CustomerFact.customer_id == Customer.id,
            CustomerFact.kind == "cancelled",
            CustomerFact.value >= sa.func.coalesce(sa.cast(Customer.last_bought_on, sa.String), ""),
        )
        .correlate(Customer)
        .exists()
    )
    with_grievance = sa.and_(silent, Customer.has_grievance, sa.literal(rule.grievance_lapses))
    return sa.case(
        (over, CustomerState.LAPSED.value),
        (sa.func.coalesce(contract_runs(rule, today), sa.false()), sa.null()),
        (sa.or_(cancelled, with_grievance), CustomerState.LAPSED.value),
        (silent, CustomerState.DORMANT.value),
        else_=sa.null(),
    )


def customers_gone(rule: LapseRule, today: date) -> LapseCount:
    """Count what a rule, saved or not, makes of today's customers. What a person or an answer said stays as it is."""
    said = sa.cast(Customer.state, sa.String)
    state = sa.case((Customer.state_source != StateSource.RULE, said), else_=gone(rule, today)).label("state")
    each = sa.select(state, Customer.yearly_revenue.label("yen")).outerjoin(Customer.account).subquery()
    counted = sa.select(each.c.state, sa.func.count(), sa.func.sum(each.c.yen)).group_by(each.c.state)
    found = {row[0]: (row[1], int(row[2] or 0)) for row in db.session.execute(counted)}
    dormant, lapsed = (found.get(state.value, (0, 0)) for state in GONE)
    total = sum(count for count, _yen in found.values())
    return LapseCount(dormant[0], lapsed[0], total, dormant[1] + lapsed[1])


def purchase_gaps() -> PurchaseGaps:
    """All intervals between two purchase days of one customer. Several orders on one day are one purchase.

    Ordering every purchase of every customer takes a while, so the last answers are kept, each under sums that change
    with any purchase.
    """
    age = sa.cast(days_between(sa.literal(date(2000, 1, 1), sa.Date()), Purchase.bought_on), sa.BigInteger)
    sums = sa.select(
        sa.func.count(Purchase.id),
        sa.func.max(Purchase.id),
        sa.func.sum(age),
        sa.func.sum(age * Purchase.amount),
        sa.func.sum(age * Purchase.customer_id),
    )
    return _gaps(str(db.engine.url), tuple(db.session.execute(sums).one()))


@lru_cache(maxsize=4)
def _gaps(database: str, seen: tuple[Any, ...]) -> PurchaseGaps:
    each = (
        sa.select(Purchase.customer_id, Purchase.bought_on).where(Purchase.amount >= 0).distinct().subquery()
    )
    before = sa.func.lag(each.c.bought_on).over(partition_by=each.c.customer_id, order_by=each.c.bought_on)
    pairs = sa.select(each.c.bought_on, before.label("before")).subquery()
    gap = days_between(pairs.c.before, pairs.c.bought_on)
    counted = sa.select(gap, sa.func.count()).where(pairs.c.before.is_not(None)).group_by(gap).order_by(gap)
    rows = [(int(days), int(count)) for days, count in db.session.execute(counted)]
    days, counts = tuple(row[0] for row in rows), tuple(row[1] for row in rows)
    ends = sa.select(
        sa.func.count(Purchase.customer_id.distinct()),
        sa.func.count(Purchase.id),
        sa.func.min(Purchase.bought_on),
        sa.func.max(Purchase.bought_on),
    )
    return PurchaseGaps(days, counts, *db.session.execute(ends.where(Purchase.amount >= 0)).one())
