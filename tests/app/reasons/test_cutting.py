"""A wrong cut is mended by people: split, joined, taken back, and never lost to a run or to another reviewer."""

import re

import pytest

from app.accounts.models import Role
from app.db import db
from app.errors import BadInput, EditClash
from app.reasons import services
from app.reasons.models import Reading, ReadingState
from app.reasons.services.snapshots import snapshot
from tests import factories
from tests.app.reasons.conftest import LATER, add, read, reason
from tests.app.reasons.test_workbench_page import press

COSTLY, RUDE = "送料が高くなったし、", "電話の応対もひどかったので"
ONE = (f"{COSTLY}{RUDE}", (f"{COSTLY}{RUDE}", "price"))
TWO = (f"{COSTLY}{RUDE}", (COSTLY, "price"), (RUDE, "support"))


@pytest.fixture
def mori(context):
    return add(factories.member(name="森"))


def said(reading):
    """Each clause with its reasons, in order."""
    return [
        (reading.answer.text[one.start : one.end], [coding.reason.code for coding in one.codings])
        for one in reading.clauses
    ]


def test_a_cut_is_a_decision_that_comes_back_exactly_when_undone(heard, mori):
    reading = heard(*ONE)
    before, seen = snapshot(reading), reading.revision
    services.split_clause(reading, len(COSTLY), mori, LATER, seen)
    assert said(reading) == [(COSTLY, ["price"]), (RUDE, [])]
    assert reading.state is ReadingState.CONFIRMED
    services.split_clause(reading, len(COSTLY), mori, LATER, seen)  # the key pressed twice acts once
    assert len(reading.clauses) == 2
    services.add_reason(reading, reason("support"), reading.clauses[1].id, mori, LATER)
    services.join_clauses(reading, len(COSTLY), mori, LATER)
    assert said(reading) == [(COSTLY + RUDE, ["price", "support"])]
    services.undo_last(reading, mori, LATER)
    assert said(reading) == [(COSTLY, ["price"]), (RUDE, ["support"])]
    services.undo_last(reading, mori, LATER)
    services.undo_last(reading, mori, LATER)
    assert snapshot(reading) == before


def test_a_reason_goes_where_its_words_are_and_no_run_cuts_it_anew(heard, mori):
    reading = heard(f"{RUDE}{COSTLY}", (f"{RUDE}{COSTLY}", "price"))
    reading.clauses[0].codings[0].because = ["送料", "高く"]
    services.split_clause(reading, len(RUDE), mori, LATER)
    assert said(reading) == [(RUDE, []), (COSTLY, ["price"])]
    read(reading.answer.response)
    db.session.expire_all()
    assert said(reading) == [(RUDE, []), (COSTLY, ["price"])]


def test_what_cannot_be_cut_is_refused_and_who_was_faster_is_named(heard, mori):
    reading, other = heard(*TWO), add(factories.member(name="中村"))
    for place in (0, len(COSTLY), 999):
        with pytest.raises(BadInput):
            services.split_clause(reading, place, mori, LATER)
    for place in (0, 3):
        with pytest.raises(BadInput):
            services.join_clauses(reading, place, mori, LATER)
    reading.masked = [[2, 5, "name"]]
    with pytest.raises(BadInput):
        services.split_clause(reading, 3, mori, LATER)
    seen = reading.revision
    services.join_clauses(reading, len(COSTLY), mori, LATER, seen)
    with pytest.raises(EditClash, match="森さんが先に文のくぎりを直しました"):
        services.add_reason(reading, reason("trust"), None, other, LATER, seen)


def test_on_the_bench_s_cuts_x_joins_and_every_place_is_a_button(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    pieces = browser.get(f"/reasons/review?reading={queue[0]}&cut=1").text
    splits = [int(place) for place in re.findall(r'value="split:(\d+)"', pieces)]
    (join,) = re.findall(r'value="join:(\d+)"', pieces)
    assert splits
    assert press(browser, queue[0], f"join:{join}").status_code == 200
    assert press(browser, queue[0], f"split:{splits[0]}").status_code == 200
    assert press(browser, queue[0], "split:9999").status_code == 422
    with app.app_context():
        clauses = db.session.get(Reading, queue[0]).clauses
        assert [one.start for one in clauses] == [0, splits[0]]
