"""The codebook through time: its versions, and what merging reasons moved."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member
from app.db import Base, Instant, Json, Row
from app.reasons.models import Reason


class CodebookVersion(Row, Base):
    """One change of the codebook, numbered from 1: who, when, what and why, and the whole codebook after it.

    verb: began, grew, added, adopted, changed, retired, returned, merged, imported or undone; detail: labels and the
    values before and after; content: every entry as `services.versions.entry_of` writes it.
    """

    __tablename__ = "codebook_version"

    number: Mapped[int] = mapped_column(unique=True)
    verb: Mapped[str] = mapped_column(sa.String(32))
    reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    content: Mapped[list[Any]] = mapped_column(Json, default=list)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[Reason | None] = relationship()
    member: Mapped[Member | None] = relationship()


class ReasonMove(Row, Base):
    """What a merge moved to the heir: the coding of a clause, or without a clause a reading's main reason.

    kept: the coding that gave way, where the heir's own stood beside it already.
    """

    __tablename__ = "reason_move"

    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("codebook_version.id", ondelete="CASCADE"), index=True
    )
    reading_id: Mapped[int] = mapped_column(sa.ForeignKey("reading.id", ondelete="CASCADE"), index=True)
    clause_id: Mapped[int | None] = mapped_column(sa.ForeignKey("clause.id", ondelete="CASCADE"), index=True)
    kept: Mapped[dict[str, Any] | None] = mapped_column(Json)
