"""What happened to a sheet, door by door: begun, taken up again, each screen saved, handed in.

Several doors of one invitation lead to one sheet. The first submission wins; until then whoever opens it goes on where
it stands, whatever the door. Its door is in the end the one it was submitted through; the rest is told here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Member
from app.db import db, write
from app.i18n import gettext as _
from app.responses.models import Door, EventKind, Response, ResponseEvent
from app.responses.wording import DOOR_NAMES

_EVENTS = sa.insert(cast(sa.Table, ResponseEvent.__table__))
OPENINGS = (EventKind.STARTED, EventKind.RESUMED)


@dataclass(frozen=True)
class Line:
    """One line of a sheet's history. `by`: the member who entered it, "" where it was the respondent."""

    at: datetime
    door: str
    sentence: str
    by: str = ""


def note(
    response: Response,
    kind: EventKind,
    door: Door,
    at: datetime,
    member: Member | None = None,
    page: int | None = None,
) -> None:
    """Keep that this happened. A sheet that is opened twice in a row through one door is opened once."""
    if kind is EventKind.RESUMED and _was_just_opened(response, door):
        return
    event = {"response_id": response.id, "kind": kind, "door": door, "page": page, "at": at}
    write(_EVENTS, event | {"member_id": member.id if member else None})


def _was_just_opened(response: Response, door: Door) -> bool:
    events = sa.select(ResponseEvent).where(ResponseEvent.response_id == response.id)
    last = db.session.scalar(events.order_by(ResponseEvent.id.desc()).limit(1))
    return last is not None and last.kind in OPENINGS and last.door is door


def events_of(response: Response) -> Sequence[ResponseEvent]:
    """All that happened to a sheet, oldest first."""
    mine = sa.select(ResponseEvent).where(ResponseEvent.response_id == response.id)
    return db.session.scalars(mine.options(joinedload(ResponseEvent.member)).order_by(ResponseEvent.id)).all()


def took_part(response: Response, member: Member) -> bool:
    """Did this member enter something of this sheet?"""
    mine = (ResponseEvent.response_id == response.id, ResponseEvent.member_id == member.id)
    return db.session.scalar(sa.select(ResponseEvent.id).where(*mine).limit(1)) is not None


def history_of(response: Response) -> list[Line]:
    """What happened to a sheet, in words, oldest first."""
    return [
        Line(
            event.at, str(DOOR_NAMES[event.door]), _sentence(event), event.member.name if event.member else ""
        )
        for event in events_of(response)
    ]


def _sentence(event: ResponseEvent) -> str:
    if event.kind is EventKind.SAVED and event.page is not None:
        return _("%(page)s番目の画面を保存しました", page=event.page)
    return {
        EventKind.STARTED: _("答えはじめました"),
        EventKind.RESUMED: _("続きをひらきました"),
        EventKind.SAVED: _("保存しました"),
        EventKind.SUBMITTED: _("送りました"),
    }[event.kind]
