"""Saved views of the voices."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import Member
from app.db import db
from app.reasons.models_voices import SavedView


def views_of(member: Member) -> list[SavedView]:
    """A member's own views by name, then those that others share."""
    seen = sa.or_(SavedView.member_id == member.id, SavedView.shared)
    query = sa.select(SavedView).where(seen).options(selectinload(SavedView.member))
    return sorted(
        db.session.scalars(query), key=lambda view: (view.member_id != member.id, view.name, view.id)
    )
