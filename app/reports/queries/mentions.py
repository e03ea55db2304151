"""How often each reason was given of late, month by month, and which are given more often.

Counted as reasons.queries counts: once per sheet, a reason with those below it, over the sheets that give a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from analysis.metrics import difference_interval
from app.backlog.queries.evidence import coded
from app.clock import TOKYO
from app.db import db
from app.reasons.engine import NONE
from app.reasons.models import Coding, Reading, Reason
from app.reasons.queries import ReasonShare
from app.reasons.queries.causes import asks_why
from app.reasons.queries.few import FEWEST, is_anonymous
from app.reports.queries.nps import month_after
from app.responses.models import Answer, Door, Response, ResponseState

MONTHS = 6
FEWEST_SHEETS = 10
FEWEST_MENTIONS = 3
RECENT = 3
LEVEL = 0.95


@dataclass(frozen=True)
class ReasonMonths:
    """A reason with its sheets of all time (`total`) and of the last six months, oldest first."""

    reason: Reason
    total: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Rise:
    """A reason given more often in `later` than in `earlier`. `is_certain`: by more than chance, all reasons seen."""

    reason: Reason
    earlier: ReasonShare
    later: ReasonShare
    counts: tuple[int, ...]
    is_certain: bool


@dataclass(frozen=True)
class MentionsByMonth:
    """`sheets`: those that give a reason, of all time; `monthly`: the same by month, oldest first."""

    months: tuple[date, ...]
    sheets: int
    monthly: tuple[int, ...]
    rows: tuple[ReasonMonths, ...]

    @property
    def top(self) -> ReasonShare | None:
        """The reason given most often."""
        return ReasonShare(self.rows[0].reason, self.rows[0].total, self.sheets) if self.rows else None

    @property
    def compared(self) -> tuple[date, date] | None:
        """The last two months with ten sheets or more, the later one of late; None where there are no such two."""
        places = self._places()
        return (self.months[places[0]], self.months[places[1]]) if places else None

    def rises(self, limit: int = 3) -> list[Rise]:
        """The reasons whose share rose most between the months compared."""
        places = self._places()
        if not places:
            return []
        found = (self._rise(row, *places) for row in self.rows if row.counts[places[1]] >= FEWEST_MENTIONS)
        up = [rise for rise in found if rise.later.share > rise.earlier.share]
        return sorted(up, key=lambda rise: rise.earlier.share - rise.later.share)[:limit]

    def _places(self) -> tuple[int, int] | None:
        full = [place for place, sheets in enumerate(self.monthly) if sheets >= FEWEST_SHEETS]
        is_recent = bool(full) and full[-1] >= len(self.months) - RECENT
        return (full[-2], full[-1]) if is_recent and len(full) > 1 else None

    def _rise(self, row: ReasonMonths, earlier: int, later: int) -> Rise:
        before = ReasonShare(row.reason, row.counts[earlier], self.monthly[earlier])
        now = ReasonShare(row.reason, row.counts[later], self.monthly[later])
        # Who looks at many reasons finds one that rose by luck, so each must pass a stricter test.
        level = 1 - (1 - LEVEL) / len(self.rows)
        low, _ = difference_interval(now.count, now.n, before.count, before.n, level)
        return Rise(row.reason, before, now, row.counts, low > 0)


def mentions_by_month(survey_id: int, today: date) -> MentionsByMonth:
    """The reasons of a survey, most often given first, over all time and over the last six months."""
    months = tuple(month_after(today, place) for place in range(1 - MONTHS, 1))
    ends = [_start(month_after(month)) for month in months]
    spans = list(zip(map(_start, months), ends, strict=True))
    given = _sheets_giving_a_reason(survey_id).add_columns(*_counted(spans))
    sheets, *monthly = db.session.execute(given).one()
    own = sa.orm.aliased(Reason)
    counted = coded(survey_id).join(own, own.id == Coding.reason_id)
    counted = counted.join(Reason, Reason.id == sa.func.coalesce(own.parent_id, own.id))
    counted = counted.where(own.active, Reason.active, Reason.code != NONE)
    all_time, *of_months = _counted(spans)
    counted = counted.add_columns(Reason, all_time.label("total"), *of_months)
    ranked = counted.group_by(Reason.id).order_by(sa.text("total DESC"), Reason.position, Reason.id)
    rows = tuple(ReasonMonths(row[0], row[1], tuple(row[2:])) for row in db.session.execute(ranked))
    if is_anonymous(survey_id):  # months are groups too: only what enough have said in all of time is told
        rows = tuple(
            ReasonMonths(one.reason, one.total, (0,) * MONTHS) for one in rows if one.total >= FEWEST
        )
        monthly = [0] * MONTHS
    return MentionsByMonth(months, sheets, tuple(monthly), rows)


def _start(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=TOKYO)


def _counted(spans: Sequence[tuple[datetime, datetime]]) -> list[sa.ColumnElement[int]]:
    """Sheets of all time, then of each span."""

    def within(start: datetime, end: datetime) -> sa.ColumnElement[Any]:
        inside = sa.and_(Response.submitted_at >= start, Response.submitted_at < end)
        return sa.case((inside, Response.id))

    columns = [Response.id, *(within(start, end) for start, end in spans)]
    return [sa.func.count(sa.distinct(column)) for column in columns]


def _sheets_giving_a_reason(survey_id: int) -> sa.Select[Any]:
    none = sa.select(Reason.id).where(Reason.code == NONE).scalar_subquery()
    return (
        sa.select()
        .select_from(Reading)
        .join(Answer, Answer.id == Reading.answer_id)
        .join(Response, Response.id == Answer.response_id)
        .where(
            Response.survey_id == survey_id,
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
            sa.or_(Reading.unexplained, Reading.main_reason_id != none),
            asks_why(),
        )
    )
