"""Who is named instead of us: by whom, with which reasons, and how that changes from month to month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from analysis.metrics import share_interval
from app.clock import TOKYO
from app.customers.models import Customer, CustomerState
from app.db import db
from app.reasons.models import Reading, Reason
from app.reasons.models_voices import RivalMention
from app.reasons.queries.few import fewest_shown, is_anonymous
from app.reasons.queries.search import rivals_named
from app.reports.queries.nps import month_after
from app.reports.queries.tally import Bits
from app.responses.models import Response

MONTHS = 6
MOST_SHOWN = 20
REASONS_SHOWN = 3


@dataclass
class Rival:
    """A competitor as it is written: `count` of n sheets read name it.

    states: sheets by the customer's state, None for somebody unknown; reasons: the ones most often on the same sheets;
    months: sheets by month, oldest first.
    """

    name: str
    count: int
    n: int
    scores: tuple[int, int] = (0, 0)
    states: dict[CustomerState | None, int] = field(default_factory=dict)
    reasons: list[tuple[str, Reason | None, int]] = field(default_factory=list)
    months: tuple[int, ...] = ()

    @property
    def share(self) -> float:
        return self.count / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return share_interval(self.count, self.n)

    @property
    def low_share(self) -> float | None:
        """The share of low scores (0 to 6) among those with a score."""
        low, scored = self.scores
        return low / scored if scored else None


@dataclass(frozen=True)
class Rivals:
    """n: sheets read; naming: those that name a competitor; months: the last six. anonymous: who and when stay out."""

    rows: tuple[Rival, ...]
    n: int
    naming: int
    months: tuple[date, ...]
    anonymous: bool


def rivals(survey_id: int, today: date) -> Rivals:
    """The competitors a survey's sheets name, most often named first; of an anonymous one those five or more name."""
    months = tuple(month_after(today, place) for place in range(1 - MONTHS, 1))
    sheets = sa.func.count(Reading.response_id.distinct())
    mine = Reading.survey_id == survey_id
    n = db.session.scalar(sa.select(sheets).where(mine)) or 0
    named = sa.select(sheets).join(RivalMention, RivalMention.reading_id == Reading.id)
    naming = db.session.scalar(named.where(mine)) or 0
    fewest = fewest_shown(survey_id)
    rows = {name: Rival(name, count, n) for name, count in rivals_named(survey_id, MOST_SHOWN)}
    anonymous = is_anonymous(survey_id)
    _with_reasons(survey_id, rows, fewest)
    if not anonymous:
        _by_whom(survey_id, rows)
        _by_month(survey_id, rows, months)
    return Rivals(tuple(rows.values()), n, naming if naming >= fewest else 0, months, anonymous)


def _mentions(survey_id: int, names: Sequence[str]) -> sa.Subquery:
    """SQL: (name, response_id), once for each sheet."""
    query = sa.select(RivalMention.name, Reading.response_id).join(
        Reading, Reading.id == RivalMention.reading_id
    )
    return query.where(Reading.survey_id == survey_id, RivalMention.name.in_(names)).distinct().subquery()


def _with_reasons(survey_id: int, rows: dict[str, Rival], fewest: int) -> None:
    bits, named = Bits(), _mentions(survey_id, list(rows))
    masks = bits.masks(survey_id)
    counted = (
        sa.select(named.c.name, masks.c.mask, sa.func.count())
        .join(masks, masks.c.response_id == named.c.response_id)
        .group_by(named.c.name, masks.c.mask)
    )
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name, mask, count in db.session.execute(counted):
        for code in bits.set_of(mask):
            counts[name][code] += count
    for name, by_code in counts.items():
        ranked = sorted(by_code.items(), key=lambda pair: (-pair[1], pair[0]))
        told = [(code, bits.reasons[code], count) for code, count in ranked if count >= fewest]
        rows[name].reasons = told[:REASONS_SHOWN]


def _by_whom(survey_id: int, rows: dict[str, Rival]) -> None:
    named = _mentions(survey_id, list(rows))
    counted = (
        sa.select(
            named.c.name,
            Customer.state,
            sa.func.count(),
            sa.func.count().filter(Response.nps <= 6),
            sa.func.count(Response.nps),
        )
        .join(Response, Response.id == named.c.response_id)
        .outerjoin(Customer, Customer.id == Response.customer_id)
        .group_by(named.c.name, Customer.state)
    )
    for name, state, count, low, scored in db.session.execute(counted):
        row = rows[name]
        row.states[state] = count
        row.scores = (row.scores[0] + low, row.scores[1] + scored)


def _by_month(survey_id: int, rows: dict[str, Rival], months: Sequence[date]) -> None:
    named = _mentions(survey_id, list(rows))

    def within(month: date) -> sa.ColumnElement[Any]:
        start, end = (datetime(day.year, day.month, 1, tzinfo=TOKYO) for day in (month, month_after(month)))
        return sa.func.count().filter(Response.submitted_at >= start, Response.submitted_at < end)

    counted = sa.select(named.c.name, *map(within, months)).join(Response, Response.id == named.c.response_id)
    for name, *counts in db.session.execute(counted.group_by(named.c.name)):
        rows[name].months = tuple(counts)
