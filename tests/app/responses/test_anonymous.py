"""An anonymous survey is anonymous in the database: handing a sheet in cuts the tie, and nothing shows few of them."""

import re

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Role
from app.campaigns.models import Invitation
from app.customers.models import CustomerFact, TimelineEntry
from app.db import db, unit_of_work
from app.reasons.models import Reading
from app.responses import public, services, trials
from app.responses.anonymous import start_of_day
from app.responses.models import Answer, Door, Response, ResponseEvent, ResponseState
from app.surveys.anonymity import anonymous_findings
from app.surveys.compiled import compile_version
from app.surveys.finding import Weight
from app.surveys.models import QuestionKind, Survey
from app.surveys.presets import PRESETS
from app.surveys.services import publish_survey
from app.surveys.services.anonymity import AnonymityFixed, choose_anonymity
from tests import factories_surveys
from tests.conftest import NOW

GIVEN = {"nps": 6, "main_reason": "delivery", "reason_text": "新茶が届くのが遅い。"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def unnamed_survey():
    made = factories_surveys.survey(published=False)
    contact = next(one for one in made.newest_version.questions if one.kind is QuestionKind.CONTACT)
    made.newest_version.questions.remove(contact)
    db.session.flush()
    choose_anonymity(made, True, None, None, NOW)
    publish_survey(made, None, NOW)
    return made


@pytest.fixture
def survey_id(app):
    with app.app_context(), unit_of_work():
        return unnamed_survey().id


def invite(app, survey_id):
    with app.app_context(), unit_of_work():
        return f"/s/{factories_surveys.invitation(db.session.get_one(Survey, survey_id)).token}"


def hand_in(app, survey_id, given=None):
    with app.app_context(), unit_of_work():
        invitation = factories_surveys.invitation(db.session.get_one(Survey, survey_id))
        draft = services.start_response(invitation, Door.LINK, NOW)
        services.save_page(draft, given or GIVEN, NOW)
        return services.submit_response(draft, NOW).id


def walk(client, link):
    client.post(link)
    client.post(f"{link}/1", data={"q_nps": "6"})
    client.post(f"{link}/2", data={"q_main_reason": "delivery"})
    for number in (3, 4):
        client.post(f"{link}/{number}", data={"skip": "1"})
    return client.post(f"{link}/5", data={"q_current": "近所のスーパー"})


def test_what_a_preset_promises_follows_the_choice_and_what_cannot_be_kept_is_pointed_out(app):
    with app.app_context(), unit_of_work():
        for preset in PRESETS:
            survey = factories_surveys.survey(preset, published=False, name=f"調査 {preset}")
            named = (survey.thanks, survey.purpose)
            assert "一週間" in survey.thanks
            assert choose_anonymity(survey, True, None, None, NOW)
            assert not re.search("一週間|ご連絡|お名前", survey.thanks + survey.purpose), preset
            questions = [
                one
                for one in compile_version(survey.newest_version).questions
                if one.kind is not QuestionKind.CONTACT
            ]
            assert anonymous_findings(survey, questions) == []
            assert choose_anonymity(survey, False, None, None, NOW)
            assert (survey.thanks, survey.purpose) == named
        choose_anonymity(survey, True, None, None, NOW)
        survey.thanks = "3日以内に読み、お返事します。"
        found = anonymous_findings(survey, questions)
        assert [(one.weight, one.field) for one in found] == [(Weight.ADVICE, "thanks")] * 2


def test_handing_in_cuts_the_tie_and_the_page_says_so(app, client, survey_id):
    link = invite(app, survey_id)
    assert "無記名です" in client.get(link).text.replace("<wbr>", "")
    assert "どなたの回答か" in client.get(link).text.replace("<wbr>", "")
    answer = walk(client, link)
    assert answer.headers["Location"].endswith("/thanks")
    page = client.get(answer.headers["Location"]).text.replace("<wbr>", "")
    assert "たしかに受け取りました" in page
    assert "受付番号はなく" in page
    assert "5件そろってから読みはじめます" in page
    assert "1週間のうちに" not in page
    assert not re.search(r"\bR-\d{4}", page)
    assert "/erase" not in page
    assert "/copy" not in page
    with app.app_context():
        sheet = db.session.scalars(sa.select(Response)).one()
        assert (sheet.anonymous, sheet.state, sheet.nps) == (True, ResponseState.SUBMITTED, 6)
        assert (sheet.invitation_id, sheet.customer_id, sheet.token, sheet.attributes) == (
            None,
            None,
            None,
            {},
        )
        assert sheet.started_at == sheet.saved_at == sheet.submitted_at == start_of_day(NOW)
        assert sheet.id < 0
        assert all(number < 0 for number in db.session.scalars(sa.select(Answer.id)))
        assert db.session.scalars(sa.select(ResponseEvent)).all() == []
        invitation = db.session.scalars(sa.select(Invitation)).one()
        assert invitation.spent_at == start_of_day(invitation.invited_at)
        facts = db.session.scalars(sa.select(CustomerFact)).all()
        assert [(fact.kind, fact.value, fact.at) for fact in facts] == [
            ("answered", str(survey_id), invitation.spent_at)
        ]
        assert db.session.scalars(sa.select(TimelineEntry)).all() == []


def test_pressed_again_by_any_page_it_stays_one_and_says_thanks_without_a_number(app, client, survey_id):
    link = invite(app, survey_id)
    walk(client, link)
    for path, data in (("/5", {"q_current": "生協"}), ("/send", {}), ("/1", {"q_nps": "1"}), ("", {})):
        page = client.post(link + path, data=data, follow_redirects=True)
        assert page.status_code == 200
        assert "たしかに" in page.text
        assert "受付番号はなく" in page.text.replace("<wbr>", "")
    for path in ("/copy", "/erase"):
        assert client.post(link + path).status_code == 303
    with app.app_context():
        assert db.session.query(Response).count() == 1


def test_until_then_it_is_resumed_like_any_other(app, client, survey_id):
    link = invite(app, survey_id)
    client.post(link)
    client.post(f"{link}/1", data={"q_nps": "6"})
    assert "続きから答える" in client.get(link).text
    with app.app_context():
        assert db.session.scalars(sa.select(Response.invitation_id)).one() is not None


@pytest.mark.parametrize(
    "tie",
    [
        {"invitation_id": 1}, {"customer_id": 1}, {"respondent": "山本"}, {"token": "t"}, {"import_key": "k"},
        {"attributes": {"state": "lapsed"}}, {"claimed_as": "山本"}, {"saved_at": NOW},
        {"started_at": NOW, "saved_at": NOW, "submitted_at": NOW}, {"anonymous": False},
    ],
)  # fmt: skip
def test_the_database_refuses_a_tie_or_an_hour(app, survey_id, tie):
    invite(app, survey_id)
    hand_in(app, survey_id)
    sheets = sa.update(Response).where(Response.state == ResponseState.SUBMITTED)
    with app.app_context(), pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(sheets.values(**tie))


def test_once_answered_neither_survey_nor_sheet_changes_sides(app, survey_id):
    hand_in(app, survey_id)
    with app.app_context(), pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(sa.update(Survey).values(anonymous=False))
    with app.app_context(), pytest.raises(AnonymityFixed):
        choose_anonymity(db.session.get_one(Survey, survey_id), False, None, None, NOW)


def test_what_came_by_a_public_link_is_not_counted_and_the_page_says_so(app, survey_id, sign_in):
    with app.app_context(), unit_of_work():
        public.make_link(db.session.get_one(Survey, survey_id), "LINE", None, NOW)
    page = sign_in(Role.VIEWER).get(f"/surveys/{survey_id}/links").text
    assert "数えません（匿名のため）" in page
    assert "はじめた方 0" not in page


def test_it_is_chosen_on_a_page_while_it_is_a_draft(app, sign_in):
    with app.app_context(), unit_of_work():
        made = factories_surveys.survey(published=False)
        path, revision = f"/surveys/{made.id}/anonymity", made.revision
    browser = sign_in(Role.EDITOR)
    assert "だれの回答かを" in browser.get(path).text.replace("<wbr>", "")
    told = browser.post(path, data={"named": "anonymous", "revision": revision})
    assert told.status_code == 302
    assert browser.post(path, data={"named": "neither", "revision": revision}).status_code == 422
    with app.app_context(), unit_of_work():
        survey = db.session.scalars(sa.select(Survey)).one()
        assert survey.anonymous
        found = anonymous_findings(survey, compile_version(survey.newest_version).questions)
        assert [one.question for one in found] == ["contact"]
        survey.newest_version.questions[0].condition = {"attribute": "state", "is": "is", "value": "lapsed"}
        db.session.flush()
        found = anonymous_findings(survey, compile_version(survey.newest_version).questions)
        assert len(found) == 2
        survey.anonymous = False
        assert anonymous_findings(survey, compile_version(survey.newest_version).questions) == []


def read(app, drain):
    drain()
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Reading.response_id.distinct())))


def test_sheets_are_read_five_together_and_no_time_says_which_came_when(app, drain, survey_id):
    for _sheet in range(4):
        hand_in(app, survey_id)
    assert read(app, drain) == 0
    hand_in(app, survey_id)
    assert read(app, drain) == 5
    hand_in(app, survey_id)
    assert read(app, drain) == 5
    with app.app_context():
        assert set(db.session.scalars(sa.select(Reading.read_at))) == {start_of_day(NOW)}


def test_no_list_shows_what_fewer_than_five_have_in_common(app, drain, survey_id, sign_in):
    for _sheet in range(6):
        hand_in(app, survey_id)
    for _sheet in range(4):
        hand_in(app, survey_id, {**GIVEN, "nps": 9, "reason_text": "送料が上がって高い。"})
    drain()
    browser = sign_in(Role.EDITOR)
    page = browser.get(f"/voices?survey={survey_id}").text
    assert "10件" in page
    assert "無記名" in page
    shown = browser.get(f"/voices?survey={survey_id}&nps=6")
    assert "新茶が届くのが遅い" in shown.text
    for query in ("nps=9", "reason=price", "q=送料", "state=lapsed"):
        page = browser.get(f"/voices?survey={survey_id}&{query}").text
        assert "5人未満のため表示しません" in page, query
        assert "送料が上がって" not in page, query
    assert "送料が上がって" not in browser.get("/voices?nps=9").text
    reasons = browser.get(f"/reasons?survey={survey_id}").text
    assert "配送・在庫" in reasons
    assert "5人未満のため表示しません" in reasons
    results = browser.get(f"/reports/surveys/{survey_id}").text
    assert "5人未満の組がある" in results.replace("<wbr>", "")
    assert browser.get(f"/reports/surveys/{survey_id}/nps.svg").status_code == 404
    assert browser.get("/").status_code == 200
    with app.app_context():
        number = db.session.scalars(sa.select(Response.id).where(Response.nps == 6)).first()
    one = browser.get(f"/voices?survey={survey_id}&voice={number}")
    assert one.status_code == 200
    assert "どなたの回答かは、だれにもわかりません" in one.text
    assert not re.search(r"\bR-\d{4}", one.text)


def test_trying_an_anonymous_survey_out_stays_a_trial(app, survey_id):
    with app.app_context(), unit_of_work():
        tried = trials.start_trial(db.session.get_one(Survey, survey_id), None, NOW)
        services.save_page(tried, GIVEN, NOW)
        services.submit_response(tried, NOW, Door.TEST)
    with app.app_context():
        assert db.session.scalars(sa.select(Response.door)).all() == [Door.TEST]
