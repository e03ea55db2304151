"""What members do about themselves: name and language, password, sessions, the second step of signing in."""

from datetime import datetime

import sqlalchemy as sa

from app import audit
from app.accounts import codes, limits, passwords, sessions
from app.accounts.models import Member, RecoveryCode
from app.accounts.services.members import forget_second_step
from app.accounts.services.signing_in import TooManyTries, WrongPassword, spend_code
from app.db import db, let_go
from app.i18n import gettext as _

TRIES, WINDOW_SECONDS = 10, 900


def change_own(member: Member, name: str, locale: str, time_zone: str, at: datetime) -> None:
    """Set how a member is called, and the language and time zone they read."""
    member.name, member.locale, member.time_zone = name, locale, time_zone
    audit.record("changed", "member", member.id, member.id, at, fields=["locale", "name", "time_zone"])


def change_password(member: Member, current: str, new: str, at: datetime) -> None:
    """Set one's own password and sign out everywhere else. Raises WrongPassword, TooManyTries."""
    _prove(member, current, at)
    member.password_hash = passwords.hasher.hash(new)
    sessions.close_sessions_of(member, at, but_this=True)
    audit.record("changed_password", "member", member.id, member.id, at)


def end_other_sessions(member: Member, at: datetime) -> int:
    """Sign this member out in every other browser; return in how many."""
    count = sessions.close_sessions_of(member, at, but_this=True)
    audit.record("ended_sessions", "member", member.id, member.id, at, count=count)
    return count


def begin_second_step(member: Member, password: str, at: datetime) -> None:
    """Draw a new secret, which a code from the phone has to confirm. Raises WrongPassword, TooManyTries."""
    _prove(member, password, at)
    if not member.has_second_step:
        member.totp_secret, member.totp_last_step = codes.make_secret(), 0


def confirm_second_step(member: Member, typed: str, at: datetime) -> list[str]:
    """Ask for codes from now on; return the recovery codes, which are not shown again.

    Raises WrongPassword, TooManyTries.
    """
    _count_try(member, at)
    if member.has_second_step or not spend_code(member, typed, at):
        raise WrongPassword(_("コードが違います。いま表示されている6桁を入力してください。"))
    member.totp_began_at = at
    audit.record("began_second_step", "member", member.id, member.id, at)
    return _new_recovery_codes(member)


def renew_recovery_codes(member: Member, password: str, at: datetime) -> list[str]:
    """Replace the recovery codes. Raises WrongPassword, TooManyTries."""
    _prove(member, password, at)
    audit.record("renewed_recovery_codes", "member", member.id, member.id, at)
    return _new_recovery_codes(member)


def drop_second_step(member: Member, password: str, at: datetime) -> None:
    """Sign in by password alone from now on. Raises WrongPassword, TooManyTries."""
    _prove(member, password, at)
    forget_second_step(member)
    audit.record("dropped_second_step", "member", member.id, member.id, at)


def _prove(member: Member, password: str, at: datetime) -> None:
    """An open browser is not enough for what could lock its owner out."""
    _count_try(member, at)
    password_hash = member.password_hash
    let_go()
    if not passwords.hasher.verify(password, password_hash):
        raise WrongPassword(_("いまのパスワードが違います。"))


def _count_try(member: Member, at: datetime) -> None:
    if not limits.try_once(f"own:{member.id}", at, TRIES, WINDOW_SECONDS):
        raise TooManyTries(_("続けて試されたため、15分ほど受け付けられません。"))


def _new_recovery_codes(member: Member) -> list[str]:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.member_id == member.id))
    drawn = codes.make_recovery_codes()
    db.session.add_all(
        RecoveryCode(member_id=member.id, code_hash=codes.recovery_hash(code)) for code in drawn
    )
    return drawn
