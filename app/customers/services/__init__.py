"""What may be done with customers. One file per thing; everything is called from here."""

from app.customers.services.changes import note_changes, plain
from app.customers.services.lapse import (
    PRESETS,
    Preset,
    apply_lapse_rule,
    draft_lapse_rule,
    follow_purchases,
    save_lapse_rule,
)
from app.customers.services.ledger import (
    add_to_timeline,
    lift_opt_out,
    record_consent,
    record_fact,
    record_facts,
    stop_address,
    suppress,
    write_timeline,
)
from app.customers.services.purchases import recount_purchases
from app.customers.services.segments import delete_segment, save_segment
from app.customers.services.states import release_state, said_by_person, say_state, set_state
from app.customers.services.successions import confirm_succession, name_successor, refuse_succession

__all__ = [
    "PRESETS",
    "Preset",
    "add_to_timeline",
    "apply_lapse_rule",
    "confirm_succession",
    "delete_segment",
    "draft_lapse_rule",
    "follow_purchases",
    "lift_opt_out",
    "name_successor",
    "note_changes",
    "plain",
    "record_consent",
    "record_fact",
    "record_facts",
    "recount_purchases",
    "refuse_succession",
    "release_state",
    "said_by_person",
    "save_lapse_rule",
    "save_segment",
    "say_state",
    "set_state",
    "stop_address",
    "suppress",
    "write_timeline",
]
