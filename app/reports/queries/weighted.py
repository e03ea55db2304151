"""The reasons of a survey as those who answered give them, and as the whole lapsed base would."""

from dataclasses import dataclass

import sqlalchemy as sa

from analysis.reweighting import Heard, WeightedShare, weighted_shares
from app.customers.models import Customer
from app.db import db
from app.reasons.models import Reason
from app.reports.queries.cells import Cells, is_gone
from app.reports.queries.silent import Silences, silences
from app.reports.queries.tally import Bits
from app.responses.models import Response


@dataclass(frozen=True)
class Weighted:
    """rows: reasons, the largest weighted share first; silences: where the weights come from."""

    rows: tuple[tuple[WeightedShare, Reason | None], ...]
    silences: Silences

    @property
    def n(self) -> int:
        """Lapsed people who gave a reason."""
        return self.rows[0][0].n if self.rows else 0

    @property
    def effective_n(self) -> float:
        return self.rows[0][0].effective_n if self.rows else 0.0

    @property
    def plain_first(self) -> tuple[WeightedShare, Reason | None] | None:
        """The reason most of those who answered give."""
        return max(self.rows, key=lambda row: row[0].count, default=None)


def weighted(survey_id: int) -> Weighted:
    """Each lapsed person who gave a reason counts once, with the weight of the cell."""
    cells, bits = Cells(), Bits()
    spoken = silences(survey_id, cells)
    weight = spoken.weights()
    given = bits.given(survey_id).subquery()
    mask = sa.cast(sa.func.sum(sa.distinct(given.c.bit)), sa.BigInteger).label("mask")
    people = (
        sa.select(Response.customer_id, mask)
        .join(given, given.c.response_id == Response.id)
        .where(Response.customer_id.is_not(None))
        .group_by(Response.customer_id)
        .subquery()
    )
    each = (
        sa.select(cells.number.label("cell"), people.c.mask)
        .join(people, people.c.customer_id == Customer.id)
        .where(is_gone(), people.c.mask > 0)
        .subquery()
    )
    counted = sa.select(each.c.cell, each.c.mask, sa.func.count()).group_by(each.c.cell, each.c.mask)
    heard = [
        Heard(weight[cell], bits.set_of(mask), count) for cell, mask, count in db.session.execute(counted)
    ]
    rows = weighted_shares(heard, bits.codes)
    return Weighted(tuple((row, bits.reasons[row.code]) for row in rows), spoken)
