"""Who there is."""

import sqlalchemy as sa

from app.accounts.models import Member, Organisation
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
