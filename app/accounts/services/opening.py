"""The first set-up: whoever holds the key from the console makes the organisation and is its first administrator."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts import passwords, sessions
from app.accounts.models import Member, Organisation, Role, SetUpKey
from app.accounts.queries import organisation
from app.db import db, let_go
from app.errors import OkaeriError
from app.i18n import gettext as _


class AlreadySetUp(OkaeriError):
    """Somebody else was first."""


@dataclass(frozen=True)
class Founder:
    """The first administrator as they describe themselves."""

    name: str
    email: str
    password: str
    locale: str
    time_zone: str


def key_hash(key: str) -> str:
    """What is kept of a set-up key."""
    return hashlib.sha256(key.encode()).hexdigest()


def make_set_up_key(at: datetime) -> str | None:
    """Draw the key that opens the set-up, in place of the last one; None once the organisation stands."""
    if organisation() is not None:
        return None
    key = secrets.token_urlsafe(24)
    db.session.merge(SetUpKey(id=1, key_hash=key_hash(key), made_at=at))
    return key


def set_up(identity: dict[str, Any], founder: Founder, at: datetime) -> Member:
    """Make the organisation and its first administrator, and sign them in. Raises AlreadySetUp.

    There is one row an organisation can have (its number is checked to be 1), so of two at once the database
    lets exactly one in.
    """
    # Hashing takes long on purpose: nobody waits for the database meanwhile.
    let_go()
    password_hash = passwords.hasher.hash(founder.password)
    try:
        with db.session.begin_nested():
            db.session.add(Organisation(id=1, created_at=at, **identity))
    except IntegrityError:
        raise AlreadySetUp(_("はじめの設定は、もう済んでいます。")) from None
    member = Member(
        email=founder.email.strip().lower(),
        name=founder.name,
        password_hash=password_hash,
        role=Role.ADMINISTRATOR,
        locale=founder.locale,
        time_zone=founder.time_zone,
        created_at=at,
    )
    db.session.add(member)
    db.session.flush()
    audit.record("set_up", "organisation", 1, member.id, at)
    sessions.open_session(member, at)
    return member
