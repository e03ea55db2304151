"""Calling: whom an operator may call, the sheet filled in on the telephone, and what became of each call."""

import re
from datetime import timedelta
from random import Random

import pytest

from app import clock
from app.accounts.models import Role
from app.campaigns.codes import make_code
from app.campaigns.models import Arm, CampaignState, Invitation
from app.customers import services as customers
from app.customers.models import Channel, CustomerFact, Suppression, SuppressionCause
from app.db import db, unit_of_work
from app.responses.models import Call, CallOutcome, Door, Response, ResponseEvent, ResponseState
from app.surveys.models import Survey
from tests import factories, factories_surveys

SCRIPT = "朝霧茶舗の中村でございます。いま2分ほど、よろしいでしょうか。"


@pytest.fixture
def ids(app):
    """One survey and the people asked by campaigns of their own, by name; the invitations' numbers."""
    people = {
        "山本 花子": {
            "phone": "090-1234-5678",
            "key": "K1",
            "kana": "ヤマモト ハナコ",
            "email": "hana@okyaku.example",
        },
        "佐藤 一郎": {"phone": "03-1111-2222", "key": "K2"},
        "電話 なし": {"phone": "", "key": "K3"},
        "対照 群子": {"phone": "03-3333-4444", "key": "K4"},
        "止めた 人": {"phone": "(03)5555-6666", "key": "K5"},
        "答えた 人": {"phone": "03-7777-8888", "key": "K6"},
        "止まった 配信": {"phone": "03-9999-0000", "key": "K7"},
    }
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(talk_script=SCRIPT)
        made = {
            name: factories_surveys.invitation(
                survey, factories.customer(name=name, address="静岡市1-2-3", **one)
            )
            for name, one in people.items()
        }
        made["山本 花子"].code = "K3RT7M2H"
        made["対照 群子"].arm = Arm.HOLDOUT
        made["答えた 人"].spent_at = factories.AT
        made["止まった 配信"].campaign.state = CampaignState.STOPPED
        made["佐藤 一郎"].campaign.state = CampaignState.DONE
        customers.suppress(Channel.PHONE, "03 5555 6666", SuppressionCause.OPT_OUT, factories.AT)
        db.session.flush()
        return {name: one.id for name, one in made.items()}


def listed(browser, search=""):
    return re.findall(r'row-title" href="/calls/\d+">([^<]+)<', browser.get(f"/calls?q={search}").text)


def test_the_list_holds_whoever_was_asked_may_be_called_and_has_not_answered(app, ids, sign_in):
    operator, codes = sign_in(Role.OPERATOR), {}
    with app.app_context(), unit_of_work():
        for name in ("対照 群子", "答えた 人"):
            codes[name] = make_code(Random(name))
            db.session.get(Invitation, ids[name]).code = codes[name]
    assert listed(operator) == ["山本 花子", "佐藤 一郎"]
    assert operator.get("/").headers["Location"] == "/calls"
    for search in ("K1", "山本花子", "ヤマモト", "1234-5678", "０９０１２３４", "k3rt-7m2h"):
        assert listed(operator, search) == ["山本 花子"], search
    assert listed(operator, "静岡市") == []
    assert listed(operator, "%") == []
    # Whoever calls in reads out the code of a letter.
    assert 'href="/calls/code"' in operator.get("/calls").text
    opened = operator.post("/calls/code", data={"code": "ｋ3rt-7m2h"})
    assert opened.headers["Location"] == f"/calls/{ids['山本 花子']}"
    for typed, status, says in (
        ("K3RT7M2J", 422, "1文字が違う"),
        ("K3RT", 422, "8文字です"),
        (codes["対照 群子"], 404, "見つかりませんでした"),
        (codes["答えた 人"], 404, "お電話ではうかがえません"),
    ):
        answer = operator.post("/calls/code", data={"code": typed})
        assert (answer.status_code, says in answer.text) == (status, True), typed
    # On a day with one answer the call would tell whose it is.
    with app.app_context(), unit_of_work():
        db.session.query(Survey).one().anonymous = True
    assert listed(operator) == []
    assert "無記名の調査である" in operator.post("/calls/code", data={"code": "K3RT7M2H"}).text


def test_calls_are_for_those_who_may_and_strangers_do_not_exist(ids, sign_in, client):
    mine = ids["山本 花子"]
    paths = (
        "/calls",
        "/calls/code",
        f"/calls/{mine}",
        f"/calls/{mine}/1",
        f"/calls/{mine}/send",
        f"/calls/{mine}/done",
    )
    for path in paths:
        assert sign_in(Role.VIEWER).get(path).status_code == 403
        assert "/sign-in" in client.get(path).headers["Location"]
        assert sign_in(Role.OPERATOR).get(path).status_code in (200, 302)
    operator = sign_in(Role.OPERATOR)
    for name in ("電話 なし", "対照 群子", "止めた 人", "答えた 人", "止まった 配信"):
        for path in ("", "/1", "/send", "/done"):
            assert operator.get(f"/calls/{ids[name]}{path}").status_code == 404, name
        assert operator.post(f"/calls/{ids[name]}").status_code == 404
        assert operator.post(f"/calls/{ids[name]}/outcome", data={"outcome": "away"}).status_code == 404


def test_the_page_of_a_call_shows_what_the_call_needs_and_no_more(ids, sign_in):
    page = sign_in(Role.OPERATOR).get(f"/calls/{ids['山本 花子']}").text
    assert SCRIPT in page
    assert "090-1234-5678" in page
    for private in ("hana@okyaku.example", "静岡市", "K3RT"):
        assert private not in page


def test_a_sheet_is_filled_in_on_the_telephone_screen_by_screen_and_told_as_such(app, ids, sign_in):
    operator, call = sign_in(Role.OPERATOR), f"/calls/{ids['山本 花子']}"
    assert operator.post(call).headers["Location"] == f"{call}/1"
    assert operator.post(call).headers["Location"] == f"{call}/1"
    screen = operator.get(f"{call}/1").text
    assert SCRIPT in screen
    assert "すすめたいと思いますか" in screen.replace("<wbr>", "")
    assert operator.post(f"{call}/2", data={"q_main_reason": "nothing of ours"}).status_code == 422
    assert operator.post(f"{call}/1", data={"q_nps": "4"}).headers["Location"] == f"{call}/2"
    with app.app_context():
        token = db.session.get(Invitation, ids["山本 花子"]).token
    # Hung up: the customer goes on alone, then is called again.
    customer = app.test_client()
    assert customer.post(f"/s/{token}").headers["Location"] == f"/s/{token}/2"
    customer.post(f"/s/{token}/2", data={"q_main_reason": "price"})
    assert operator.post(call).headers["Location"] == f"{call}/3"
    assert operator.post(f"{call}/3", data={"back": "1"}).headers["Location"] == f"{call}/2"
    for page in (3, 4, 5):
        operator.post(f"{call}/{page}", data={"skip": "1"})
    last = [operator.post(f"{call}/6", data={"q_contact": "none"}) for _press in range(2)]
    assert [answer.headers["Location"] for answer in last] == [f"{call}/done"] * 2
    with app.app_context():
        response = db.session.query(Response).one()
        assert (response.door, response.state, response.nps) == (Door.PHONE, ResponseState.SUBMITTED, 4)
        events = db.session.query(ResponseEvent).order_by(ResponseEvent.id).all()
        assert {event.door for event in events if event.member_id} == {Door.PHONE}
        assert [event.door for event in events if not event.member_id] == [Door.LINK, Door.LINK]
        assert db.session.query(Call).filter_by(outcome=CallOutcome.REACHED).count() == 1
        assert db.session.query(CustomerFact).filter_by(kind="contacted", value="phone").count() == 1
        number = response.number
    assert number in operator.get(f"{call}/done").text
    assert listed(operator) == ["佐藤 一郎"]
    # Another operator had no part in it.
    with app.app_context(), unit_of_work():
        db.session.add(factories.member(email="other@asagiri.example", role=Role.OPERATOR))
    other = app.test_client()
    other.post("/sign-in", data={"email": "other@asagiri.example", "password": factories.PASSWORD})
    assert other.get(f"{call}/done").status_code == 404


def test_who_is_not_in_or_wants_to_be_called_later_comes_back_in_turn(app, ids, sign_in):
    operator, call = sign_in(Role.OPERATOR), f"/calls/{ids['山本 花子']}/outcome"
    assert operator.post(call, data={"outcome": "later"}).status_code == 422
    assert operator.post(call, data={"outcome": "later", "again_at": "2020-01-01T10:00"}).status_code == 422
    assert operator.post(call, data={"outcome": "talked"}).status_code == 422
    for _press in range(2):
        operator.post(call, data={"outcome": "away"})
    assert listed(operator) == ["佐藤 一郎", "山本 花子"]
    operator.post(call, data={"outcome": "later", "again_at": "2099-04-01T10:00"})
    with app.app_context(), unit_of_work():
        made = db.session.query(Call).order_by(Call.id).all()
        assert [one.outcome for one in made] == [CallOutcome.AWAY, CallOutcome.LATER]
        assert made[1].again_at.isoformat() == "2099-04-01T01:00:00+00:00"
        made[1].again_at = clock.now() - timedelta(minutes=1)
    assert listed(operator) == ["山本 花子", "佐藤 一郎"]


@pytest.mark.parametrize(("outcome", "cause"), [("declined", "opt_out"), ("wrong_number", "bounce")])
def test_who_declines_or_is_somebody_else_is_called_no_more_from_that_press_on(
    app, ids, sign_in, outcome, cause
):
    operator = sign_in(Role.OPERATOR)
    operator.post(f"/calls/{ids['山本 花子']}/outcome", data={"outcome": outcome})
    assert listed(operator) == ["佐藤 一郎"]
    assert operator.get(f"/calls/{ids['山本 花子']}").status_code == 404
    with app.app_context():
        listed_numbers = db.session.query(Suppression).filter_by(address="09012345678").all()
        assert [(one.channel, one.cause) for one in listed_numbers] == [("phone", cause)]


def test_who_calls_in_with_their_code_is_heard_without_being_called(app, ids, sign_in):
    operator, codes = sign_in(Role.OPERATOR), {}
    with app.app_context(), unit_of_work():
        for name in ("電話 なし", "止めた 人", "止まった 配信"):
            codes[name] = make_code(Random(name))
            db.session.get(Invitation, ids[name]).code = codes[name]
    assert operator.post("/calls/code", data={"code": codes["止まった 配信"]}).status_code == 404
    for name in ("電話 なし", "止めた 人"):
        call = f"/calls/{ids[name]}"
        assert operator.get(call).status_code == 404
        assert operator.post("/calls/code", data={"code": codes[name]}).headers["Location"] == call
        page = operator.get(call).text
        assert ("お客さまからのお電話です" in page, "tel:" in page, "結果を記録する" in page) == (
            True,
            False,
            False,
        )
        assert operator.post(f"{call}/outcome", data={"outcome": "away"}).status_code == 404
        assert operator.post(call).headers["Location"] == f"{call}/1"
        assert operator.post(f"{call}/1", data={"q_nps": "4"}).headers["Location"] == f"{call}/2"
    assert listed(operator) == ["山本 花子", "佐藤 一郎"]
    with app.app_context():
        assert {one.outcome for one in db.session.query(Call)} == {CallOutcome.CALLED_IN}
        assert db.session.query(CustomerFact).filter_by(kind="contacted").count() == 0
        assert {one.door for one in db.session.query(Response)} == {Door.PHONE}


def test_the_script_is_written_beside_the_other_texts_of_a_survey(app, ids, sign_in):
    editor = sign_in(Role.EDITOR)
    with app.app_context():
        survey_id = db.session.query(Survey).one().id
    path = f"/surveys/{survey_id}/texts"
    page = editor.get(path).text
    assert SCRIPT in page
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    texts = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*([^<]*)</textarea>', page))
    answer = editor.post(path, data={**fields, **texts, "talk_script": "お時間よろしいでしょうか。"})
    assert answer.status_code == 303, answer.text
    with app.app_context():
        assert db.session.query(Survey).one().talk_script == "お時間よろしいでしょうか。"
    with app.app_context(), unit_of_work():
        db.session.query(Survey).one().talk_script = " "
    operator, call = sign_in(Role.OPERATOR), f"/calls/{ids['山本 花子']}"
    operator.post(call)
    for page in (operator.get(call).text, operator.get(f"{call}/1").text):
        assert "朝霧茶舗の（ご自分の名前）と申します" in page
        assert "お休みされている理由を、よろしければ聞かせてください" in page
        assert "台本はまだありません" not in page
