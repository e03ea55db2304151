"""The reasons there are."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.reasons.engine import NONE
from app.reasons.models import Reason


def reasons_in_use() -> list[Reason]:
    """The codebook: top reasons in their order, each followed by those below it; `none` last."""
    query = sa.select(Reason).where(Reason.active).options(selectinload(Reason.parent))
    reasons = list(db.session.scalars(query.order_by(Reason.position, Reason.id)))
    tops = [reason for reason in reasons if reason.parent_id is None]
    tops.sort(key=lambda reason: reason.code == NONE)
    return [one for top in tops for one in (top, *(below for below in reasons if below.parent_id == top.id))]


def reason_by_code(code: str) -> Reason | None:
    """The reason with this code, in use or not."""
    return db.session.scalar(sa.select(Reason).where(Reason.code == code))


def family_of(reason_id: int) -> Sequence[int]:
    """A reason and those below it."""
    family = sa.select(Reason.id).where(sa.or_(Reason.id == reason_id, Reason.parent_id == reason_id))
    return list(db.session.scalars(family))
