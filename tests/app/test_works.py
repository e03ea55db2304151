"""Long work is told of on every staff page, with how far it is and, for those who may, what stops it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock, pages
from app.accounts.models import Role
from app.customers import importers
from app.customers.models import Customer, ImportBatch, ImportState
from app.db import db, unit_of_work
from app.demo import story
from app.demo.models import DemoStep, StepState
from app.reasons.models import AnalysisRun, RunState
from tests import factories_reasons
from tests.factories import AT
from tests.factories_customers import csv_file, received


def half_taken():
    """A file of 1,000 rows of which 500 are taken."""
    batch = received(csv_file(*([f"K{number:04d}", "だれか", "", "", ""] for number in range(1_000))))
    with unit_of_work():
        walk = importers.open_walk(batch.id, clock.now())
    with unit_of_work():
        walk.take_chunk(clock.now(), importers.rejected_path_of(batch))
    return batch.id


def test_an_import_is_told_of_everywhere_and_stopped_from_anywhere(app, sign_in, drain):
    browser = sign_in(Role.EDITOR)
    with app.app_context():
        number = half_taken()
    page = browser.get("/surveys").text
    assert "「顧客.csv」を取り込んでいます" in page
    assert "500 / 1,000" in page
    assert f'action="/customers/imports/{number}/cancel"' in page
    browser.post(f"/customers/imports/{number}/cancel")
    assert "「顧客.csv」を取り消しています" in browser.get("/works").text
    drain()
    assert "取り" not in browser.get("/works").text
    with app.app_context():
        assert db.session.get_one(ImportBatch, number).state is ImportState.CANCELLED
        assert db.session.scalar(sa.select(sa.func.count(Customer.id))) == 0
    assert "もとに戻しました" in browser.get(f"/customers/imports/{number}").text


def test_a_members_import_is_nothing_to_one_who_may_not_import(app, sign_in):
    with app.app_context():
        half_taken()
    assert "顧客.csv" not in sign_in(Role.VIEWER).get("/works").text


def test_the_page_of_a_work_does_not_tell_of_it_twice(app, sign_in):
    browser = sign_in(Role.EDITOR)
    with app.app_context():
        number = half_taken()
    page = f"/customers/imports/{number}"
    assert "を取り込んでいます" not in browser.get(page).text
    asked = browser.get("/works", headers={"HX-Current-URL": f"http://localhost{page}"}).text
    assert "顧客.csv" not in asked


@pytest.mark.parametrize(("role", "may_stop"), [(Role.EDITOR, True), (Role.VIEWER, False)])
def test_a_run_is_told_of_and_stopped_by_who_may_decide_about_readings(app, sign_in, role, may_stop):
    browser = sign_in(role)
    with app.app_context(), unit_of_work():
        survey = factories_reasons.survey(name="秋の調査")
        db.session.add(survey)
        db.session.flush()
        run = AnalysisRun(survey_id=survey.id, state=RunState.RUNNING, queued_at=AT, touched_at=clock.now())
        run.total_count, run.done_count = 400, 200
        db.session.add(run)
    page = browser.get("/works").text
    assert "「秋の調査」の声を読んでいます" in page
    assert "200 / 400" in page
    assert ("/reasons/runs/1/cancel" in page) == may_stop


def test_the_telling_of_the_demo_stops_after_the_chapters_told(app, sign_in):
    with app.app_context(), unit_of_work():
        db.session.add(DemoStep(name="opening", state=StepState.DONE, total_count=3, at=AT))
        db.session.add(DemoStep(name="next", state=StepState.RUNNING, total_count=5, done_count=2, at=AT))
    assert "/demo/cancel" not in sign_in(Role.EDITOR).get("/works").text
    browser = sign_in(Role.ADMINISTRATOR)
    assert "5 / 8" in browser.get("/works").text
    assert browser.post("/demo/cancel").status_code == 303
    assert "見本" not in browser.get("/works").text
    with app.app_context():
        states = {step.name: step.state for step in db.session.scalars(sa.select(DemoStep))}
        assert states == {"opening": StepState.DONE, "next": StepState.CANCELLED}
        chapter = next(iter(story.CHAPTERS))
        db.session.execute(sa.update(DemoStep).where(DemoStep.name == "next").values(name=chapter.name))
        with pytest.raises(story.Cancelled), unit_of_work():
            story._mark(chapter, done_count=3)


@pytest.mark.parametrize(
    ("done", "seconds", "words"),
    [(0, 60, ""), (500, 1, ""), (500, 10, "約10秒"), (100, 20, "約3分"), (1_000, 60, "")],
)
def test_the_time_left_is_told_at_the_pace_so_far(app, done, seconds, words):
    now = clock.now()
    with app.test_request_context():
        assert pages.time_left(done, 1_000, now - timedelta(seconds=seconds), now) == words
