"""Voices: sheets with words on them, found by what they say and by who said it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.customers.models import Customer, CustomerState
from app.customers.models import Segment as CustomerSegment
from app.customers.queries import customers_of_segment
from app.db import db
from app.paging import PAGE_SIZE, Page
from app.reasons.engine import NONE
from app.reasons.models import Clause, Coding, Polarity, Reading, ReadingState, Reason, Theme, ThemeMember
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import family_of, reason_by_code
from app.reasons.queries.few import FEWEST, is_anonymous
from app.reasons.queries.search import holds_words, names_rival
from app.reasons.queries.words import Segment, reasons_stated, segments_of
from app.reasons.terms import are_in, needles_of
from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys.models import Question, Survey, SurveyVersion

UNEXPLAINED = "unexplained"
NPS_CLASSES = {"detractor": (0, 6), "passive": (7, 8), "promoter": (9, 10)}
NPS_CLASSES |= {str(score): (score, score) for score in range(11)}


@dataclass(frozen=True)
class VoiceFilters:
    """What to show; None or "" is everything. reason: a code, "none" or "unexplained"; confirmed: yes or no.

    question: a question's code; rival: a competitor's name, or "any". `since` and `until` are instants of submission.
    Unknown words find nothing.
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
    segment_id: int | None = None
    question: str = ""
    rival: str = ""


@dataclass(frozen=True)
class Voice:
    """A sheet in the list, with the answer that was looked for."""

    response: Response
    reading: Reading
    segments: list[Segment]
    reasons: list[Reason]


def voices(filters: VoiceFilters, number: int = 1, unmasked: bool = False) -> Page:
    """One page of Voice, newest first. `unmasked`: may the reader's search look behind what is hidden?

    Of anonymous surveys a choice that fewer than five sheets meet shows none; without a survey chosen, none at all.
    """
    said = list(_about_words(filters, unmasked))
    sheets = _sheets(filters, said)
    page = Page.of(sheets.order_by(Response.submitted_at.desc(), Response.id.desc()), number, PAGE_SIZE)
    shown = {one.response_id: one for one in readings_with_words(_first_of(page.rows, said))}
    rows = [_voice(shown[number], filters) for number in page.rows]
    return Page(rows, page.number, page.size, page.total)


def readings_found(filters: VoiceFilters, unmasked: bool = False) -> sa.Select[int]:
    """The ids of the readings behind the whole list, newest sheet first."""
    said = list(_about_words(filters, unmasked))
    query = sa.select(Reading.id).join(Response, Response.id == Reading.response_id)
    query = query.where(*said, Response.id.in_(_sheets(filters, said)))
    return query.order_by(Response.submitted_at.desc(), Response.id.desc(), Reading.id)


def _sheets(filters: VoiceFilters, said: Sequence[sa.ColumnElement[bool]]) -> sa.Select[int]:
    """The sheets that are shown, with an answer of which all this holds."""
    matching = sa.select(Reading.response_id).where(*said)
    sheets = sa.select(Response.id).where(Response.id.in_(matching), *_about_sheets(filters))
    if filters == VoiceFilters(survey_id=filters.survey_id):
        return sheets
    return sheets.where(_in_company(filters, sheets))


def _first_of(sheets: Sequence[int], said: Sequence[sa.ColumnElement[bool]]) -> list[int]:
    """For each sheet its first reading of which all this holds. Asked in two steps: SQLite, which counts nothing
    beforehand, would begin with all readings that are confirmed, say."""
    mine = list(db.session.scalars(sa.select(Reading.id).where(Reading.response_id.in_(sheets))))
    first = sa.select(sa.func.min(Reading.id)).where(Reading.id.in_(mine), *said)
    return list(db.session.scalars(first.group_by(Reading.response_id)))


def _in_company(filters: VoiceFilters, sheets: sa.Select[int]) -> sa.ColumnElement[bool]:
    """SQL: the sheet at hand stands under a name, or among enough others that were chosen with it."""
    survey_id = filters.survey_id
    if filters.theme_id is not None:
        survey_id = db.session.scalar(sa.select(Theme.survey_id).where(Theme.id == filters.theme_id))
    if is_anonymous(survey_id) and len(list(db.session.scalars(sheets.limit(FEWEST)))) >= FEWEST:
        return sa.true()
    return Response.anonymous.is_(False)


def is_withheld(filters: VoiceFilters) -> bool:
    """Might an empty list be one that is not shown, since too few without names stand in it?"""
    return is_anonymous(filters.survey_id) and filters != VoiceFilters(survey_id=filters.survey_id)


def voice_of(response_id: int) -> list[Reading]:
    """All readings of one sheet in the order of its questions."""
    found = readings_with_words(sa.select(Reading.id).where(Reading.response_id == response_id))
    return sorted(found, key=lambda reading: (reading.answer.question.page, reading.answer.question.position))


def readings_with_words(ids: Any) -> list[Reading]:
    """These readings (ids, or a select of them) with all that a page shows of them."""
    answer = selectinload(Reading.answer)
    query = (
        sa.select(Reading)
        .where(Reading.id.in_(ids))
        .options(
            selectinload(Reading.clauses)
            .selectinload(Clause.codings)
            .selectinload(Coding.reason)
            .selectinload(Reason.parent),
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


def _voice(reading: Reading, filters: VoiceFilters) -> Voice:
    """A row begins with the clause that was looked for: what stands before it would hide it."""
    segments = segments_of(reading)
    place = _matching(reading, segments, filters)
    if place:
        segments = [Segment("…"), *segments[place:]]
    return Voice(reading.answer.response, reading, segments, reasons_stated(reading))


def _matching(reading: Reading, segments: Sequence[Segment], filters: VoiceFilters) -> int:
    """The first stretch that holds the word, or the reason, that was looked for; 0 for none."""
    if needles := needles_of(filters.search):
        return next((at for at, one in enumerate(segments) if are_in(needles, one.text)), 0)
    if filters.rival:
        return next((at for at, one in enumerate(segments) if filters.rival in one.text), 0)
    if not filters.reason:
        return 0
    wanted = {
        clause.id
        for clause in reading.clauses
        for coding in clause.codings
        if filters.reason in (coding.reason.code, coding.reason.parent.code if coding.reason.parent else "")
    }
    return next((at for at, one in enumerate(segments) if one.clause_id in wanted), 0)


def _about_words(filters: VoiceFilters, unmasked: bool) -> Iterable[sa.ColumnElement[bool]]:
    """What the reading of an answer must hold."""
    if filters.survey_id is not None:
        yield Reading.survey_id == filters.survey_id
    if filters.reason:
        yield sa.and_(_with_reason(filters.reason), asks_why())
    if filters.polarity:
        known = filters.polarity in set(Polarity)
        yield Reading.polarity == Polarity(filters.polarity) if known else sa.false()
    if filters.confirmed:
        wanted = {"yes": ReadingState.CONFIRMED, "no": ReadingState.PROPOSED}.get(filters.confirmed)
        yield Reading.state == wanted if wanted else sa.false()
    if filters.search:
        yield holds_words(needles_of(filters.search), unmasked)
    if filters.rival:
        yield names_rival(filters.rival)
    if filters.question:
        asked = sa.select(Answer.id).join(Question, Question.id == Answer.question_id)
        yield asked.where(Answer.id == Reading.answer_id, Question.code == filters.question).exists()
    if filters.theme_id is not None:
        members = sa.select(ThemeMember.answer_id).where(ThemeMember.theme_id == filters.theme_id)
        yield Reading.answer_id.in_(members)


def _about_sheets(filters: VoiceFilters) -> Iterable[sa.ColumnElement[bool]]:
    """What the sheet and its customer must hold."""
    if filters.survey_id is not None:
        # Only what was handed in is read at all; said here, an index holds the sheets in the order they are shown.
        yield sa.and_(Response.survey_id == filters.survey_id, Response.state == ResponseState.SUBMITTED)
    if filters.state:
        known = filters.state in set(CustomerState)
        state = Customer.state == CustomerState(filters.state) if known else sa.false()
        yield Response.customer_id.in_(sa.select(Customer.id).where(state))
    if filters.nps:
        yield Response.nps.between(*NPS_CLASSES.get(filters.nps, (11, 11)))
    if filters.customer_id is not None:
        yield Response.customer_id == filters.customer_id
    if filters.since is not None:
        yield Response.submitted_at >= filters.since
    if filters.until is not None:
        yield Response.submitted_at < filters.until
    if filters.segment_id is not None:
        segment = db.session.get(CustomerSegment, filters.segment_id)
        chosen = customers_of_segment(segment).with_only_columns(Customer.id) if segment else None
        yield sa.false() if chosen is None else Response.customer_id.in_(chosen)


def _with_reason(code: str) -> sa.ColumnElement[bool]:
    if code == UNEXPLAINED:
        return Reading.unexplained.is_(True)
    reason = reason_by_code(code)
    if reason is None:
        return sa.false()
    if code == NONE:
        given = sa.or_(Reading.unexplained, Reading.main_reason_id != reason.id)
        return Reading.response_id.not_in(sa.select(Reading.response_id).where(given))
    coded = sa.select(Clause.reading_id).join(Coding, Coding.clause_id == Clause.id)
    return Reading.id.in_(coded.where(Coding.reason_id.in_(family_of(reason.id))))


def surveys_heard() -> list[Survey]:
    """The surveys with submitted sheets, newest first."""
    heard = sa.select(Response.id).where(
        Response.survey_id == Survey.id, Response.state == ResponseState.SUBMITTED, Response.door != Door.TEST
    )
    return list(db.session.scalars(sa.select(Survey).where(heard.exists()).order_by(Survey.id.desc())))


def questions_heard(survey_id: int) -> list[tuple[str, str]]:
    """(code, title) of the questions of a survey whose answers are read, in the newest wording of each."""
    query = (
        sa.select(Question.code, Question.title)
        .join(SurveyVersion, SurveyVersion.id == Question.survey_version_id)
        .where(SurveyVersion.survey_id == survey_id, Question.read_as.is_not(None))
        .order_by(SurveyVersion.number, Question.page, Question.position)
    )
    return list({code: (code, title) for code, title in db.session.execute(query)}.values())
