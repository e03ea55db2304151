"""What changes in the backlog.

items      promote_reason, create_item, edit_item
evidence   add_evidence, drop_evidence
decisions  decide, start_work, release, wrong_day, measure
"""

from app.backlog.services.decisions import NEXT_STATES, decide, measure, release, start_work, wrong_day
from app.backlog.services.evidence import Grounds, add_evidence, drop_evidence
from app.backlog.services.items import create_item, edit_item, promote_reason, standing_of

__all__ = [
    "NEXT_STATES",
    "Grounds",
    "add_evidence",
    "create_item",
    "decide",
    "drop_evidence",
    "edit_item",
    "measure",
    "promote_reason",
    "release",
    "standing_of",
    "start_work",
    "wrong_day",
]
