"""Who there is."""

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member, Organisation, RecoveryCode, SetUpKey
from app.audit import AuditEntry
from app.db import db


def organisation() -> Organisation | None:
    """The organisation of this installation, or None before set-up."""
    return db.session.get(Organisation, 1)


def members() -> list[Member]:
    """All members, active first, by name."""
    return list(db.session.scalars(sa.select(Member).order_by(Member.active.desc(), Member.name)))


def member_by_email(email: str) -> Member | None:
    """The member with this address, in any case."""
    return db.session.scalar(sa.select(Member).where(Member.email == email.strip().lower()))


def set_up_key() -> SetUpKey | None:
    """The key that opens the first set-up, or None where none was made."""
    return db.session.get(SetUpKey, 1)


def founder() -> Member | None:
    """Who set the product up."""
    return db.session.scalar(sa.select(Member).order_by(Member.id).limit(1))


def recovery_codes_left(member: Member) -> int:
    """How many of a member's recovery codes are unused."""
    unused = sa.select(sa.func.count()).where(
        RecoveryCode.member_id == member.id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(unused) or 0


def audit_entries(
    member_id: int | None = None, subject: str = "", since: datetime | None = None
) -> sa.Select[AuditEntry, Member]:
    """The audit log, newest first, each entry with who did it; `member_id` 0: what nobody did."""
    query = sa.select(AuditEntry, Member).outerjoin(Member, Member.id == AuditEntry.member_id)
    if member_id is not None:
        query = query.where(
            AuditEntry.member_id == member_id if member_id else AuditEntry.member_id.is_(None)
        )
    if subject:
        query = query.where(AuditEntry.subject == subject)
    if since:
        query = query.where(AuditEntry.at >= since)
    return query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
