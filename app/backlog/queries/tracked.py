"""What was taken home, and what trackers say."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import Member
from app.backlog.models import BacklogItem, Export
from app.backlog.models_exports import ExportPreset, TrackerImport, TrackerIssue
from app.db import db


def issues_of(item_ids: Collection[int]) -> Mapping[int, TrackerIssue]:
    """The tracker's issue of each of these items that has one."""
    query = sa.select(TrackerIssue).where(TrackerIssue.item_id.in_(item_ids))
    return {issue.item_id: issue for issue in db.session.scalars(query)}


def presets_of(member: Member) -> list[ExportPreset]:
    """A member's own presets by name, then those that others share."""
    seen = sa.or_(ExportPreset.member_id == member.id, ExportPreset.shared)
    query = sa.select(ExportPreset).where(seen).options(selectinload(ExportPreset.member))
    return sorted(db.session.scalars(query), key=lambda one: (one.member_id != member.id, one.name, one.id))


def exports_newest(limit: int) -> Sequence[tuple[Export, str | None]]:
    """The newest exports with the name of who made them."""
    query = sa.select(Export, Member.name).outerjoin(Member, Member.id == Export.member_id)
    rows = db.session.execute(query.order_by(Export.at.desc(), Export.id.desc()).limit(limit))
    return [(export, name) for export, name in rows]


def tracker_imports_newest(limit: int) -> Sequence[TrackerImport]:
    """The newest files of tracker states that were applied."""
    query = sa.select(TrackerImport).where(TrackerImport.state != "previewed")
    newest = query.options(selectinload(TrackerImport.member)).order_by(TrackerImport.id.desc())
    return list(db.session.scalars(newest.limit(limit)))


def owners() -> list[str]:
    """Everybody whom items are in the hands of, in the order of their names."""
    query = sa.select(BacklogItem.owner).where(BacklogItem.owner != "").distinct()
    return list(db.session.scalars(query.order_by(BacklogItem.owner)))
