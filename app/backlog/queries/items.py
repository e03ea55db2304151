"""Backlog items as rows."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.backlog.models import BacklogItem, Decision, Evidence, ItemState
from app.db import db
from app.reasons.models import Reading
from app.responses.models import Answer, Response
from app.surveys.models import Survey


def backlog_item(item_id: int) -> BacklogItem | None:
    """One item with its reason, survey and decisions, or None."""
    return db.session.scalar(_items().where(BacklogItem.id == item_id))


def items_of(survey_id: int) -> Sequence[BacklogItem]:
    """All items of a survey, oldest first."""
    return list(
        db.session.scalars(_items().where(BacklogItem.survey_id == survey_id).order_by(BacklogItem.id))
    )


def _items() -> sa.Select[BacklogItem]:
    return sa.select(BacklogItem).options(
        joinedload(BacklogItem.reason),
        joinedload(BacklogItem.survey),
        selectinload(BacklogItem.decisions).joinedload(Decision.member),
        selectinload(BacklogItem.evidence).joinedload(Evidence.reason),
    )


def undecided_count() -> int:
    """How many items wait for a decision."""
    query = (
        sa.select(sa.func.count()).select_from(BacklogItem).where(BacklogItem.state == ItemState.CANDIDATE)
    )
    return db.session.scalar(query) or 0


def reviews_due(today: date) -> Sequence[BacklogItem]:
    """Items whose newest decision is to be looked at again by today and that nobody has mended, longest due first."""
    newest = sa.select(sa.func.max(Decision.id)).group_by(Decision.item_id)
    query = (
        _items()
        .join(Decision, Decision.item_id == BacklogItem.id)
        .where(
            Decision.id.in_(newest),
            Decision.review_on <= today,
            BacklogItem.state.in_((ItemState.DECIDED, ItemState.IN_PROGRESS)),
        )
        .order_by(Decision.review_on, BacklogItem.id)
    )
    return list(db.session.scalars(query))


def surveys_with_voices() -> Sequence[Survey]:
    """Surveys with at least one answer read, the one with the newest backlog item first, then by newest survey."""
    has_readings = (
        sa.select(Reading.id)
        .join(Answer, Answer.id == Reading.answer_id)
        .join(Response, Response.id == Answer.response_id)
        .where(Response.survey_id == Survey.id)
        .exists()
    )
    newest = (
        sa.select(sa.func.max(BacklogItem.id))
        .where(BacklogItem.survey_id == Survey.id)
        .correlate(Survey)
        .scalar_subquery()
    )
    order = (sa.func.coalesce(newest, 0).desc(), Survey.id.desc())
    return list(db.session.scalars(sa.select(Survey).where(has_readings).order_by(*order)))
