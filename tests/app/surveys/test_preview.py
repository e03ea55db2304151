"""The preview is the real sheet under its real rules, and it stores nothing."""

import re

import sqlalchemy as sa

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.responses.models import Answer, Response
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


def test_strangers_and_operators_see_no_preview(app, client, sign_in):
    _browser, survey_id, _turn = preview(app, sign_in)
    assert client.get(f"/surveys/{survey_id}/preview").status_code == 302
    assert sign_in(Role.OPERATOR).get(f"/surveys/{survey_id}/preview").status_code == 403
