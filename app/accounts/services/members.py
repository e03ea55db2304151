"""Members and the organisation, as administrators keep them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit, edits
from app.accounts import passwords, sessions
from app.accounts.models import Member, Organisation, RecoveryCode, Role
from app.accounts.queries import organisation
from app.db import db, let_go
from app.errors import BadInput
from app.i18n import gettext as _


def add_member(
    email: str, name: str, password: str, role: Role, at: datetime, by: Member | None = None
) -> Member:
    """Add a member. Raises BadInput where the address is taken.

    Hashing takes long on purpose and comes before the first query: call it with no transaction open.
    """
    member = Member(
        email=email.strip().lower(),
        name=name,
        password_hash=passwords.hasher.hash(password),
        role=role,
        created_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(member)
    except IntegrityError:
        raise BadInput(_("このメールアドレスのメンバーは、もういます。")) from None
    audit.record("added", "member", member.id, by.id if by else None, at, role=role.value)
    return member


def change_role(
    member: Member, role: Role, active: bool, by: Member | None, at: datetime, revision: int | None = None
) -> None:
    """Give a member another role, or let them go. The last active administrator stays. Raises Overtaken, BadInput."""
    if member.role is Role.ADMINISTRATOR and (role is not Role.ADMINISTRATOR or not active):
        # Locked before they are counted, so that two administrators cannot let go of each other at once.
        administrators = sa.select(Member.id).where(Member.role == Role.ADMINISTRATOR, Member.active)
        left = set(db.session.scalars(administrators.order_by(Member.id).with_for_update()))
        if not left - {member.id}:
            raise BadInput(_("管理者がいなくなるため、変えられません。"))
    edits.hold(member)
    wanted, standing = {"role": role, "active": active}, {"role": member.role, "active": member.active}
    if not edits.settle(member, "role", wanted, standing, revision, by):
        return
    member.role, member.active = role, active
    if not active:
        sessions.close_sessions_of(member, at)
    edits.keep_edit(member, "role", standing, wanted, by, at, role=role.value, active=active)


def set_password(member: Member, password: str, by: Member | None, at: datetime) -> None:
    """Give a member who has forgotten it a new password, and sign them out everywhere."""
    let_go()
    member.password_hash = passwords.hasher.hash(password)
    sessions.close_sessions_of(member, at)
    audit.record("set_password", "member", member.id, by.id if by else None, at)


def reset_second_step(member: Member, by: Member | None, at: datetime) -> None:
    """Let a member whose phone and recovery codes are gone sign in by password alone again."""
    forget_second_step(member)
    sessions.close_sessions_of(member, at)
    audit.record("reset_second_step", "member", member.id, by.id if by else None, at)


def forget_second_step(member: Member) -> None:
    """Take away what the second step stands on."""
    member.totp_secret = member.totp_began_at = None
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.member_id == member.id))


def change_organisation(
    by: Member | None, at: datetime, revision: int | None = None, /, **fields: str | bool
) -> Organisation:
    """Set the organisation's name and mail identity. Raises Overtaken."""
    found = organisation()
    if found is None:
        found = Organisation(id=1, name="", created_at=at)
        db.session.add(found)
        db.session.flush()
    edits.hold(found)
    standing = {name: getattr(found, name) for name in fields}
    if edits.settle(found, "identity", fields, standing, revision, by):
        for name, value in fields.items():
            setattr(found, name, value)
        edits.keep_edit(found, "identity", standing, fields, by, at, fields=sorted(fields))
    return found
