"""How far the demo's story has been told."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, Row, words


class StepState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class DemoStep(Row, Base):
    """One chapter of the story. A build that was cut off goes on with the first chapter not done."""

    __tablename__ = "demo_step"

    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    state: Mapped[StepState] = mapped_column(words(StepState), default=StepState.QUEUED)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Instant)
