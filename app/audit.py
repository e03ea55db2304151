"""The audit log: who did what to what, kept apart from what was said."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, Json, Row, db


class AuditEntry(Row, Base):
    """One act worth remembering. `detail` holds ids and words of the product, never personal data."""

    __tablename__ = "audit_log"

    at: Mapped[datetime] = mapped_column(Instant, index=True)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"), index=True)
    verb: Mapped[str] = mapped_column(sa.String(64))
    subject: Mapped[str] = mapped_column(sa.String(64))
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


def record(
    verb: str, subject: str, subject_id: int | None, member_id: int | None, at: datetime, **detail: Any
) -> None:
    """Add one entry to the current transaction."""
    entry = AuditEntry(
        at=at, member_id=member_id, verb=verb, subject=subject, subject_id=subject_id, detail=detail
    )
    db.session.add(entry)
