"""Runs read whole surveys: in batches, to be cancelled and taken up again, with what people taught."""

import time
from datetime import timedelta

import pytest

from app import clock, jobs
from app.db import db, unit_of_work
from app.reasons import engine, services
from app.reasons import jobs as reasons_jobs
from app.reasons.models import AnalysisRun, Reading, ReadingState, RunState
from app.reasons.queries.readable import answers_of
from app.responses.models import Door, Response
from tests import factories
from tests.app.reasons.conftest import add, reason
from tests.factories_reasons import sheet, survey

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def make_survey(context):
    """Return a function that stores a survey with so many sheets and commits."""

    def make(count, door=Door.LINK, **changes):
        with unit_of_work():
            services.seed_codebook(clock.now())
            made = add(survey())
            now = clock.now()
            for number in range(count):
                values = {
                    "reason": f"送料が{number}円も上がって高い。",
                    "door": door,
                    "saved_at": now,
                    "submitted_at": now,
                }
                db.session.add(sheet(made, **{**values, **changes}))
        return made

    return make


def start(made):
    with unit_of_work():
        return services.start_run(made, None, clock.now()).id


def run_now(run_id):
    db.session.expire_all()
    return db.session.get(AnalysisRun, run_id)


def test_a_run_reads_every_answer_and_counts_its_way(make_survey, drain):
    run_id = start(make_survey(250))
    drain()
    run = run_now(run_id)
    assert (run.state, run.total_count, run.done_count) == (RunState.DONE, 250, 250)
    assert run.fingerprint["model"]
    assert run.fingerprint["dictionary"]
    assert db.session.query(Reading).filter_by(run_id=run_id).count() == 250


def test_a_survey_has_one_open_run_however_often_it_is_started(make_survey):
    made = make_survey(1)
    assert start(made) == start(made)
    assert db.session.query(AnalysisRun).count() == 1


def test_a_cancelled_run_keeps_what_it_read_and_stops(make_survey, monkeypatch):
    run_id = start(make_survey(250))
    stored = services.store_batch

    def store_and_cancel(*args):
        going = stored(*args)
        services.cancel_run(run_now(run_id), clock.now())
        return going

    monkeypatch.setattr(services, "store_batch", store_and_cancel)
    jobs.run("run_analysis", run_id)
    run = run_now(run_id)
    assert (run.state, run.done_count) == (RunState.CANCELLED, 200)
    assert db.session.query(Reading).count() == 200


def test_a_run_whose_worker_was_killed_goes_on_where_it_stood(make_survey, monkeypatch):
    run_id = start(make_survey(450))
    stored = services.store_batch
    calls = []

    def die_in_the_second_batch(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return stored(*args)

    monkeypatch.setattr(services, "store_batch", die_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        jobs.run("run_analysis", run_id)
    monkeypatch.setattr(services, "store_batch", stored)
    jobs.run("run_analysis", run_id)
    assert run_now(run_id).done_count == 200, "somebody may still be at it"
    with unit_of_work():
        run_now(run_id).touched_at = clock.now() - timedelta(minutes=3)
    assert ("run_analysis", (run_id,)) in list(reasons_jobs.runs_standing_still())
    db.session.rollback()
    jobs.run("run_analysis", run_id)
    run = run_now(run_id)
    assert (run.state, run.total_count, run.done_count) == (RunState.DONE, 450, 450)


def test_a_run_that_was_taken_over_takes_nothing_more_from_the_worker_that_fell_silent(
    make_survey, monkeypatch
):
    run_id = start(make_survey(450))
    stored = services.store_batch
    claims = []

    def be_overtaken(run_id, claim, *rest):
        claims.append(claim)
        if len(claims) == 2:
            later = clock.now() + timedelta(minutes=3)
            claims.append(services.claim_run(run_id, later))
        return stored(run_id, claim, *rest)

    monkeypatch.setattr(services, "store_batch", be_overtaken)
    jobs.run("run_analysis", run_id)
    run = run_now(run_id)
    assert (run.state, run.done_count, run.claim) == (RunState.RUNNING, 200, claims[-1])
    assert services.finish_run(run_id, claims[0], clock.now()) is False


def test_a_worker_that_learns_for_long_keeps_its_run(make_survey, monkeypatch):
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.05)
    run_id = start(make_survey(1))
    taught = services.taught_engine
    stale = clock.now() - timedelta(minutes=3)

    def learn_for_long(*args):
        with unit_of_work():
            run_now(run_id).touched_at = stale
        deadline = time.monotonic() + 10
        while run_now(run_id).touched_at == stale and time.monotonic() < deadline:
            db.session.rollback()
            time.sleep(0.05)
        assert services.claim_run(run_id, clock.now()) is None
        return taught(*args)

    monkeypatch.setattr(services, "taught_engine", learn_for_long)
    jobs.run("run_analysis", run_id)
    assert run_now(run_id).state is RunState.DONE


def test_themes_are_looked_for_although_the_bell_after_a_run_was_lost(make_survey, app):
    made = make_survey(1)
    run_id = start(made)
    jobs.run("run_analysis", run_id)
    app.extensions["huey"].flush()
    with unit_of_work():
        run_now(run_id).finished_at = clock.now() - timedelta(minutes=3)
    assert list(reasons_jobs.sweep_reading()) == [("propose_themes", (made.id,))]
    db.session.rollback()
    jobs.run("propose_themes", made.id)
    assert list(reasons_jobs.sweep_reading()) == []


def test_a_sheet_that_waits_in_a_long_queue_is_not_rung_for_every_minute(make_survey, app):
    make_survey(1, submitted_at=clock.now() - timedelta(minutes=5))
    queue = app.extensions["huey"]
    for _minute in range(3):
        jobs.run_sweep()
    assert [task.args[0] for task in queue.pending()] == ["read_response"]


def test_a_run_that_cannot_go_on_says_so(make_survey, monkeypatch):
    run_id = start(make_survey(1))
    monkeypatch.setattr(services, "next_batch", lambda *args: 1 / 0)
    jobs.run("run_analysis", run_id)
    assert (run_now(run_id).state, run_now(run_id).problem) == (RunState.FAILED, "ZeroDivisionError")


def test_confirmed_readings_are_left_out_of_a_run(make_survey, drain):
    made = make_survey(3)
    start(made)
    drain()
    with unit_of_work():
        services.confirm_reading(db.session.query(Reading).first(), add(factories.member()), clock.now())
    run_id = start(made)
    drain()
    assert run_now(run_id).done_count == 2
    assert db.session.query(Reading).filter_by(state=ReadingState.CONFIRMED).count() == 1


def test_a_submitted_sheet_is_read_by_its_own_job_once(make_survey):
    make_survey(1)
    response = db.session.query(Response).one()
    jobs.run("read_response", response.id)
    jobs.run("read_response", response.id)
    db.session.expire_all()
    assert db.session.query(Reading).one().revision == 1
    assert answers_of(response.id) == [db.session.query(Reading).one().answer_id]


def test_the_sweep_finds_sheets_whose_bell_was_lost(make_survey):
    old = clock.now() - timedelta(minutes=5)
    make_survey(1, submitted_at=old)
    make_survey(1, submitted_at=clock.now())
    make_survey(1, submitted_at=old, door=Door.TEST)
    assert [name for name, _ in reasons_jobs.sweep_reading()] == ["read_response"]


def test_twenty_decisions_teach_the_next_run_and_fewer_do_not(make_survey, drain, app):
    words = "お茶畑にソーラーパネルが並んで、がっかりした。"
    made = make_survey(22, reason=words)
    start(made)
    drain()
    member = None
    for number, reading in enumerate(db.session.query(Reading).limit(20).all()):
        with unit_of_work():
            member = member or add(factories.member())
            services.set_codings(
                reading, [(reading.clauses[0].id, [reason("trust").id])], None, member, clock.now()
            )
        if number == 18:
            assert services.lessons() == []
    run_id = start(made)
    drain()
    assert run_now(run_id).fingerprint["decisions"] == 20
    with unit_of_work():
        services.apply_draft(run_now(run_id), member, clock.now())
    drain()
    db.session.expire_all()
    rest = db.session.query(Reading).filter_by(state=ReadingState.PROPOSED).all()
    assert {reading.main_reason.code for reading in rest} == {"trust"}
    folder = app.extensions["settings"].instance_path / "readers"
    assert engine.engine_in(folder).fingerprint["decisions"] == 20
