"""Saved views: filters of the voices under a name of one's own."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit, edits
from app.accounts.models import Member
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.reasons.models_voices import SavedView

MOST_VIEWS = 30


class ViewRefused(BadInput):
    """The name is taken, or there are views enough."""


def save_view(name: str, shared: bool, filters: Mapping[str, str], member: Member, at: datetime) -> SavedView:
    """Keep filters under a name; the same form sent twice keeps one. Raises ViewRefused."""
    # One after the other for each member, so that two presses at once do not pass the limit.
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    mine = list(db.session.scalars(sa.select(SavedView).where(SavedView.member_id == member.id)))
    there = next((view for view in mine if view.name == name), None)
    if there is not None and (there.filters, there.shared) == (dict(filters), shared):
        return there
    if there is not None:
        raise _taken(name)
    if len(mine) >= MOST_VIEWS:
        raise ViewRefused(
            _("保存できる表示は%(count)s件までです。使わないものを消してください。", count=MOST_VIEWS)
        )
    view = SavedView(
        member_id=member.id, name=name, shared=shared, filters=dict(filters), created_at=at, revision=1
    )
    db.session.add(view)
    db.session.flush()
    audit.record("saved", "saved_view", view.id, member.id, at)
    return view


def change_view(
    view: SavedView, name: str, shared: bool, member: Member, at: datetime, revision: int | None = None
) -> None:
    """Rename a view, or share it. Raises ViewRefused, and edits.Overtaken where somebody was faster."""
    edits.hold(view)
    standing, wanted = {"name": view.name, "shared": view.shared}, {"name": name, "shared": shared}
    if not edits.settle(view, "view", wanted, standing, revision, member):
        return
    try:
        with db.session.begin_nested():
            view.name, view.shared = name, shared
            db.session.flush()
    except IntegrityError:
        raise _taken(name) from None
    edits.keep_edit(view, "view", standing, wanted, member, at)


def delete_view(view: SavedView, member: Member, at: datetime) -> None:
    """Drop a view; the voices stay."""
    edits.hold(view)
    audit.record("deleted", "saved_view", view.id, member.id, at)
    edits.keep_removal(view, member, at)
    db.session.delete(view)


def _taken(name: str) -> ViewRefused:
    return ViewRefused(_("「%(name)s」という表示は、もうあります。", name=name))
