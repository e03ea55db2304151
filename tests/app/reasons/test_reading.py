"""Answers are read into clauses and reasons; what people decided and what customers changed is respected."""

import pytest

from app.customers.models import CustomerFact, CustomerState, StateSource
from app.db import db
from app.reasons import engine, services
from app.reasons.models import AnalysisRun, Clause, ClauseRole, Coder, Polarity, Reading, ReadingState, Reason
from app.reasons.queries import reasons_stated
from app.reasons.queries.readable import answers_to_read
from app.responses.models import Answer
from tests import factories
from tests.app.reasons.conftest import LATER, add, read, read_as
from tests.conftest import NOW
from tests.factories_reasons import sheet

pytestmark = pytest.mark.usefixtures("context")


def codes(one):
    (answer,) = one.answers
    reading = db.session.query(Reading).filter_by(answer_id=answer.id).one()
    return [reason.code for reason in reasons_stated(reading)]


def run_of(autumn):
    return add(AnalysisRun(survey_id=autumn.id, queued_at=NOW, touched_at=NOW))


def test_an_answer_gets_its_reason_on_the_clause_that_says_it(autumn):
    one = add(sheet(autumn, reason="味は好きでしたが、送料が高くなったのでやめました。"))
    assert read(one) == 1
    reading = db.session.query(Reading).one()
    coded = [clause for clause in reading.clauses if clause.codings]
    said = [one.answers[0].text[clause.start : clause.end] for clause in coded]
    assert reading.main_reason.code == "price"
    assert "送料が高くなったので" in said
    assert not any("味は好き" in words for words in said)
    assert coded[0].codings[0].coder is Coder.RUN
    assert coded[0].codings[0].probability > 0.3


def test_an_answer_that_gives_no_reason_is_none_and_not_unexplained(autumn):
    one = add(sheet(autumn, reason="特になし"))
    read(one)
    reading = db.session.query(Reading).one()
    assert (codes(one), reading.unexplained) == (["none"], False)


def test_an_answer_that_a_new_mapping_puts_under_another_question_no_longer_tells_why(autumn):
    one = add(sheet(autumn, reason="近所の店で買っています。"))
    read(one)
    (answer,), (today,) = one.answers, [q for q in autumn.versions[0].questions if q.code == "current"]
    assert services.follow_questions(autumn.id) == 0
    answer.question_id = today.id
    db.session.flush()
    assert (services.follow_questions(autumn.id), services.follow_questions(autumn.id)) == (1, 0)
    db.session.expire_all()
    assert db.session.query(Reading).one().why is False


def test_reading_twice_changes_nothing(autumn):
    one = add(sheet(autumn, reason="送料が高くなったのでやめました。"))
    read(one)
    ids = [clause.id for clause in db.session.query(Clause)]
    assert read(one, at=LATER) == 0
    assert [clause.id for clause in db.session.query(Clause)] == ids
    assert db.session.query(Reading).one().read_at == NOW


def test_a_run_reads_again_and_keeps_the_clauses_that_evidence_stands_on(autumn):
    one = add(sheet(autumn, reason="送料が高くなったので、電話の応対も悪くてやめました。"))
    read(one)
    ids = [clause.id for clause in db.session.query(Clause)]
    run = run_of(autumn)
    assert read(one, run=run, at=LATER) == 1
    db.session.expire_all()
    reading = db.session.query(Reading).one()
    assert (reading.run_id, reading.read_at, reading.revision) == (run.id, LATER, 2)
    assert [clause.id for clause in db.session.query(Clause)] == ids


def test_a_confirmed_reading_is_not_touched_by_a_run(autumn):
    one = add(sheet(autumn, reason="送料が高くなったのでやめました。"))
    member = add(factories.member())
    read(one)
    reading = db.session.query(Reading).one()
    services.confirm_reading(reading, member, NOW)
    assert read(one, run=run_of(autumn), at=LATER) == 0
    db.session.expire_all()
    assert (reading.state, reading.read_at) == (ReadingState.CONFIRMED, NOW)


def test_words_a_customer_changed_are_read_anew_even_where_the_old_ones_were_confirmed(autumn):
    one = add(sheet(autumn, reason="送料が高くなったのでやめました。"))
    member = add(factories.member())
    read(one)
    services.confirm_reading(db.session.query(Reading).one(), member, NOW)
    one.answers[0].text = "電話の応対がひどかったので、解約しました。"
    db.session.flush()
    assert read(one, at=LATER) == 1
    db.session.expire_all()
    assert db.session.query(Reading).one().state is ReadingState.PROPOSED
    assert "price" not in codes(one)


def test_an_answer_erased_while_it_was_read_leaves_nothing_behind(autumn):
    one = add(sheet(autumn, reason="送料が高くなったのでやめました。"))
    readables = answers_to_read([one.answers[0].id], again=False)
    found = engine.shipped().read([readable.words for readable in readables])
    db.session.delete(one)
    db.session.flush()
    assert services.store_findings(readables, found, None, NOW) == 0
    assert db.session.query(Reading).count() == 0


def test_what_names_a_person_is_found_and_kept_as_hidden_spans(autumn):
    one = add(sheet(autumn, reason="担当の佐藤さんに090-1234-5678へ電話をくださいと頼んだのに、来なかった。"))
    read(one)
    kinds = [kind for _, _, kind in db.session.query(Reading).one().masked]
    assert kinds == ["name", "phone"]


def test_praise_that_was_asked_for_is_never_a_reason_to_leave(autumn):
    one = add(sheet(autumn, praise="店員さんの応対がていねい。お茶の味"))
    read(one)
    reading = db.session.query(Reading).one()
    assert (codes(one), reading.unexplained, reading.polarity) == (["none"], False, Polarity.POS)


def test_an_answer_of_nothing_but_praise_gives_no_reason_whatever_was_asked(autumn):
    one = add(sheet(autumn, nps="景色が素晴らしい"))
    readables = answers_to_read([one.answers[0].id], again=False)
    clause = engine.FoundClause(0, 8, ClauseRole.PRAISE, (), ())
    found = engine.Found(one.answers[0].id, (), 0.4, Polarity.NEG, True, (), (clause,))
    services.store_findings(readables, [found], None, NOW)
    reading = db.session.query(Reading).one()
    assert (codes(one), reading.unexplained, reading.polarity) == (["none"], False, Polarity.POS)


def test_test_answers_are_not_read(autumn):
    one = add(sheet(autumn, reason="送料が高い", door="test"))
    assert read(one) == 0


def test_a_sheet_tells_its_customer_the_reasons_and_the_state_it_proposes(autumn):
    customer = add(factories.customer(state=CustomerState.DORMANT))
    read_as(
        add(sheet(autumn, reason="応対がひどかった。", customer=customer)), ("応対がひどかった。", "support")
    )
    facts = {(fact.kind, fact.value) for fact in db.session.query(CustomerFact)}
    assert ("reason", "support") in facts
    assert (customer.state, customer.state_source) == (CustomerState.LAPSED, StateSource.ANSWER)


def test_a_corrected_reading_takes_back_what_it_had_told(autumn):
    customer = add(factories.customer(state=CustomerState.DORMANT))
    member = add(factories.member())
    read_as(
        add(sheet(autumn, reason="応対がひどかった。", customer=customer)), ("応対がひどかった。", "support")
    )
    assert customer.has_grievance
    none = db.session.query(Reason).filter_by(code="none").one()
    services.set_codings(db.session.query(Reading).one(), [], none.id, member, LATER)
    db.session.expire_all()
    assert db.session.query(CustomerFact).filter(CustomerFact.kind.in_(["reason", "grievance"])).count() == 0
    assert customer.state_source is StateSource.RULE
    assert customer.has_grievance is False


def test_a_person_who_said_where_a_customer_stands_outranks_the_answer(autumn):
    customer = add(factories.customer(state=CustomerState.DORMANT, state_source=StateSource.PERSON))
    read_as(
        add(sheet(autumn, reason="応対がひどかった。", customer=customer)), ("応対がひどかった。", "support")
    )
    assert customer.state is CustomerState.DORMANT


@pytest.mark.parametrize(
    ("said", "contract_over", "state"),
    [
        ([("price", True)], False, CustomerState.LAPSED),
        ([("competitor", False)], False, CustomerState.LAPSED),
        ([("forgotten", False)], False, CustomerState.DORMANT),
        ([("lifestyle", True)], False, CustomerState.LAPSED),
        ([("lifestyle", False)], True, CustomerState.LAPSED),
        ([("price", False)], False, None),
        ([], False, None),
    ],
)
def test_the_state_an_answer_speaks_for(said, contract_over, state):
    assert services.proposed_state(said, contract_over) is state


def test_the_same_text_asked_differently_is_read_with_its_question(autumn):
    one = add(sheet(autumn, current="となり町の茶舗"))
    read(one)
    assert codes(one)[0] == "competitor"
    assert db.session.query(Answer).count() == 1
