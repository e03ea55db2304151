"""Responses (whole sheets) and answers (to one question)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Invitation
from app.customers.models import Customer
from app.db import Base, Instant, Json, Row, words
from app.surveys.models import Question, Survey


class ResponseState(StrEnum):
    STARTED = "started"
    SUBMITTED = "submitted"


class Door(StrEnum):
    """How a sheet came in."""

    LINK = "link"
    CODE = "code"
    PHONE = "phone"
    IMPORT = "import"
    TEST = "test"


class Response(Row, Base):
    """One person's whole sheet. One invitation leads to one response; one imported row to one response."""

    __tablename__ = "response"
    __table_args__ = (
        sa.UniqueConstraint("invitation_id"),
        sa.UniqueConstraint("survey_id", "import_key"),
        sa.Index("ix_response_survey_state_submitted_at", "survey_id", "state", "submitted_at"),
    )

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"))
    survey_version_id: Mapped[int] = mapped_column(sa.ForeignKey("survey_version.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitation.id"))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    respondent: Mapped[str] = mapped_column(sa.String(120), default="", index=True)
    door: Mapped[Door] = mapped_column(words(Door))
    state: Mapped[ResponseState] = mapped_column(words(ResponseState), default=ResponseState.STARTED)
    nps: Mapped[int | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    import_key: Mapped[str | None] = mapped_column(sa.String(64))
    import_batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)

    survey: Mapped[Survey] = relationship()
    invitation: Mapped[Invitation | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    answers: Mapped[list["Answer"]] = relationship(back_populates="response", cascade="all, delete-orphan")

    @property
    def number(self) -> str:
        """The receipt number people can name: R-0317."""
        return f"R-{self.id:04d}"


class Answer(Row, Base):
    """The answer to one question: `value` as the kind stores it, `text` for words a customer wrote."""

    __tablename__ = "answer"
    __table_args__ = (sa.UniqueConstraint("response_id", "question_id"),)

    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    value: Mapped[Any | None] = mapped_column(Json)
    text: Mapped[str] = mapped_column(sa.Text, default="")

    response: Mapped[Response] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()
