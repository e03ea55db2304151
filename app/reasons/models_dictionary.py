"""The organisation's own dictionary: what people are editing, the versions in force, what the last check found."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member
from app.db import Base, Instant, Json, Row, words


class EntryKind(StrEnum):
    """word: one word · synonym: read as another word · stop: no meaning of its own · competitor, product: a name ·
    plain: looked at and left as it is, without effect."""

    WORD = "word"
    SYNONYM = "synonym"
    STOP = "stop"
    COMPETITOR = "competitor"
    PRODUCT = "product"
    PLAIN = "plain"


class DictionaryEntry(Row, Base):
    """A word as people edit it, in force from the next version on; `target`: what a synonym is read as."""

    __tablename__ = "dictionary_entry"

    surface: Mapped[str] = mapped_column(sa.String(40), unique=True)
    kind: Mapped[EntryKind] = mapped_column(words(EntryKind))
    target: Mapped[str] = mapped_column(sa.String(40), default="")
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)
    member: Mapped[Member | None] = relationship()

    @property
    def name(self) -> str:
        """What it was called, once it is removed."""
        return self.surface


class DictionaryVersion(Row, Base):
    """The dictionary that readings use, numbered from 1; the newest is in force. verb: applied or reverted.

    content: [surface, kind, target] of every entry with an effect; `hash` is of these, "" of none; source: the number
    of the version that was brought back.
    """

    __tablename__ = "dictionary_version"

    number: Mapped[int] = mapped_column(unique=True)
    verb: Mapped[str] = mapped_column(sa.String(32))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    hash: Mapped[str] = mapped_column(sa.String(16))
    content: Mapped[list[Any]] = mapped_column(Json, default=list)
    source: Mapped[int | None]
    member: Mapped[Member] = relationship()


class DictionaryCheck(Row, Base):
    """What the newest look through the answers found; the one before gives way to it.

    looked_count of voice_count answers were looked through; found: proposals as services.dictionary writes them, with
    ids of answers, never their words.
    """

    __tablename__ = "dictionary_check"

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    looked_count: Mapped[int]
    voice_count: Mapped[int]
    found: Mapped[list[Any]] = mapped_column(Json, default=list)
    member: Mapped[Member] = relationship()
