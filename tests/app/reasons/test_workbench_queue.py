"""What stands in the workbench's queue: least certain, a lot drawn by a seed, one reason, words; several at once."""

import json
import re

import pytest

from app.accounts.models import Role
from app.db import db
from app.reasons import queries
from app.reasons.models import Reading, ReadingState
from app.reasons.queries import Queue
from tests.app.reasons.test_workbench_page import HTMX, fields_of, stated


def at_hand(page):
    return int(re.search(r"/reasons/readings/(\d+)/decide", page)[1])


def test_the_queue_can_be_drawn_by_lot_or_narrowed_and_says_what_ten_decisions_bring(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    with app.app_context():
        sure = db.session.get(Reading, queue[2])
        assert sure.confidence < 0.6
        drawn = {seed: queries.next_to_review(Queue(order="sample", seed=seed)) for seed in range(1, 9)}
        assert drawn[3] == queries.next_to_review(Queue(order="sample", seed=3))
        assert {tuple(sorted(one)) for one in drawn.values()} == {tuple(sorted(queue))}
        assert len({tuple(one) for one in drawn.values()}) > 2
        assert queries.expected_misreads(queue) == pytest.approx(0.9 + 0.8 + 0.7)
    page = browser.get("/reasons/review?order=sample:3").text
    assert at_hand(page) == drawn[3][0]
    assert "乱数の種 3" in page
    assert "次の3件を確かめると、2件ほどの読みちがいが直る見込みです。" in page
    assert at_hand(browser.get("/reasons/review?reason=quality").text) == queue[1]
    assert at_hand(browser.get("/reasons/review?q=味が落ちた").text) == queue[1]
    assert "この条件で確かめる声は、もうありません" in browser.get("/reasons/review?reason=trust").text
    for strange in ("order=sample:x", "order=drop", "reason=%00", "q=%00", "also=1:x&also=9:9", "cut=x"):
        assert browser.get(f"/reasons/review?{strange}").status_code == 200


def test_several_chosen_answers_are_decided_and_taken_back_together(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    with app.app_context():
        chosen = [f"{one}:{db.session.get(Reading, one).revision}" for one in queue[:2]]
    page = browser.get(f"/reasons/review?reading={queue[0]}&also={chosen[0]}&also={chosen[1]}").text
    assert "2件を選んでいます" in page
    answer = browser.post(
        f"/reasons/readings/{queue[0]}/decide",
        data={**fields_of(page, "add:trust"), "also": chosen},
        headers=HTMX,
    )
    assert "2件をまとめて直しました" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    assert [("trust" in stated(app, one)[1]) for one in queue] == [True, True, False]
    late = browser.post(
        f"/reasons/readings/{queue[2]}/decide",
        data={**fields_of(page, "none"), "also": [f"{queue[2]}:1", f"{queue[0]}:99"]},
        headers=HTMX,
    )
    assert late.status_code == 409
    assert stated(app, queue[2])[0] is ReadingState.PROPOSED, "all of them, or none"
    browser.post("/reasons/review/undo", headers=HTMX)
    assert {stated(app, one)[0] for one in queue} == {ReadingState.PROPOSED}
    with app.app_context():
        chosen = [f"{one}:{db.session.get(Reading, one).revision}" for one in queue[:2]]
    page = browser.get(f"/reasons/review?reading={queue[0]}").text
    answer = browser.post(
        f"/reasons/readings/{queue[0]}/decide",
        data={**fields_of(page, "confirm"), "also": chosen},
        headers=HTMX,
    )
    assert at_hand(answer.text) == queue[2], "the place is kept: the next one that is left"
