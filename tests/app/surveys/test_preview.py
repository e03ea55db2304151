"""The preview is the real sheet under its real rules, and it stores nothing."""

import re

import sqlalchemy as sa

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.responses.models import Answer, Response
from app.surveys.models import Survey
from tests import factories_surveys


def carried(page):
    return re.search(r'name="carried" value="([^"]*)"', page)[1]


def preview(app, sign_in, role=Role.VIEWER):
    with app.app_context(), unit_of_work():
        survey_id = factories_surveys.survey(published=False).id
    browser = sign_in(role)

    def turn(number, **form):
        return browser.post(f"/surveys/{survey_id}/preview/{number}", data={"go": "1", **form})

    return browser, survey_id, turn


def test_the_preview_walks_by_the_rules_and_stores_nothing(app, sign_in):
    browser, survey_id, turn = preview(app, sign_in)
    assert "はじめる" in browser.get(f"/surveys/{survey_id}/preview").text
    first = turn(0).text
    assert "すすめたいと思いますか" in first
    second = turn(1, q_nps="3", carried=carried(first)).text
    third = turn(2, q_main_reason="delivery", carried=carried(second)).text
    assert "届く日や届き方で、困ったこと" in re.sub("<wbr>", "", third)
    last = third
    for number in (3, 4, 5):
        last = turn(number, skip="1", carried=carried(last)).text
    end = turn(6, q_contact="none", carried=carried(last)).text
    assert "回答は残っていません" in end
    with app.app_context():
        for table in (Response, Answer):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_the_preview_refuses_what_the_sheet_refuses(app, sign_in):
    _browser, _survey_id, turn = preview(app, sign_in)
    missing = turn(2)
    assert missing.status_code == 422
    assert "ひとつ選んでください。" in missing.text


def test_going_back_shows_what_was_answered(app, sign_in):
    _browser, _survey_id, turn = preview(app, sign_in)
    second = turn(1, q_nps="3", carried=carried(turn(0).text)).text
    back = turn(2, back="1", carried=carried(second)).text
    assert re.search(r'<input[^>]*checked[^>]*value="3"', back)


def test_answers_that_were_not_carried_by_us_count_as_none(app, sign_in):
    _browser, _survey_id, turn = preview(app, sign_in)
    assert turn(3, carried="W10.forged").status_code == 200


def test_it_is_tried_as_nobody_or_as_a_customer_made_up(app, sign_in):
    browser, survey_id, turn = preview(app, sign_in, Role.EDITOR)
    with app.app_context(), unit_of_work():
        survey = db.session.get(Survey, survey_id)
        survey.shown_attributes = ["ご利用"]
        one = survey.newest_version.questions[1]
        one.title = "{{attribute:ご利用|当店}}を離れた理由は"
        survey.newest_version.questions[0].condition = {
            "attribute": "customer:months",
            "is": "at_least",
            "value": 12,
        }
    for path in (f"/surveys/{survey_id}/preview", f"/surveys/{survey_id}/trial"):
        page = browser.get(path).text
        assert 'name="attribute:customer:months"' in page, path
        assert 'name="attribute:ご利用"' in page, path
    assert "当店を離れた理由は" in re.sub("<wbr>", "", turn(0).text)
    known = {"attribute:customer:months": "１２", "attribute:ご利用": "通販"}
    first = turn(0, **known).text
    assert "q_nps" in first
    assert "通販を離れた理由は" in re.sub("<wbr>", "", turn(1, skip="1", carried=carried(first)).text)
    tried = browser.post(f"/surveys/{survey_id}/trial", data=known, follow_redirects=True).text
    assert "q_nps" in tried


def test_strangers_and_operators_see_no_preview(app, client, sign_in):
    _browser, survey_id, _turn = preview(app, sign_in)
    assert client.get(f"/surveys/{survey_id}/preview").status_code == 302
    assert sign_in(Role.OPERATOR).get(f"/surveys/{survey_id}/preview").status_code == 403
