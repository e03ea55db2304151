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
from app.errors import EditClash
from app.i18n import gettext as _
from app.reasons.engine import Found
from app.reasons.models import AnalysisRun, DraftState, RunState
from app.reasons.queries.readable import Readable, batch_of_run, count_of_run
from app.reasons.queries.runs import SETTLING
from app.reasons.services.agreement import FOLDS, Judged, agreement, is_judged, judged_in
from app.reasons.services.codebook import seed_codebook
from app.reasons.services.drafts import changes_something, set_against, set_aside
from app.reasons.services.reading import store_findings
from app.reasons.services.results import chained
from app.surveys.models import Survey

BATCH_SIZE = 200
STILL_AFTER = timedelta(minutes=2)
OPEN = (RunState.QUEUED, RunState.RUNNING)
log = structlog.get_logger()


def start_run(survey: Survey, member: Member | None, at: datetime, again: bool = True) -> AnalysisRun:
    """Have the answers of a survey read that are unread and, with `again`, those read by machine.

    Where a run is open, it is that one; an open run that does not read again gives way to one that does. A draft that
    waits for a decision is dropped, for the new run finds another. EditClash while a draft is being applied.
    """
    seed_codebook(at)
    mine = sa.select(AnalysisRun).where(AnalysisRun.survey_id == survey.id, AnalysisRun.state.in_(OPEN))
    run = db.session.scalar(mine)
    if again and run is not None and not run.again:
        cancel_run(run, at)
        run = None
    if run is None:
        if again:
            _make_way(survey.id, at)
        run = AnalysisRun(
            survey_id=survey.id,
            queued_at=at,
            touched_at=at,
            member_id=member.id if member else None,
            again=again,
        )
        try:
            with db.session.begin_nested():
                db.session.add(run)
        except IntegrityError:  # somebody started one at the same moment
            return db.session.scalars(mine).one()
        log.info("run_started", run=run.id, survey=survey.id)
    jobs.ring("run_analysis", run.id)
    return run


def _make_way(survey_id: int, at: datetime) -> None:
    mine = AnalysisRun.survey_id == survey_id
    busy = sa.select(AnalysisRun.id).where(mine, AnalysisRun.draft.in_(SETTLING))
    if db.session.scalar(busy.limit(1)):
        raise EditClash(_("前の読みなおしを反映しているところです。終わってから、もう一度お試しください。"))
    ready = sa.update(AnalysisRun).where(mine, AnalysisRun.draft == DraftState.READY)
    db.session.execute(ready.values(draft=DraftState.DROPPED, decided_at=at))
    jobs.ring("clear_drafts")


def cancel_run(run: AnalysisRun, at: datetime) -> bool:
    """Stop after the batch at hand. What nobody had read before stays read; what was read again is forgotten.

    False where the run had ended.
    """
    jobs.ring("clear_drafts")
    return _close(run.id, RunState.CANCELLED, at)


def fail_run(run_id: int, claim: str, problem: str, at: datetime) -> bool:
    """End a run that cannot go on; its draft is forgotten."""
    jobs.ring("clear_drafts")
    return _close(run_id, RunState.FAILED, at, problem=problem, held=_held(claim))


def claim_run(run_id: int, at: datetime) -> str | None:
    """Take a queued run, or one whose worker has gone silent; None where it is in other hands or has ended.

    Returns the claim: whatever is written about the run from now on is written only while it holds.
    """
    silent = sa.and_(AnalysisRun.state == RunState.RUNNING, AnalysisRun.touched_at < at - STILL_AFTER)
    free = sa.or_(AnalysisRun.state == RunState.QUEUED, silent)
    claim = secrets.token_urlsafe(16)
    return claim if change_run(run_id, free, state=RunState.RUNNING, touched_at=at, claim=claim) else None


def touch_run(run_id: int, claim: str, at: datetime) -> bool:
    """Say that the worker is alive."""
    return change_run(run_id, _held(claim), touched_at=at)


def _held(claim: str) -> sa.ColumnElement[bool]:
    return sa.and_(AnalysisRun.state == RunState.RUNNING, AnalysisRun.claim == claim)


def begin_reading(run_id: int, claim: str, fingerprint: dict[str, Any], at: datetime) -> bool:
    """Note what reads, and how much there is to read. False where the run was cancelled or taken over."""
    run = db.session.get_one(AnalysisRun, run_id, populate_existing=True)
    total = run.done_count + count_of_run(run)
    return change_run(run_id, _held(claim), fingerprint=fingerprint, total_count=total, touched_at=at)


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
    if not change_run(run_id, _held(claim), done_count=done, touched_at=at):
        return False
    so_far = db.session.scalars(sa.select(AnalysisRun.result_hash).where(AnalysisRun.id == run_id)).one()
    change_run(run_id, _held(claim), result_hash=chained(so_far, readables, found))
    fresh = set_aside(run_id, list(zip(readables, found, strict=True)))
    store_findings([one for one, _ in fresh], [one for _, one in fresh], run_id, at, again=False)
    return True


def judged_by_run(run_id: int) -> list[Judged] | None:
    """The decisions a run is to be measured by; None where that is done, or not to be done."""
    run = db.session.get_one(AnalysisRun, run_id, populate_existing=True)
    return None if is_judged(run) else judged_in(run.survey_id)


def store_agreement(
    run_id: int, claim: str, judged: Sequence[Judged], found: Sequence[Found], learnt: bool, at: datetime
) -> bool:
    """Note how well a run agrees with people, and where it would say otherwise. False as in `store_batch`.

    `learnt`: had its reader learnt decisions, so that it was tried in folds?
    """
    quality = agreement(judged, found, FOLDS if learnt else 0)
    if not change_run(run_id, _held(claim), quality=quality, touched_at=at):
        return False
    set_against(run_id, list(zip([one.readable for one in judged], found, strict=True)))
    return True


def finish_run(run_id: int, claim: str, at: datetime) -> bool:
    """The run has been through everything: its draft waits for a decision; themes are looked for next."""
    if not _close(run_id, RunState.DONE, at, held=_held(claim)):
        return False
    if changes_something(run_id):
        change_run(run_id, AnalysisRun.state == RunState.DONE, draft=DraftState.READY)
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
    closed = change_run(run_id, where, state=state, touched_at=at, finished_at=at, problem=problem)
    if closed:
        log.info("run_ended", run=run_id, state=state.value)
    return closed


def change_run(run_id: int, where: sa.ColumnElement[bool], **values: Any) -> bool:
    """Change a run only where it still stands as expected: the row decides races."""
    change = sa.update(AnalysisRun).where(AnalysisRun.id == run_id, where).values(**values)
    found: sa.CursorResult[Any] = db.session.execute(change)  # type: ignore[assignment] # a change has a row count
    return found.rowcount == 1
