"""Reading in the background: fresh sheets within seconds, whole surveys in batches, themes afterwards.

Reading itself happens between transactions, so that nobody who writes has to wait for it.
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import db, unit_of_work
from app.jobs import Ring, job, sweep, under_way
from app.reasons import engine, services
from app.reasons.engine import Engine
from app.reasons.models import AnalysisRun, RunState
from app.reasons.queries.readable import answers_of, answers_to_read, responses_unread, surveys_unread
from app.reasons.queries.themes import known_themes, unexplained_words
from app.reasons.services.themes import SEED
from app.surveys.models import Survey

LOOK_BACK = timedelta(days=2)
log = structlog.get_logger()


def _folder() -> Path:
    settings = current_app.extensions["settings"]
    return Path(settings.instance_path) / "readers"


@job
def read_response(response_id: int) -> None:
    """Read the free-text answers of one sheet, with what people have taught so far."""
    with unit_of_work():
        services.seed_codebook(clock.now())
        readables = answers_to_read(answers_of(response_id), again=False)
    found = engine.engine_in(_folder()).read([one.words for one in readables])
    with unit_of_work():
        services.store_findings(readables, found, None, clock.now())


@job
def read_survey(survey_id: int) -> None:
    """Start a run over a survey: after an import, say."""
    with unit_of_work():
        services.start_run(db.session.get_one(Survey, survey_id), None, clock.now())


@job
def run_analysis(run_id: int) -> None:
    """Read all that a run has still to read. Killed at any point, it goes on where it stood."""
    with unit_of_work():
        if not services.claim_run(run_id, clock.now()):
            return
        taught, own = services.lessons(), services.own_codes()
    try:
        reader = services.taught_engine(_folder(), taught, own)
        with unit_of_work():
            services.begin_reading(run_id, reader.fingerprint, clock.now())
        after_id: int | None = 0
        while after_id is not None:
            after_id = _read_batch(run_id, after_id, reader)
    except OperationalError:
        raise  # the database was busy or away: the sweep takes the run up again
    except Exception as error:
        log.error("run_failed", run=run_id, exc_info=error)
        with unit_of_work():
            services.fail_run(run_id, type(error).__name__, clock.now())


def _read_batch(run_id: int, after_id: int, reader: Engine) -> int | None:
    """One batch after an answer's id; the last id looked at, or None at the end or when cancelled."""
    with unit_of_work():
        readables, looked_at, last_id = services.next_batch(run_id, after_id)
        if not looked_at:
            services.finish_run(run_id, clock.now())
            return None
    found = reader.read([one.words for one in readables])
    with unit_of_work():
        going = services.store_batch(run_id, readables, found, looked_at, clock.now())
    return last_id if going else None


@job
def propose_themes(survey_id: int) -> None:
    """Look for themes among what no reason of the survey explains."""
    with unit_of_work():
        words, known = unexplained_words(survey_id), known_themes(survey_id)
    found = engine.find_themes(words, known, SEED)
    with unit_of_work():
        services.store_themes(survey_id, words, found, clock.now())


@under_way
def is_reading() -> bool:
    """Is a run still open? Asked by commands that wait for the reading."""
    db.session.rollback()
    still_open = sa.select(AnalysisRun.id).where(AnalysisRun.state.in_((RunState.QUEUED, RunState.RUNNING)))
    return db.session.scalar(still_open.limit(1)) is not None


@sweep
def sweep_reading() -> Iterable[Ring]:
    """Runs that stand still, and sheets and imports whose bell was lost."""
    now = clock.now()
    still = now - services.STILL_AFTER
    open_runs = sa.select(AnalysisRun.id).where(
        AnalysisRun.state.in_((RunState.QUEUED, RunState.RUNNING)), AnalysisRun.touched_at < still
    )
    for run_id in db.session.scalars(open_runs).all():
        yield "run_analysis", (run_id,)
    for response_id in responses_unread(before=still, after=now - LOOK_BACK):
        yield "read_response", (response_id,)
    for survey_id in surveys_unread(before=still, after=now - LOOK_BACK):
        yield "read_survey", (survey_id,)
