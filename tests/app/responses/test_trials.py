"""Trial answers: members walk the real sheet, drafts too; nothing of it is counted, and it can be deleted."""

import re

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.customers.models import CustomerFact, TimelineEntry
from app.db import db, unit_of_work
from app.reasons.models import Reading
from app.responses import queries, services, trials
from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys import services as surveys
from app.surveys.models import Survey
from tests import factories_surveys
from tests.factories import AT
from tests.factories_surveys import ANSWERS


@pytest.fixture
def draft(app):
    with app.app_context(), unit_of_work():
        return factories_surveys.survey(published=False).id


def walk(browser, survey_id, **given):
    """Fill in a trial to its end; what was typed by question code, the rest passed over."""
    page = browser.post(f"/surveys/{survey_id}/trial", follow_redirects=True)
    for _screen in range(20):
        path = page.request.path
        if path.endswith("/thanks"):
            return page
        code = re.search(r'name="q_(\w+?)"', page.text)[1]
        form = {f"q_{code}": str(given[code])} if code in given else {"skip": "1"}
        page = browser.post(path, data=form, follow_redirects=True)
    raise AssertionError(page.request.path)


def sheets(app):
    with app.app_context():
        found = db.session.scalars(sa.select(Response).order_by(Response.id)).all()
        return [(one.door, one.state, one.member_id is not None, one.customer_id) for one in found]


def test_a_draft_is_tried_through_its_real_rules_and_kept_as_a_test(app, sign_in, draft):
    browser = sign_in(Role.EDITOR)
    assert "お客さまの回答としては数えません" in re.sub(
        "<wbr>", "", browser.get(f"/surveys/{draft}/trial").text
    )
    assert sheets(app) == []
    end = walk(browser, draft, **ANSWERS)
    assert "どの集計にも入りません" in re.sub("<wbr>", "", end.text)
    assert sheets(app) == [(Door.TEST, ResponseState.SUBMITTED, True, None)]
    listed = re.sub("<wbr>", "", browser.get(f"/surveys/{draft}/trials").text)
    for words in (
        "届く日や届き方、品切れで困った",
        ANSWERS["reason_text"],
        "直したら知らせてほしい",
        "送信ずみ",
    ):
        assert words in listed, words


def test_a_trial_is_refused_to_strangers_and_to_members_who_do_not_edit(app, client, sign_in, draft):
    end = walk(sign_in(Role.EDITOR), draft, **ANSWERS)
    for path in (f"/surveys/{draft}/trial", f"/surveys/{draft}/trials", end.request.path):
        assert client.get(path).status_code == 302, path
        for role in (Role.VIEWER, Role.OPERATOR, Role.AUDITOR):
            assert sign_in(role).get(path).status_code == 403, path
    assert sign_in(Role.VIEWER).post(f"/surveys/{draft}/trial").status_code == 403
    assert len(sheets(app)) == 1


def test_a_closed_survey_can_be_tried_and_a_customers_sheet_is_no_trial(app, sign_in):
    with app.app_context(), unit_of_work():
        response = factories_surveys.response()
        survey_id, number = response.survey_id, response.id
        surveys.close_survey(response.survey, None, AT)
    browser = sign_in(Role.EDITOR)
    walk(browser, survey_id, **ANSWERS)
    for path in (f"trials/{number}/thanks", f"trials/{number}/1"):
        assert browser.get(f"/surveys/{survey_id}/{path}").status_code == 404
    assert browser.post(f"/surveys/{survey_id}/trials/{number}/remove").status_code == 404
    assert browser.post(f"/surveys/{survey_id}/trials/remove").status_code == 303
    assert [door for door, *_rest in sheets(app)] == [Door.LINK]


def test_trials_are_deleted_one_by_one_and_all_together(app, sign_in, draft):
    browser = sign_in(Role.EDITOR)
    for _one in range(3):
        walk(browser, draft, **ANSWERS)
    page = browser.get(f"/surveys/{draft}/trials").text
    assert "試し回答3件を消しますか" in re.sub("<wbr>", "", page)
    first = re.search(rf"/surveys/{draft}/trials/\d+/remove", page)[0]
    assert browser.post(first).status_code == 303
    assert len(sheets(app)) == 2
    assert browser.post(first).status_code == 404
    assert browser.post(f"/surveys/{draft}/trials/remove").status_code == 303
    assert sheets(app) == []
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 0


def test_a_question_that_was_tried_can_still_be_taken_out_of_the_draft(app, sign_in, draft):
    browser = sign_in(Role.EDITOR)
    walk(browser, draft, **ANSWERS)
    with app.app_context():
        revision = db.session.get(Survey, draft).revision
    form = {"revision": revision}
    assert browser.post(f"/surveys/{draft}/questions/improve/remove", data=form).status_code == 303
    listed = browser.get(f"/surveys/{draft}/trials").text
    assert ANSWERS["improve"] not in listed
    assert ANSWERS["reason_text"] in listed


COUNTING = (
    "/", "/today/outlook", "/surveys", "/reports/surveys/{}", "/voices?survey={}", "/reasons?survey={}", "/reasons/themes",
    "/reasons/review", "/backlog", "/recovery", "/surveys/{}/links",
)  # fmt: skip
SHOWN = {"/surveys", "/reports/surveys/{}", "submitted"}


def counted(app, browser, survey_id):
    """Everything that is counted: the queries, and the words of all screens that show figures."""
    found = {path: browser.get(path.format(survey_id)) for path in COUNTING}
    found["export"] = browser.post("/backlog/export", data={"survey_id": survey_id, "form": "json"})
    assert all(answer.status_code == 200 for answer in found.values())
    texts = {path: re.sub(r"<[^>]*>|\s+", " ", answer.text) for path, answer in found.items()}
    with app.app_context():
        texts["submitted"] = queries.submitted_counts([survey_id])
        for table in (Reading, CustomerFact, TimelineEntry):
            texts[table.__tablename__] = db.session.scalar(sa.select(sa.func.count()).select_from(table))
    return texts


@pytest.mark.parametrize("anonymous", [False, True])
def test_nothing_counts_a_trial(app, sign_in, drain, anonymous):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(anonymous=anonymous, published=False)
        surveys.remove_question(survey, "contact", survey.revision, None, AT)
        surveys.publish_survey(survey, None, AT)
        survey_id = survey.id
        said = {code: value for code, value in ANSWERS.items() if code != "contact"}
        for _one in range(3):
            factories_surveys.response(survey, said)
    browser = sign_in(Role.EDITOR)
    drain()
    before = counted(app, browser, survey_id)
    walk(browser, survey_id, **{**ANSWERS, "nps": 0, "reason_text": "試しに書いた、値段が高いという声です。"})
    drain()
    assert sum(door is Door.TEST for door, *_rest in sheets(app)) == 1
    after = counted(app, browser, survey_id)
    for name, value in before.items():
        assert after[name] == value, name
    assert before["submitted"] == {survey_id: 3}
    if not anonymous:
        # The same sheet as a customer's would have shown on every one of these screens.
        with app.app_context(), unit_of_work():
            db.session.execute(sa.update(Response).values(door=Door.LINK))
        told = counted(app, browser, survey_id)
        assert {path for path in before if told[path] != before[path]} >= SHOWN
        assert before["reading"] > 0


@pytest.mark.usefixtures("context")
def test_a_trial_service_leaves_sheets_of_customers_alone():
    response = factories_surveys.response()
    assert trials.remove_trials([response], None, AT) == 0
    assert trials.trial_of(response.id) is None
    trial = trials.start_trial(response.survey, None, AT)
    services.save_page(trial, {"nps": 3}, AT)
    (listed,) = trials.trials_of(response.survey)
    assert [answer for _title, answer in listed.said] == ["3"]
