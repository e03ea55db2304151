"""The state of one customer, as a person or an answer says it."""

from datetime import date, datetime

from app import edits
from app.accounts.models import Member
from app.customers.models import Customer, CustomerState, StateSource
from app.customers.queries import lapse_rule_in_force
from app.customers.services.lapse import apply_lapse_rule
from app.customers.services.ledger import write_timeline

_RANK = {StateSource.RULE: 0, StateSource.ANSWER: 1, StateSource.PERSON: 2}


def set_state(customer: Customer, state: CustomerState, source: StateSource, at: datetime) -> bool:
    """Say where a customer stands. False where somebody who outranks `source` has said otherwise."""
    if _RANK[source] < _RANK[customer.state_source]:
        return customer.state is state
    if customer.state is not state:
        changed = {"before": customer.state.value, "after": state.value, "source": source.value}
        write_timeline(customer.id, "state_changed", at, **changed)
        customer.state_at = at
    elif customer.state_source is not source:
        customer.state_at = at
    customer.state, customer.state_source = state, source
    return True


def say_state(
    customer: Customer,
    state: CustomerState | None,
    revision: int | None,
    member: Member | None,
    today: date,
    at: datetime,
) -> None:
    """A member says where a customer stands; None leaves it to the rule. Raises Overtaken."""
    edits.hold(customer)
    wanted, standing = {"state": state or ""}, {"state": said_by_person(customer) or ""}
    if not edits.settle(customer, "said_state", wanted, standing, revision, member):
        return
    if state is None:
        release_state(customer, today, at)
    else:
        set_state(customer, state, StateSource.PERSON, at)
    edits.keep_edit(customer, "said_state", standing, wanted, member, at)


def said_by_person(customer: Customer) -> CustomerState | None:
    """The state a member has said; None where a rule or an answer decides."""
    return customer.state if customer.state_source is StateSource.PERSON else None


def release_state(customer: Customer, today: date, at: datetime) -> None:
    """Leave the state of a customer to the lapse rule again."""
    customer.state_source = StateSource.RULE
    rule = lapse_rule_in_force()
    if rule is not None:
        apply_lapse_rule(rule, today, at, customer.id)
