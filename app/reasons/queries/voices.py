"""Voices: sheets with words on them, found by what they say and by who said it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.customers.models import Customer, CustomerState
from app.db import db
from app.paging import PAGE_SIZE, Page
from app.reasons.engine import NONE
from app.reasons.models import Clause, Coding, Polarity, Reading, ReadingState, Reason, ThemeMember
from app.reasons.queries.codebook import family_of, reason_by_code
from app.reasons.queries.words import Segment, reasons_stated, segments_of, shown_text
from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys.models import Survey

UNEXPLAINED = "unexplained"
NPS_CLASSES = {"detractor": (0, 6), "passive": (7, 8), "promoter": (9, 10)}
NPS_CLASSES |= {str(score): (score, score) for score in range(11)}


@dataclass(frozen=True)
class VoiceFilters:
    """What to show; None or "" is everything. reason: a code, "none" or "unexplained"; confirmed: yes or no.

    `since` and `until` are instants of submission. Unknown words find nothing.
    """

    survey_id: int | None = None
    reason: str = ""
    state: str = ""
    nps: str = ""
    polarity: str = ""
    confirmed: str = ""
    search: str = ""
    theme_id: int | None = None
    customer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Voice:
    """A sheet in the list, with the answer that was looked for."""

    response: Response
    reading: Reading
    segments: list[Segment]
    reasons: list[Reason]


def voices(filters: VoiceFilters, number: int = 1, unmasked: bool = False) -> Page:
    """One page of Voice, newest first. `unmasked`: may the reader's search look behind what is hidden?"""
    matching = _matching(filters)
    if filters.search and not unmasked:
        matching = matching.where(Answer.id.not_in(_found_only_behind(matching, filters.search)))
    sheets = sa.select(Response.id).where(Response.id.in_(matching.with_only_columns(Answer.response_id)))
    page = Page.of(sheets.order_by(Response.submitted_at.desc(), Response.id.desc()), number, PAGE_SIZE)
    first = matching.where(Answer.response_id.in_(page.rows))
    first = first.with_only_columns(Answer.response_id, sa.func.min(Reading.id)).group_by(Answer.response_id)
    readings = {reading.id: reading for reading in readings_with_words(sa.select(first.subquery().c[1]))}
    shown = {
        answer_response: readings[reading_id] for answer_response, reading_id in db.session.execute(first)
    }
    rows = [_voice(shown[response_id]) for response_id in page.rows]
    return Page(rows, page.number, page.size, page.total)


def voice_of(response_id: int) -> list[Reading]:
    """All readings of one sheet in the order of its questions."""
    mine = sa.select(Reading.id).join(Answer, Answer.id == Reading.answer_id).join(Response)
    found = readings_with_words(mine.where(Answer.response_id == response_id, Response.door != Door.TEST))
    return sorted(found, key=lambda reading: (reading.answer.question.page, reading.answer.question.position))


def readings_with_words(ids: Any) -> list[Reading]:
    """These readings (ids, or a select of them) with all that a page shows of them."""
    answer = selectinload(Reading.answer)
    query = (
        sa.select(Reading)
        .where(Reading.id.in_(ids))
        .options(
            selectinload(Reading.clauses).selectinload(Clause.codings).selectinload(Coding.reason),
            selectinload(Reading.main_reason),
            selectinload(Reading.confirmed_by),
            answer.selectinload(Answer.question),
            answer.selectinload(Answer.response).selectinload(Response.customer),
        )
    )
    return list(db.session.scalars(query))


def readings_of_answers(answer_ids: Sequence[int]) -> list[Reading]:
    """The readings of these answers, in their order."""
    found = readings_with_words(sa.select(Reading.id).where(Reading.answer_id.in_(answer_ids)))
    return sorted(found, key=lambda reading: answer_ids.index(reading.answer_id))


def _voice(reading: Reading) -> Voice:
    return Voice(reading.answer.response, reading, segments_of(reading), reasons_stated(reading))


def _matching(filters: VoiceFilters) -> sa.Select[Any]:
    """The readings that hold every filter, joined with their answer and sheet."""
    query = (
        sa.select(Reading.id)
        .join(Answer, Answer.id == Reading.answer_id)
        .join(Response, Response.id == Answer.response_id)
        .where(Response.door != Door.TEST)
    )
    for condition in _conditions(filters):
        query = query.where(condition)
    return query


def _conditions(filters: VoiceFilters) -> Iterable[sa.ColumnElement[bool]]:
    if filters.survey_id is not None:
        yield Response.survey_id == filters.survey_id
    if filters.reason:
        yield _with_reason(filters.reason)
    if filters.state:
        yield Response.customer_id.in_(sa.select(Customer.id).where(_in_state(filters.state)))
    if filters.nps:
        yield Response.nps.between(*NPS_CLASSES.get(filters.nps, (11, 11)))
    if filters.polarity:
        yield Reading.polarity == Polarity(filters.polarity) if filters.polarity in Polarity else sa.false()
    if filters.confirmed:
        wanted = {"yes": ReadingState.CONFIRMED, "no": ReadingState.PROPOSED}.get(filters.confirmed)
        yield Reading.state == wanted if wanted else sa.false()
    if filters.search:
        yield Answer.text.icontains(filters.search, autoescape=True)
    if filters.theme_id is not None:
        yield Answer.id.in_(sa.select(ThemeMember.answer_id).where(ThemeMember.theme_id == filters.theme_id))
    if filters.customer_id is not None:
        yield Response.customer_id == filters.customer_id
    if filters.since is not None:
        yield Response.submitted_at >= filters.since
    if filters.until is not None:
        yield Response.submitted_at < filters.until


def _with_reason(code: str) -> sa.ColumnElement[bool]:
    if code == UNEXPLAINED:
        return Reading.unexplained
    reason = reason_by_code(code)
    if reason is None:
        return sa.false()
    if code == NONE:
        return Answer.response_id.not_in(_sheets_with_reason(reason.id))
    coded = sa.select(Clause.reading_id).join(Coding, Coding.clause_id == Clause.id)
    return Reading.id.in_(coded.where(Coding.reason_id.in_(family_of(reason.id))))


def _sheets_with_reason(none_id: int) -> sa.Select[Any]:
    given = sa.select(Answer.response_id).join(Reading, Reading.answer_id == Answer.id)
    return given.where(sa.or_(Reading.unexplained, Reading.main_reason_id != none_id))


def _in_state(word: str) -> sa.ColumnElement[bool]:
    return Customer.state == CustomerState(word) if word in CustomerState else sa.false()


def _found_only_behind(matching: sa.Select[Any], search: str) -> list[int]:
    """Answers whose match lies only in what is hidden: a search must not tell who they are."""
    masked = matching.where(sa.cast(Reading.masked, sa.String) != "[]")
    readings = readings_with_words(masked.limit(1000))
    needle = search.casefold()
    return [
        reading.answer_id for reading in readings if needle not in shown_text(segments_of(reading)).casefold()
    ]


def surveys_heard() -> list[Survey]:
    """The surveys with submitted sheets, newest first."""
    heard = sa.select(Response.id).where(
        Response.survey_id == Survey.id, Response.state == ResponseState.SUBMITTED, Response.door != Door.TEST
    )
    return list(db.session.scalars(sa.select(Survey).where(heard.exists()).order_by(Survey.id.desc())))
