"""What a run would change about readings that stand: it lies beside them until a person decides."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Json, Row, words
from app.reasons.models import Polarity, Reason
from app.responses.models import Answer


class DraftKind(StrEnum):
    """moved: another main reason · turned: the same one, other reasons or another polarity beside it · same: neither ·
    against: a person decided otherwise; never applied."""

    MOVED = "moved"
    TURNED = "turned"
    SAME = "same"
    AGAINST = "against"


class DraftFate(StrEnum):
    """kept: a person decided meanwhile, or the words changed, and what stood was left alone."""

    WAITING = "waiting"
    APPLIED = "applied"
    KEPT = "kept"
    RETURNED = "returned"


class ReadingDraft(Row, Base):
    """What a run found in one answer whose reading stood.

    text_hash: of the words it read; found: an engine.Found as JSON; before: what stood, as services.standing takes it,
    from when the draft is applied. Reasons from and to are the main ones; None is one without a name.
    """

    __tablename__ = "reading_draft"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "answer_id"),
        sa.Index("ix_reading_draft_run_id_kind", "run_id", "kind"),
    )

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("analysis_run.id", ondelete="CASCADE"))
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id", ondelete="CASCADE"), index=True)
    text_hash: Mapped[str] = mapped_column(sa.String(32))
    kind: Mapped[DraftKind] = mapped_column(words(DraftKind))
    fate: Mapped[DraftFate] = mapped_column(words(DraftFate), default=DraftFate.WAITING)
    from_reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"))
    to_reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"))
    from_polarity: Mapped[Polarity] = mapped_column(words(Polarity, "from_polarity"))
    to_polarity: Mapped[Polarity] = mapped_column(words(Polarity, "to_polarity"))
    found: Mapped[dict[str, Any]] = mapped_column(Json)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    answer: Mapped[Answer] = relationship()
    from_reason: Mapped[Reason | None] = relationship(foreign_keys="ReadingDraft.from_reason_id")
    to_reason: Mapped[Reason | None] = relationship(foreign_keys="ReadingDraft.to_reason_id")
