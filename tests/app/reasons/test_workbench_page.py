"""/reasons/review: one key, one change; with script and without, alone and two at once."""

import json
import re

import pytest

from app.accounts.models import Role
from app.db import db
from app.reasons.models import Reading, ReadingState
from app.reasons.queries import reasons_stated
from tests.app.reasons.conftest import reason

HTMX = {"HX-Request": "true"}


def stated(app, reading_id):
    with app.app_context():
        reading = db.session.get(Reading, reading_id)
        return reading.state, [one.code for one in reasons_stated(reading)]


def fields_of(page, act, **changes):
    """What pressing a button of the card at hand sends."""
    form = page.split('id="decide"')[1].split("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {**found, "act": act, **changes}


def press(browser, reading_id, act, htmx=True, **changes):
    page = browser.get(f"/reasons/review?reading={reading_id}").text
    headers = HTMX if htmx else {}
    return browser.post(
        f"/reasons/readings/{reading_id}/decide", data=fields_of(page, act, **changes), headers=headers
    )


def test_the_least_certain_answer_comes_first_and_the_next_follows(queue, sign_in):
    page = sign_in(Role.EDITOR).get("/reasons/review").text
    assert f"/reasons/readings/{queue[0]}/decide" in page
    assert page.index("電話の応対もひどい") < page.index("味が落ちた気がする")


def test_confirming_leads_to_the_next_with_a_toast_that_undoes(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    answer = press(browser, queue[0], "confirm")
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert f"/reasons/readings/{queue[1]}/decide" in answer.text
    assert "<html" not in answer.text
    assert toast["undo"] == f"/reasons/readings/{queue[0]}/undo"
    assert stated(app, queue[0])[0] is ReadingState.CONFIRMED
    browser.post(toast["undo"])
    assert stated(app, queue[0])[0] is ReadingState.PROPOSED


def test_everything_works_without_script(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    answer = press(browser, queue[0], "add:trust", htmx=False)
    assert (answer.status_code, answer.location) == (303, f"/reasons/review?reading={queue[0]}")
    page = browser.get(answer.location).text
    assert "「不信・解約のしにくさ」を付けました。" in page
    assert "trust" in stated(app, queue[0])[1]


def test_all_clauses_can_be_coded_in_one_form(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    page = browser.get(f"/reasons/review?reading={queue[0]}").text
    first, second = re.findall(r'name="(clause-\d+)"', page)[:2]
    with app.app_context():
        delivery, trust = reason("delivery").id, reason("trust").id
    sent = {
        **fields_of(page, ""),
        first: [str(delivery)],
        second: [str(delivery), str(trust)],
        "main": str(trust),
    }
    answer = browser.post(f"/reasons/readings/{queue[0]}/codings", data=sent)
    assert answer.status_code == 303
    assert stated(app, queue[0]) == (ReadingState.CONFIRMED, ["trust", "delivery"])


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        ("none", ["none"]),
        ("unexplained", []),
        ("main:support", ["support", "price"]),
        ("next_main", ["support", "price"]),
        ("remove:support", ["price"]),
        ("move:support:trust", ["price", "trust"]),
        ("confirm", ["price", "support"]),
    ],
)
def test_each_press_is_one_change(app, queue, sign_in, act, codes):
    assert press(sign_in(Role.EDITOR), queue[0], act).status_code == 200
    assert stated(app, queue[0]) == (ReadingState.CONFIRMED, codes)


def test_a_reason_goes_to_the_clause_that_was_chosen(app, queue, sign_in):
    with app.app_context():
        clause = db.session.get(Reading, queue[0]).clauses[0]
        number, before = clause.id, [coding.reason.code for coding in clause.codings]
    press(sign_in(Role.EDITOR), queue[0], "add:quality", clause=number)
    with app.app_context():
        clause = db.session.get(Reading, queue[0]).clauses[0]
        assert [coding.reason.code for coding in clause.codings] == [*before, "quality"]


def test_z_takes_back_ones_own_last_change_wherever_it_was(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    press(browser, queue[1], "add:trust")
    press(browser, queue[0], "confirm")
    browser.post("/reasons/review/undo", headers=HTMX)
    answer = browser.post("/reasons/review/undo", headers=HTMX)
    assert f"/reasons/readings/{queue[1]}/decide" in answer.text
    assert stated(app, queue[1])[0] is ReadingState.PROPOSED
    assert (
        "元に戻す変更がありません"
        in json.loads(browser.post("/reasons/review/undo", headers=HTMX).headers["HX-Trigger"])["toast"][
            "text"
        ]
    )


def test_two_people_at_once_are_both_told_and_may_choose(app, queue, sign_in):
    mine, theirs = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    page = mine.get(f"/reasons/review?reading={queue[1]}").text
    press(theirs, queue[1], "add:trust")
    answer = mine.post(f"/reasons/readings/{queue[1]}/decide", data=fields_of(page, "none"), headers=HTMX)
    assert answer.status_code == 409
    assert "先に「品質・効果・不具合、不信・解約のしにくさ」に直しました。どちらにしますか。" in answer.text
    assert 'name="act" value="none"' in answer.text
    assert "trust" in stated(app, queue[1])[1]
    again = mine.post(
        f"/reasons/readings/{queue[1]}/decide", data=fields_of(answer.text, "none"), headers=HTMX
    )
    assert (again.status_code, stated(app, queue[1])[1]) == (200, ["none"])


@pytest.mark.parametrize("act", ["", "drop:table", "add:", "confirm:price", "move:price"])
def test_a_press_that_means_nothing_is_refused(queue, sign_in, act):
    assert press(sign_in(Role.EDITOR), queue[0], act).status_code == 422


def test_a_code_that_does_not_exist_is_not_found(queue, sign_in):
    assert press(sign_in(Role.EDITOR), queue[0], "add:nonsense").status_code == 404


def test_with_all_reviewed_the_page_says_so(queue, sign_in):
    browser = sign_in(Role.EDITOR)
    for number in queue:
        press(browser, number, "confirm")
    assert "確認はすべて終わりました" in browser.get("/reasons/review").text
