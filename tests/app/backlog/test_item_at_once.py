"""Two people at one backlog item: the second is told what the first decided, and keeps what was typed."""

import pytest

from app.accounts.models import Role
from app.backlog.models import BacklogItem, Decision, ItemState
from app.db import db, unit_of_work
from tests import factories_backlog as made
from tests.at_once import browser_of, revision_in, revision_on


@pytest.fixture
def pair(app):
    return browser_of(app, "森 健一", Role.PRODUCT), browser_of(app, "佐藤 花", Role.PRODUCT)


@pytest.fixture
def path(app, pair):
    with app.app_context(), unit_of_work():
        survey, reason = made.survey(), made.reason("price", "価格・費用対効果")
        made.answer(survey, made.lapsed(10_000), "送料が高い", [reason])
        ids = {"reason_id": reason.id, "survey_id": survey.id}
    return pair[0].post("/backlog/promote", data=ids).location


def item():
    return db.session.query(BacklogItem).one()


def test_the_second_to_decide_sees_the_first_decision_and_may_decide_again(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, path)
    mori.post(f"{path}/decide", data={"verdict": "do", "why": "急ぐ", "revision": seen})
    late = {"verdict": "later", "why": "工場の都合を待つ", "revision": seen}
    told = sato.post(f"{path}/decide", data=late)
    assert told.status_code == 409
    for text in ("森 健一さんが先に変えました", "急ぐ", "工場の都合を待つ"):
        assert text in told.text, text
    late["revision"] = revision_in(told.text)
    assert sato.post(f"{path}/decide", data=late).status_code == 302
    with app.app_context():
        assert [one.verdict.value for one in item().decisions] == ["later", "do"]


def test_the_title_is_changed_while_somebody_else_decides(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, path)
    mori.post(f"{path}/decide", data={"verdict": "do", "why": "急ぐ", "revision": seen})
    form = {"title": "送料を見直す", "owner": "物流", "effort_days": "5", "revision": seen}
    assert sato.post(f"{path}/edit", data=form).status_code == 302
    told = mori.post(f"{path}/edit", data={**form, "title": "送料をなくす"})
    assert (told.status_code, "送料を見直す" in told.text, "送料をなくす" in told.text) == (409, True, True)
    with app.app_context():
        assert (item().title, item().verdict.value) == ("送料を見直す", "do")


def test_the_same_decision_sent_twice_is_one(app, path, pair):
    mori, _ = pair
    form = {"verdict": "do", "why": "急ぐ", "revision": revision_on(mori, path)}
    assert [mori.post(f"{path}/decide", data=form).status_code for _ in "ab"] == [302, 302]
    begin = {"revision": revision_on(mori, path)}
    assert [mori.post(f"{path}/start", data=begin).status_code for _ in "ab"] == [302, 302]
    done = {"revision": revision_on(mori, path), "on": "2026-11-01"}
    assert [mori.post(f"{path}/release", data=done).status_code for _ in "ab"] == [302, 302]
    with app.app_context():
        assert db.session.query(Decision).count() == 1
        assert item().state is ItemState.RELEASED


def test_work_does_not_begin_on_a_decision_that_was_taken_back_unseen(app, path, pair):
    mori, sato = pair
    mori.post(f"{path}/decide", data={"verdict": "do", "why": "", "revision": revision_on(mori, path)})
    seen = revision_on(mori, path)
    back = {"verdict": "dont", "public": "費用が合わないため、見送ります。", "revision": seen}
    assert sato.post(f"{path}/decide", data=back).status_code == 302
    told = mori.post(f"{path}/start", data={"revision": seen})
    assert (told.status_code, "佐藤 花さんが先に変えました" in told.text) == (409, True)
    with app.app_context():
        assert item().state is ItemState.DECIDED
