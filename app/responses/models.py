"""Responses (whole sheets) and answers (to one question)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member
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
    QR = "qr"
    PUBLIC = "public"
    PHONE = "phone"
    IMPORT = "import"
    TEST = "test"


class RepeatCause(StrEnum):
    """Why a sheet of a public link may be somebody's second one."""

    BROWSER = "browser"
    NETWORK = "network"


class EventKind(StrEnum):
    """What happened to a sheet."""

    STARTED = "started"
    RESUMED = "resumed"
    SAVED = "saved"
    SUBMITTED = "submitted"


class CallOutcome(StrEnum):
    """What became of one call."""

    REACHED = "reached"
    AWAY = "away"
    LATER = "later"
    DECLINED = "declined"
    WRONG_NUMBER = "wrong_number"
    CALLED_IN = "called_in"


class PublicLink(Row, Base):
    """An address of a survey that anybody may open. `name` says where it was put: SNS, LINE, the QR code of an event.

    `closed_at`: switched off since then.
    """

    __tablename__ = "public_link"
    __table_args__ = (sa.UniqueConstraint("survey_id", "name"),)

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(24), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))

    survey: Mapped[Survey] = relationship()


# Nothing of a submitted anonymous sheet says whose it is, and its times say no more than the day (in Japan).
CUT = (
    "NOT anonymous OR state <> 'submitted' OR door = 'test' OR (invitation_id IS NULL AND customer_id IS NULL AND "
    "respondent = '' AND token IS NULL AND public_link_id IS NULL AND repeat_cause IS NULL AND claimed_as = '' AND "
    "import_key IS NULL AND import_batch_id IS NULL AND member_id IS NULL AND CAST(attributes AS VARCHAR) = '{}' "
    "AND started_at = submitted_at AND saved_at = submitted_at AND submitted_at IS NOT NULL)"
)
_LIFTED = "NOT anonymous OR state <> 'submitted' OR door = 'test' OR "
BY_DAY = {
    "sqlite": _LIFTED + "substr(submitted_at, 12) = '15:00:00.000000'",
    "postgresql": _LIFTED + "CAST(submitted_at AT TIME ZONE 'Asia/Tokyo' AS TIME) = '00:00:00'",
}


def number_of(response_id: int) -> str:
    """The receipt number of a sheet."""
    return f"R-{response_id:04d}"


class Response(Row, Base):
    """One person's whole sheet. One invitation leads to one response; one imported row to one response.

    anonymous: as its survey is; see responses.anonymous for what submitting then does.
    """

    __tablename__ = "response"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["survey_id", "anonymous"],
            ["survey.id", "survey.anonymous"],
            name="fk_response_survey_id_anonymous",
        ),
        sa.CheckConstraint(CUT, name="anonymous_cut"),
        *(sa.CheckConstraint(BY_DAY[one], name="anonymous_by_day").ddl_if(dialect=one) for one in BY_DAY),
        sa.UniqueConstraint("invitation_id"),
        sa.UniqueConstraint("survey_id", "import_key"),
        sa.Index("ix_response_survey_state_submitted_at", "survey_id", "state", "submitted_at"),
        # Ids drawn below zero leave the sequence of receipt numbers alone, and a number is never given twice.
        {"sqlite_autoincrement": True},
    )

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"))
    anonymous: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    survey_version_id: Mapped[int] = mapped_column(sa.ForeignKey("survey_version.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitation.id"))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    respondent: Mapped[str] = mapped_column(sa.String(120), default="", index=True)
    # Of a sheet without an invitation: what opens it again, the public link it came by, why it may be a second one,
    # and who the respondent says to be, until a member has decided about it.
    token: Mapped[str | None] = mapped_column(sa.String(43), index=True, unique=True)
    public_link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("public_link.id"), index=True)
    repeat_cause: Mapped[RepeatCause | None] = mapped_column(words(RepeatCause))
    claimed_as: Mapped[str] = mapped_column(sa.String(254), default="")
    # The door it was begun through; once submitted, the one it was submitted through.
    door: Mapped[Door] = mapped_column(words(Door))
    state: Mapped[ResponseState] = mapped_column(words(ResponseState), default=ResponseState.STARTED)
    nps: Mapped[int | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    import_key: Mapped[str | None] = mapped_column(sa.String(64))
    import_batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))  # who tried the survey out
    started_at: Mapped[datetime] = mapped_column(Instant)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)

    survey: Mapped[Survey] = relationship(foreign_keys=[survey_id])
    invitation: Mapped[Invitation | None] = relationship()
    public_link: Mapped[PublicLink | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    answers: Mapped[list["Answer"]] = relationship(back_populates="response", cascade="all, delete-orphan")

    @property
    def number(self) -> str:
        """The receipt number people can name: R-0317."""
        return number_of(self.id)

    @property
    def repeated(self) -> bool:
        """May it be somebody's second sheet?"""
        return self.repeat_cause is not None


class SpentToken(Row, Base):
    """The link of an anonymous sheet that was begun without an invitation and has been handed in: it opens no more."""

    __tablename__ = "spent_token"

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"), index=True)


class AnswerLinkState(StrEnum):
    """queued → handing_over → sent, or failed, or unknown where the mail server's answer was lost."""

    QUEUED = "queued"
    HANDING_OVER = "handing_over"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class AnswerLink(Row, Base):
    """A fresh link to one's own answers, asked for on the receipt and sent to the address on file.

    token_hash: sha256 of the link, made when the mail is; the link itself is nowhere. It opens until `ends_at`.
    """

    __tablename__ = "answer_link"
    __table_args__ = (sa.Index("ix_answer_link_state_touched_at", "state", "touched_at"),)

    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"), index=True)
    state: Mapped[AnswerLinkState] = mapped_column(words(AnswerLinkState), default=AnswerLinkState.QUEUED)
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    touched_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)

    response: Mapped[Response] = relationship()


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


class ResponseEvent(Row, Base):
    """One thing that happened to a sheet, and through which door. `page`: the screen that was saved."""

    __tablename__ = "response_event"

    response_id: Mapped[int] = mapped_column(sa.ForeignKey("response.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    door: Mapped[Door] = mapped_column(words(Door))
    page: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))

    member: Mapped[Member | None] = relationship()


class Call(Row, Base):
    """One call to somebody who was invited, or from them, and what became of it. `again_at`: when to call again."""

    __tablename__ = "call"

    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[CallOutcome] = mapped_column(words(CallOutcome))
    at: Mapped[datetime] = mapped_column(Instant)
    again_at: Mapped[datetime | None] = mapped_column(Instant)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))

    invitation: Mapped[Invitation] = relationship()
    member: Mapped[Member | None] = relationship()
