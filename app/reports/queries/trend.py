"""The share of each reason by month, and what was released meanwhile.

Counted as in reasons.queries: a reason once per sheet with those below it, over the month's sheets that give a reason.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from analysis.metrics import SMALL
from app.backlog.models import BacklogItem
from app.backlog.queries.evidence import owners_of
from app.clock import TOKYO
from app.db import db
from app.reasons.models import Reading, Reason
from app.reasons.queries import ReasonShare
from app.reasons.queries.few import is_anonymous
from app.reasons.queries.older import (
    MISSING,
    UNNAMED,
    CodebookAt,
    gives_reason,
    sheets_then,
    within,
)
from app.reports.queries.nps import FEWEST_IN_A_MONTH, month_after, month_of, months_between
from app.responses.models import Response

MOST_MONTHS = 36


@dataclass(frozen=True)
class MonthShare:
    """A reason in one month (its first day, in Japan)."""

    month: date
    share: ReasonShare

    @property
    def is_telling(self) -> bool:
        """Are there enough answers to draw a point?"""
        return self.share.n >= FEWEST_IN_A_MONTH

    @property
    def last_day(self) -> date:
        return date.fromordinal(month_after(self.month).toordinal() - 1)


@dataclass(frozen=True)
class ReasonTrend:
    """One reason through the months. `code`: as addresses name it."""

    code: str
    reason: Reason | None
    months: tuple[MonthShare, ...]

    @property
    def total(self) -> int:
        return sum(one.share.count for one in self.months)

    @property
    def telling(self) -> list[MonthShare]:
        return [one for one in self.months if one.is_telling]

    @property
    def is_small(self) -> bool:
        """Is the newest month that is drawn to be read with care?"""
        return bool(self.telling) and self.telling[-1].share.n < SMALL


@dataclass(frozen=True)
class ReasonTrends:
    """All reasons through the same months, most often given first. `withheld`: an anonymous survey, nothing is told."""

    months: tuple[date, ...]
    sheets: tuple[int, ...]
    rows: tuple[ReasonTrend, ...]
    withheld: bool = False
    cut: bool = False  # there are months before the first one shown

    @property
    def telling(self) -> int:
        """How many months have enough answers to be drawn."""
        return sum(n >= FEWEST_IN_A_MONTH for n in self.sheets)


@dataclass(frozen=True)
class Release:
    """A backlog item customers met mended from that day on, and every reason it stands on."""

    item_id: int
    title: str
    on: date
    reason_ids: tuple[int, ...]


def reason_trends(survey_id: int, book: CodebookAt) -> ReasonTrends:
    """The reasons of a survey under a version of the codebook by month, over its last MOST_MONTHS months."""
    if is_anonymous(survey_id):  # months are groups too, and their few would show in the differences
        return ReasonTrends((), (), (), withheld=True)
    months, cut = _months(survey_id)
    if not months:
        return ReasonTrends((), (), ())
    bucket = _bucket(months)
    given = sa.select(bucket, sa.func.count(Reading.response_id.distinct())).select_from(Reading)
    given = given.join(Response, Response.id == Reading.response_id)
    by_month = dict(
        db.session.execute(given.where(*within(survey_id), gives_reason()).group_by("place")).all()
    )
    sheets = tuple(by_month.get(place, 0) for place in range(len(months)))
    counts = _counts(book, survey_id, bucket)
    names: list[tuple[int, str, Reason | None]] = [
        (one.id, one.code, one) for one in book.used if one.parent_id is None
    ]
    names += [(UNNAMED, "unexplained", None), (MISSING, "missing", None)]
    rows = [
        ReasonTrend(code, reason, _monthly(reason, months, counts[number], sheets))
        for number, code, reason in names
        if counts.get(number)
    ]
    ranked = sorted((row for row in rows if row.reason), key=lambda row: -row.total)
    return ReasonTrends(months, sheets, (*ranked, *(row for row in rows if not row.reason)), cut=cut)


def releases(survey_id: int, months: Sequence[date]) -> list[Release]:
    """What was released within these months because of this survey, oldest first."""
    if not months:
        return []
    mine = sa.select(BacklogItem).where(
        BacklogItem.survey_id == survey_id,
        BacklogItem.released_on >= months[0],
        BacklogItem.released_on < month_after(months[-1]),
    )
    found = db.session.scalars(mine.order_by(BacklogItem.released_on, BacklogItem.id)).all()
    owners = owners_of(survey_id) if found else {}
    reasons = {
        one.id: {one.reason_id, *(key for key, item in owners.items() if item == one.id)} for one in found
    }
    return [
        Release(one.id, one.title, one.released_on, tuple(sorted(filter(None, reasons[one.id]))))
        for one in found
        if one.released_on
    ]


def _months(survey_id: int) -> tuple[tuple[date, ...], bool]:
    """The months from the first sheet that was read to the last, and whether earlier ones were left out."""
    ends = sa.select(sa.func.min(Response.submitted_at), sa.func.max(Response.submitted_at))
    ends = ends.join(Reading, Reading.response_id == Response.id).where(*within(survey_id), gives_reason())
    first, last = db.session.execute(ends).one()
    if first is None or last is None:
        return (), False
    months = months_between(month_of(first), month_of(last))
    return tuple(months[-MOST_MONTHS:]), len(months) > MOST_MONTHS


def _bucket(months: Sequence[date]) -> sa.Label[int]:
    """SQL: the place of a sheet's month; −1 before the first one."""
    starts = [datetime(month.year, month.month, 1, tzinfo=TOKYO) for month in months]
    before = [(Response.submitted_at < start, place - 1) for place, start in enumerate(starts)]
    return sa.case(*before, else_=len(months) - 1).label("place")


def _counts(book: CodebookAt, survey_id: int, bucket: sa.Label[int]) -> dict[int, dict[int, int]]:
    """Sheets by entry, then by month."""
    pairs = sheets_then(book, survey_id)
    query = sa.select(bucket, pairs.c.reason_id, sa.func.count()).select_from(pairs)
    query = query.join(Response, Response.id == pairs.c.response_id).group_by("place", pairs.c.reason_id)
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for place, reason_id, count in db.session.execute(query):
        if place >= 0:
            found[reason_id][place] = count
    return found


def _monthly(
    reason: Reason | None, months: Sequence[date], counts: dict[int, int], sheets: Sequence[int]
) -> tuple[MonthShare, ...]:
    return tuple(
        MonthShare(month, ReasonShare(reason, counts.get(place, 0), n))
        for place, (month, n) in enumerate(zip(months, sheets, strict=True))
    )
