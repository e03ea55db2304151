"""A sheet is handed in once: the invitation is spent, the customer's facts are told, the reading is rung."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import jobs
from app.campaigns.models import Invitation
from app.customers.models import CustomerFact, TimelineEntry
from app.db import db, unit_of_work
from app.responses import services
from app.responses.models import Answer, Door, Response, ResponseState
from app.responses.values import BadAnswer
from app.surveys import services as surveys
from tests import factories_surveys
from tests.factories import AT

LATER = AT + timedelta(minutes=3)


def facts(response):
    found = (
        db.session.query(CustomerFact).filter_by(customer_id=response.customer_id).order_by(CustomerFact.id)
    )
    return [(fact.kind, fact.value) for fact in found]


@pytest.mark.usefixtures("context")
def test_submitting_tells_the_customer_what_the_left_must_know():
    response = factories_surveys.response()
    survey_id = str(response.survey_id)
    assert facts(response) == [
        ("started", survey_id),
        ("answered", survey_id),
        ("nps", "detractor"),
        ("wants_notice", survey_id),
    ]
    line = db.session.query(TimelineEntry).filter_by(kind="answered").one()
    assert line.params == {"survey": response.survey.name, "number": response.number}
    assert response.invitation.spent_at == AT
    assert response.nps == 6


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(("wish", "told"), [("mail", "mail"), ("phone", "phone"), ("none", None)])
def test_a_wish_to_be_contacted_is_told_and_no_wish_is_not(wish, told):
    response = factories_surveys.response(answers={**factories_surveys.ANSWERS, "contact": wish})
    wishes = [value for kind, value in facts(response) if kind == "wants_contact"]
    assert wishes == ([told] if told else [])


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("points", "name"), [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter")]
)
def test_the_nps_class_is_told(points, name):
    response = factories_surveys.response(answers={"nps": points, "main_reason": "price"})
    assert ("nps", name) in facts(response)


@pytest.mark.usefixtures("context")
def test_submitting_twice_changes_nothing():
    response = factories_surveys.response()
    before = facts(response)
    assert services.submit_response(response, LATER) is response
    assert facts(response) == before
    assert response.submitted_at == AT


@pytest.mark.usefixtures("context")
def test_after_submitting_nothing_can_be_changed():
    response = factories_surveys.response()
    with pytest.raises(services.AlreadyAnswered):
        services.save_page(response, {"improve": "やっぱり"}, LATER)


@pytest.mark.usefixtures("context")
def test_an_invitation_that_was_spent_elsewhere_is_not_spent_again():
    response = factories_surveys.response(submitted=False)
    response.invitation.spent_at = AT
    with pytest.raises(services.AlreadyAnswered):
        services.submit_response(response, LATER)


@pytest.mark.usefixtures("context")
def test_a_sheet_without_its_needed_answer_is_not_taken():
    response = factories_surveys.response(answers={"nps": 3}, submitted=False)
    with pytest.raises(services.Unanswered) as missing:
        services.submit_response(response, LATER)
    assert missing.value.question.code == "main_reason"
    assert response.invitation.spent_at is None


@pytest.mark.usefixtures("context")
def test_a_closed_survey_takes_no_sheet():
    response = factories_surveys.response(submitted=False)
    surveys.close_survey(response.survey, None, AT)
    with pytest.raises(services.SurveyClosed):
        services.submit_response(response, LATER)


@pytest.mark.usefixtures("context")
def test_starting_again_gives_the_same_response_and_the_version_it_was_begun_with():
    invitation = factories_surveys.invitation()
    first = services.start_response(invitation, Door.LINK, AT)
    survey = invitation.campaign.survey
    surveys.edit_question(survey, "nps", surveys.QuestionTexts("おすすめですか"), survey.revision, None, AT)
    surveys.publish_survey(survey, None, AT)
    assert services.start_response(invitation, Door.CODE, LATER) is first
    assert first.survey_version_id == survey.versions[0].id


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    "answers",
    [
        {"nps": 11},
        {"nps": True},
        {"nps": "7"},
        {"main_reason": "weather"},
        {"main_reason": ["price"]},
        {"reason_text": "長" * 4001},
        {"reason_text": "あ\0"},
        {"reason_text": "\ud800"},
        {"contact": 1},
    ],
)
def test_no_door_lets_in_an_answer_that_is_none(answers):
    response = factories_surveys.response(submitted=False)
    with pytest.raises(BadAnswer):
        services.save_page(response, answers, AT)


def test_the_reading_is_rung_after_the_commit_once_it_is_there(app, drain, monkeypatch):
    read = []
    monkeypatch.setitem(jobs.JOBS, "read_response", read.append)
    with app.app_context(), unit_of_work():
        number = factories_surveys.response().id
        assert read == []
    drain()
    assert read == [number]


def test_a_sheet_is_taken_even_where_nobody_reads_yet(app, monkeypatch):
    monkeypatch.delitem(jobs.JOBS, "read_response", raising=False)
    with app.app_context(), unit_of_work():
        assert factories_surveys.response().state is ResponseState.SUBMITTED


def test_presses_at_the_same_moment_make_one_response_and_one_receipt(app):
    with app.app_context(), unit_of_work():
        token = factories_surveys.invitation().token
    link = f"/s/{token}"

    def fill(_hand):
        browser = app.test_client()
        browser.post(link)
        browser.post(f"{link}/2", data={"q_main_reason": "price"})
        return browser.post(f"{link}/6", data={"q_contact": "none"}).status_code

    with ThreadPoolExecutor(8) as hands:
        assert set(hands.map(fill, range(16))) == {303}
    with app.app_context():
        assert db.session.query(Response).one().state is ResponseState.SUBMITTED
        assert db.session.query(Invitation).one().spent_at is not None
        assert db.session.query(CustomerFact).filter_by(kind="answered").count() == 1
        assert db.session.query(TimelineEntry).filter_by(kind="answered").count() == 1
        rows = db.session.query(Answer.question_id).all()
        assert len(rows) == len(set(rows)) == 2
