"""The campaign's pages: from choosing an audience to watching the mails go out, each step by those who may."""

import re
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine

from app.accounts.models import Role
from app.accounts.queries import organisation
from app.campaigns.models import Campaign, CampaignState, Message, MessageState, SkipRule
from app.clock import TOKYO
from app.db import db, unit_of_work
from tests import factories_campaigns as made
from tests.app.campaigns.world import messages, started
from tests.conftest import NOW

NIGHT = datetime(2026, 11, 21, 22, 30, tzinfo=TOKYO)


@pytest.fixture(autouse=True)
def by_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ids(app):
    """A published survey, a segment of twenty people who may be asked and one who may not."""
    with app.app_context(), unit_of_work():
        for _number in range(20):
            made.lapsed()
        made.lapsed(None, name="佐藤 一郎")
        return {"survey": made.survey().id, "segment": made.segment().id}


def audience(ids, **changes):
    return {"name": "秋の調査", "content": "advert", "revision": "", **ids, **changes}


def revision(browser, path):
    return re.search(r'name="revision"[^>]*value="(\d+)"', browser.get(path).text)[1]


def draft(browser, ids):
    """Make a draft through the first page; return its address."""
    answer = browser.post("/campaigns", data=audience(ids))
    assert answer.status_code == 303, answer.text
    return answer.location.removesuffix("/guard")


def approved(editor, administrator, ids):
    path = draft(editor, ids)
    editor.post(f"{path}/ask")
    administrator.post(f"{path}/approve", data={"revision": revision(administrator, f"{path}/approval")})
    return path


def test_the_whole_way_from_audience_to_answers(app, sign_in, drain, sink, ids):
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_port=sink.port)
    editor, administrator = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    assert "離反したお客さま" in editor.get("/campaigns/new").text
    path = draft(editor, ids)
    guard = editor.get(f"{path}/guard").text
    assert "連絡の同意がない" in guard
    assert "18人で文面へ進む" in guard
    words = {
        "subject": "お茶のこと",
        "body": "{{name}}\n{{link}}",
        "revision": revision(editor, f"{path}/words"),
    }
    assert editor.post(f"{path}/words", data=words).location == f"{path}/approval"
    percent = {"percent": "20", "revision": revision(editor, f"{path}/approval")}
    editor.post(f"{path}/holdout", data=percent)
    assert editor.post(f"{path}/approve", data={"revision": percent["revision"]}).status_code == 403
    editor.post(f"{path}/ask")
    assert ">1<" in administrator.get("/campaigns").text
    read = {"revision": revision(administrator, f"{path}/approval")}
    administrator.post(f"{path}/approve", data=read)
    assert "16人に送りますか" in editor.get(f"{path}/approval").text
    read = {"revision": revision(editor, f"{path}/approval")}
    assert editor.post(f"{path}/start", data=read).status_code == 303
    assert "お送りする方を確かめています" in editor.get(path).text
    drain()
    assert len(sink.received) == 16
    page = editor.get(path).text
    assert "送り終わりました" in page
    assert "hx-get" not in page
    assert "佐藤 一郎" in editor.get(f"{path}/skipped?rule=no_consent").text


def test_the_author_is_told_who_may_approve(sign_in, ids):
    administrator = sign_in(Role.ADMINISTRATOR)
    editor = sign_in(Role.EDITOR)
    path = draft(editor, ids)
    assert "承認できる方：中村 あゆみさん" in editor.get(f"{path}/approval").text
    answer = editor.post(f"{path}/approve", data={"revision": revision(editor, f"{path}/approval")})
    assert answer.status_code == 403
    assert "ご自分の配信は承認できません" in answer.text
    assert "承認する" in administrator.get(f"{path}/approval").text


def test_an_administrator_alone_is_told_so_and_may_approve(sign_in, ids):
    administrator = sign_in(Role.ADMINISTRATOR)
    path = draft(administrator, ids)
    assert "ひとりで承認したことは記録に残ります" in administrator.get(f"{path}/approval").text
    administrator.post(f"{path}/approve", data={"revision": revision(administrator, f"{path}/approval")})
    assert "承認されました" in administrator.get(f"{path}/approval").text


def test_what_cannot_be_sent_is_said_beside_its_field_and_kept(sign_in, ids):
    editor = sign_in(Role.EDITOR)
    path = draft(editor, ids)
    words = {
        "subject": "お茶のこと",
        "body": "リンクを忘れた文",
        "revision": revision(editor, f"{path}/words"),
    }
    answer = editor.post(f"{path}/words", data=words)
    assert answer.status_code == 422
    assert "本文に{{link}}がありません" in answer.text
    assert "リンクを忘れた文" in answer.text


def test_the_preview_follows_the_words_and_keeps_nothing(app, sign_in, ids):
    editor = sign_in(Role.EDITOR)
    path = draft(editor, ids)
    shown = editor.post(
        f"{path}/words/preview", data={"subject": "{{name}}へ", "body": "<b>x</b>\n{{link}}"}
    ).text
    assert "山本 花子様へ" in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown
    assert "静岡県川根本町1-2-3" in shown
    assert "{{nmae}}" in editor.post(f"{path}/words/preview", data={"subject": "x", "body": "{{nmae}}"}).text
    with app.app_context():
        assert db.session.query(Campaign).one().steps[0].subject != "{{name}}へ"


def test_a_test_mail_goes_to_oneself_and_is_marked(app, sign_in, ids, sink):
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_port=sink.port)
    editor = sign_in(Role.EDITOR)
    path = draft(editor, ids)
    words = {"subject": "お茶のこと", "body": "{{link}}", "revision": revision(editor, f"{path}/words")}
    assert editor.post(f"{path}/words/test", data=words).status_code == 303
    [envelope] = sink.received
    assert envelope.rcpt_tos == ["editor@asagiri.example"]
    message = message_from_bytes(envelope.original_content, policy=default)
    assert message["Subject"] == "【テスト】お茶のこと"
    with app.app_context():
        assert db.session.query(Campaign).one().steps[0].subject == "お茶のこと"


def test_a_test_mail_without_a_mail_server_says_so_and_keeps_the_words_on_the_page(app, sign_in, ids):
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_port=1)
    editor = sign_in(Role.EDITOR)
    path = draft(editor, ids)
    words = {"subject": "新しい件名", "body": "{{link}}", "revision": revision(editor, f"{path}/words")}
    answer = editor.post(f"{path}/words/test", data=words)
    assert answer.status_code == 409
    assert "メールサーバーが受け取りませんでした" in answer.text
    assert "新しい件名" in answer.text
    words["revision"] = re.search(r'name="revision"[^>]*value="(\d+)"', answer.text)[1]
    assert editor.post(f"{path}/words", data=words).status_code == 303


def test_what_was_edited_is_stored_before_the_mail_server_is_spoken_to(app, sign_in, ids, sink):
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_port=sink.port)
    editor, seen = sign_in(Role.EDITOR), []

    async def look(server, session, envelope, address, options):
        with app.app_context(), unit_of_work():
            seen.append(db.session.query(Campaign).one().steps[0].subject)
            db.session.query(Campaign).update({"seed": 4711})
        envelope.rcpt_tos.append(address)
        return "250 OK"

    sink.handle_RCPT = look
    path = draft(editor, ids)
    words = {"subject": "新しい件名", "body": "{{link}}", "revision": revision(editor, f"{path}/words")}
    assert editor.post(f"{path}/words/test", data=words).status_code == 303
    assert seen == ["新しい件名"]


def test_at_night_the_page_says_when_it_goes_on(app, sign_in, drain, sink, ids):
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_port=sink.port)
    editor, administrator = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    path = approved(editor, administrator, ids)
    with time_machine.travel(NIGHT, tick=False):
        editor = sign_in(Role.EDITOR)
        assert "明日8:00から送りはじめます" in editor.get(f"{path}/approval").text
        editor.post(f"{path}/start", data={"revision": revision(editor, f"{path}/approval")})
        drain()
        assert "明日8:00から、残りの18通を送りはじめます" in editor.get(path).text
    assert sink.received == []


def test_without_a_senders_address_the_way_to_the_settings_is_shown(app, sign_in, ids):
    editor, administrator = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    path = approved(editor, administrator, ids)
    with app.app_context(), unit_of_work():
        organisation().postal_address = ""
    page = editor.get(f"{path}/approval").text
    assert 'href="/settings"' in page
    assert "差出人の情報がそろうまで、送れません" in page
    answer = editor.post(f"{path}/start", follow_redirects=True)
    assert "設定で入力してください" in answer.text


def test_a_running_campaign_is_stopped_with_one_press(app, sign_in, ids):
    editor = sign_in(Role.EDITOR)
    with app.app_context():
        number = started(3).id
    assert "件を送らずに" not in editor.get(f"/campaigns/{number}").text
    editor.post(f"/campaigns/{number}/stop")
    page = editor.get(f"/campaigns/{number}").text
    assert "とちゅうで止めました" in page
    assert "とりやめました" in page


def test_unknown_mails_are_listed_for_people(app, sign_in):
    editor = sign_in(Role.EDITOR)
    with app.app_context():
        campaign = started(2)
        with unit_of_work():
            messages()[0].state = MessageState.UNKNOWN
        path = f"/campaigns/{campaign.id}"
    assert "届いたか分かりません" in editor.get(path).text
    assert editor.get(f"{path}/messages?state=unknown").text.count("row-title") == 1
    assert editor.get(f"{path}/messages?state=nonsense").status_code == 404


def test_a_viewer_sees_campaigns_without_names_or_addresses_and_changes_nothing(app, sign_in, ids):
    with app.app_context():
        campaign = started(0)
        number = campaign.id
    viewer = sign_in(Role.VIEWER)
    page = viewer.get(f"/campaigns/{number}/messages").text
    assert "山本 花子" not in page
    assert "okyaku.example" not in page
    assert "佐藤 一郎" not in viewer.get(f"/campaigns/{number}/skipped").text
    for path in ("", "/stop", "/start", "/approve", "/ask", "/reopen", "/discard", "/holdout", "/words"):
        target = f"/campaigns/{number}{path}" if path else "/campaigns"
        assert viewer.post(target).status_code == 403, target
    assert viewer.get("/campaigns/new").status_code == 403


@pytest.mark.parametrize("role", [Role.PRODUCT, Role.AUDITOR])
def test_others_may_read_but_not_approve(sign_in, ids, role):
    path = draft(sign_in(Role.EDITOR), ids)
    browser = sign_in(role)
    assert browser.get(f"{path}/approval").status_code == 200
    assert browser.post(f"{path}/approve").status_code == 403


def test_an_operator_sees_no_campaigns(sign_in):
    assert sign_in(Role.OPERATOR).get("/campaigns").status_code == 403


@pytest.mark.parametrize(
    "path", ["", "/guard", "/guard/no_consent", "/words", "/approval", "/skipped", "/messages", "/progress"]
)
def test_a_campaign_that_is_not_there_is_not_found(sign_in, path):
    assert sign_in(Role.EDITOR).get(f"/campaigns/4711{path}").status_code == 404


def test_an_approved_campaign_opens_at_its_last_step_and_can_go_back(app, sign_in, ids):
    editor, administrator = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    path = approved(editor, administrator, ids)
    assert editor.get(f"{path}/words").status_code == 303
    editor.post(f"{path}/reopen")
    assert editor.get(f"{path}/words").status_code == 200
    with app.app_context():
        assert db.session.query(Campaign).one().state is CampaignState.DRAFT


def test_two_people_changing_the_same_words_notice_each_other(sign_in, ids):
    editor, administrator = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    path = draft(editor, ids)
    seen = revision(editor, f"{path}/words")
    first = {"subject": "ひとりめ", "body": "{{link}}", "revision": seen}
    assert editor.post(f"{path}/words", data=first).status_code == 303
    second = administrator.post(f"{path}/words", data={**first, "subject": "ふたりめ"})
    assert second.status_code == 409
    assert "中村 あゆみさんが先に変えました" in second.text
    assert "ひとりめ" in second.text
    assert "ふたりめ" in second.text


@pytest.mark.parametrize(
    "wrong", [{"survey": "999"}, {"segment": "x"}, {"content": "spam"}, {"name": ""}, {"name": "a\nb"}]
)
def test_a_choice_that_does_not_exist_is_refused(app, sign_in, ids, wrong):
    answer = sign_in(Role.EDITOR).post("/campaigns", data=audience({**ids, **wrong}))
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.query(Campaign).count() == 0


def test_every_rule_that_spares_somebody_leads_to_the_people(sign_in, ids):
    editor = sign_in(Role.EDITOR)
    path = draft(editor, ids)
    assert f"{path}/guard/no_consent" in editor.get(f"{path}/guard").text
    assert "佐藤 一郎" in editor.get(f"{path}/guard/no_consent").text
    assert "当たる方は、いまはいません" in editor.get(f"{path}/guard/{SkipRule.BOUNCED.value}").text
    assert editor.get(f"{path}/guard/nonsense").status_code == 404


def test_a_draft_can_be_thrown_away(app, sign_in, ids):
    editor = sign_in(Role.EDITOR)
    path = draft(editor, ids)
    editor.post(f"{path}/discard", data={"revision": revision(editor, f"{path}/approval")})
    assert editor.get(path).status_code == 404


def test_before_anything_is_there_the_pages_say_what_comes_first(sign_in):
    editor = sign_in(Role.EDITOR)
    assert "まだ配信はありません" in editor.get("/campaigns").text
    assert "調査を公開する" in editor.get("/campaigns/new").text


def test_the_list_counts_only_what_the_mail_server_took(app, sign_in, drain, sink, ids):
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_port=sink.port)
    editor, administrator = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    path = approved(editor, administrator, ids)
    editor.post(f"{path}/start", data={"revision": revision(editor, f"{path}/approval")})
    drain()
    with app.app_context(), unit_of_work():
        for message in db.session.query(Message).limit(3):
            message.state = MessageState.FAILED
    listed = editor.get("/campaigns").text
    assert "15 / 18通" in listed
    assert "送れなかったもの 3通" in listed
