"""Server-side sessions: the cookie holds a secret, the row decides."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app, g, request, session

from app import clock
from app.accounts.models import Member, MemberSession
from app.db import db

KEY = "member_session"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(member: Member, at: datetime) -> None:
    """Sign this browser in: a new row, a new secret, nothing kept of what the browser held before."""
    token = secrets.token_urlsafe(32)
    hours = current_app.extensions["settings"].session_hours
    row = MemberSession(
        token_hash=_hash(token), member_id=member.id, created_at=at, expires_at=at + timedelta(hours=hours)
    )
    db.session.add(row)
    locale = session.get("locale", member.locale)
    session.clear()
    session[KEY] = token
    session["locale"] = locale


def close_session(at: datetime) -> None:
    """Sign this browser out."""
    token = session.get(KEY, "")
    db.session.execute(
        sa.update(MemberSession)
        .where(MemberSession.token_hash == _hash(token), MemberSession.ended_at.is_(None))
        .values(ended_at=at)
    )
    session.clear()


def close_sessions_of(member: Member, at: datetime) -> None:
    """Sign a member out everywhere, from the next request on."""
    db.session.execute(
        sa.update(MemberSession)
        .where(MemberSession.member_id == member.id, MemberSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def load_member() -> None:
    """Before each request: who is this?"""
    g.member = None
    token = None if request.endpoint == "static" else session.get(KEY)
    if not token:
        return
    g.member = db.session.scalar(
        sa.select(Member)
        .join(MemberSession, MemberSession.member_id == Member.id)
        .where(
            MemberSession.token_hash == _hash(token),
            MemberSession.ended_at.is_(None),
            MemberSession.expires_at > clock.now(),
            Member.active,
        )
    )


def init_app(app: Flask) -> None:
    app.before_request(load_member)
