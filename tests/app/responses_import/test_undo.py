"""Past answers are taken back with what the machine read of them; what people decided about stays."""

import csv
import io

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock, jobs
from app.accounts.models import Role
from app.customers import importers
from app.customers.models import Customer, CustomerFact, ImportBatch, ImportKind, ImportState
from app.db import db, unit_of_work
from app.reasons.models import AnalysisRun, Polarity, Reading, ReadingState
from app.responses.models import Answer, Response
from app.surveys.models import Survey, SurveyVersion
from tests import factories
from tests.factories_customers import received
from tests.factories_imports import outcome, standing, undone

HEADER = ["会員ID", "回答日時", "NPS", "理由", "性別"]
ONE = ["K1", "2024-05-01 10:00", "8", "景色がすてきでした", "女"]
TWO = ["K2", "2024-05-02 10:00", "3", "バスが少ない", "男"]


def mapping(question="reason", survey="観光の調査"):
    return {
        "survey": survey,
        "respondent": "会員ID",
        "answered_at": "回答日時",
        "nps": "NPS",
        "texts": [{"col": "理由", "question": question}],
        "attributes": ["性別"],
    }


def take(*rows, **asked):
    """Past answers, taken by the worker; the reading that would follow is left out."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *rows])
    batch = received(out.getvalue().encode(), ImportKind.RESPONSES, "答え.csv", started=False)
    with unit_of_work():
        importers.start_import(db.session.merge(batch), mapping(**asked), clock.now())
    jobs.run("run_import", batch.id)
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(ImportBatch, batch.id)


@pytest.fixture(autouse=True)
def _without_reading(app, monkeypatch):
    monkeypatch.delitem(jobs.JOBS, "read_survey")


def read(answer, state=ReadingState.PROPOSED, **changes):
    values = {"polarity": Polarity.NEG, "confidence": 0.9, "read_at": clock.now(), "state": state}
    sheet = answer.response
    db.session.add(
        Reading(answer_id=answer.id, response_id=sheet.id, survey_id=sheet.survey_id, **{**values, **changes})
    )


def answers():
    return {one.text: one for one in db.session.scalars(sa.select(Answer)) if one.text}


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["K1", "K2", "K3"]),
        st.sampled_from(["2024-05-01 10:00", "2024-05-02 10:00"]),
        st.sampled_from(["8", "3", ""]),
        st.sampled_from(["景色がすてきでした", "バスが少ない", ""]),
        st.sampled_from(["女", "男", ""]),
    ).map(list),
    min_size=1,
    max_size=5,
)
FILES = st.tuples(ROWS, st.sampled_from(["reason", "improve"]), st.sampled_from(["観光の調査", "宿の調査"]))


@pytest.mark.usefixtures("context")
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FILES, second=FILES)
def test_what_stood_before_past_answers_came_stands_again_after_their_undo(first, second):
    take(*first[0], question=first[1], survey=first[2])
    before = standing()
    batch = undone(take(*second[0], question=second[1], survey=second[2]))
    assert (batch.state, batch.kept_count) == (ImportState.UNDONE, 0)
    assert standing() == before


@pytest.mark.usefixtures("context")
def test_the_survey_an_import_made_goes_with_the_last_of_its_sheets():
    first = take(ONE)
    second = take(TWO, question="improve")
    assert db.session.scalar(sa.select(sa.func.count(SurveyVersion.id))) == 2
    undone(second)
    assert db.session.scalar(sa.select(sa.func.count(SurveyVersion.id))) == 1
    assert outcome(undone(first)) == (1, 0, 0)
    assert db.session.scalar(sa.select(sa.func.count(Survey.id))) == 0


@pytest.mark.usefixtures("context")
def test_a_sheet_whose_reading_a_person_confirmed_stays_with_its_survey():
    batch = take(ONE, TWO)
    with unit_of_work():
        person = factories.member()
        db.session.add(person)
        db.session.flush()
        read(answers()["バスが少ない"], ReadingState.CONFIRMED, confirmed_at=clock.now())
        read(answers()["景色がすてきでした"])
    plan = importers.preview_undo(batch)
    assert (plan.removed_count, plan.kept_count, dict(plan.words)) == (1, 1, {"confirmed": 1})
    assert outcome(undone(batch)) == (1, 0, 1)
    assert list(answers()) == ["バスが少ない"]
    assert db.session.scalars(sa.select(Reading.state)).all() == [ReadingState.CONFIRMED]
    assert db.session.scalar(sa.select(sa.func.count(Survey.id))) == 1
    (kept,) = importers.kept_rows(batch)
    sheet = db.session.scalars(sa.select(Response)).one()
    assert (kept.name, importers.why(kept.word)) == (sheet.number, "読み取りをメンバーが確かめました")


@pytest.mark.usefixtures("context")
def test_words_a_person_has_read_since_stay_and_other_words_go_back():
    take(ONE, TWO)
    other = take([*ONE[:3], "駅から遠い", "女"], [*TWO[:3], "本数が少ない", "男"])
    with unit_of_work():
        read(answers()["駅から遠い"], ReadingState.CONFIRMED, confirmed_at=clock.now())
    assert outcome(undone(other)) == (0, 1, 1)
    assert set(answers()) == {"駅から遠い", "バスが少ない"}


@pytest.mark.usefixtures("context")
def test_what_a_sheet_said_of_its_customer_goes_with_it():
    with unit_of_work():
        customer = factories.customer(key="K2")
        db.session.add(customer)
    number = customer.id
    batch = take(TWO)
    sheet = db.session.scalars(sa.select(Response)).one()
    assert sheet.customer_id == number
    with unit_of_work():
        read(answers()["バスが少ない"])
        for kind, value in (("reason", "delivery"), ("grievance", "delivery")):
            fact = CustomerFact(customer_id=number, kind=kind, value=value, at=clock.now())
            fact.source = f"response:{sheet.id}"
            db.session.add(fact)
        db.session.get_one(Customer, number).has_grievance = True
        db.session.add(AnalysisRun(survey_id=sheet.survey_id, queued_at=clock.now(), touched_at=clock.now()))
    assert outcome(undone(batch)) == (1, 0, 0)
    assert db.session.scalar(sa.select(sa.func.count(CustomerFact.id))) == 0
    assert db.session.get_one(Customer, number).has_grievance is False
    assert db.session.scalar(sa.select(sa.func.count(Survey.id))) == 0


@pytest.mark.usefixtures("context")
def test_a_customer_who_answered_stays_when_the_list_of_customers_is_taken_back():
    people = received(
        "顧客番号,氏名\r\nK1,山本 花子\r\nK9,髙橋 健\r\n".encode(), ImportKind.CUSTOMERS, "顧客.csv"
    )
    jobs.run("run_import", people.id)
    take(ONE)
    assert importers.preview_undo(db.session.merge(people)).words == {"response": 1}
    assert outcome(undone(people)) == (1, 0, 1)
    assert db.session.scalars(sa.select(Customer.key)).all() == ["K1"]


def test_past_answers_are_taken_back_in_the_browser(app, sign_in, drain):
    browser = sign_in(Role.EDITOR)
    with app.app_context():
        page = f"/responses/imports/{take(ONE, TWO).id}"
    assert f"{page}/undo" in browser.get("/responses/imports").text
    assert "取り消す" in browser.get(f"{page}/undo").text
    browser.post(f"{page}/undo")
    drain()
    assert "この取り込みを取り消しました。" in browser.get(page).text
    assert browser.get(f"{page}/undo").status_code == 302
