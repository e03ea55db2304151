"""Presets of exports, and what other people's trackers say of our items."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member
from app.backlog.models import BacklogItem
from app.db import Base, Instant, Json, Row, words


class ExportPreset(Row, Base):
    """Form, columns and filters of an export under a name; `shared`: the whole team takes it. settings: names only."""

    __tablename__ = "export_preset"
    __table_args__ = (sa.UniqueConstraint("member_id", "name"),)

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    name: Mapped[str] = mapped_column(sa.String(60))
    shared: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)
    member: Mapped[Member] = relationship()


class TrackerIssue(Row, Base):
    """The issue of another tracker that an item has become: its key there, and its status in that tracker's words."""

    __tablename__ = "tracker_issue"

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("backlog_item.id", ondelete="CASCADE"), unique=True)
    key: Mapped[str] = mapped_column(sa.String(80), index=True)
    status: Mapped[str] = mapped_column(sa.String(80), default="")
    released_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(Instant)
    item: Mapped[BacklogItem] = relationship()


class TrackerImportState(StrEnum):
    PREVIEWED = "previewed"
    APPLIED = "applied"
    UNDONE = "undone"


class TrackerImport(Row, Base):
    """One file of tracker states: looked through, applied, perhaps undone.

    rows: what the file says, row by row, and from the applying on what stood before and what was written.
    """

    __tablename__ = "tracker_import"

    file_name: Mapped[str] = mapped_column(sa.String(255))
    state: Mapped[TrackerImportState] = mapped_column(
        words(TrackerImportState), default=TrackerImportState.PREVIEWED
    )
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    member: Mapped[Member | None] = relationship()
