"""Saving and dropping choices of customers."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit, edits
from app.accounts.models import Member
from app.customers.models import Segment
from app.customers.queries import customers_where
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _


class NameTaken(BadInput):
    """There is a segment of this name."""


def save_segment(name: str, filters: dict[str, Any], member: Member | None, at: datetime) -> Segment:
    """Keep a choice of customers under a name; the same form sent twice keeps one.

    Raises BadInput for unknown filters, NameTaken.
    """
    customers_where(filters)
    segment = Segment(name=name, filters=filters, member_id=member.id if member else None, created_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(segment)
    except IntegrityError:
        there = db.session.scalar(sa.select(Segment).where(Segment.name == name))
        if there is not None and there.filters == filters and there.member_id == segment.member_id:
            return there
        raise NameTaken(_("「%(name)s」というセグメントは、もうあります。", name=name)) from None
    audit.record("saved", "segment", segment.id, segment.member_id, at)
    return segment


def delete_segment(segment: Segment, member: Member | None, at: datetime) -> None:
    """Drop a segment. Raises BadInput where a campaign stands on it."""
    edits.hold(segment)
    audit.record("deleted", "segment", segment.id, member.id if member else None, at)
    try:
        with db.session.begin_nested():
            db.session.delete(segment)
    except IntegrityError:
        raise BadInput(_("このセグメントは配信で使われているため、消せません。")) from None
    edits.keep_removal(segment, member, at)
