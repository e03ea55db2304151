"""Customers in RFM cells: thirds of last purchase, purchases and yen among everybody dormant or lapsed now, or others."""

from typing import Any

import sqlalchemy as sa

from analysis.reweighting import Cuts, third_cuts
from app.customers.models import Customer, CustomerState
from app.db import db

GONE = (CustomerState.DORMANT, CustomerState.LAPSED)
MEASURES = (Customer.last_bought_on, Customer.purchase_count, Customer.purchase_total)


class Cells:
    """The cuts of the three measures as they are now; a cell is a number of three digits, 333 the best, 0 unknown."""

    def __init__(self, within: sa.ColumnElement[bool] | None = None) -> None:
        """`within`: the customers whose thirds they are, the lapsed ones by default."""
        self._within = is_gone() if within is None else within
        self._thirds = [_third(measure, _cuts(measure, self._within)) for measure in MEASURES]

    @property
    def number(self) -> sa.ColumnElement[int]:
        """SQL: the cell of the customer at hand."""
        r, f, m = self._thirds
        return sa.case((_has_bought(), 100 * r + 10 * f + m), else_=0)

    def inside(self, key: str) -> sa.ColumnElement[bool]:
        """SQL: is the customer at hand one of them, and in the cells of a key? Three signs, "-" for any third; "000":
        unknown."""
        if key == "000":
            return sa.and_(self._within, sa.not_(_has_bought()))
        wanted = [third == int(sign) for third, sign in zip(self._thirds, key, strict=True) if sign != "-"]
        return sa.and_(self._within, _has_bought(), *wanted)


def is_gone() -> sa.ColumnElement[bool]:
    """SQL: the customer at hand is dormant or lapsed now."""
    return Customer.state.in_(GONE)


def _has_bought() -> sa.ColumnElement[bool]:
    return sa.and_(Customer.last_bought_on.is_not(None), Customer.purchase_count > 0)


def _cuts(measure: Any, within: sa.ColumnElement[bool]) -> Cuts:
    counted = sa.select(measure, sa.func.count()).where(within, _has_bought()).group_by(measure)
    return third_cuts(dict(db.session.execute(counted).all()))


def _third(measure: Any, cuts: Cuts) -> sa.ColumnElement[int]:
    ends = [(measure <= end, third) for third, end in enumerate(cuts, 1) if end is not None]
    return sa.case(*ends, else_=3) if ends else sa.literal(3)
