"""Backlog items, decisions about them, and lists taken home."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member
from app.db import Base, Instant, Json, Row, words
from app.reasons.models import Reason, Recoverability
from app.surveys.models import Survey


class ItemState(StrEnum):
    CANDIDATE = "candidate"
    DECIDED = "decided"
    IN_PROGRESS = "in_progress"
    RELEASED = "released"
    MEASURED = "measured"


class Verdict(StrEnum):
    DO = "do"
    LATER = "later"
    DONT = "dont"


class BacklogItem(Row, Base):
    """Something to mend; it stands on its Evidence. Public number: IM-014.

    reason_id: the reason it is shown under and whose chance to recover it takes; `recoverability` overrules that.
    """

    __tablename__ = "backlog_item"

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    reason_id: Mapped[int] = mapped_column(sa.ForeignKey("reason.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[ItemState] = mapped_column(words(ItemState), default=ItemState.CANDIDATE)
    verdict: Mapped[Verdict | None] = mapped_column(words(Verdict))
    effort_days: Mapped[float | None]
    recoverability: Mapped[Recoverability | None] = mapped_column(words(Recoverability))
    owner: Mapped[str] = mapped_column(sa.String(120), default="")
    problem: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    tags: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    released_on: Mapped[date | None]
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)

    member: Mapped[Member | None] = relationship()
    survey: Mapped[Survey] = relationship()
    reason: Mapped[Reason] = relationship()
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="item", order_by="Decision.at.desc()", cascade="all, delete-orphan"
    )
    evidence: Mapped[list["Evidence"]] = relationship(
        back_populates="item", order_by="Evidence.id", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": revision}

    @property
    def number(self) -> str:
        return f"IM-{self.id:03d}"

    @property
    def is_mended(self) -> bool:
        """Customers meet it mended already; it no longer competes for the next place."""
        return self.state in (ItemState.RELEASED, ItemState.MEASURED)


class Evidence(Row, Base):
    """What an item stands on: a reason, or a stretch [start, end) of one answer that was picked.

    A reason means whatever is coded with it now, a stretch the clauses that begin in it while the answer still reads
    as it did (`text_hash`). Each belongs to one item of a survey, so that nobody's money counts twice.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "reason_id"),
        sa.UniqueConstraint("reading_id", "start"),
    )

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_item.id", ondelete="CASCADE"), index=True)
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"))
    reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"), index=True)
    reading_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reading.id", ondelete="CASCADE"))
    start: Mapped[int] = mapped_column(default=0)
    end: Mapped[int] = mapped_column(default=0)
    text_hash: Mapped[str] = mapped_column(sa.String(32), default="")
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    item: Mapped[BacklogItem] = relationship(back_populates="evidence")
    reason: Mapped[Reason | None] = relationship()


class Decision(Row, Base):
    """やる / あとで / やらない, with why and who. A later decision does not erase an earlier one.

    public: the sentence customers may read, of やらない; review_on: the day to look at it again.
    """

    __tablename__ = "decision"

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_item.id", ondelete="CASCADE"), index=True)
    verdict: Mapped[Verdict] = mapped_column(words(Verdict))
    why: Mapped[str] = mapped_column(sa.Text, default="")
    public: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    review_on: Mapped[date | None]
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    item: Mapped[BacklogItem] = relationship(back_populates="decisions")
    member: Mapped[Member] = relationship()


class Export(Row, Base):
    """One list taken home: who, when, in which form, how many rows.

    content: what stood in it but for customers' words, so that it can be written again; None before there was this.
    """

    __tablename__ = "export"

    kind: Mapped[str] = mapped_column(sa.String(16))
    filters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    content: Mapped[dict[str, Any] | None] = mapped_column(Json)
    row_count: Mapped[int]
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
