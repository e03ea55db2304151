"""Runs: one pass of reading over a survey, in batches, that can be left, cancelled and taken up again."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from app import jobs
from app.accounts.models import Member
from app.db import db
from app.reasons.engine import Found
from app.reasons.models import AnalysisRun, RunState
from app.reasons.queries.readable import Readable, batch_of_run, count_of_run
from app.reasons.services.codebook import seed_codebook
from app.reasons.services.reading import store_findings
from app.surveys.models import Survey

BATCH_SIZE = 200
STILL_AFTER = timedelta(minutes=2)
OPEN = (RunState.QUEUED, RunState.RUNNING)
log = structlog.get_logger()


def start_run(survey: Survey, member: Member | None, at: datetime) -> AnalysisRun:
    """Have all answers of a survey read that are unread or were read by machine; the open run, where there is one."""
    seed_codebook(at)
    mine = sa.select(AnalysisRun).where(AnalysisRun.survey_id == survey.id, AnalysisRun.state.in_(OPEN))
    run = db.session.scalar(mine)
    if run is None:
        run = AnalysisRun(
            survey_id=survey.id, queued_at=at, touched_at=at, member_id=member.id if member else None
        )
        try:
            with db.session.begin_nested():
                db.session.add(run)
        except IntegrityError:  # somebody started one at the same moment
            return db.session.scalars(mine).one()
        log.info("run_started", run=run.id, survey=survey.id)
    jobs.ring("run_analysis", run.id)
    return run


def cancel_run(run: AnalysisRun, at: datetime) -> bool:
    """Stop after the batch at hand; what was read stays. False where the run had ended."""
    return _close(run.id, RunState.CANCELLED, at)


def fail_run(run_id: int, claim: str, problem: str, at: datetime) -> bool:
    """End a run that cannot go on."""
    return _close(run_id, RunState.FAILED, at, problem=problem, held=_held(claim))


def claim_run(run_id: int, at: datetime) -> str | None:
    """Take a queued run, or one whose worker has gone silent; None where it is in other hands or has ended.

    Returns the claim: whatever is written about the run from now on is written only while it holds.
    """
    silent = sa.and_(AnalysisRun.state == RunState.RUNNING, AnalysisRun.touched_at < at - STILL_AFTER)
    free = sa.or_(AnalysisRun.state == RunState.QUEUED, silent)
    claim = secrets.token_urlsafe(16)
    return claim if _change(run_id, free, state=RunState.RUNNING, touched_at=at, claim=claim) else None


def touch_run(run_id: int, claim: str, at: datetime) -> bool:
    """Say that the worker is alive."""
    return _change(run_id, _held(claim), touched_at=at)


def _held(claim: str) -> sa.ColumnElement[bool]:
    return sa.and_(AnalysisRun.state == RunState.RUNNING, AnalysisRun.claim == claim)


def begin_reading(run_id: int, claim: str, fingerprint: dict[str, Any], at: datetime) -> bool:
    """Note what reads, and how much there is to read. False where the run was cancelled or taken over."""
    run = db.session.get_one(AnalysisRun, run_id, populate_existing=True)
    total = run.done_count + count_of_run(run)
    return _change(run_id, _held(claim), fingerprint=fingerprint, total_count=total, touched_at=at)


def next_batch(run_id: int, after_id: int) -> tuple[list[Readable], int, int]:
    """The next answers of a run: (to read, how many were looked at, id of the last one)."""
    return batch_of_run(db.session.get_one(AnalysisRun, run_id), after_id, BATCH_SIZE)


def store_batch(
    run_id: int,
    claim: str,
    readables: Sequence[Readable],
    found: Sequence[Found],
    looked_at: int,
    at: datetime,
) -> bool:
    """Store a batch and count it. False, and nothing stored, where the run was cancelled or taken over meanwhile."""
    done = AnalysisRun.done_count + looked_at
    if not _change(run_id, _held(claim), done_count=done, touched_at=at):
        return False
    store_findings(readables, found, run_id, at)
    return True


def finish_run(run_id: int, claim: str, at: datetime) -> bool:
    """The run has been through everything; themes are looked for next."""
    if not _close(run_id, RunState.DONE, at, held=_held(claim)):
        return False
    survey_id = db.session.scalars(sa.select(AnalysisRun.survey_id).where(AnalysisRun.id == run_id)).one()
    jobs.ring("propose_themes", survey_id)
    return True


def mark_themed(survey_id: int, before: datetime, at: datetime) -> None:
    """Themes were looked for in all that the runs of a survey had read before an instant."""
    ended = (AnalysisRun.survey_id == survey_id, AnalysisRun.state == RunState.DONE)
    open_still = (AnalysisRun.themed_at.is_(None), AnalysisRun.finished_at <= before)
    db.session.execute(sa.update(AnalysisRun).where(*ended, *open_still).values(themed_at=at))


def _close(
    run_id: int,
    state: RunState,
    at: datetime,
    problem: str = "",
    held: sa.ColumnElement[bool] | None = None,
) -> bool:
    where = AnalysisRun.state.in_(OPEN) if held is None else held
    closed = _change(run_id, where, state=state, touched_at=at, finished_at=at, problem=problem)
    if closed:
        log.info("run_ended", run=run_id, state=state.value)
    return closed


def _change(run_id: int, where: sa.ColumnElement[bool], **values: Any) -> bool:
    """Change a run only where it still stands as expected: the row decides races."""
    change = sa.update(AnalysisRun).where(AnalysisRun.id == run_id, where).values(**values)
    found: sa.CursorResult[Any] = db.session.execute(change)  # type: ignore[assignment] # a change has a row count
    return found.rowcount == 1
