"""The clauses an item stands on: whatever is coded with its reason now."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from app.backlog.models import BacklogItem
from app.db import db
from app.reasons.models import Clause, Coding, Reading, Reason
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import heirs_of_merged
from app.reasons.queries.few import fewest_shown
from app.responses.models import Answer, Door, Response, ResponseState


def reason_ids_of(item: BacklogItem, taken: Collection[int] = ()) -> list[int]:
    """The item's reason and its sub-reasons, but for those that are items of their own (`taken`).

    Of a merged reason its heir, unless that is an item of the survey, too: then it counts there.
    """
    heir = heirs_of_merged().get(item.reason_id, item.reason_id)
    if heir != item.reason_id and _is_item(heir, item.survey_id):
        return [item.reason_id]
    children = sa.select(Reason.id).where(Reason.parent_id == heir)
    return [heir, *(child for child in db.session.scalars(children) if child not in taken)]


def _is_item(reason_id: int, survey_id: int) -> bool:
    mine = sa.select(BacklogItem.id).where(
        BacklogItem.reason_id == reason_id, BacklogItem.survey_id == survey_id
    )
    return db.session.scalar(mine) is not None


def coded(survey_id: int) -> sa.Select[Any]:
    """Codings of submitted sheets of a survey, joined up to the sheet. Columns are the caller's to add."""
    return (
        sa.select()
        .select_from(Coding)
        .join(Clause, Clause.id == Coding.clause_id)
        .join(Reading, Reading.id == Clause.reading_id)
        .join(Answer, Answer.id == Reading.answer_id)
        .join(Response, Response.id == Answer.response_id)
        .where(
            Response.survey_id == survey_id,
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
            asks_why(),
        )
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
    """How many people's words support the item."""
    query = coded(item.survey_id).where(Coding.reason_id.in_(reason_ids_of(item)))
    count = db.session.scalar(query.add_columns(sa.func.count(sa.distinct(person())))) or 0
    return count if count >= fewest_shown(item.survey_id) else 0
