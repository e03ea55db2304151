"""Whom an item touches: saved segments, and the competitors its voices name."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from analysis.metrics import share_interval
from app.backlog.models import BacklogItem
from app.backlog.queries.evidence import people_of, readings_of
from app.customers.models import Customer, Segment
from app.customers.queries import customers_of_segment, segments
from app.db import db
from app.errors import BadInput
from app.reasons.models_voices import RivalMention
from app.reasons.queries.few import fewest_shown, is_anonymous
from app.responses.models import Door, Response, ResponseState

MOST_SEGMENTS, MOST_RIVALS = 8, 10


@dataclass(frozen=True)
class Touched:
    """Of `asked` people of a segment who answered, `count` speak of the item; share with its 95 % interval."""

    segment: Segment
    count: int
    asked: int

    @property
    def share(self) -> float:
        return self.count / self.asked if self.asked else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return share_interval(self.count, self.asked)


def segments_touched(item: BacklogItem) -> list[Touched]:
    """Saved segments with people who speak of the item, by share; none of an anonymous survey."""
    if is_anonymous(item.survey_id):
        return []
    speaking = set(people_of(item))
    answered = _answered(item.survey_id)
    found = []
    for segment in segments():
        inside = segment_members(segment, answered)
        if count := len(inside & speaking):
            found.append(Touched(segment, count, len(inside)))
    return sorted(found, key=lambda one: (-one.share, one.segment.id))[:MOST_SEGMENTS]


def segment_members(segment: Segment, among: sa.Select[int | None] | None = None) -> set[int]:
    """The customers a segment holds now (of `among`, where given); nobody where its filters are no longer understood."""
    members = in_segment(segment)
    return set(db.session.scalars(members if among is None else members.where(Customer.id.in_(among))))


def in_segment(segment: Segment) -> sa.Select[int]:
    """The same as a query: a segment may hold more customers than a database takes numbers."""
    try:
        return customers_of_segment(segment).with_only_columns(Customer.id)
    except BadInput:
        return sa.select(Customer.id).where(sa.false())


def _answered(survey_id: int) -> sa.Select[int | None]:
    return sa.select(Response.customer_id).where(
        Response.survey_id == survey_id,
        Response.customer_id.is_not(None),
        Response.state == ResponseState.SUBMITTED,
        Response.door != Door.TEST,
    )


def rivals_of(item: BacklogItem) -> Sequence[tuple[str, int]]:
    """(competitor, answers that name it) among the item's answers, most often first."""
    query = (
        sa.select(RivalMention.name, sa.func.count())
        .where(RivalMention.reading_id.in_(readings_of(item)))
        .group_by(RivalMention.name)
        .having(sa.func.count() >= fewest_shown(item.survey_id))
        .order_by(sa.func.count().desc(), RivalMention.name)
        .limit(MOST_RIVALS)
    )
    return [(name, count) for name, count in db.session.execute(query)]
