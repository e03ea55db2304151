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
from app.reasons.models import Clause, Coding, Polarity, Reading, ReadingState, Reason, Theme, ThemeMember
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import family_of, reason_by_code
from app.reasons.queries.few import FEWEST, is_anonymous
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
    """One page of Voice, newest first. `unmasked`: may the reader's search look behind what is hidden?

    Of anonymous surveys a choice that fewer than five sheets meet shows none; without a survey chosen, none at all.
    """
    said = list(_about_words(filters))
    if filters.search and not unmasked:
        said.append(Reading.answer_id.not_in(_found_only_behind(said, filters.search)))
    matching = sa.select(Reading.response_id).where(*said)
    sheets = sa.select(Response.id).where(Response.id.in_(matching), *_about_sheets(filters))
    if filters != VoiceFilters(survey_id=filters.survey_id):
        sheets = sheets.where(_in_company(filters, sheets))
    page = Page.of(sheets.order_by(Response.submitted_at.desc(), Response.id.desc()), number, PAGE_SIZE)
    first = sa.select(sa.func.min(Reading.id)).where(*said, Reading.response_id.in_(page.rows))
    shown = {one.response_id: one for one in readings_with_words(first.group_by(Reading.response_id))}
    rows = [_voice(shown[number], filters) for number in page.rows]
    return Page(rows, page.number, page.size, page.total)


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
    needle = filters.search.casefold()
    if needle:
        return next((at for at, one in enumerate(segments) if needle in one.text.casefold()), 0)
    wanted = {
        clause.id
        for clause in reading.clauses
        for coding in clause.codings
        if filters.reason in (coding.reason.code, coding.reason.parent.code if coding.reason.parent else "")
    }
    return next((at for at, one in enumerate(segments) if one.clause_id in wanted), 0)


def _about_words(filters: VoiceFilters) -> Iterable[sa.ColumnElement[bool]]:
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
        words = sa.select(Answer.id).where(Answer.text.icontains(filters.search, autoescape=True))
        yield Reading.answer_id.in_(words)
    if filters.theme_id is not None:
        members = sa.select(ThemeMember.answer_id).where(ThemeMember.theme_id == filters.theme_id)
        yield Reading.answer_id.in_(members)


def _about_sheets(filters: VoiceFilters) -> Iterable[sa.ColumnElement[bool]]:
    """What the sheet and its customer must hold."""
    if filters.survey_id is not None:
        yield Response.survey_id == filters.survey_id
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


def _found_only_behind(said: Sequence[sa.ColumnElement[bool]], search: str) -> list[int]:
    """Answers whose match lies only in what is hidden: a search must not tell who they are."""
    masked = sa.select(Reading.id).where(*said, sa.cast(Reading.masked, sa.String) != "[]")
    needle = search.casefold()
    return [
        reading.answer_id
        for reading in readings_with_words(masked)
        if needle not in shown_text(segments_of(reading)).casefold()
    ]


def surveys_heard() -> list[Survey]:
    """The surveys with submitted sheets, newest first."""
    heard = sa.select(Response.id).where(
        Response.survey_id == Survey.id, Response.state == ResponseState.SUBMITTED, Response.door != Door.TEST
    )
    return list(db.session.scalars(sa.select(Survey).where(heard.exists()).order_by(Survey.id.desc())))
