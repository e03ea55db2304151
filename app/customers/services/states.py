"""The state of one customer, as a person or an answer says it."""

from datetime import date, datetime

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


def release_state(customer: Customer, today: date, at: datetime) -> None:
    """Leave the state of a customer to the lapse rule again."""
    customer.state_source = StateSource.RULE
    rule = lapse_rule_in_force()
    if rule is not None:
        apply_lapse_rule(rule, today, at, customer.id)
