"""Reading in the background: fresh sheets within seconds, whole surveys in batches, themes afterwards.

Reading itself happens between transactions, so that nobody who writes has to wait for it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import db, unit_of_work
from app.jobs import Ring, before_work, heartbeat, job, patient_sweep, ring, sweep, under_way, urgent_job
from app.points import reach
from app.reasons import engine, services
from app.reasons.engine import Engine, Lesson, OwnCode
from app.reasons.models import AnalysisRun, RunState
from app.reasons.queries.readable import (
    anonymous_unread,
    answers_of,
    answers_to_read,
    answers_unread,
    responses_unread,
    surveys_unread,
)
from app.reasons.queries.runs import SETTLING, surveys_without_themes
from app.reasons.queries.themes import decisions_about_themes
from app.responses.anonymous import LOWEST
from app.surveys.models import Survey

LOOK_BACK = timedelta(days=2)
log = structlog.get_logger()


def _folder() -> Path:
    settings = current_app.extensions["settings"]
    return Path(settings.instance_path) / "readers"


@before_work
def load_reader() -> None:
    """A customer's words are read within seconds, also the first ones after a start."""
    engine.shipped().warm()


@urgent_job
def read_response(response_id: int) -> None:
    """Read the free-text answers of one sheet, with what people have taught so far."""
    _read(lambda: answers_of(response_id))


@urgent_job
def read_anonymous(survey_id: int) -> None:
    """Read what waits of an anonymous survey, a lot at a time. No sheet is named, neither here nor in the log."""
    _read(lambda: answers_unread(survey_id))


def _read(chosen: Callable[[], Sequence[int]]) -> None:
    with unit_of_work():
        services.seed_codebook(clock.now())
        services.take_dictionary()
        readables = answers_to_read(chosen(), again=False)
    reach("reading.chosen")
    found = engine.engine_in(_folder()).read([one.words for one in readables])
    reach("reading.found")
    with unit_of_work():
        services.store_findings(readables, found, None, clock.now())
        reach("reading.storing")
    reach("reading.stored")


@job
def read_survey(survey_id: int) -> None:
    """Start a run over what nobody has read of a survey: after an import, say."""
    with unit_of_work():
        services.follow_questions(survey_id)
        services.start_run(db.session.get_one(Survey, survey_id), None, clock.now(), again=False)


@job
def run_analysis(run_id: int) -> None:
    """Read all that a run has still to read. Killed at any point, it goes on where it stood."""
    with unit_of_work():
        claim = services.claim_run(run_id, clock.now())
        if claim is None:
            return
        services.take_dictionary()
        taught, own = services.lessons(), services.own_codes()
    reach("run.claimed")
    try:
        with heartbeat(lambda: services.touch_run(run_id, claim, clock.now())):
            _read_run(run_id, claim, taught, own)
    except OperationalError:
        raise  # the database was busy or away: the sweep takes the run up again
    except Exception as error:
        log.error("run_failed", run=run_id, exc_info=error)
        with unit_of_work():
            services.fail_run(run_id, claim, type(error).__name__, clock.now())


def _read_run(run_id: int, claim: str, taught: list[Lesson], own: list[OwnCode]) -> None:
    """Let the reader learn, then read batch by batch while the run is in these hands."""
    reader = services.taught_engine(_folder(), taught, own)
    reach("run.taught")
    with unit_of_work():
        if not services.begin_reading(run_id, claim, reader.fingerprint, clock.now()):
            return
    reach("run.begun")
    _judge_run(run_id, claim, taught, own, reader)
    after_id: int | None = LOWEST
    while after_id is not None:
        after_id = _read_batch(run_id, claim, after_id, reader)
    reach("run.finished")


def _judge_run(run_id: int, claim: str, taught: list[Lesson], own: list[OwnCode], reader: Engine) -> None:
    """Estimate how well the reader agrees with people, on decisions it has not learnt."""
    with unit_of_work():
        judged = services.judged_by_run(run_id)
        seed = db.session.get_one(AnalysisRun, run_id).seed
    if judged is None:
        return
    found = services.read_unseen(judged, taught, own, reader, seed, lambda: _is_held(run_id, claim))
    reach("run.judged")
    if found is not None:
        with unit_of_work():
            services.store_agreement(run_id, claim, judged, found, bool(taught), clock.now())


def _is_held(run_id: int, claim: str) -> bool:
    """Is the run still in these hands, and not cancelled?"""
    with unit_of_work():
        return services.touch_run(run_id, claim, clock.now())


def _read_batch(run_id: int, claim: str, after_id: int, reader: Engine) -> int | None:
    """One batch after an answer's id; the last id looked at, or None at the end, when cancelled or taken over."""
    with unit_of_work():
        readables, looked_at, last_id = services.next_batch(run_id, after_id)
        if not looked_at:
            services.finish_run(run_id, claim, clock.now())
            return None
    found = reader.read([one.words for one in readables])
    reach("run.batch_read")
    with unit_of_work():
        going = services.store_batch(run_id, claim, readables, found, looked_at, clock.now())
        reach("run.batch_storing")
    reach("run.batch_stored")
    return last_id if going else None


@job
def settle_draft(run_id: int) -> None:
    """Apply the draft of a run, or bring back what stood before it. Killed at any point, it goes on where it stood."""
    with unit_of_work():
        claim = services.claim_draft(run_id, clock.now())
    if claim is None:
        return
    reach("applying.claimed")
    going = True
    while going:
        with unit_of_work():
            going = services.settle_lot(run_id, claim, clock.now())
            reach("applying.storing")
        reach("applying.stored")


@job
def clear_drafts() -> None:
    """Forget the drafts that nobody needs any more."""
    with unit_of_work():
        services.clear_drafts()


@job
def propose_themes(survey_id: int) -> None:
    """Look for themes among what no reason of the survey explains well, and inside the reasons given most."""
    begun_at = clock.now()
    with unit_of_work():
        scopes = services.scopes_of(survey_id)
    if all(_seek_themes(survey_id, within_id) for within_id in scopes):
        with unit_of_work():
            services.mark_themed(survey_id, begun_at, clock.now())
    reach("themes.stored")


def _seek_themes(survey_id: int, within_id: int | None) -> bool:
    """One search. False, with the bell rung again, where somebody decided about themes meanwhile."""
    with unit_of_work():
        services.take_dictionary()
        stood, scope = decisions_about_themes(survey_id), services.scope_of(survey_id, within_id)
    found = services.seek_themes(scope)
    reach("themes.found")
    with unit_of_work():
        # One at a time: another worker may have stored its own findings meanwhile, which these do not know of.
        db.session.execute(sa.select(Survey.id).where(Survey.id == survey_id).with_for_update())
        if decisions_about_themes(survey_id) != stood:
            ring("propose_themes", survey_id)
            return False
        services.store_themes(survey_id, scope.words, found, clock.now(), within_id)
        reach("themes.storing")
    return True


@under_way
def is_reading() -> bool:
    """Is a run still open, or its draft being applied? Asked by commands that wait for the reading."""
    db.session.rollback()
    is_open = AnalysisRun.state.in_((RunState.QUEUED, RunState.RUNNING))
    still_open = sa.select(AnalysisRun.id).where(sa.or_(is_open, AnalysisRun.draft.in_(SETTLING)))
    return db.session.scalar(still_open.limit(1)) is not None


@sweep
def runs_standing_still() -> Iterable[Ring]:
    """Runs whose worker has gone silent, or that no worker has taken up."""
    still = AnalysisRun.touched_at < clock.now() - services.STILL_AFTER
    open_runs = sa.select(AnalysisRun.id).where(
        AnalysisRun.state.in_((RunState.QUEUED, RunState.RUNNING)), still
    )
    for run_id in db.session.scalars(open_runs).all():
        yield "run_analysis", (run_id,)
    settling = sa.select(AnalysisRun.id).where(AnalysisRun.draft.in_(SETTLING), still)
    for run_id in db.session.scalars(settling).all():
        yield "settle_draft", (run_id,)


@patient_sweep
def sweep_reading() -> Iterable[Ring]:
    """Sheets and imports that nobody has read, and runs after which no theme was looked for: their bell was lost."""
    now = clock.now()
    still, since = now - services.STILL_AFTER, now - LOOK_BACK
    for response_id in responses_unread(before=still, after=since):
        yield "read_response", (response_id,)
    for survey_id in anonymous_unread():
        yield "read_anonymous", (survey_id,)
    for survey_id in surveys_unread(before=still, after=since):
        yield "read_survey", (survey_id,)
    for survey_id in surveys_without_themes(before=still, after=since):
        yield "propose_themes", (survey_id,)
    if db.session.scalar(services.drafts_left_over().limit(1)) is not None:
        yield "clear_drafts", ()
