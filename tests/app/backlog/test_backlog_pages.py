"""The backlog's pages: making items, deciding, the board, what-if."""

from datetime import timedelta

import pytest

from app import clock
from app.accounts.models import Role
from app.backlog.models import BacklogItem, Decision, ItemState
from app.customers.models import Segment
from app.db import db, unit_of_work
from app.reasons.models import Reason, Theme, ThemeMember
from tests import factories_backlog as made
from tests.at_once import browser_of, revision_on


@pytest.fixture
def survey_id(app):
    """Twelve people of price, two of box; a theme."""
    with app.app_context(), unit_of_work():
        survey = made.survey()
        made.reason("none", "理由なし")
        price, box = made.reason("price", "価格"), made.reason("delivery", "配送")
        for _ in range(12):
            made.answer(survey, made.lapsed(10_000), "送料が高い", [price])
        for _ in range(2):
            made.answer(survey, made.lapsed(90_000), "箱がつぶれた", [box])
        told = made.answer(survey, made.lapsed(5_000), "紙の注文書がほしい", [])
        told.unexplained = True
        theme = Theme(survey_id=survey.id, name="紙の注文書がほしい", proposed_at=made.AT)
        theme.members.append(ThemeMember(answer_id=told.answer_id, typical=1))
        db.session.add(theme)
        return survey.id


def reason_id(code):
    return db.session.query(Reason).filter_by(code=code).one().id


def test_an_item_is_made_of_a_theme_and_a_picked_voice_and_explains_itself(app, survey_id):
    browser = browser_of(app, "大石 みのり", Role.ADMINISTRATOR)
    page = browser.get(f"/backlog/new?survey={survey_id}&reason=delivery").text
    assert "箱がつぶれた" in page
    with app.app_context():
        box = reason_id("delivery")
        theme = db.session.query(Theme).one().id
        clause = (
            db.session.scalars(db.select(made.Clause).order_by(made.Clause.id.desc()).offset(1)).first().id
        )
    new = f"/backlog/new?survey={survey_id}"
    assert "ひとつ以上選んでください" in browser.post(new, data={"title": "紙"}).text
    assert browser.post(new, data={"reasons": "x"}).status_code == 422
    made_of = browser.post(new, data={"title": "紙と箱", "themes": theme, "clauses": clause})
    assert made_of.status_code == 302
    path = made_of.location
    page = browser.get(path).text
    for text in (
        "紙の注文書がほしい",
        "箱がつぶれた",
        "声から作った案です",
        "計算式と、もとの数字",
        "あと8人の声で順位がつきます",
    ):
        assert text in page, text
    assert browser.post(f"{path}/evidence", data={"reasons": box}).status_code == 302
    form = {
        "title": "紙と箱",
        "problem": "紙で頼めない",
        "tags": "紙, 箱、紙",
        "effort_days": "5",
        "recoverability": "high",
    }
    form["revision"] = revision_on(browser, path)
    refused = browser.post(f"{path}/edit", data={**form, "effort_days": "三日"})
    assert (refused.status_code, "数字で入力" in refused.text, "float" in refused.text) == (422, True, False)
    assert browser.post(f"{path}/edit", data=form).status_code == 302
    page = browser.get(path).text
    for text in ("紙で頼めない", "根拠に「配送」を加えました", "取り戻しやすさ"):
        assert text in page, text
    with app.app_context():
        item = db.session.query(BacklogItem).one()
        assert (item.tags, item.recoverability.value) == (["紙", "箱"], "high")
    assert browser.post(new, data={"reasons": box}).status_code == 422  # it is evidence already


def test_not_to_do_it_takes_a_public_sentence_and_a_decision_comes_up_again(app, survey_id, sign_in):
    browser = sign_in(Role.PRODUCT)
    with app.app_context():
        ids = {"reason_id": reason_id("price"), "survey_id": survey_id}
    path = browser.post("/backlog/promote", data=ids).location

    def decide(**form):
        return browser.post(f"{path}/decide", data={**form, "revision": revision_on(browser, path)})

    assert "連絡先のようなことば" in decide(verdict="dont", public="森さん（090-1234-5678）へ").text
    today = clock.today()
    assert "あすより後" in decide(verdict="later", review_on=today.isoformat()).text
    public = "送料は、いまのまま続けます。"
    review = (today + timedelta(days=30)).isoformat()
    assert decide(verdict="dont", why="採算", public=public, review_on=review).status_code == 302
    assert public in browser.get(path).text
    assert "決定の見直し" not in browser.get("/").text
    with app.app_context(), unit_of_work():
        db.session.query(Decision).one().review_on = today
    page = browser.get("/").text
    assert ("決定の見直し" in page, "「価格」" in page) == (True, True)


def test_a_card_moves_step_by_step_and_who_comes_second_sees_where_it_is(app, survey_id):
    mori, sato = (browser_of(app, name, Role.PRODUCT) for name in ("森 健一", "佐藤 花"))
    with app.app_context():
        ids = {"reason_id": reason_id("price"), "survey_id": survey_id}
    path = mori.post("/backlog/promote", data=ids).location
    seen = revision_on(mori, path)
    asked = mori.post(f"{path}/move", data={"to": "decided", "revision": seen})
    assert asked.location == f"{path}#decision"  # to decide takes words
    mori.post(f"{path}/decide", data={"verdict": "do", "revision": seen})
    seen = revision_on(mori, path)
    assert mori.post(f"{path}/move", data={"to": "in_progress", "revision": seen}).status_code == 302
    late = sato.post(f"{path}/move", data={"to": "released", "revision": seen})
    assert (late.status_code, "森 健一さんが先に変えました" in late.text, "取り組み中" in late.text) == (
        409,
        True,
        True,
    )
    for to in ("released", "measured"):
        assert (
            sato.post(f"{path}/move", data={"to": to, "revision": revision_on(sato, path)}).status_code == 302
        )
    assert "確かめました" in sato.get(f"/backlog/board?survey={survey_id}").text
    wrong = sato.post(f"{path}/move", data={"to": "released", "revision": revision_on(sato, path)})
    assert wrong.status_code == 422
    assert sato.post(f"{path}/move", data={"to": "candidate"}).status_code == 400
    with app.app_context():
        assert db.session.query(BacklogItem).one().state is ItemState.MEASURED


def test_another_estimate_changes_the_order_on_the_page_and_nowhere_else(app, survey_id):
    browser = browser_of(app, "森 健一", Role.ADMINISTRATOR)
    with app.app_context(), unit_of_work():
        survey, box = db.session.get(made.Survey, survey_id), made.reason("support", "応対")
        for _ in range(11):
            made.answer(survey, made.lapsed(20_000), "電話が冷たい", [box])
        price, support = reason_id("price"), box.id
    for number in (price, support):
        browser.post("/backlog/promote", data={"reason_id": number, "survey_id": survey_id})
    assert "いまの見積もりのままの並びです。" in browser.get("/backlog/what-if").text
    plain = browser.get("/backlog").text.partition("<main")[2]
    page = browser.get("/backlog/what-if?effort_1=2&chance_2=nan&factor=x&segment=9").text
    # Support is worth 220,000 / 10 a day; price, 120,000 at 2 days a head, now 60,000: it rises from second to first.
    assert ("動かした値での並びです。" in page, "▲1" in page, "▼1" in page) == (True, True, True)
    assert page.index("IM-001") < page.index("IM-002")
    assert browser.get("/backlog").text.partition("<main")[2] == plain
    assert browser.get("/backlog/what-if?survey=999").status_code in (302, 404)


def test_every_voice_of_an_item_is_listed_and_of_the_few_without_names_none(app, survey_id):
    browser = browser_of(app, "森 健一", Role.ADMINISTRATOR)
    with app.app_context(), unit_of_work():
        db.session.add(Segment(name="みんな", filters={}, created_at=made.AT))
        both = [reason_id("price"), reason_id("delivery")]
        clause = db.session.scalars(db.select(made.Clause.id).order_by(made.Clause.id.desc())).first()
        unnamed = made.survey("名前のない調査")
        unnamed.anonymous = True
        db.session.flush()
        said, midnight = [db.session.get(Reason, both[0])], made.AT.replace(hour=15)
        alone = made.answer(unnamed, None, "あの店の者です", said, midnight).clauses[0].id
        unnamed = unnamed.id
    form = {"title": "送る", "reasons": both, "clauses": clause}
    path = browser.post(f"/backlog/new?survey={survey_id}", data=form).location
    assert f'href="{path}/voices"' in browser.get(path).text
    page = browser.get(f"{path}/voices").text
    told = ("15件の声です。", "送料が高い", "箱がつぶれた", "紙の注文書がほしい")
    assert [text in page for text in told] == [True] * 4
    assert "「みんな」の方に絞っています。" in browser.get(f"{path}/voices?segment=1").text
    assert browser.get(f"{path}/voices?segment=99999999999").status_code == 404
    # One clause of an unnamed survey was picked by its number: its words are shown nowhere.
    path = browser.post(f"/backlog/new?survey={unnamed}", data={"clauses": alone}).location
    for shown in (path, f"{path}/voices"):
        assert "あの店" not in browser.get(shown).text
    assert browser.get(f"{path}/voices?segment=1").status_code == 404


def test_without_money_no_page_and_no_file_speaks_of_yen(app, survey_id):
    browser = browser_of(app, "森 健一", Role.ADMINISTRATOR)
    with app.app_context(), unit_of_work():
        told = made.survey("よその調査")
        price = db.session.get(Reason, reason_id("price"))
        for words in ("送料が高い。", "送料が高い", "値上げで", "送料が高い。。", "高くなった", "送料が高い"):
            made.answer(told, None, words, [price])
        told, price = told.id, price.id
    path = browser.post("/backlog/promote", data={"reason_id": price, "survey_id": told}).location
    page = browser.get(path).text
    assert ("年間のご購入額に" in page, "人数で並べています" in page) == (False, True)
    # Three typical voices say three things.
    assert ["値上げで" in page, "高くなった" in page] == [True, True]
    page = browser.get(f"/backlog/what-if?survey={told}").text
    assert ("手間あたりの額で並べます" in page, "順位は変わりません" in page) == (False, True)
    taken = browser.post("/backlog/export", data={"survey_id": told, "form": "csv"}).data.decode("utf-8-sig")
    assert ("重みづけた人数" in taken, "取り戻せる見込み" in taken) == (True, False)
