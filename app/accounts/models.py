"""Members of the organisation and their sessions."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Row, words
from app.i18n import lazy_gettext as _l


class Role(StrEnum):
    """What a member is here for; what each may do stands in access.py."""

    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    VIEWER = "viewer"
    PRODUCT = "product"
    OPERATOR = "operator"
    AUDITOR = "auditor"


ROLE_LABELS = {
    Role.ADMINISTRATOR: _l("管理者"),
    Role.EDITOR: _l("CX編集"),
    Role.VIEWER: _l("CX閲覧"),
    Role.PRODUCT: _l("製品"),
    Role.OPERATOR: _l("架電"),
    Role.AUDITOR: _l("監査"),
}


class Organisation(Row, Base):
    """The one organisation of this installation, and the identity every mail carries."""

    __tablename__ = "organisation"
    __table_args__ = (sa.CheckConstraint("id = 1", name="single"),)

    name: Mapped[str] = mapped_column(sa.String(120))
    sender_name: Mapped[str] = mapped_column(sa.String(120), default="")
    sender_address: Mapped[str] = mapped_column(sa.String(254), default="")
    postal_address: Mapped[str] = mapped_column(sa.String(300), default="")
    contact: Mapped[str] = mapped_column(sa.String(200), default="")
    privacy_url: Mapped[str] = mapped_column(sa.String(300), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)

    @property
    def may_send(self) -> bool:
        """Is the identity complete that the law wants in every mail?"""
        return all((self.sender_name, self.sender_address, self.postal_address, self.contact))


class Member(Row, Base):
    """A person who signs in."""

    __tablename__ = "member"

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    role: Mapped[Role] = mapped_column(words(Role))
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(sa.String(8), default="ja")
    time_zone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Tokyo")
    # The second step of signing in (RFC 6238): asked for from `totp_began_at` on; before that it is being set up.
    totp_secret: Mapped[str | None] = mapped_column(sa.String(64))
    totp_began_at: Mapped[datetime | None] = mapped_column(Instant)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    # Counts the changes of role and state by administrators; signing in and one's own settings do not count.
    revision: Mapped[int] = mapped_column(default=1)

    @property
    def has_second_step(self) -> bool:
        """Is a code asked for after the password?"""
        return self.totp_secret is not None and self.totp_began_at is not None

    @property
    def role_label(self) -> str:
        """The role in the reader's language."""
        return str(ROLE_LABELS[self.role])


class MemberSession(Row, Base):
    """A signed-in browser. Ending the row ends the session on its next request.

    With `needs_code` only the password was right so far: the browser is not signed in yet.
    """

    __tablename__ = "session"

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    needs_code: Mapped[bool] = mapped_column(default=False)
    member: Mapped[Member] = relationship()


class RateLimit(Row, Base):
    """How often something guarded was tried within one window of time."""

    __tablename__ = "rate_limit"
    __table_args__ = (sa.UniqueConstraint("key", "window_at"),)

    key: Mapped[str] = mapped_column(sa.String(120))
    window_at: Mapped[datetime] = mapped_column(Instant)
    count: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Row, Base):
    """A way in for a member whose phone is gone: each opens the second step once."""

    __tablename__ = "recovery_code"

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class SetUpKey(Row, Base):
    """The one key that opens the first set-up; a new one takes the place of the last."""

    __tablename__ = "set_up_key"
    __table_args__ = (sa.CheckConstraint("id = 1", name="single"),)

    key_hash: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
