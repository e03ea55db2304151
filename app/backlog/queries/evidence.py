"""The clauses an item stands on: what is coded with its reasons now, and what was picked for it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.backlog.models import BacklogItem, Evidence
from app.db import db
from app.reasons.models import Clause, Coding, Reading, Reason
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import heirs_of_merged
from app.reasons.queries.few import fewest_shown
from app.reasons.queries.mentions import clauses_with_words
from app.responses.models import Answer, Door, Response, ResponseState


def held_reasons(survey_id: int) -> dict[int, int]:
    """Which item of a survey stands on each reason, by reason id; what was merged goes with its heir.

    Where the heir is evidence of its own, it counts for that item.
    """
    rows = sa.select(Evidence.reason_id, Evidence.item_id).where(
        Evidence.survey_id == survey_id, Evidence.reason_id.is_not(None)
    )
    found = db.session.execute(rows.order_by(Evidence.id)).all()
    own = {row.reason_id: row.item_id for row in found if row.reason_id is not None}
    heirs = heirs_of_merged()
    tops = {heirs[reason]: item for reason, item in own.items() if heirs.get(reason, reason) not in own}
    return {**tops, **own}


def owners_of(survey_id: int) -> dict[int, int]:
    """Which item of a survey each reason counts for, by reason id; every reason for one at most.

    Sub-reasons go with their top reason, what was merged with its heir, unless they are evidence of their own.
    """
    held = held_reasons(survey_id)
    children = sa.select(Reason.id, Reason.parent_id).where(Reason.parent_id.in_(list(held)))
    below = {child: held[top] for child, top in db.session.execute(children) if top is not None}
    return {**below, **held}


def reason_ids_of(item: BacklogItem) -> list[int]:
    """The reasons that count for the item; the one it is shown under first."""
    found = [reason for reason, owner in owners_of(item.survey_id).items() if owner == item.id]
    return sorted(found, key=lambda reason: (reason != item.reason_id, reason))


def coded(survey_id: int) -> sa.Select[Any]:
    """Codings of submitted sheets of a survey, joined up to the sheet. Columns are the caller's to add."""
    return _heard(sa.select().select_from(Coding).join(Clause, Clause.id == Coding.clause_id), survey_id)


def _heard(clauses: sa.Select[Any], survey_id: int) -> sa.Select[Any]:
    return (
        clauses.join(Reading, Reading.id == Clause.reading_id)
        .join(Answer, Answer.id == Reading.answer_id)
        .join(Response, Response.id == Answer.response_id)
        .where(
            Response.survey_id == survey_id,
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
            asks_why(),
        )
    )


def picked_here() -> sa.ColumnElement[bool]:
    """SQL: the evidence at hand is a stretch in which the clause at hand begins, and the answer reads as it did."""
    return sa.and_(
        Evidence.reading_id == Clause.reading_id,
        Evidence.start <= Clause.start,
        Evidence.end > Clause.start,
        Evidence.text_hash == Reading.text_hash,
    )


def has_picked(survey_id: int) -> bool:
    """Was any clause of the survey picked for an item?"""
    mine = sa.select(Evidence.id).where(Evidence.survey_id == survey_id, Evidence.reading_id.is_not(None))
    return db.session.scalar(mine.limit(1)) is not None


def picked(survey_id: int) -> sa.Select[Any]:
    """Picked clauses, coded or not, joined up to the sheet, with their Evidence. Columns are the caller's to add."""
    clauses = sa.select().select_from(Clause)
    return _heard(clauses, survey_id).join(Evidence, picked_here())


def stands_on(item: BacklogItem) -> sa.ColumnElement[bool]:
    """SQL, for `coded`: this coding counts for the item. What was picked counts where it was picked, only."""
    by_reason = Coding.reason_id.in_(reason_ids_of(item))
    if not has_picked(item.survey_id):
        return by_reason
    here = sa.select(Evidence.id).where(picked_here()).correlate(Clause, Reading)
    return sa.or_(
        here.where(Evidence.item_id == item.id).exists(), sa.and_(by_reason, sa.not_(here.exists()))
    )


def person() -> sa.ColumnElement[str]:
    """Who speaks: the customer, else the respondent another tool named, else the sheet itself.

    Literals, not parameters: PostgreSQL groups by an expression only if it stands there sign for sign.
    """
    customer, respondent, sheet, empty = (
        sa.literal_column(sign, sa.String) for sign in ("'c'", "'p'", "'r'", "''")
    )
    return sa.case(
        (Response.customer_id.is_not(None), customer + sa.cast(Response.customer_id, sa.String)),
        (Response.respondent != empty, respondent + Response.respondent),
        else_=sheet + sa.cast(Response.id, sa.String),
    )


def evidence_count(item: BacklogItem) -> int:
    """How many people's words support the item; 0 where too few to be told."""
    by_reason = coded(item.survey_id).where(stands_on(item)).add_columns(person().label("who"))
    by_pick = picked(item.survey_id).where(Evidence.item_id == item.id).add_columns(person().label("who"))
    people = sa.union(by_reason, by_pick).subquery()
    count = db.session.scalar(sa.select(sa.func.count()).select_from(people)) or 0
    return count if count >= fewest_shown(item.survey_id) else 0


def people_of(item: BacklogItem) -> list[int]:
    """The customers whose words the item stands on."""
    known = Response.customer_id.is_not(None)
    by_reason = coded(item.survey_id).where(stands_on(item), known).add_columns(Response.customer_id)
    by_pick = picked(item.survey_id).where(Evidence.item_id == item.id, known)
    both = sa.union(by_reason, by_pick.add_columns(Response.customer_id)).subquery()
    return list(db.session.scalars(sa.select(both.c.customer_id).order_by(both.c.customer_id)))


def readings_of(item: BacklogItem) -> list[int]:
    """The readings in which the item is spoken of."""
    return list(db.session.scalars(readings_behind(item).order_by(sa.literal_column("id"))))


def readings_behind(item: BacklogItem) -> sa.Select[int]:
    """The ids of the readings in which the item is spoken of, as a query."""
    by_reason = coded(item.survey_id).where(stands_on(item)).add_columns(Reading.id)
    by_pick = picked(item.survey_id).where(Evidence.item_id == item.id).add_columns(Reading.id)
    both = sa.union(by_reason, by_pick).subquery()
    return sa.select(both.c.id)


def picked_clauses(item: BacklogItem) -> Sequence[tuple[int, int]]:
    """(evidence id, clause id) of what was picked for the item and still stands."""
    query = picked(item.survey_id).where(Evidence.item_id == item.id).add_columns(Evidence.id, Clause.id)
    return [(number, clause) for number, clause in db.session.execute(query.order_by(Evidence.id, Clause.id))]


def taken_over(item: BacklogItem) -> dict[int, tuple[Reason, BacklogItem | None]]:
    """Of an item's evidence what was merged away, by evidence id: the heir, and the other item its voices count for."""
    heirs, held = heirs_of_merged(), held_reasons(item.survey_id)
    found = {}
    for row in item.evidence:
        if row.reason_id not in heirs:
            continue
        heir = db.session.get_one(Reason, heirs[row.reason_id])
        holder = held.get(heir.id, item.id)
        found[row.id] = (heir, db.session.get_one(BacklogItem, holder) if holder != item.id else None)
    return found


def grounds_of(item: BacklogItem) -> list[tuple[Evidence, list[Clause]]]:
    """What the item stands on, each part with the picked clauses that still begin in it.

    No clauses where so few sheets of an anonymous survey speak of it that they could be told apart.
    """
    if not evidence_count(item):
        return [(row, []) for row in item.evidence]
    of_evidence: dict[int, list[int]] = {}
    for number, clause in picked_clauses(item):
        of_evidence.setdefault(number, []).append(clause)
    wanted = [clause for clauses in of_evidence.values() for clause in clauses]
    words = {clause.id: clause for clause in clauses_with_words(wanted)}
    return [
        (row, [words[one] for one in of_evidence.get(row.id, ()) if one in words]) for row in item.evidence
    ]
