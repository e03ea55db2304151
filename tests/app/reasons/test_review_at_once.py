"""Two reviewers at one answer or theme: different clauses go together, the same one is told, a key pressed twice acts once."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.accounts.models import Member
from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.engine import FoundTheme
from app.reasons.models import Reading, ReadingState, Reason, ReviewEvent, Theme, ThemeState
from app.reasons.queries import reasons_stated
from app.reasons.queries.themes import open_words
from app.surveys.models import Survey
from tests import factories
from tests.app.reasons.conftest import add, read_as, reason
from tests.at_once import browser_of
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey


@pytest.fixture
def pair(app):
    return browser_of(app, "森 健一"), browser_of(app, "佐藤 花")


def fields_on(browser, number):
    page = browser.get(f"/reasons/review?reading={number}").text
    return dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.split('id="decide"')[1])
    )


def press(browser, number, fields, act, clause=""):
    sent = {**fields, "act": act, "clause": str(clause)}
    return browser.post(f"/reasons/readings/{number}/decide", data=sent)


def state(app, number):
    with app.app_context():
        reading = db.session.get(Reading, number)
        return reading.state, {one.code for one in reasons_stated(reading)}


def clauses(app, number):
    with app.app_context():
        return [clause.id for clause in db.session.get(Reading, number).clauses]


def test_two_reviewers_ticking_different_clauses_both_count(app, queue, pair):
    (mori, sato), number = pair, queue[0]
    seen, (first, second) = fields_on(mori, number), clauses(app, number)
    assert press(mori, number, seen, "add:trust", first).status_code == 303
    assert press(sato, number, seen, "add:delivery", second).status_code == 303
    assert state(app, number) == (ReadingState.CONFIRMED, {"price", "support", "trust", "delivery"})


def test_the_same_clause_ticked_by_two_is_told_with_when(app, queue, pair):
    (mori, sato), number = pair, queue[0]
    seen, (first, _second) = fields_on(mori, number), clauses(app, number)
    press(mori, number, seen, "add:trust", first)
    told = press(sato, number, seen, "add:delivery", first)
    assert told.status_code == 409
    assert "森 健一さんが先に" in told.text
    assert "どちらにしますか" in told.text
    assert 'value="add:delivery">自分の変更にする' in told.text
    assert state(app, number)[1] == {"price", "support", "trust"}


def test_what_was_chosen_for_all_clauses_stays_in_the_form_after_a_clash(app, queue, pair):
    (mori, sato), number = pair, queue[0]
    seen, (first, second) = fields_on(mori, number), clauses(app, number)
    with app.app_context():
        ids = {code: reason(code).id for code in ("trust", "delivery", "quality")}
    press(mori, number, seen, "move:price:trust")
    mine = {f"clause-{first}": ids["delivery"], f"clause-{second}": ids["quality"], "main": ids["quality"]}
    told = sato.post(f"/reasons/readings/{number}/codings", data={**seen, **mine})
    assert told.status_code == 409
    form = told.text.split('id="clauses"')[1].split("</form>")[0]
    chosen = re.findall(r'<option value="(\w+)" selected', form)
    assert chosen == [str(ids["delivery"]), str(ids["quality"]), str(ids["quality"])]
    assert "いまの理由：" in form
    revision = re.search(r'name="revision" value="(\d+)"', form)[1]
    again = {**seen, **mine, "revision": revision}
    assert sato.post(f"/reasons/readings/{number}/codings", data=again).status_code == 303
    assert state(app, number)[1] == {"delivery", "quality"}


@pytest.mark.parametrize("act", ["confirm", "add:trust", "remove:price", "none", "unexplained", "next_main"])
def test_a_key_pressed_twice_acts_once(app, queue, pair, act):
    (mori, _sato), number = pair, queue[0]
    seen = fields_on(mori, number)
    assert [press(mori, number, seen, act).status_code for _ in "ab"] == [303, 303]
    with app.app_context():
        assert db.session.query(ReviewEvent).count() == 1


def test_a_clause_key_pressed_twice_does_not_take_back(app, queue, pair):
    (mori, _sato), number = pair, queue[0]
    seen, (first, _second) = fields_on(mori, number), clauses(app, number)
    assert [press(mori, number, seen, "add:trust", first).status_code for _ in "ab"] == [303, 303]
    assert "trust" in state(app, number)[1]


def test_what_somebody_else_recoded_is_not_confirmed_unseen(app, queue, pair):
    (mori, sato), number = pair, queue[0]
    seen = fields_on(mori, number)
    press(mori, number, seen, "move:price:trust")
    assert press(sato, number, seen, "confirm").status_code == 409


@pytest.fixture
def theme(app):
    """A theme of two answers nobody has a name for."""
    with app.app_context(), unit_of_work():
        services.seed_codebook(NOW)
        autumn, member = add(survey()), add(factories.member(name="渥美"))
        for text in ("茶畑がソーラーパネルになった。", "ソーラーパネルだらけの茶畑。"):
            one = add(sheet(autumn, reason=text))
            read_as(one, (text, None))
            reading = db.session.query(Reading).order_by(Reading.id.desc()).first()
            services.set_codings(reading, [], None, member, NOW)
        words = open_words(autumn.id)
        numbers = tuple(one.answer_id for one in words)
        found = FoundTheme(
            name="茶畑のソーラーパネル", members=numbers, quotes=numbers, centroid=(0.0,), theme_id=None
        )
        return services.store_themes(autumn.id, words, [found], NOW)[0].id


def test_the_second_to_decide_on_a_theme_is_told_and_keeps_the_name(app, theme, pair):
    mori, sato = pair
    adopt = {"label": "茶畑の景色", "seal": "景", "parent": ""}
    assert [mori.post(f"/reasons/themes/{theme}/adopt", data=adopt).status_code for _ in "ab"] == [303, 303]
    told = sato.post(f"/reasons/themes/{theme}/adopt", data={**adopt, "label": "パネルへの不満"})
    assert told.status_code == 409
    for words in ("森 健一さんが先にこの候補を決めました", "パネルへの不満", "茶畑の景色"):
        assert words in told.text, words
    assert sato.post(f"/reasons/themes/{theme}/dismiss").status_code == 409
    with app.app_context():
        assert db.session.query(Reason).filter_by(label="茶畑の景色", active=True).count() == 1


def test_a_decision_on_a_theme_can_be_taken_back_where_it_stands(app, theme, pair):
    mori, sato = pair
    assert [mori.post(f"/reasons/themes/{theme}/dismiss").status_code for _ in "ab"] == [303, 303]
    mori.get("/reasons/themes")
    undo = f'action="/reasons/themes/{theme}/undo"'
    assert undo in mori.get("/reasons/themes").text
    assert undo not in sato.get("/reasons/themes").text
    mori.post(f"/reasons/themes/{theme}/undo")
    with app.app_context():
        assert db.session.get(Theme, theme).state is ThemeState.PROPOSED


def test_a_reason_ticked_on_an_answer_that_had_none_is_not_lost_to_the_main_box(app, queue, pair):
    (mori, _sato), number = pair, queue[0]
    press(mori, number, fields_on(mori, number), "unexplained")
    seen, (first, _second) = fields_on(mori, number), clauses(app, number)
    with app.app_context():
        trust = reason("trust").id
    ticked = {**seen, f"clause-{first}": trust, "main": "unexplained"}
    assert mori.post(f"/reasons/readings/{number}/codings", data=ticked).status_code == 303
    assert state(app, number)[1] == {"trust"}


def test_the_time_left_is_ones_own_pace(app, queue, pair):
    mori, sato = pair
    with app.app_context(), unit_of_work():
        member = db.session.query(Member).filter_by(name="森 健一").one()
        for minute in range(7):
            one = add(sheet(db.session.query(Survey).first(), reason="味が落ちた気がする。"))
            read_as(one, ("味が落ちた気がする。", "quality"))
            at = clock.now() - timedelta(minutes=2 * minute)
            reading = db.session.query(Reading).order_by(Reading.id.desc()).first()
            services.confirm_reading(reading, member, at)
    assert "あと約6分" in mori.get("/reasons/review").text
    assert "あと約" not in sato.get("/reasons/review").text
