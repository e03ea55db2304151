"""Signing in, members and the organisation."""

from datetime import datetime

import sqlalchemy as sa
from pwdlib import PasswordHash
from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts import limits, sessions
from app.accounts.models import Member, Organisation, Role
from app.accounts.queries import member_by_email, organisation
from app.db import db, let_go
from app.errors import BadInput
from app.i18n import gettext as _

hasher = PasswordHash.recommended()
# Compared against when no such member exists, so that a wrong address takes as long as a wrong password.
_NOBODY = hasher.hash("nobody has this password")
TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, WINDOW_SECONDS = 10, 50, 900


class WrongPassword(BadInput):
    """Address or password are wrong; which of them is not told."""


class TooManyTries(BadInput):
    status = 429


def sign_in(email: str, password: str, network_address: str, at: datetime) -> Member:
    """Check the password within the limits and open a session. Raises WrongPassword, TooManyTries."""
    email = email.strip().lower()
    within = limits.try_once(f"sign-in:{email}"[:120], at, TRIES_PER_ACCOUNT, WINDOW_SECONDS)
    within &= limits.try_once(f"sign-in-from:{network_address}"[:120], at, TRIES_PER_ADDRESS, WINDOW_SECONDS)
    if not within:
        raise TooManyTries(_("続けて試されたため、15分ほど受け付けられません。"))
    found = member_by_email(email)
    member_id, password_hash = (found.id, found.password_hash) if found else (None, _NOBODY)
    # Comparing takes long on purpose: nobody waits for the database meanwhile.
    let_go()
    right = hasher.verify(password, password_hash)
    member = db.session.get(Member, member_id) if right and member_id is not None else None
    if member is None or not member.active or member.password_hash != password_hash:
        raise WrongPassword(_("メールアドレスかパスワードが違います。"))
    sessions.open_session(member, at)
    audit.record("signed_in", "member", member.id, member.id, at)
    return member


def add_member(
    email: str, name: str, password: str, role: Role, at: datetime, by: Member | None = None
) -> Member:
    """Add a member. Raises BadInput where the address is taken.

    Hashing takes long on purpose and comes before the first query: call it with no transaction open.
    """
    member = Member(
        email=email.strip().lower(), name=name, password_hash=hasher.hash(password), role=role, created_at=at
    )
    try:
        with db.session.begin_nested():
            db.session.add(member)
    except IntegrityError:
        raise BadInput(_("このメールアドレスのメンバーは、もういます。")) from None
    audit.record("added", "member", member.id, by.id if by else None, at, role=role.value)
    return member


def change_role(member: Member, role: Role, active: bool, by: Member, at: datetime) -> None:
    """Give a member another role, or let them go. The last active administrator stays."""
    if member.role is Role.ADMINISTRATOR and (role is not Role.ADMINISTRATOR or not active):
        # Locked before they are counted, so that two administrators cannot let go of each other at once.
        administrators = sa.select(Member.id).where(Member.role == Role.ADMINISTRATOR, Member.active)
        left = set(db.session.scalars(administrators.order_by(Member.id).with_for_update()))
        if not left - {member.id}:
            raise BadInput(_("管理者がいなくなるため、変えられません。"))
    member.role, member.active = role, active
    if not active:
        sessions.close_sessions_of(member, at)
    audit.record("changed", "member", member.id, by.id, at, role=role.value, active=active)


def change_organisation(by: Member | None, at: datetime, **fields: str | bool) -> Organisation:
    """Set the organisation's name and mail identity."""
    found = organisation()
    if found is None:
        found = Organisation(id=1, name="", created_at=at)
        db.session.add(found)
    for name, value in fields.items():
        setattr(found, name, value)
    audit.record("changed", "organisation", 1, by.id if by else None, at, fields=sorted(fields))
    return found
