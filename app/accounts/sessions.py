"""Server-side sessions: the cookie holds a secret, the row decides."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app, g, request, session

from app import clock
from app.accounts.models import Member, MemberSession
from app.db import db
from app.i18n import LANGUAGES

KEY = "member_session"
PATIENCE = timedelta(minutes=10)  # from the right password to the code


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(member: Member, at: datetime, needs_code: bool = False) -> None:
    """Sign this browser in: a new row, a new secret, nothing kept of what the browser held before.

    `needs_code`: not yet; the row only remembers for a while that the password was right.
    """
    token = secrets.token_urlsafe(32)
    lasting = PATIENCE if needs_code else timedelta(hours=current_app.extensions["settings"].session_hours)
    row = MemberSession(
        token_hash=_hash(token),
        member_id=member.id,
        created_at=at,
        expires_at=at + lasting,
        needs_code=needs_code,
    )
    db.session.add(row)
    if (chosen := session.get("locale")) in LANGUAGES:
        member.locale = chosen  # whoever switches the language at the door means it to stay
    session.clear()
    session[KEY] = token
    if needs_code:
        session["locale"] = member.locale


def close_session(at: datetime) -> None:
    """Sign this browser out."""
    token = session.get(KEY, "")
    db.session.execute(
        sa.update(MemberSession)
        .where(MemberSession.token_hash == _hash(token), MemberSession.ended_at.is_(None))
        .values(ended_at=at)
    )
    session.clear()


def close_sessions_of(member: Member, at: datetime, but_this: bool = False) -> int:
    """Sign a member out everywhere (`but_this`: everywhere else), from the next request on; return how often."""
    open_rows = sa.update(MemberSession).where(
        MemberSession.member_id == member.id, MemberSession.ended_at.is_(None), MemberSession.expires_at > at
    )
    if but_this:
        open_rows = open_rows.where(MemberSession.token_hash != _hash(session.get(KEY, "")))
    closed = db.session.execute(open_rows.values(ended_at=at))
    return int(closed.rowcount)  # type: ignore[attr-defined] # a change has a row count


def sessions_of(member: Member, at: datetime) -> list[tuple[MemberSession, bool]]:
    """Where this member is signed in, newest first; and whether it is this browser."""
    rows = sa.select(MemberSession).where(
        MemberSession.member_id == member.id,
        MemberSession.ended_at.is_(None),
        MemberSession.expires_at > at,
        MemberSession.needs_code.is_(False),
    )
    mine = _hash(session.get(KEY, ""))
    newest_first = rows.order_by(MemberSession.created_at.desc(), MemberSession.id.desc())
    return [(row, row.token_hash == mine) for row in db.session.scalars(newest_first)]


def member_waiting_for_code() -> Member | None:
    """The member of this browser whose password was right and whose code is still missing."""
    return _member_of(session.get(KEY), needs_code=True)


def _member_of(token: str | None, needs_code: bool) -> Member | None:
    if not token:
        return None
    return db.session.scalar(
        sa.select(Member)
        .join(MemberSession, MemberSession.member_id == Member.id)
        .where(
            MemberSession.token_hash == _hash(token),
            MemberSession.ended_at.is_(None),
            MemberSession.expires_at > clock.now(),
            MemberSession.needs_code.is_(needs_code),
            Member.active,
        )
    )


def load_member() -> None:
    """Before each request: who is this?"""
    token = None if request.endpoint == "static" else session.get(KEY)
    g.member = _member_of(token, needs_code=False)


def init_app(app: Flask) -> None:
    app.before_request(load_member)
