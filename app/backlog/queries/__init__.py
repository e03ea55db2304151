"""What the backlog knows. One file per thing; everything is asked for here."""

from app.backlog.queries.evidence import evidence_count
from app.backlog.queries.items import backlog_item, items_of, surveys_with_voices, undecided_count
from app.backlog.queries.ranking import VIEWS, RankedBacklog, RankedItem, ranked_items

__all__ = [
    "VIEWS",
    "RankedBacklog",
    "RankedItem",
    "backlog_item",
    "evidence_count",
    "items_of",
    "ranked_items",
    "surveys_with_voices",
    "undecided_count",
]
