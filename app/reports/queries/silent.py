"""Who of the lapsed base has answered a survey, who was asked and has not, who was not asked; by RFM cell."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from analysis.metrics import share_interval
from analysis.reweighting import cell_weights
from analysis.weighting import LEAST_RESPONDENTS, Cell
from app.campaigns.models import Arm, Campaign, Invitation
from app.customers.models import Customer
from app.db import db
from app.reports.queries.cells import Cells, is_gone
from app.responses.models import Door, Response, ResponseState

UNKNOWN = "000"


@dataclass(frozen=True)
class Silence:
    """So many lapsed customers: of `base`, `asked` were asked and have not answered, `answered` have, asked or not.

    key: as `Cells.inside` takes it. weight: for how many lapsed customers each of those who answered speaks, None
    where the row is no cell; joined: the cell whose weight it shares, "" for its own.
    """

    key: str
    base: int
    asked: int
    answered: int
    weight: float | None = None
    joined: str = ""

    @property
    def unasked(self) -> int:
        return self.base - self.asked - self.answered

    @property
    def shares(self) -> tuple[float, float, float]:
        """Answered, asked without an answer, not asked: shares of the base."""
        whole = max(self.base, 1)
        return self.answered / whole, self.asked / whole, self.unasked / whole

    @property
    def reached(self) -> int:
        """Those who answered and those who were asked."""
        return self.asked + self.answered

    @property
    def rate(self) -> float | None:
        return self.answered / self.reached if self.reached else None

    @property
    def interval(self) -> tuple[float, float]:
        return share_interval(self.answered, self.reached)

    @property
    def is_thin(self) -> bool:
        return self.key != UNKNOWN and self.answered < LEAST_RESPONDENTS


@dataclass(frozen=True)
class Silences:
    """whole: everybody; thirds: the nine thirds of recency, frequency and amount; cells: each with lapsed customers."""

    whole: Silence
    thirds: tuple[Silence, ...]
    cells: tuple[Silence, ...]

    @property
    def thin(self) -> int:
        """Cells from which too few answered to stand alone."""
        return sum(one.is_thin for one in self.cells)

    @property
    def unheard(self) -> int:
        """Lapsed customers nobody speaks for: nobody of their cell, or of those it was joined to, has answered."""
        return sum(one.base for one in self.cells if one.weight == 0)

    def weights(self) -> dict[int, float]:
        """The weight of each respondent by the number of the cell."""
        return {int(one.key): one.weight or 0.0 for one in self.cells}


def answering(survey_id: int) -> sa.Subquery:
    """SQL: the customers with a submitted sheet of this survey."""
    query = sa.select(Response.customer_id).where(
        Response.survey_id == survey_id,
        Response.state == ResponseState.SUBMITTED,
        Response.door != Door.TEST,
        Response.customer_id.is_not(None),
    )
    return query.distinct().subquery()


def silences(survey_id: int, cells: Cells | None = None) -> Silences:
    """Count the lapsed base by cell."""
    cells, answered = cells or Cells(), answering(survey_id)
    asked = sa.select(Invitation.customer_id).join(Campaign, Campaign.id == Invitation.campaign_id)
    asked = asked.where(Campaign.survey_id == survey_id, Invitation.arm == Arm.ASKED)
    # Looked up, not joined: without statistics SQLite went through all answers for each customer.
    has_answered = Customer.id.in_(sa.select(answered.c.customer_id))
    is_silent = sa.and_(sa.not_(has_answered), Customer.id.in_(asked))
    each = sa.select(
        cells.number.label("cell"),
        sa.case((has_answered, 1)).label("answered"),
        sa.case((is_silent, 1)).label("asked"),
    )
    one = each.where(is_gone()).subquery()
    columns = (sa.func.count(), sa.func.count(one.c.asked), sa.func.count(one.c.answered))
    counted = db.session.execute(sa.select(one.c.cell, *columns).group_by(one.c.cell))
    return _weighed({f"{cell:03d}": (base, silent, heard) for cell, base, silent, heard in counted})


def _weighed(counts: dict[str, tuple[int, int, int]]) -> Silences:
    known = {_cell(key): row for key, row in counts.items() if key != UNKNOWN}
    weight = cell_weights(
        {cell: base for cell, (base, _asked, _heard) in known.items()},
        {cell: heard for cell, (_base, _asked, heard) in known.items()},
    )
    rows = []
    for cell in sorted(known, reverse=True):
        one, group = weight[cell]
        mates = [other for other, (_weight, name) in weight.items() if name == group]
        joined = "".join(map(str, group)) if len(mates) > 1 else ""
        rows.append(Silence("".join(map(str, cell)), *known[cell], one, joined))
    if UNKNOWN in counts:
        # As in the ranking of improvements: whose cell is unknown speaks for nobody else.
        rows.append(Silence(UNKNOWN, *counts[UNKNOWN], 1.0))
    thirds = tuple(
        _sum(f"{'-' * axis}{third}{'-' * (2 - axis)}", (one for one in rows if one.key[axis] == str(third)))
        for axis in range(3)
        for third in (3, 2, 1)
    )
    return Silences(_sum("---", rows), thirds, tuple(rows))


def _sum(key: str, rows: Iterable[Silence]) -> Silence:
    listed = list(rows)
    return Silence(
        key,
        sum(one.base for one in listed),
        sum(one.asked for one in listed),
        sum(one.answered for one in listed),
    )


def _cell(key: str) -> Cell:
    r, f, m = map(int, key)
    return r, f, m
