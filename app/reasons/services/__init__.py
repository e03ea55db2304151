"""What may be done with readings, reasons and themes. One file per thing; everything is called from here."""

from app.reasons.services.codebook import seed_codebook
from app.reasons.services.edits import (
    add_reason,
    make_main,
    mark_unexplained,
    move_reason,
    remove_reason,
    shown_at,
)
from app.reasons.services.learning import lessons, own_codes, taught_engine
from app.reasons.services.reading import read_answers, store_findings
from app.reasons.services.review import (
    confirm_reading,
    last_decision,
    last_decision_of,
    set_codings,
    undo_last,
)
from app.reasons.services.runs import (
    STILL_AFTER,
    begin_reading,
    cancel_run,
    claim_run,
    fail_run,
    finish_run,
    mark_themed,
    next_batch,
    start_run,
    store_batch,
    touch_run,
)
from app.reasons.services.telling import proposed_state, tell_customers
from app.reasons.services.themes import (
    adopt_theme,
    dismiss_theme,
    propose_themes,
    store_themes,
    undo_theme,
)

__all__ = [
    "STILL_AFTER",
    "add_reason",
    "adopt_theme",
    "begin_reading",
    "cancel_run",
    "claim_run",
    "confirm_reading",
    "dismiss_theme",
    "fail_run",
    "finish_run",
    "last_decision",
    "last_decision_of",
    "lessons",
    "make_main",
    "mark_themed",
    "mark_unexplained",
    "move_reason",
    "next_batch",
    "own_codes",
    "propose_themes",
    "proposed_state",
    "read_answers",
    "remove_reason",
    "seed_codebook",
    "set_codings",
    "shown_at",
    "start_run",
    "store_batch",
    "store_findings",
    "store_themes",
    "taught_engine",
    "tell_customers",
    "touch_run",
    "undo_last",
    "undo_theme",
]
