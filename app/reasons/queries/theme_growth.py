"""How themes grow: their answers month by month, and whether the newest month is more than chance.

A theme's month is compared with all answers read of that month, so that a busy month makes nothing rise.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.clock import TOKYO
from app.db import db
from app.reasons import likeness
from app.reasons.likeness import Growth
from app.reasons.models import Reading, Theme, ThemeMember, ThemeState
from app.reasons.queries.few import is_anonymous
from app.responses.models import Answer, Response

MONTHS = 6
FEWEST_ANSWERS = 10  # of a month, below which it is not compared
RECENT = 3  # months: what rose longer ago is no news


@dataclass(frozen=True)
class Compared:
    """The two months that are compared, with all answers read in them."""

    earlier: date
    later: date
    before: int
    lately: int

    @property
    def is_last_month(self) -> bool:
        """Is the earlier one the month just before the later one?"""
        return month_before(self.later) == self.earlier


@dataclass(frozen=True)
class ThemeMonths:
    """`counts`: a theme's answers of the last six months, oldest first; growth: None where nothing can be compared."""

    counts: tuple[int, ...]
    growth: Growth | None


@dataclass(frozen=True)
class ThemeTrends:
    """The months of themes of one survey, and which two are compared (None: too few answers)."""

    months: tuple[date, ...]
    compared: Compared | None
    themes: dict[int, ThemeMonths]


def theme_trends(survey_id: int, theme_ids: Collection[int], today: date) -> ThemeTrends:
    """Of anonymous surveys nothing: months are groups too."""
    months = last_months(today)
    if not theme_ids or is_anonymous(survey_id):
        return ThemeTrends(months, None, {})
    spans = _spans(months)
    all_of = _by_month(sa.select().select_from(Reading).where(Reading.survey_id == survey_id), spans)
    totals = db.session.execute(all_of.join(Response, Response.id == Reading.response_id)).one()
    mine = sa.select(ThemeMember.theme_id).join(Answer, Answer.id == ThemeMember.answer_id)
    mine = mine.join(Response, Response.id == Answer.response_id)
    mine = mine.where(ThemeMember.theme_id.in_(theme_ids)).group_by(ThemeMember.theme_id)
    counts: dict[int, tuple[int, ...]] = defaultdict(lambda: (0,) * MONTHS)
    for number, *found in db.session.execute(_by_month(mine, spans)):
        counts[number] = tuple(found)
    compared = _compared(months, totals)
    grown: dict[int, Growth] = {}
    if compared is not None:
        places = months.index(compared.earlier), months.index(compared.later)
        pairs = {number: (counts[number][places[0]], counts[number][places[1]]) for number in theme_ids}
        grown = likeness.growths(pairs, compared.before, compared.lately)
    return ThemeTrends(
        months, compared, {number: ThemeMonths(counts[number], grown.get(number)) for number in theme_ids}
    )


def rising_themes(survey_id: int, today: date) -> list[tuple[Theme, ThemeMonths, Compared]]:
    """The themes waiting in a survey that rise by more than chance, the fastest first."""
    waiting = sa.select(Theme).where(
        Theme.survey_id == survey_id, Theme.state == ThemeState.PROPOSED, Theme.within_id.is_(None)
    )
    themes = {theme.id: theme for theme in db.session.scalars(waiting.order_by(Theme.id))}
    trends = theme_trends(survey_id, list(themes), today)
    if trends.compared is None:
        return []
    found = [
        (themes[number], one, trends.compared)
        for number, one in trends.themes.items()
        if one.growth is not None and one.growth.is_certain
    ]
    return sorted(found, key=lambda row: row[1].growth.before - row[1].growth.lately if row[1].growth else 0)


def last_months(today: date) -> tuple[date, ...]:
    """The first days of the last six months, oldest first."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS:
        months.append(month_before(months[-1]))
    return tuple(reversed(months))


def month_before(month: date) -> date:
    """The first day of the month before."""
    return (
        month.replace(year=month.year - 1, month=12)
        if month.month == 1
        else month.replace(month=month.month - 1)
    )


def _month_after(month: date) -> date:
    return (
        month.replace(year=month.year + 1, month=1)
        if month.month == 12
        else month.replace(month=month.month + 1)
    )


def _spans(months: Sequence[date]) -> list[tuple[datetime, datetime]]:
    return [(_start(month), _start(_month_after(month))) for month in months]


def _start(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=TOKYO)


def _by_month(query: "sa.Select[*tuple[Any, ...]]", spans: Sequence[tuple[datetime, datetime]]) -> Any:
    columns = []
    for start, end in spans:
        inside = sa.and_(Response.submitted_at >= start, Response.submitted_at < end)
        columns.append(sa.func.count(sa.case((inside, 1))))
    return query.add_columns(*columns)


def _compared(months: Sequence[date], totals: Sequence[int]) -> Compared | None:
    """The newest two months with enough answers, the later one of late."""
    full = [place for place, count in enumerate(totals) if count >= FEWEST_ANSWERS]
    if len(full) < 2 or full[-1] < len(months) - RECENT:
        return None
    earlier, later = full[-2:]
    return Compared(months[earlier], months[later], totals[earlier], totals[later])
