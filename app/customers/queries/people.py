"""The list of customers and what one of them bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.customers.addresses import plain
from app.customers.models import Customer, CustomerState, Purchase
from app.customers.queries.segments import customers_where
from app.db import db

SORTS: dict[str, Any] = {
    "name": sa.func.coalesce(sa.func.nullif(Customer.kana, ""), Customer.name),
    "key": Customer.key,
    "bought": Customer.last_bought_on,
    "count": Customer.purchase_count,
    "revenue": Customer.yearly_revenue,
    "joined": Customer.joined_on,
}
DEFAULT_SORT = "-bought"


@dataclass(frozen=True)
class StateCounts:
    """How many customers stand in each state."""

    active: int = 0
    dormant: int = 0
    lapsed: int = 0
    returned: int = 0

    @property
    def total(self) -> int:
        return self.active + self.dormant + self.lapsed + self.returned

    @property
    def silent(self) -> int:
        """Dormant or lapsed: whom Okaeri asks."""
        return self.dormant + self.lapsed


def customer_states() -> StateCounts:
    """All customers, counted by state."""
    counted = sa.select(Customer.state, sa.func.count()).group_by(Customer.state)
    return StateCounts(**{CustomerState(state).value: count for state, count in db.session.execute(counted)})


def customers_listed(
    filters: dict[str, Any], search: str, by_person: bool, sort: str = DEFAULT_SORT
) -> sa.Select[Customer]:
    """The customers that hold all filters and the search words.

    `by_person`: names and addresses may be searched and sorted by, not only the customer number. `sort`: a name of
    SORTS, with "-" for descending; any other falls back to the latest purchase first.
    """
    query = customers_where(filters)
    needle = plain(search.replace("\x00", ""))[:200]  # PostgreSQL takes no NUL
    if needle:
        columns = [Customer.key]
        if by_person:
            columns += [Customer.name, Customer.kana, Customer.email]
        query = query.where(sa.or_(*(column.icontains(needle, autoescape=True) for column in columns)))
    name = sort.removeprefix("-")
    if name not in SORTS or (name == "name" and not by_person):
        sort = DEFAULT_SORT
    order = SORTS[sort.removeprefix("-")]
    order = order.desc() if sort.startswith("-") else order.asc()
    return query.order_by(order.nulls_last(), Customer.id.desc())


def purchases_of(customer: Customer, limit: int = 100) -> Sequence[Purchase]:
    """The latest purchases and cancellations of a customer, newest first."""
    mine = sa.select(Purchase).where(Purchase.customer_id == customer.id)
    return list(db.session.scalars(mine.order_by(Purchase.bought_on.desc(), Purchase.id.desc()).limit(limit)))
