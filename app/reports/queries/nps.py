"""The NPS of a survey: one answer per submitted sheet, one voice per person."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from analysis.metrics import Nps, nps_by_respondent
from app.backlog.queries.evidence import person
from app.clock import day_of
from app.db import db
from app.reasons.queries.few import fewest_shown
from app.responses.models import Door, Response, ResponseState

FEWEST_IN_A_MONTH = 10


@dataclass(frozen=True)
class SurveyNps:
    """`counts`: sheets by score, 0 to 10. `sheets` and `people`: all that were submitted, with a score or without."""

    nps: Nps
    counts: tuple[int, ...]
    sheets: int
    people: int
    # Of an anonymous survey: some scores were given by fewer than five and stand as 0; and so were whole classes.
    withheld: bool = False
    without_classes: bool = False

    @property
    def habit(self) -> int:
        """Sheets with a 5 or a 6, which may mean "ordinary" rather than displeased."""
        return self.counts[5] + self.counts[6]

    @property
    def rows(self) -> list[tuple[int, int, float]]:
        """(score, sheets, share of those with a score) from 0 to 10."""
        n = max(self.nps.n, 1)
        return [(score, count, count / n) for score, count in enumerate(self.counts)]

    @property
    def shares(self) -> tuple[float, float, float]:
        """The shares of detractors, passives and promoters."""
        n = max(self.nps.n, 1)
        return self.nps.detractors / n, self.nps.passives / n, self.nps.promoters / n

    @property
    def has_repeats(self) -> bool:
        """Did somebody answer more than once?"""
        return self.people < self.sheets


@dataclass(frozen=True)
class MonthlyNps:
    """The NPS of the sheets of one month (its first day, in Japan)."""

    month: date
    nps: Nps

    @property
    def is_telling(self) -> bool:
        """Are there enough answers to draw a point?"""
        return self.nps.n >= FEWEST_IN_A_MONTH


def nps_of(survey_id: int) -> SurveyNps:
    """The NPS over the submitted sheets of a survey; test answers are left out.

    A person is a customer, else the respondent another tool named, else the sheet itself.
    """
    rows = _sheets(survey_id, person(), Response.nps)
    scored = [(who, score) for who, score in rows if score is not None]
    counts, fewest = Counter(score for _, score in scored), fewest_shown(survey_id)
    if len(scored) < fewest:
        scored = []
    nps = nps_by_respondent(scored)
    return SurveyNps(
        nps=nps,
        counts=tuple(counts[score] if counts[score] >= fewest else 0 for score in range(11)),
        sheets=len(rows),
        people=len({who for who, _ in rows}),
        withheld=any(0 < count < fewest for count in counts.values()),
        without_classes=any(0 < one < fewest for one in (nps.detractors, nps.passives, nps.promoters)),
    )


def nps_by_month(survey_id: int) -> list[MonthlyNps]:
    """One row for each month from the first score to the last, months without answers included."""
    by_month: dict[date, list[tuple[str, int]]] = defaultdict(list)
    for who, score, at in _sheets(survey_id, person(), Response.nps, Response.submitted_at):
        if score is not None and at is not None:
            by_month[month_of(at)].append((who, score))
    fewest = fewest_shown(survey_id)
    by_month = defaultdict(list, {month: ones for month, ones in by_month.items() if len(ones) >= fewest})
    if not by_month:
        return []
    return [
        MonthlyNps(month, nps_by_respondent(by_month[month]))
        for month in months_between(min(by_month), max(by_month))
    ]


def month_of(at: datetime) -> date:
    """The first day of the month an instant falls in, in Japan."""
    return day_of(at).replace(day=1)


def month_after(month: date, count: int = 1) -> date:
    """The month so many months later (or earlier, below 0)."""
    years, place = divmod(month.month - 1 + count, 12)
    return date(month.year + years, place + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """All months from the first to the last, both included."""
    count = 12 * (last.year - first.year) + last.month - first.month
    return [month_after(first, place) for place in range(count + 1)]


def _sheets(survey_id: int, *columns: Any) -> Sequence[Any]:
    mine = sa.select(*columns).where(
        Response.survey_id == survey_id,
        Response.state == ResponseState.SUBMITTED,
        Response.door != Door.TEST,
    )
    return db.session.execute(mine).all()
