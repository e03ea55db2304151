"""Purchases summed up on the customer, set-based."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.customers.days import days_before
from app.customers.models import Account, Customer, Purchase
from app.customers.services.loaded import forget
from app.db import db

SUMMED = ("first_bought_on", "last_bought_on", "purchase_count", "purchase_total", "yearly_revenue")
A_YEAR = 365
MOST_IDS = 5_000


def recount_purchases(customer_ids: Sequence[int] | None = None) -> None:
    """Sum up the purchases of these customers (of all, unless given) on their rows.

    First and last day, count: of purchases, not of cancellations (negative amounts). Total: all amounts. Yearly
    revenue: all amounts in the 365 days up to the last purchase, never below 0; with a contract, its yearly fee.
    """
    db.session.flush()
    if customer_ids is None:
        _recount(sa.true(), sa.true(), sa.true())
    else:
        ids = list(dict.fromkeys(customer_ids))
        for start in range(0, len(ids), MOST_IDS):
            part = ids[start : start + MOST_IDS]
            _recount(Customer.id.in_(part), Purchase.customer_id.in_(part), Account.customer_id.in_(part))
    forget(SUMMED)


def _recount(of_customer: Any, of_purchase: Any, of_account: Any) -> None:
    update = sa.update(Customer).execution_options(synchronize_session=False)
    nothing = {"first_bought_on": None, "last_bought_on": None, "purchase_count": 0, "purchase_total": 0}
    bought = sa.select(Purchase.id).where(Purchase.customer_id == Customer.id).exists()
    db.session.execute(update.where(of_customer, sa.not_(bought)).values(**nothing, yearly_revenue=0))
    sums = _sums(of_purchase)
    values = {name: sums.c[name] for name in SUMMED}
    db.session.execute(update.where(of_customer, Customer.id == sums.c.customer_id).values(**values))
    fee = Account.yearly_fee
    with_fee = (of_account, Customer.id == Account.customer_id, fee.is_not(None))
    db.session.execute(update.where(*with_fee).values(yearly_revenue=fee))


def _sums(of_purchase: Any) -> sa.Subquery:
    """One row of sums per customer that has purchases."""
    is_purchase = Purchase.amount >= 0
    ends = (
        sa.select(
            Purchase.customer_id,
            sa.func.min(Purchase.bought_on).filter(is_purchase).label("first_bought_on"),
            sa.func.max(Purchase.bought_on).filter(is_purchase).label("last_bought_on"),
            sa.func.count().filter(is_purchase).label("purchase_count"),
            sa.func.sum(Purchase.amount).label("purchase_total"),
        )
        .where(of_purchase)
        .group_by(Purchase.customer_id)
        .subquery("ends")
    )
    last_year = (
        sa.select(Purchase.customer_id, sa.func.sum(Purchase.amount).label("revenue"))
        .join(ends, ends.c.customer_id == Purchase.customer_id)
        .where(
            Purchase.bought_on <= ends.c.last_bought_on,
            Purchase.bought_on > days_before(ends.c.last_bought_on, sa.literal(A_YEAR)),
        )
        .group_by(Purchase.customer_id)
        .subquery("last_year")
    )
    revenue = sa.case((last_year.c.revenue > 0, last_year.c.revenue), else_=0).label("yearly_revenue")
    joined = ends.outerjoin(last_year, last_year.c.customer_id == ends.c.customer_id)
    return sa.select(*ends.c, revenue).select_from(joined).subquery("sums")
