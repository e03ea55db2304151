"""What the reading of a sheet tells the customer's side: facts for segments, and the state it proposes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.clock import day_of
from app.customers.models import Customer, CustomerFact, CustomerState, StateSource
from app.customers.services import record_fact, release_state, set_state
from app.db import db
from app.reasons.models import Clause, Coding, Polarity, Reading, Reason
from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys.models import Question, ReadAs

FACTS = ("reason", "grievance")
GONE = (CustomerState.DORMANT, CustomerState.LAPSED)
COMPLAINTS = (Polarity.NEG, Polarity.MIXED)
# Without a complaint these are a pause, not a farewell.
PAUSES = ("forgotten", "lifestyle")

# What one answer gives: (main reason on the top level, is it a complaint).
Said = list[tuple[str, bool]]


def tell_customers(response_ids: Collection[int], at: datetime) -> None:
    """Bring the facts "reason" and "grievance" and the proposed states up to what these sheets say now."""
    query = sa.select(Response.id, Response.customer_id)
    query = query.where(Response.id.in_(response_ids))
    owners = {number: owner for number, owner in db.session.execute(query) if owner is not None}
    if not owners:
        return
    # One at a time for each customer, in one order: facts are taken away and written anew, states compared and set.
    owned = sa.select(Customer.id).where(Customer.id.in_(set(owners.values()))).order_by(Customer.id)
    db.session.execute(owned.with_for_update())
    families = _families()
    _replace_facts(owners, _said(Response.id.in_(owners), families), families, at)
    _propose_states(set(owners.values()), families, at)


def proposed_state(said: Iterable[tuple[str, bool]], contract_over: bool) -> CustomerState | None:
    """The state a sheet speaks for; None leaves it to what there is."""
    said = list(said)
    if contract_over or any(code == "competitor" or complains for code, complains in said):
        return CustomerState.LAPSED
    if any(code in PAUSES for code, _ in said):
        return CustomerState.DORMANT
    return None


def _families() -> dict[str, tuple[str, ...]]:
    """For each code itself and, where it stands below another, that one too (last)."""
    parent = aliased(Reason)
    pairs = sa.select(Reason.code, parent.code).outerjoin(parent, parent.id == Reason.parent_id)
    return {code: (code, above) if above else (code,) for code, above in db.session.execute(pairs)}


def _said(sheets: sa.ColumnElement[bool], families: Mapping[str, Sequence[str]]) -> dict[int, Said]:
    """By sheet, oldest first. A wish for something better is not held against us."""
    query = (
        sa.select(Response.id, Reason.code, Reading.polarity)
        .join(Answer, Answer.response_id == Response.id)
        .join(Question, Question.id == Answer.question_id)
        .join(Reading, Reading.answer_id == Answer.id)
        .join(Reason, Reason.id == Reading.main_reason_id)
        .where(sheets, Question.read_as != ReadAs.IMPROVE, Reason.code != "none")
        .order_by(Response.submitted_at, Response.id, Answer.id)
    )
    found: dict[int, Said] = defaultdict(list)
    for number, code, polarity in db.session.execute(query):
        found[number].append((families[code][-1], polarity in COMPLAINTS))
    return found


def _codes(response_ids: Collection[int]) -> dict[int, set[str]]:
    """The codes stated anywhere on each sheet."""
    query = (
        sa.select(Answer.response_id, Reason.code)
        .join(Reading, Reading.answer_id == Answer.id)
        .join(Clause, Clause.reading_id == Reading.id)
        .join(Coding, Coding.clause_id == Clause.id)
        .join(Reason, Reason.id == Coding.reason_id)
        .where(Answer.response_id.in_(response_ids))
        .distinct()
    )
    found: dict[int, set[str]] = defaultdict(set)
    for number, code in db.session.execute(query):
        found[number].add(code)
    return found


def _replace_facts(
    owners: Mapping[int, int],
    said: Mapping[int, Said],
    families: Mapping[str, Sequence[str]],
    at: datetime,
) -> None:
    sources = _sources(owners)
    grieved = _take_facts(owners)
    codes = _codes(owners.keys())
    for number, customer_id in owners.items():
        for code in sorted({code for own in codes[number] for code in families[own]}):
            record_fact(customer_id, "reason", code, sources[number], at)
        if grievance := next((code for code, complains in said[number] if complains), None):
            record_fact(customer_id, "grievance", grievance, sources[number], at)
    db.session.flush()
    _calm(grieved)


def forget_sheets(owners: Mapping[int, int], at: datetime) -> None:
    """What sheets told of customers whose they are not any more (sheet → customer until now) goes; so may a state."""
    owned = sa.select(Customer.id).where(Customer.id.in_(set(owners.values()))).order_by(Customer.id)
    db.session.execute(owned.with_for_update())
    _calm(_take_facts(owners))
    _propose_states(set(owners.values()), _families(), at)


def _sources(owners: Mapping[int, int]) -> dict[int, str]:
    return {number: f"response:{number}" for number in owners}


def _take_facts(owners: Mapping[int, int]) -> set[int]:
    """Take away what these sheets told; return the customers whose grievance was among it."""
    mine = CustomerFact.customer_id.in_(set(owners.values()))
    told = sa.and_(mine, CustomerFact.kind.in_(FACTS), CustomerFact.source.in_(_sources(owners).values()))
    grieved = sa.select(CustomerFact.customer_id).where(told, CustomerFact.kind == "grievance")
    found = set(db.session.scalars(grieved))
    db.session.execute(sa.delete(CustomerFact).where(told))
    return found


def _calm(grieved: Collection[int]) -> None:
    """Those of whom no grievance is left are not marked with one any more."""
    still = sa.select(CustomerFact.id).where(
        CustomerFact.customer_id == Customer.id, CustomerFact.kind == "grievance"
    )
    calmed = sa.update(Customer).where(Customer.id.in_(grieved), ~still.correlate(Customer).exists())
    db.session.execute(calmed.values(has_grievance=False))


def _propose_states(
    customer_ids: Collection[int], families: Mapping[str, Sequence[str]], at: datetime
) -> None:
    """Only somebody who is gone is told apart into dormant and lapsed; the newest sheet that speaks decides."""
    gone = sa.select(Customer).where(Customer.id.in_(customer_ids), Customer.state.in_(GONE))
    customers = list(db.session.scalars(gone.execution_options(populate_existing=True)))
    if not customers:
        return
    theirs = Response.customer_id.in_([customer.id for customer in customers])
    query = sa.select(Response.id, Response.customer_id).where(
        theirs, Response.state == ResponseState.SUBMITTED, Response.door != Door.TEST
    )
    sheets: dict[int, list[int]] = defaultdict(list)
    for number, customer_id in db.session.execute(
        query.order_by(Response.submitted_at.desc(), Response.id.desc())
    ):
        if customer_id is not None:
            sheets[customer_id].append(number)
    said, today = _said(theirs, families), day_of(at)
    for customer in customers:
        ends_on = customer.account.contract_ends_on if customer.account else None
        over = ends_on is not None and ends_on < today
        states = (proposed_state(said[number], over) for number in sheets[customer.id])
        if state := next(filter(None, states), None):
            set_state(customer, state, StateSource.ANSWER, at)
        elif customer.state_source is StateSource.ANSWER:
            release_state(customer, today, at)
