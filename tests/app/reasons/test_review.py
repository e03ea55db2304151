"""People confirm, correct and take back; what they decided stays, and nobody overwrites anybody."""

import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import db
from app.errors import BadInput, EditClash
from app.reasons import services
from app.reasons.models import AnalysisRun, Coder, ReadingState, ReviewEvent
from app.reasons.queries import reasons_stated
from app.reasons.services.snapshots import snapshot
from tests import factories
from tests.app.reasons.conftest import LATER, add, read, reading_of, reason
from tests.conftest import NOW
from tests.factories_reasons import sheet

pytestmark = pytest.mark.usefixtures("context")
COSTLY, RUDE = "送料が高くなったし、", "電話の応対もひどかったので"
TWO = (f"{COSTLY}{RUDE}やめました。", (COSTLY, "price"), (RUDE, "support"), ("やめました。", None))
TEXTS = [TWO[0], "特になし", "味が落ちた気がします。"]


@pytest.fixture
def mori(context):
    return add(factories.member(name="森"))


@pytest.fixture
def nakamura(context):
    return add(factories.member(name="中村"))


def codes(reading):
    return [one.code for one in reasons_stated(reading)]


def all_codings(reading):
    return [coding for clause in reading.clauses for coding in clause.codings]


def test_confirming_makes_every_coding_the_members_own(heard, mori):
    reading = heard(*TWO)
    services.confirm_reading(reading, mori, LATER)
    assert (reading.state, reading.confirmed_by_id) == (ReadingState.CONFIRMED, mori.id)
    assert {(coding.coder, coding.member_id) for coding in all_codings(reading)} == {(Coder.PERSON, mori.id)}
    assert all(coding.because for coding in all_codings(reading))
    assert db.session.query(ReviewEvent).one().verb == "confirmed"


def test_confirming_twice_changes_nothing(heard, mori, nakamura):
    reading = heard()
    services.confirm_reading(reading, mori, LATER)
    assert services.confirm_reading(reading, nakamura, LATER) is None
    assert reading.confirmed_by_id == mori.id


def test_codings_are_moved_added_and_removed(heard, mori):
    reading = heard(*TWO)
    first = reading.clauses[0]
    services.set_codings(reading, [(first.id, [reason("delivery").id])], None, mori, LATER)
    db.session.expire_all()
    assert codes(reading) == ["delivery"]
    assert [clause.role.value for clause in reading.clauses].count("counted") == 1


def test_no_coding_means_no_reason_or_one_without_a_name(heard, mori):
    reading = heard(*TWO)
    services.set_codings(reading, [], reason("none").id, mori, LATER)
    assert (codes(reading), reading.unexplained) == (["none"], False)
    services.set_codings(reading, [], None, mori, LATER)
    assert (codes(reading), reading.unexplained) == ([], True)


@pytest.mark.parametrize(
    "wrong", ["foreign clause", "none beside another", "main not stated", "unknown reason"]
)
def test_what_does_not_fit_is_refused(heard, mori, wrong):
    reading, other = heard(*TWO), heard("味が落ちた。")
    clause = reading.clauses[0].id
    price, none = reason("price").id, reason("none").id
    codings, main = {
        "foreign clause": ([(other.clauses[0].id, [price])], price),
        "none beside another": ([(clause, [price, none])], price),
        "main not stated": ([(clause, [price])], reason("trust").id),
        "unknown reason": ([(clause, [9999])], None),
    }[wrong]
    with pytest.raises(BadInput):
        services.set_codings(reading, codings, main, mori, LATER)


def test_undo_brings_back_exactly_what_stood_before(heard, mori):
    reading = heard(*TWO)
    before = snapshot(reading)
    services.add_reason(reading, reason("trust"), None, mori, LATER)
    services.make_main(reading, reason("trust"), mori, LATER + timedelta(seconds=1))
    services.undo_last(reading, mori, LATER + timedelta(seconds=2))
    assert (codes(reading)[0], "trust" in codes(reading)) == ("price", True)
    services.undo_last(reading, mori, LATER + timedelta(seconds=3))
    assert snapshot(reading) == before
    with pytest.raises(EditClash):
        services.undo_last(reading, mori, LATER + timedelta(seconds=4))


def test_nobody_takes_back_what_another_decided(heard, mori, nakamura):
    reading = heard()
    services.confirm_reading(reading, mori, LATER)
    with pytest.raises(EditClash, match="森さん"):
        services.undo_last(reading, nakamura, LATER)


def test_a_decision_on_an_older_state_is_refused_and_names_who_was_faster(heard, mori, nakamura):
    reading = heard(*TWO)
    seen = reading.revision
    services.make_main(reading, reason("support"), mori, LATER, seen)
    with pytest.raises(EditClash, match="森さんが先に「サポート・応対、価格・費用対効果」に直しました"):
        services.confirm_reading(reading, nakamura, LATER, seen)
    services.confirm_reading(reading, nakamura, LATER, reading.revision)


def test_taking_away_the_last_reason_leaves_none(heard, mori):
    reading = heard("値段が高い。", ("値段が高い。", "price"))
    services.remove_reason(reading, reason("price"), None, mori, LATER)
    assert codes(reading) == ["none"]


def test_moving_the_main_reason_keeps_it_main(heard, mori):
    reading = heard(*TWO)
    services.move_reason(reading, reason("price"), reason("delivery"), mori, LATER)
    assert codes(reading) == ["delivery", "support"]


DECISIONS = st.tuples(
    st.sampled_from(["confirm", "add", "remove", "move", "main", "none", "unexplained", "undo"]),
    st.integers(0, len(TEXTS) - 1),
    st.sampled_from(["price", "support", "quality", "lifestyle", "forgotten", "trust"]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(decisions=st.lists(DECISIONS, max_size=8))
def test_no_run_ever_changes_what_people_decided(autumn, decisions):
    sheets = [add(sheet(autumn, reason=text)) for text in TEXTS]
    read(*sheets)
    member = add(factories.member())
    for number, (verb, which, code) in enumerate(decisions):
        decide(reading_of(sheets[which]), verb, reason(code), member, LATER + timedelta(seconds=number))
    decided = [one for one in sheets if reading_of(one).state is ReadingState.CONFIRMED]
    before = [snapshot(reading_of(one)) for one in decided]
    run = add(AnalysisRun(survey_id=autumn.id, state="done", queued_at=NOW, touched_at=NOW))
    read(*sheets, run=run, at=LATER + timedelta(hours=1))
    db.session.expire_all()
    assert [snapshot(reading_of(one)) for one in decided] == before


def decide(reading, verb, chosen, member, at):
    acts = {
        "confirm": lambda: services.confirm_reading(reading, member, at),
        "add": lambda: services.add_reason(reading, chosen, None, member, at),
        "remove": lambda: services.remove_reason(reading, chosen, None, member, at),
        "move": lambda: services.move_reason(reading, reason("price"), chosen, member, at),
        "main": lambda: services.make_main(reading, None, member, at),
        "none": lambda: services.add_reason(reading, reason("none"), None, member, at),
        "unexplained": lambda: services.mark_unexplained(reading, member, at),
        "undo": lambda: services.undo_last(reading, member, at),
    }
    with contextlib.suppress(BadInput, EditClash):
        acts[verb]()
