"""Blind double coding: who drew which answers, and what the two read, each without the other."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member
from app.db import Base, Instant, Json, Row
from app.reasons.models import Reading


class DoubleSample(Row, Base):
    """Answers drawn by lot, to be read by two people who do not see each other, nor what was read so far.

    The same seed over the same answers draws the same ones.
    """

    __tablename__ = "double_sample"

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    seed: Mapped[int]
    first_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    second_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    drawn_by_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    first: Mapped[Member] = relationship(foreign_keys=[first_id])
    second: Mapped[Member] = relationship(foreign_keys=[second_id])
    items: Mapped[list["DoubleItem"]] = relationship(
        back_populates="sample", order_by="DoubleItem.position", cascade="all, delete-orphan"
    )


class DoubleItem(Row, Base):
    """One answer of such a sample. text_hash: of the words that were drawn; a changed answer counts no more."""

    __tablename__ = "double_item"
    __table_args__ = (sa.UniqueConstraint("sample_id", "reading_id"),)

    sample_id: Mapped[int] = mapped_column(sa.ForeignKey("double_sample.id", ondelete="CASCADE"))
    reading_id: Mapped[int] = mapped_column(sa.ForeignKey("reading.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text_hash: Mapped[str] = mapped_column(sa.String(32))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    sample: Mapped[DoubleSample] = relationship(back_populates="items")
    reading: Mapped[Reading] = relationship()
    codes: Mapped[list["DoubleCode"]] = relationship(back_populates="item", cascade="all, delete-orphan")


class DoubleCode(Row, Base):
    """What one of the two read: codes of reasons, the main one first; ["none"], or [] for one without a name yet."""

    __tablename__ = "double_code"
    __table_args__ = (sa.UniqueConstraint("item_id", "member_id"),)

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("double_item.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    codes: Mapped[list[str]] = mapped_column(Json, default=list)
    at: Mapped[datetime] = mapped_column(Instant)
    item: Mapped[DoubleItem] = relationship(back_populates="codes")
