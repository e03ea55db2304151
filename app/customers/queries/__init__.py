"""What is known of customers. One file per thing; everything is asked for here."""

from app.customers.queries.imports import import_batches, imports_after, imports_open, last_mapping
from app.customers.queries.lapse import (
    LapseCount,
    customers_gone,
    gone,
    has_contracts,
    lapse_rule_in_force,
    lapse_rules,
    purchase_gaps,
)
from app.customers.queries.ledger import (
    consents_in_force,
    facts_of,
    has_consent,
    is_suppressed,
    suppressions_of,
    timeline_of,
)
from app.customers.queries.people import (
    SORTS,
    StateCounts,
    customer_states,
    customers_listed,
    purchases_of,
)
from app.customers.queries.segments import (
    SegmentCount,
    count_customers,
    customers_of_segment,
    customers_where,
    segments,
)
from app.customers.queries.successions import successions_of, successions_waiting

__all__ = [
    "SORTS",
    "LapseCount",
    "SegmentCount",
    "StateCounts",
    "consents_in_force",
    "count_customers",
    "customer_states",
    "customers_gone",
    "customers_listed",
    "customers_of_segment",
    "customers_where",
    "facts_of",
    "gone",
    "has_consent",
    "has_contracts",
    "import_batches",
    "imports_after",
    "imports_open",
    "is_suppressed",
    "lapse_rule_in_force",
    "lapse_rules",
    "last_mapping",
    "purchase_gaps",
    "purchases_of",
    "segments",
    "successions_of",
    "successions_waiting",
    "suppressions_of",
    "timeline_of",
]
