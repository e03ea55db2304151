"""Signing in: the password, then, for those who want it, the code of their phone."""

from datetime import datetime

import sqlalchemy as sa

from app import audit
from app.accounts import codes, limits, passwords, sessions
from app.accounts.models import Member, RecoveryCode
from app.accounts.queries import member_by_email
from app.db import db, let_go
from app.errors import BadInput
from app.i18n import gettext as _

TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, WINDOW_SECONDS = 10, 50, 900


class WrongPassword(BadInput):
    """Address or password are wrong; which of them is not told."""


class TooManyTries(BadInput):
    status = 429


def sign_in(email: str, password: str, network_address: str, at: datetime) -> Member:
    """Check the password within the limits and open a session, which waits for a code where the member has a
    second step. Raises WrongPassword, TooManyTries.
    """
    email = email.strip().lower()
    within = limits.try_once(f"sign-in:{email}"[:120], at, TRIES_PER_ACCOUNT, WINDOW_SECONDS)
    network = limits.network_of(network_address)
    within &= limits.try_once(f"sign-in-from:{network}"[:120], at, TRIES_PER_ADDRESS, WINDOW_SECONDS)
    if not within:
        raise _too_many()
    found = member_by_email(email)
    nobody = passwords.nobody()  # made now, whoever asks
    member_id, password_hash = (found.id, found.password_hash) if found else (None, nobody)
    # Comparing takes long on purpose: nobody waits for the database meanwhile.
    let_go()
    right = passwords.hasher.verify(password, password_hash)
    member = db.session.get(Member, member_id) if right and member_id is not None else None
    if member is None or not member.active or member.password_hash != password_hash:
        raise WrongPassword(_("メールアドレスかパスワードが違います。"))
    sessions.open_session(member, at, needs_code=member.has_second_step)
    if not member.has_second_step:
        audit.record("signed_in", "member", member.id, member.id, at)
    return member


def pass_second_step(member: Member, typed: str, at: datetime) -> None:
    """Sign in a member whose password was right by a code of the phone or a recovery code; each passes once.

    Raises WrongPassword, TooManyTries.
    """
    if not limits.try_once(f"second-step:{member.id}", at, TRIES_PER_ACCOUNT, WINDOW_SECONDS):
        raise _too_many()
    by_phone = spend_code(member, typed, at)
    if not by_phone and not _spend_recovery_code(member, typed, at):
        raise WrongPassword(_("コードが違います。いま表示されている6桁を入力してください。"))
    sessions.close_session(at)
    sessions.open_session(member, at)
    audit.record("signed_in", "member", member.id, member.id, at, step="phone" if by_phone else "recovery")


def spend_code(member: Member, typed: str, at: datetime) -> bool:
    """Take a code of the member's phone; one that was taken before, or is older than one that was, is refused."""
    step = codes.matching_step(member.totp_secret, typed, at) if member.totp_secret else None
    if step is None:
        return False
    fresh = sa.update(Member).where(Member.id == member.id, Member.totp_last_step < step)
    return bool(db.session.execute(fresh.values(totp_last_step=step)).rowcount)  # type: ignore[attr-defined] # a change has a row count


def _spend_recovery_code(member: Member, typed: str, at: datetime) -> bool:
    unused = sa.update(RecoveryCode).where(
        RecoveryCode.member_id == member.id,
        RecoveryCode.code_hash == codes.recovery_hash(typed),
        RecoveryCode.used_at.is_(None),
    )
    return bool(db.session.execute(unused.values(used_at=at)).rowcount)  # type: ignore[attr-defined] # a change has a row count


def _too_many() -> TooManyTries:
    return TooManyTries(_("続けて試されたため、15分ほど受け付けられません。"))
