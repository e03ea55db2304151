"""Answers that can be read, and those that still have to be."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.clock import today
from app.customers.models import ImportBatch, ImportKind, ImportState
from app.db import db
from app.reasons.drafts import ReadingDraft
from app.reasons.engine import Words
from app.reasons.models import AnalysisRun, Reading, ReadingState, RunState
from app.reasons.queries.few import FEWEST
from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys.models import AsksFor, Question, ReadAs, Survey, SurveyState


@dataclass(frozen=True)
class Readable:
    """Words to be read. `only_praise`: the question asks for nothing but praise."""

    words: Words
    only_praise: bool = False


def hash_of(text: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def asked_as(read_as: ReadAs | None, asks_for: AsksFor) -> str:
    """The question as the reader knows it; a free question that wants wishes or complaints says so."""
    if read_as is None or read_as is ReadAs.OTHER:
        return {AsksFor.WISH: "improve", AsksFor.COMPLAINT: "reason"}.get(asks_for, "other")
    return read_as.value


def _readable() -> sa.Select[*tuple[Any, ...]]:
    """Free-text answers of submitted sheets, with the reading there is of each."""
    return (
        sa.select(
            Answer.id, Answer.text, Question.read_as, Question.asks_for, Reading.state, Reading.text_hash
        )
        .join(Question, Question.id == Answer.question_id)
        .join(Response, Response.id == Answer.response_id)
        .outerjoin(Reading, Reading.answer_id == Answer.id)
        .where(
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
            Question.read_as.is_not(None),
            Answer.text != "",
            sa.or_(
                Response.anonymous.is_(False),
                Reading.id.is_not(None),
                Response.survey_id.in_(surveys_with_a_lot()),
            ),
        )
    )


def surveys_with_a_lot() -> sa.Select[int]:
    """Anonymous surveys of which enough sheets wait to be read together: one by one, order would tell whose is whose.

    What is left when a survey takes no more answers is read without waiting for more.
    """
    over = sa.or_(Survey.state != SurveyState.PUBLISHED, Survey.closes_on < today())
    sheets = sa.func.count(Response.id.distinct())
    unread = sa.func.count(sa.case((Reading.id.is_(None), Response.id)).distinct())
    worded = (Question.read_as.is_not(None), Answer.text != "")
    return (
        sa.select(Response.survey_id)
        .join(Survey, Survey.id == Response.survey_id)
        .join(Answer, Answer.response_id == Response.id)
        .join(Question, Question.id == Answer.question_id)
        .outerjoin(Reading, Reading.answer_id == Answer.id)
        .where(
            Response.anonymous,
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
            *worded,
        )
        .group_by(Response.survey_id, Survey.state, Survey.closes_on)
        .having(sa.and_(sheets >= FEWEST, sa.or_(over, unread >= FEWEST)))
    )


def anonymous_unread() -> list[int]:
    """Anonymous surveys with answers that nobody has read and that may be read now."""
    waiting = (
        _readable().with_only_columns(Response.survey_id).where(Response.anonymous, Reading.id.is_(None))
    )
    return list(db.session.scalars(waiting.distinct()))


def answers_unread(survey_id: int) -> list[int]:
    """The answers of a survey that nobody has read and that may be read now."""
    mine = _readable().with_only_columns(Answer.id)
    return list(db.session.scalars(mine.where(Response.survey_id == survey_id, Reading.id.is_(None))))


def _of_run(run: AnalysisRun) -> sa.Select[*tuple[Any, ...]]:
    """What a run has still to read: the unread, answers saved since they were read, and, of a run that reads again,
    what others than itself have read and no person confirmed."""
    waiting = [Reading.id.is_(None), Response.saved_at > Reading.read_at]
    if run.again:
        others = sa.or_(Reading.run_id.is_(None), Reading.run_id != run.id)
        waiting.append(sa.and_(Reading.state == ReadingState.PROPOSED, others))
    drafted = sa.select(ReadingDraft.answer_id).where(ReadingDraft.run_id == run.id)
    return _readable().where(Response.survey_id == run.survey_id, sa.or_(*waiting), Answer.id.not_in(drafted))


def _made(rows: Iterable[Any]) -> list[Readable]:
    return [
        Readable(Words(row.id, row.text, asked_as(row.read_as, row.asks_for)), row.asks_for is AsksFor.PRAISE)
        for row in rows
    ]


def answers_to_read(answer_ids: Sequence[int], again: bool) -> list[Readable]:
    """Those of the answers that are unread or were read as other words; with `again` machine-read ones too."""
    rows = db.session.execute(_readable().where(Answer.id.in_(answer_ids)).order_by(Answer.id))
    return _made(row for row in rows if is_open(row.state, row.text_hash, row.text, again))


def confirmed_words(answer_ids: Sequence[int]) -> list[Readable]:
    """Those of the answers whose confirmed reading is of the words as they stand, in order."""
    mine = _readable().where(Answer.id.in_(answer_ids), Reading.state == ReadingState.CONFIRMED)
    rows = db.session.execute(mine.order_by(Answer.id))
    return _made(row for row in rows if row.text_hash == hash_of(row.text))


def is_open(state: ReadingState | None, read_hash: str | None, text: str, again: bool) -> bool:
    """May a run read this text, where it has been read so far with this state and hash?"""
    if state is None or read_hash != hash_of(text):
        return True
    return again and state is ReadingState.PROPOSED


def answers_of(response_id: int) -> list[int]:
    """The answers of a sheet that can be read."""
    return list(
        db.session.scalars(_readable().with_only_columns(Answer.id).where(Response.id == response_id))
    )


def count_of_run(run: AnalysisRun) -> int:
    """How many answers a run has still to go through."""
    counted = sa.select(sa.func.count()).select_from(_of_run(run).with_only_columns(Answer.id).subquery())
    return db.session.scalar(counted) or 0


def batch_of_run(run: AnalysisRun, after_id: int, size: int) -> tuple[list[Readable], int, int]:
    """The next answers of a run after an answer's id: (to read, how many were looked at, id of the last one)."""
    rows = list(db.session.execute(_of_run(run).where(Answer.id > after_id).order_by(Answer.id).limit(size)))
    open_rows = [row for row in rows if is_open(row.state, row.text_hash, row.text, run.again)]
    return _made(open_rows), len(rows), rows[-1].id if rows else after_id


def responses_unread(before: datetime, after: datetime, limit: int = 200) -> list[int]:
    """Sheets submitted through a door (not imported) between the two instants with an answer nobody has read."""
    unread = (
        _readable()
        .with_only_columns(Response.id)
        .where(
            Reading.id.is_(None),
            Response.anonymous.is_(False),  # sheets that are nobody's are called by no number
            Response.door != Door.IMPORT,
            Response.survey_id.in_(sa.select(Survey.id)),  # lets the index on survey, state and time serve
            Response.submitted_at > after,
            Response.submitted_at < before,
        )
    )
    return list(db.session.scalars(unread.distinct().limit(limit)))


def surveys_unread(before: datetime, after: datetime) -> list[int]:
    """Surveys whose import ended between the two instants, with answers unread and no run under way."""
    batches = sa.select(ImportBatch.id).where(
        ImportBatch.kind == ImportKind.RESPONSES,
        ImportBatch.state == ImportState.DONE,
        ImportBatch.finished_at > after,
        ImportBatch.finished_at < before,
    )
    open_runs = sa.select(AnalysisRun.survey_id).where(
        AnalysisRun.state.in_((RunState.QUEUED, RunState.RUNNING))
    )
    unread = (
        _readable()
        .with_only_columns(Response.survey_id)
        .where(
            Response.import_batch_id.in_(batches), Reading.id.is_(None), Response.survey_id.not_in(open_runs)
        )
    )
    return list(db.session.scalars(unread.distinct()))
