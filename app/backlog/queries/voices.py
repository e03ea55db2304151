"""What people say about an item: typical voices, one to the contrary, and the words to put the problem into."""

from collections.abc import Sequence

import sqlalchemy as sa

from analysis.labeler import closeness, name_theme
from app.backlog.models import BacklogItem
from app.backlog.queries.affected import in_segment
from app.backlog.queries.evidence import (
    coded,
    evidence_count,
    picked_clauses,
    readings_behind,
    readings_of,
    stands_on,
)
from app.customers.models import Segment
from app.db import db
from app.paging import PAGE_SIZE, Page
from app.reasons.models import Clause, ClauseRole, Coding, Reading, ReadingState
from app.reasons.queries.few import fewest_shown
from app.reasons.queries.mentions import CANDIDATES, clauses_with_words
from app.reasons.queries.voices import readings_with_words
from app.reasons.queries.words import quote_of, shown_text
from app.responses.models import Door, Response, ResponseState

TYPICAL = 3
READ = 60  # clauses whose words are looked at
OTHER_SIDE = (ClauseRole.PRAISE, ClauseRole.NEGATED, ClauseRole.CONCEDED)
ALIKE = 0.6  # of the words in common that the item's own voices have, weighed by rarity


def typical_voices(item: BacklogItem, limit: int = TYPICAL) -> list[Clause]:
    """Clauses that show the item well, from different sheets: picked ones first, then confirmed and sure ones.

    None where so few sheets of an anonymous survey speak of it that they could be told apart.
    """
    if not evidence_count(item):
        return []
    return _from_different_sheets(_best_first(item, limit * 5), limit)


def _best_first(item: BacklogItem, limit: int) -> list[int]:
    """Ids of clauses: picked ones, then those that tell the most at a glance among the newest."""
    first = [clause for _evidence, clause in picked_clauses(item)]
    newest = coded(item.survey_id).where(stands_on(item)).add_columns(Coding.id)
    newest = newest.order_by(Coding.id.desc()).limit(CANDIDATES)
    fair = sa.case(((Clause.end - Clause.start).between(10, 60), 0), else_=1)
    confirmed = sa.case((Reading.state == ReadingState.CONFIRMED, 0), else_=1)
    sure = sa.func.coalesce(Coding.probability, 1.0).desc()
    query = (
        sa.select(Clause.id)
        .select_from(Coding)
        .join(Clause, Clause.id == Coding.clause_id)
        .join(Reading, Reading.id == Clause.reading_id)
        .where(Coding.id.in_(newest))
        .order_by(fair, confirmed, sure, Clause.id)
        .limit(limit)
    )
    return list(dict.fromkeys([*first, *db.session.scalars(query)]))


def _from_different_sheets(clause_ids: Sequence[int], limit: int) -> list[Clause]:
    """The first of each sheet; who says the same in the same words comes after the others."""
    first: dict[int, Clause] = {}
    for clause in clauses_with_words(clause_ids):
        first.setdefault(clause.reading.response_id, clause)
    words: dict[str, Clause] = {}
    for clause in first.values():
        words.setdefault("".join(filter(str.isalnum, shown_text(quote_of(clause)))), clause)
    return list(dict.fromkeys([*words.values(), *first.values()]))[:limit]


def voices_of(item: BacklogItem, number: int, segment: Segment | None = None) -> Page:
    """A page of the sheets an item stands on, newest first, each by its first such reading; `segment`: of its customers.

    None where so few sheets of an anonymous survey speak of it that they could be told apart.
    """
    if not evidence_count(item):
        return Page([], 1, PAGE_SIZE, 0)
    first = sa.select(sa.func.min(Reading.id)).join(Response, Response.id == Reading.response_id)
    query = first.where(Reading.id.in_(readings_behind(item))).group_by(Response.id, Response.submitted_at)
    if segment is not None:
        query = query.where(Response.customer_id.in_(in_segment(segment)))
    page = Page.of(query.order_by(Response.submitted_at.desc(), Response.id.desc()), number)
    shown = {one.id: one for one in readings_with_words(page.rows)}
    return Page([shown[one] for one in page.rows], page.number, page.size, page.total)


def contrary_voice(item: BacklogItem) -> Clause | None:
    """What speaks for the other side: praise, or a complaint denied or taken back.

    First one about the same matter, whoever says it; else one by somebody who speaks of the item. None where neither
    is there, or so few of an anonymous survey say such things that they could be told apart.
    """
    said = _words_of(_best_first(item, READ))
    candidates = clauses_with_words(list(db.session.scalars(_other_side(item.survey_id))))
    sheets = {clause.reading.response_id for clause in candidates}
    if not said or len(sheets) < fewest_shown(item.survey_id) or not evidence_count(item):
        return None
    near = closeness([shown_text(quote_of(clause)) for clause in candidates], said)
    best = max(range(len(near)), key=near.__getitem__, default=None)
    if best is not None and near[best] >= ALIKE:
        return candidates[best]
    mine = set(readings_of(item))
    return next((clause for clause in candidates if clause.reading_id in mine), None)


def _other_side(survey_id: int) -> sa.Select[int]:
    return (
        sa.select(Clause.id)
        .join(Reading, Reading.id == Clause.reading_id)
        .join(Response, Response.id == Reading.response_id)
        .where(
            Clause.role.in_(OTHER_SIDE),
            Reading.survey_id == survey_id,
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
        )
        .order_by(Clause.id.desc())
        .limit(READ * 5)
    )


def problem_in_their_words(item: BacklogItem) -> str:
    """The stretch of words that says best what the item's voices share; "" where too few may be read."""
    if not evidence_count(item):
        return ""
    said = _words_of(_best_first(item, READ))
    return name_theme(said) if said else ""


def _words_of(clause_ids: Sequence[int]) -> list[str]:
    """What these clauses say, hidden words hidden."""
    return [shown_text(quote_of(clause)) for clause in clauses_with_words(clause_ids)]
