"""What waits for a person, in which order, and how far the review has come."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Member
from app.customers.models import Customer
from app.db import db
from app.reasons.models import Clause, Coding, Reading, ReadingState, Reason, ReviewEvent
from app.reasons.queries.search import holds_words
from app.reasons.queries.voices import UNEXPLAINED, readings_with_words
from app.reasons.terms import needles_of
from app.responses.models import Answer, Response

UNSURE = 0.6
ORDERS = ("unsure", "new", "money", "sample")
PRIME = 2**31 - 1
PACE_EVENTS, LONGEST_PAUSE, PACE_WITHIN = 30, timedelta(minutes=5), timedelta(hours=12)


@dataclass(frozen=True)
class Place:
    """Where a reading stands in the queue: ids of its neighbours and its number (None: not among the next)."""

    before: int | None
    after: int | None
    number: int | None


@dataclass(frozen=True)
class Progress:
    """How many readings are confirmed, how many wait, and the minutes they take at the pace of late, if there is one."""

    done: int
    waiting: int
    minutes: int | None

    @property
    def total(self) -> int:
        return self.done + self.waiting


def is_waiting() -> sa.ColumnElement[bool]:
    """SQL: this reading is proposed, and unsure enough to be worth a person's look."""
    return sa.and_(
        Reading.state == ReadingState.PROPOSED, sa.or_(Reading.confidence < UNSURE, Reading.unexplained)
    )


def readings_waiting() -> int:
    """How many readings wait for a person in all surveys."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Reading).where(is_waiting())) or 0


@dataclass(frozen=True)
class Queue:
    """What a reviewer looks through. reason: a code, "none" or "unexplained"; search: words that stand in the answer.

    order: "sample" is a lot drawn by `seed` from all that nobody has confirmed; the others hold what waits: least
    certain first, newest first, or by the yen of a year that went with them.
    """

    survey_id: int | None = None
    order: str = ORDERS[0]
    seed: int = 0
    reason: str = ""
    search: str = ""


def next_to_review(queue: Queue, limit: int | None = None) -> list[int]:
    """Ids of the readings of a queue, in its order."""
    order = queue.order
    waits = Reading.state == ReadingState.PROPOSED if order == "sample" else is_waiting()
    query = _of_survey(sa.select(Reading.id), queue.survey_id).where(waits, *_narrowed(queue))
    columns: dict[str, tuple[Any, ...]] = {
        "unsure": (Reading.confidence, Reading.id),
        "new": (Reading.id.desc(),),
        "money": (sa.func.coalesce(Customer.yearly_revenue, 0).desc(), Reading.confidence, Reading.id),
        "sample": (by_lot(queue.seed), Reading.id),
    }
    if order == "money":
        query = query.join(Response, Response.id == Reading.response_id)
        query = query.outerjoin(Customer, Customer.id == Response.customer_id)
    return list(db.session.scalars(query.order_by(*columns.get(order, columns["unsure"])).limit(limit)))


def by_lot(seed: int) -> sa.ColumnElement[int]:
    """SQL: a number by which readings stand in an order of chance, the same for the same seed.

    The square of a straight line modulo a prime: numbers in a row are scattered, and a new seed scatters them anew.
    """
    line = (sa.cast(Reading.id, sa.BigInteger) * 48271 + (seed % 10**6) * 69621 + 12345) % PRIME
    return (line * line) % PRIME


def expected_misreads(reading_ids: Sequence[int]) -> float:
    """How many first reasons of these readings are wrong, if their confidence holds: the sum of 1 - confidence."""
    rows = db.session.execute(sa.select(Reading.confidence, Reading.state).where(Reading.id.in_(reading_ids)))
    return sum(1 - confidence for confidence, state in rows if state is ReadingState.PROPOSED)


def _narrowed(queue: Queue) -> Iterable[sa.ColumnElement[bool]]:
    if queue.reason == UNEXPLAINED:
        yield Reading.unexplained.is_(True)
    elif queue.reason:
        named = sa.select(Reason.id).where(Reason.code == queue.reason)
        below = sa.select(Reason.id).where(Reason.parent_id.in_(named))
        coded = sa.select(Clause.reading_id).join(Coding, Coding.clause_id == Clause.id)
        coded = coded.where(sa.or_(Coding.reason_id.in_(named), Coding.reason_id.in_(below)))
        yield sa.or_(Reading.main_reason_id.in_(named), Reading.id.in_(coded))
    if queue.search:
        yield holds_words(needles_of(queue.search), unmasked=True)


def place_of(reading: Reading, queue: Sequence[int]) -> Place:
    """The place of a reading in a queue; one that is not waiting stands before all."""
    if reading.id not in queue:
        return Place(None, queue[0] if queue else None, None)
    at = queue.index(reading.id)
    before = queue[at - 1] if at else None
    after = queue[at + 1] if at + 1 < len(queue) else None
    return Place(before, after, at + 1)


def review_progress(survey_id: int | None, member: Member, at: datetime) -> Progress:
    """Confirmed readings against those that wait, and the minutes these take at the member's own pace of today."""
    confirmed = sa.func.count(sa.case((Reading.state == ReadingState.CONFIRMED, 1)))
    waiting = sa.func.count(sa.case((is_waiting(), 1)))
    counted = sa.select(confirmed, waiting).select_from(Reading)
    done, left = db.session.execute(_of_survey(counted, survey_id)).one()
    return Progress(done, left, _minutes(left, member, at))


def _minutes(left: int, member: Member, at: datetime) -> int | None:
    """Minutes for so many answers, from the middle pause between the last ones; None where there are few.

    One answer may take several decisions: the pause is from the last one of an answer to the last one of the next.
    """
    mine = (
        sa.select(sa.func.max(ReviewEvent.at).label("at"))
        .where(
            ReviewEvent.member_id == member.id,
            ReviewEvent.reading_id.is_not(None),
            ReviewEvent.at > at - PACE_WITHIN,
        )
        .group_by(ReviewEvent.reading_id)
    )
    instants = list(db.session.scalars(mine.order_by(sa.desc("at")).limit(PACE_EVENTS)))
    pauses = sorted(later - earlier for later, earlier in pairwise(instants))
    pauses = pauses[: bisect_left(pauses, LONGEST_PAUSE)]
    if len(pauses) < 5:
        return None
    return max(1, round(pauses[len(pauses) // 2].total_seconds() * left / 60))


def _of_survey(query: sa.Select[*tuple[Any, ...]], survey_id: int | None) -> sa.Select[*tuple[Any, ...]]:
    return query if survey_id is None else query.where(Reading.survey_id == survey_id)


def alike_confirmed(reading: Reading, word: str) -> Reading | None:
    """The newest answer with the same main reason and this word in it that a person has decided on."""
    if reading.main_reason_id is None:
        return None
    mine = (
        sa.select(Reading.id)
        .join(Answer, Answer.id == Reading.answer_id)
        .join(Clause, Clause.reading_id == Reading.id)
        .join(Coding, sa.and_(Coding.clause_id == Clause.id, Coding.reason_id == reading.main_reason_id))
        .where(
            Reading.state == ReadingState.CONFIRMED,
            Reading.main_reason_id == reading.main_reason_id,
            Reading.id != reading.id,
            Answer.text.contains(word, autoescape=True),
        )
    )
    found = readings_with_words(mine.order_by(Reading.confirmed_at.desc()).limit(1))
    return found[0] if found else None
