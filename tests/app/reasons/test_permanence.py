"""What people decided is never touched, whatever is read again, applied, taken back or dropped."""

import contextlib
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.db import db, unit_of_work
from app.errors import BadInput, EditClash
from app.reasons import engine, services
from app.reasons.models import AnalysisRun, ClauseRole, Polarity, Reading, ReadingState, ReviewEvent
from app.reasons.services.snapshots import snapshot
from app.surveys.models import Survey
from tests import factories
from tests.app.reasons.conftest import add, read_as, reading_of, reason
from tests.factories_reasons import sheet, survey

COSTLY = "送料が高くなったのでやめました。"


class Turning:
    """A reader that finds another reason in everything each time it is made."""

    fingerprint: ClassVar = {"model": "turning"}

    def __init__(self, turn):
        self.turn = turn

    def read(self, words):
        codes = ("price", "support", "quality", "none")
        return [self._found(one, codes[(one.answer_id + self.turn) % 4]) for one in words]

    def _found(self, one, code):
        middle = len(one.text) // (1 + self.turn % 2)
        clause = engine.FoundClause(0, middle, ClauseRole.COUNTED, (code,), ())
        return engine.Found(one.answer_id, ((code, 0.6),), 0.5, Polarity.NEG, False, (), (clause,))


WHICH, CODE = st.integers(0, 3), st.sampled_from(["price", "support", "quality", "trust"])
DECIDED = st.lists(
    st.tuples(st.sampled_from(["confirm", "add", "unexplained", "undo"]), WHICH, CODE), max_size=3
)
# People decide while the draft waits and after it was applied; then it may be taken back.
ROUND = st.tuples(
    DECIDED, st.sampled_from(["apply", "apply", "part", "drop", "cancel"]), DECIDED, st.booleans()
)


def steps_of(rounds):
    for before, act, after, returns in rounds:
        yield from [("rerun", 0, "price"), *before, (act, 0, "quality"), *after]
        if returns:
            yield ("return", 0, "price")


@pytest.mark.usefixtures("context")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(ROUND, min_size=1, max_size=2))
def test_whatever_is_decided_read_again_and_applied_no_confirmed_reading_changes(rounds, drain):
    with unit_of_work():
        services.seed_codebook(clock.now())
        made, member = add(survey()), add(factories.member())
        sheets = [add(sheet(made, reason=f"{number}月から{COSTLY}")) for number in range(4)]
        for one in sheets:
            read_as(one, (COSTLY, "trust"))
        ids = [reading_of(one).id for one in sheets]
    with pytest.MonkeyPatch.context() as patch:
        for turn, (verb, which, code) in enumerate(steps_of(rounds)):
            patch.setattr(services, "taught_engine", lambda *_, turn=turn: Turning(turn))
            db.session.expire_all()
            by_people = {number: snapshot(one) for number in ids if (one := confirmed(number))}
            events = [(one.id, one.verb, one.before) for one in events_of(ids)]
            db.session.rollback()
            step(verb, made.id, ids[which], code, member)
            db.session.rollback()  # SQLite has one writer
            drain()
            db.session.expire_all()
            if verb in ("confirm", "add", "unexplained", "undo"):
                by_people.pop(ids[which], None)
            assert {number: snapshot(db.session.get(Reading, number)) for number in by_people} == by_people
            assert [(one.id, one.verb, one.before) for one in events_of(ids)][: len(events)] == events
            db.session.rollback()


def confirmed(number):
    reading = db.session.get(Reading, number)
    return reading if reading.state is ReadingState.CONFIRMED else None


def events_of(ids):
    return (
        db.session.query(ReviewEvent).filter(ReviewEvent.reading_id.in_(ids)).order_by(ReviewEvent.id).all()
    )


def step(verb, survey_id, reading_id, code, member):
    with contextlib.suppress(BadInput, EditClash), unit_of_work():
        run = (
            db.session.query(AnalysisRun)
            .filter_by(survey_id=survey_id)
            .order_by(AnalysisRun.id.desc())
            .first()
        )
        reading, at = db.session.get(Reading, reading_id), clock.now()
        acts = {
            "confirm": lambda: services.confirm_reading(reading, member, at),
            "add": lambda: services.add_reason(reading, reason(code), None, member, at),
            "unexplained": lambda: services.mark_unexplained(reading, member, at),
            "undo": lambda: services.undo_last(reading, member, at),
            "rerun": lambda: services.start_run(db.session.get(Survey, survey_id), member, at),
            "apply": lambda: run and services.apply_draft(run, member, at),
            "part": lambda: (
                run and services.apply_draft(run, member, at, [(reason(code).id, reason("price").id)])
            ),
            "drop": lambda: run and services.drop_draft(run, member, at),
            "return": lambda: run and services.return_draft(run, member, at),
            "cancel": lambda: run and services.cancel_run(run, at),
        }
        acts[verb]()
