"""How often which reason is given, by whom, and in which words.

A mention counts once per sheet, however many clauses say it. Shares are over the sheets that give a reason, named
or not; sheets that give none stand apart. A top reason holds what stands below it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from analysis.metrics import share_interval
from app.db import db
from app.reasons.engine import NONE
from app.reasons.models import Clause, Coding, Reading, ReadingState, Reason
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import family_of, reasons_in_use
from app.reasons.queries.few import FEWEST, anonymous_surveys, fewest_shown
from app.responses.models import Answer, Response

CANDIDATES = 2000  # newest codings among which typical ones are looked for


@dataclass(frozen=True)
class ReasonShare:
    """How many of n sheets give a reason; share with its 95 % interval. `reason` None: it has no name yet."""

    reason: Reason | None
    count: int
    n: int
    below: tuple["ReasonShare", ...] = ()

    @property
    def share(self) -> float:
        return self.count / self.n if self.n else 0.0

    @property
    def low(self) -> float:
        return share_interval(self.count, self.n)[0]

    @property
    def high(self) -> float:
        return share_interval(self.count, self.n)[1]


@dataclass(frozen=True)
class ReasonShares:
    """`rows`: the reasons given, most often first; `n`: sheets that give a reason; `silent`: sheets that give none."""

    rows: tuple[ReasonShare, ...]
    unexplained: ReasonShare
    n: int
    silent: int
    withheld: int = 0  # reasons of an anonymous survey that fewer than five sheets give

    @property
    def read(self) -> int:
        """All sheets that were read."""
        return self.n + self.silent


def reasons_by_mentions(
    survey_id: int | None = None, since: datetime | None = None, until: datetime | None = None
) -> ReasonShares:
    """Count the reasons of a survey (or of all) over sheets submitted from `since` until before `until`."""
    given = sa.case((_gives_reason(), Reading.response_id))
    unnamed = sa.case((Reading.unexplained, Reading.response_id))
    distinct = (sa.func.count(column.distinct()) for column in (Reading.response_id, given, unnamed))
    totals = sa.select(*distinct).select_from(Reading)
    read, n, unexplained = db.session.execute(_within(totals, survey_id, since, until)).one()
    counts = _counts(survey_id, since, until)
    fewest = fewest_shown(survey_id)
    few = [number for number, count in counts.items() if 0 < count < fewest]
    withheld = len(few)
    for number in few:
        del counts[number]
    in_use = [reason for reason in reasons_in_use() if reason.code != NONE]

    def row(reason: Reason) -> ReasonShare:
        below = (row(one) for one in in_use if one.parent_id == reason.id and counts[one.id])
        return ReasonShare(reason, counts[reason.id], n, tuple(sorted(below, key=lambda one: -one.count)))

    rows = (row(reason) for reason in in_use if reason.parent_id is None and counts[reason.id])
    ranked = tuple(sorted(rows, key=lambda one: -one.count))
    unnamed_few = 0 < unexplained < fewest
    unnamed_row = ReasonShare(None, 0 if unnamed_few else unexplained, n)
    return ReasonShares(ranked, unnamed_row, n, read - n, withheld + unnamed_few)


def share_of_reason(reason: Reason, survey_id: int | None = None) -> ReasonShare | None:
    """How many of the sheets that give a reason give this one; None where too few do to be told."""
    given = sa.func.count(sa.case((_gives_reason(), Reading.response_id)).distinct())
    n = db.session.scalar(_within(sa.select(given).select_from(Reading), survey_id)) or 0
    counted = _within(_coded(sa.func.count(Reading.response_id.distinct())), survey_id)
    count = db.session.scalar(counted.where(Coding.reason_id.in_(family_of(reason.id)))) or 0
    return ReasonShare(reason, count, n) if count >= fewest_shown(survey_id) else None


def _gives_reason() -> sa.ColumnElement[bool]:
    none = sa.select(Reason.id).where(Reason.code == NONE).scalar_subquery()
    return sa.or_(Reading.unexplained, Reading.main_reason_id != none)


def _within(
    query: sa.Select[*tuple[Any, ...]],
    survey_id: int | None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> sa.Select[*tuple[Any, ...]]:
    """Cut a query over readings down to the sheets asked for, and to answers that say why."""
    query = query.where(asks_why())
    if survey_id is not None:
        query = query.where(Reading.survey_id == survey_id)
    else:
        # Added to others, what few say without their names could be worked out from the difference.
        query = query.where(Reading.survey_id.not_in(anonymous_surveys()))
    if since is None and until is None:
        return query
    query = query.join(Response, Response.id == Reading.response_id)
    if since is not None:
        query = query.where(Response.submitted_at >= since)
    return query if until is None else query.where(Response.submitted_at < until)


def _coded(*columns: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*columns)
        .select_from(Coding)
        .join(Clause, Clause.id == Coding.clause_id)
        .join(Reading, Reading.id == Clause.reading_id)
    )


def _counts(survey_id: int | None, since: datetime | None, until: datetime | None) -> dict[int, int]:
    """Sheets by reason id; a top reason with what stands below it."""
    top = sa.func.coalesce(Reason.parent_id, Reason.id)
    sheets = sa.func.count(Reading.response_id.distinct())
    tops = _coded(top, sheets).join(Reason, Reason.id == Coding.reason_id).group_by(top)
    found: dict[int, int] = defaultdict(int)
    found.update(db.session.execute(_within(tops, survey_id, since, until)).all())
    if lower := list(db.session.scalars(sa.select(Reason.id).where(Reason.parent_id.is_not(None)))):
        below = _coded(Coding.reason_id, sheets).where(Coding.reason_id.in_(lower))
        below = below.group_by(Coding.reason_id)
        found.update(db.session.execute(_within(below, survey_id, since, until)).all())
    return found


def moving_counts(
    survey_id: int | None, spans: Sequence[tuple[datetime, datetime]]
) -> list[tuple[int, dict[int, int]]]:
    """For each span of submission: the sheets that give a reason, and the sheets by reason as above, in one pass each.

    Of anonymous surveys reasons that few give are left out.
    """

    def inside(sheet: Any) -> list[Any]:
        begun = [
            sa.and_(Response.submitted_at >= since, Response.submitted_at < until) for since, until in spans
        ]
        return [sa.func.count(sa.case((one, sheet)).distinct()) for one in begun]

    ends = (min(since for since, _ in spans), max(until for _, until in spans))
    given = sa.case((_gives_reason(), Reading.response_id))
    totals = db.session.execute(
        _within(sa.select(*inside(given)).select_from(Reading), survey_id, *ends)
    ).one()
    top = sa.func.coalesce(Reason.parent_id, Reason.id)
    tops = _coded(top, *inside(Reading.response_id)).join(Reason, Reason.id == Coding.reason_id).group_by(top)
    asked = [tops]
    if lower := list(db.session.scalars(sa.select(Reason.id).where(Reason.parent_id.is_not(None)))):
        below = _coded(Coding.reason_id, *inside(Reading.response_id)).where(Coding.reason_id.in_(lower))
        asked.append(below.group_by(Coding.reason_id))
    rows = [row for one in asked for row in db.session.execute(_within(one, survey_id, *ends))]
    fewest = fewest_shown(survey_id)
    return [
        (n, {row[0]: row[place] for row in rows if row[place] >= fewest}) for place, n in enumerate(totals, 1)
    ]


def customer_mentions(survey_id: int | None = None) -> list[tuple[int, int, int]]:
    """(customer id, reason id, clauses coded) of all who gave a reason. Lower reasons stand for themselves."""
    counted = _coded(Response.customer_id, Coding.reason_id, sa.func.count(Coding.id))
    counted = counted.join(Response, Response.id == Reading.response_id)
    query = _within(counted, survey_id).where(Response.customer_id.is_not(None))
    query = query.group_by(Response.customer_id, Coding.reason_id)
    rows = db.session.execute(query.order_by(Response.customer_id, Coding.reason_id))
    return [(customer_id, reason_id, count) for customer_id, reason_id, count in rows]


def customers_answering(survey_id: int | None = None) -> list[int]:
    """The customers whose sheets were read, whether they gave a reason or not."""
    mine = sa.select(Response.customer_id).join(Reading, Reading.response_id == Response.id)
    mine = mine.where(Response.customer_id.is_not(None))
    return list(db.session.scalars(_within(mine, survey_id).distinct()))


def counted_clauses(reason_id: int, survey_id: int | None = None) -> list[int]:
    """Ids of the clauses that are said to mean a reason or one below it: what evidence is made of."""
    mine = _within(_coded(Clause.id), survey_id).where(Coding.reason_id.in_(family_of(reason_id)))
    return list(db.session.scalars(mine.distinct().order_by(Clause.id)))


def typical_clauses(reason_id: int, survey_id: int | None = None, limit: int = 3) -> list[Clause]:
    """Clauses that show a reason well, from different people: confirmed and sure ones, neither curt nor long.

    Reading, answer, response and codings come along.
    """
    if len(_sheets_coded(reason_id, survey_id)) < fewest_shown(survey_id):
        return []
    newest = _within(_coded(Coding.id), survey_id).where(Coding.reason_id.in_(family_of(reason_id)))
    newest = newest.order_by(Coding.id.desc()).limit(CANDIDATES)
    fair = sa.case(((Clause.end - Clause.start).between(10, 60), 0), else_=1)
    confirmed = sa.case((Reading.state == ReadingState.CONFIRMED, 0), else_=1)
    sure = sa.func.coalesce(Coding.probability, 1.0).desc()
    mine = _coded(Clause.id, Reading.response_id).where(Coding.id.in_(newest))
    mine = mine.order_by(fair, confirmed, sure, Clause.id).limit(limit * 5)
    first: dict[int, int] = {}
    for clause_id, response_id in db.session.execute(mine):
        first.setdefault(response_id, clause_id)
    return clauses_with_words(list(first.values())[:limit])


def _sheets_coded(reason_id: int, survey_id: int | None) -> list[int]:
    """As many sheets with a reason as it takes to know whether they may be shown."""
    mine = _within(_coded(Reading.response_id), survey_id).where(Coding.reason_id.in_(family_of(reason_id)))
    return list(db.session.scalars(mine.distinct().limit(FEWEST)))


def clauses_with_words(clause_ids: Sequence[int]) -> list[Clause]:
    """These clauses in this order, with all that is needed to quote them."""
    reading = selectinload(Clause.reading)
    query = (
        sa.select(Clause)
        .where(Clause.id.in_(clause_ids))
        .options(
            selectinload(Clause.codings).selectinload(Coding.reason),
            reading.selectinload(Reading.main_reason),
            reading.selectinload(Reading.answer)
            .selectinload(Answer.response)
            .selectinload(Response.customer),
        )
    )
    found = {clause.id: clause for clause in db.session.scalars(query)}
    return [found[number] for number in clause_ids if number in found]


def latest_survey_read() -> int | None:
    """The survey whose sheets were read last."""
    return db.session.scalar(sa.select(Reading.survey_id).order_by(Reading.id.desc()).limit(1))
