"""What the backlog knows. One file per thing; everything is asked for here."""

from app.backlog.queries.affected import Touched, rivals_of, segment_members, segments_touched
from app.backlog.queries.choosing import clauses_to_pick, open_themes, reasons_to_choose
from app.backlog.queries.evidence import (
    evidence_count,
    grounds_of,
    owners_of,
    people_of,
    picked_clauses,
    reason_ids_of,
    taken_over,
)
from app.backlog.queries.history import Entry, history_of
from app.backlog.queries.inputs import Chance, Inputs, inputs_of
from app.backlog.queries.items import (
    backlog_item,
    items_of,
    reviews_due,
    surveys_with_voices,
    undecided_count,
)
from app.backlog.queries.ranking import (
    LEAST_PEOPLE,
    VIEWS,
    By,
    RankedBacklog,
    RankedItem,
    Supposed,
    Working,
    rank_inputs,
    ranked_items,
    working_of,
)
from app.backlog.queries.voices import contrary_voice, problem_in_their_words, typical_voices, voices_of

__all__ = [
    "LEAST_PEOPLE",
    "VIEWS",
    "By",
    "Chance",
    "Entry",
    "Inputs",
    "RankedBacklog",
    "RankedItem",
    "Supposed",
    "Touched",
    "Working",
    "backlog_item",
    "clauses_to_pick",
    "contrary_voice",
    "evidence_count",
    "grounds_of",
    "history_of",
    "inputs_of",
    "items_of",
    "open_themes",
    "owners_of",
    "people_of",
    "picked_clauses",
    "problem_in_their_words",
    "rank_inputs",
    "ranked_items",
    "reason_ids_of",
    "reasons_to_choose",
    "reviews_due",
    "rivals_of",
    "segment_members",
    "segments_touched",
    "surveys_with_voices",
    "taken_over",
    "typical_voices",
    "undecided_count",
    "voices_of",
    "working_of",
]
