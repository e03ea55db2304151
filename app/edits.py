"""Two people editing one thing: whoever comes second is told what the first one changed, and nothing typed is lost.

Whatever a form changes has a `revision`; the form carries the one it was filled from. A service holds the row, asks
`settle` whether the wanted values may be written, writes, and keeps an `Edit`. Edits of another part of the same row,
and a form sent twice, are no clash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import audit
from app.db import Base, Instant, Json, Row, db
from app.errors import EditClash
from app.i18n import gettext as _

if TYPE_CHECKING:
    from app.accounts.models import Member

STATE, REMOVED = "state", "removed"


class Edit(Row, Base):
    """One change by a person: which part of which row, the values before and after, and the revision it made.

    `part` is what one form changes ("texts", "question:q1"), "state" or "removed". The row may be gone since.
    """

    __tablename__ = "edit"
    __table_args__ = (sa.Index("ix_edit_subject_subject_id_revision", "subject", "subject_id", "revision"),)

    subject: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int]
    part: Mapped[str] = mapped_column(sa.String(64))
    revision: Mapped[int]
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    member: Mapped["Member | None"] = relationship()


@dataclass(frozen=True)
class Theirs:
    """What stands in a field that others changed; `typed`: the one who comes second changed it too."""

    value: Any
    typed: bool
    by: str = ""
    at: datetime | None = None


class Overtaken(EditClash):
    """Somebody saved since. `revision`: what to send to save all the same; `theirs`: the fields they changed."""

    def __init__(self, sentence: str, revision: int, theirs: Mapping[str, Theirs] | None = None) -> None:
        super().__init__(sentence)
        self.revision, self.theirs = revision, dict(theirs or {})


class Removed(EditClash):
    """What was to be changed has been removed meanwhile."""


def hold(row: Any) -> None:
    """Keep others out of this row until the commit, and read it afresh. Raises Removed."""
    db.session.flush()  # refreshing would throw away what is not written yet
    try:
        # Of this table alone: PostgreSQL locks no outer joins, and the row may have been loaded with some.
        db.session.refresh(row, with_for_update={"of": type(row)})
    except InvalidRequestError:
        raise Removed(_("そのあいだに、ほかの方が消しました。")) from None


def settle(
    row: Any,
    part: str,
    wanted: Mapping[str, Any],
    standing: Mapping[str, Any],
    shown: int | None,
    member: "Member | None",
) -> bool:
    """May `wanted` be written over `standing`? False where it stands so already: the same form sent twice.

    `shown`: the revision the form was filled from; None for callers without a screen. Raises Overtaken where others
    have changed what this form changes. Call it between `hold` and the writing.
    """
    now, mine = plain(standing), plain(wanted)
    if all(now[name] == mine[name] for name in mine):
        return False
    if shown is None or shown == row.revision:
        return True
    since = edits_since(row, shown)
    ours = [edit for edit in since if edit.part == part]
    base = {name: value for edit in reversed(ours) for name, value in edit.before.items()}
    # A revision nobody wrote down (a rule, a missing field): everything may have changed.
    is_known = shown > 0 and bool(since)
    changed = [name for name in mine if not is_known or base.get(name, now[name]) != now[name]]
    if all(now[name] == mine[name] for name in changed):
        return True
    theirs = {
        name: _theirs(ours, name, standing[name], not is_known or mine[name] != base.get(name))
        for name in changed
        if now[name] != mine[name]
    }
    raise Overtaken(who_was_first(ours, member), row.revision, theirs)


def check_unchanged(row: Any, shown: int | None, member: "Member | None", parts: Sequence[str] = ()) -> None:
    """For a button that acts on what was read: raises Overtaken where others changed it since.

    `parts`: only changes of these count; all but the state unless given.
    """
    if shown is None or shown == row.revision:
        return
    since = edits_since(row, shown) if shown > 0 else []
    mine = member.id if member else None
    others = [
        edit
        for edit in since
        if edit.member_id != mine and (edit.part in parts if parts else edit.part != STATE)
    ]
    if others or not since:
        raise Overtaken(who_was_first(others, member), row.revision)


def keep_edit(
    row: Any,
    part: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    member: "Member | None",
    at: datetime,
    **detail: Any,
) -> Edit:
    """Write down what was changed just now, count the revision on, and tell the audit log (without the values)."""
    old, new = plain(before), plain(after)
    changed = [name for name in new if name not in old or old[name] != new[name]]
    row.revision += 1
    db.session.flush()
    edit = Edit(
        subject=row.__tablename__,
        subject_id=row.id,
        part=part,
        revision=row.revision,
        member_id=member.id if member else None,
        at=at,
        before={name: old[name] for name in changed if name in old},
        after={name: new[name] for name in changed},
    )
    db.session.add(edit)
    if part != STATE:
        audit.record("changed", edit.subject, row.id, edit.member_id, at, what=part, **detail)
    return edit


def keep_removal(row: Any, member: "Member | None", at: datetime) -> None:
    """Write down who removes this row, so that whoever is still editing it can be told.

    What was changed before goes with the row: SQLite gives its number to the next one.
    """
    db.session.execute(sa.delete(Edit).where(Edit.subject == row.__tablename__, Edit.subject_id == row.id))
    edit = Edit(subject=row.__tablename__, subject_id=row.id, part=REMOVED, revision=0, at=at)
    edit.member_id, edit.before, edit.after = member.id if member else None, {"name": row.name}, {}
    db.session.add(edit)


def removal_of(kind: type[Base], number: int) -> Edit | None:
    """Who removed the row of this number, and when."""
    mine = sa.select(Edit).where(
        Edit.subject == kind.__tablename__, Edit.subject_id == number, Edit.part == REMOVED
    )
    return db.session.scalar(mine.order_by(Edit.id.desc()).limit(1))


def edits_since(row: Any, shown: int) -> list[Edit]:
    """What people changed after this revision, oldest first."""
    mine = sa.select(Edit).where(Edit.subject == row.__tablename__, Edit.subject_id == row.id)
    later = mine.where(Edit.revision > shown, Edit.part != REMOVED)
    return list(db.session.scalars(later.order_by(Edit.id)))


def last_edit(row: Any, part: str) -> Edit | None:
    """The newest change of a part."""
    mine = sa.select(Edit).where(Edit.subject == row.__tablename__, Edit.subject_id == row.id)
    return db.session.scalar(mine.where(Edit.part == part).order_by(Edit.id.desc()).limit(1))


def repeat_of(
    row: Any, part: str, wanted: Mapping[str, Any], shown: int | None, member: "Member | None"
) -> Edit | None:
    """The same act by the same member from the same screen: a form that was sent twice."""
    if not shown or member is None:
        return None
    mine = plain(wanted)
    since = (one for one in edits_since(row, shown) if one.part == part and one.member_id == member.id)
    return next((one for one in since if all(one.after.get(name) == mine[name] for name in mine)), None)


def was_mine(row: Any, part: str, member: "Member | None") -> bool:
    """Was the newest change of this part by the same member?"""
    last = last_edit(row, part)
    return last is not None and member is not None and last.member_id == member.id


def name_of(edit: Edit | None) -> str:
    """佐藤さん, or "another person" where nobody is known."""
    member = edit.member if edit else None
    return _("%(name)sさん", name=member.name) if member else _("ほかの方")


def who_was_first(edits: Sequence[Edit], member: "Member | None") -> str:
    """Who was faster, as a sentence that asks what to do."""
    if not edits:
        return _("そのあいだに、内容が変わりました。どちらにしますか。")
    if member is not None and all(edit.member_id == member.id for edit in edits):
        return _("別の画面で、ご自分が先に変えています。どちらにしますか。")
    others = [edit for edit in edits if member is None or edit.member_id != member.id]
    names = _("、").join(dict.fromkeys(name_of(edit) for edit in others))
    return _("%(name)sが先に変えました。どちらにしますか。", name=names)


def plain(value: Any) -> Any:
    """A value as JSON keeps it, so that what was typed and what stands can be compared."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        # Browsers send line ends as two characters.
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return [plain(one) for one in value]
    return value


def _theirs(edits: Sequence[Edit], name: str, value: Any, typed: bool) -> Theirs:
    last = next((edit for edit in reversed(edits) if name in edit.after), None)
    return Theirs(value, typed, name_of(last) if last else "", last.at if last else None)
