"""Surveys, their versions and questions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Json, Row, words


class SurveyState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class QuestionKind(StrEnum):
    NPS = "nps"
    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CONSENT = "consent"
    CONTACT = "contact"
    STATEMENT = "statement"


# Seconds a person needs, as a rule of thumb: reading the question and answering it on a phone.
SECONDS = {
    QuestionKind.NPS: 12,
    QuestionKind.SINGLE: 15,
    QuestionKind.MULTIPLE: 20,
    QuestionKind.SCALE: 12,
    QuestionKind.TEXT: 25,
    QuestionKind.NUMBER: 12,
    QuestionKind.DATE: 15,
    QuestionKind.CONSENT: 10,
    QuestionKind.CONTACT: 12,
    QuestionKind.STATEMENT: 8,
}


class ReadAs(StrEnum):
    """The question a free text answers, which decides how it is read."""

    REASON = "reason"
    IMPROVE = "improve"
    CURRENT = "current"
    NPS = "nps"
    OTHER = "other"


class AsksFor(StrEnum):
    """What a free-text question invites: anything, complaints, wishes or praise."""

    ANYTHING = "anything"
    COMPLAINT = "complaint"
    WISH = "wish"
    PRAISE = "praise"


class Survey(Row, Base):
    """One survey through all its versions. `revision` guards against two people editing at once."""

    __tablename__ = "survey"
    __table_args__ = (sa.Index("uq_survey_id_anonymous", "id", "anonymous", unique=True),)

    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    preset: Mapped[str] = mapped_column(sa.String(32), default="")
    state: Mapped[SurveyState] = mapped_column(words(SurveyState), default=SurveyState.DRAFT)
    public_title: Mapped[str] = mapped_column(sa.String(200), default="")
    welcome: Mapped[str] = mapped_column(sa.Text, default="")
    thanks: Mapped[str] = mapped_column(sa.Text, default="")
    purpose: Mapped[str] = mapped_column(sa.Text, default="")
    talk_script: Mapped[str] = mapped_column(sa.Text, default="")
    retention_months: Mapped[int] = mapped_column(default=36)
    closes_on: Mapped[date | None]
    shown_attributes: Mapped[list[str]] = mapped_column(Json, default=list)  # of customers, marked 表示可
    created_at: Mapped[datetime] = mapped_column(Instant)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    # Chosen while it is a draft; from publishing on it stays, since responses refer to it.
    anonymous: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    revision: Mapped[int] = mapped_column(default=1)

    versions: Mapped[list["SurveyVersion"]] = relationship(
        back_populates="survey", order_by="SurveyVersion.number", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": revision}

    @property
    def newest_version(self) -> "SurveyVersion":
        """The version being worked on, or the last one published."""
        return self.versions[-1]

    @property
    def published_version(self) -> "SurveyVersion | None":
        """The version that is in use."""
        return next((version for version in reversed(self.versions) if version.published_at), None)

    @property
    def has_changes(self) -> bool:
        """Is there a draft beside a version in use?"""
        return self.published_version is not None and self.newest_version.published_at is None

    def is_open(self, on: date) -> bool:
        """May it be answered on this day? The closing day itself still counts."""
        return self.state is SurveyState.PUBLISHED and (self.closes_on is None or on <= self.closes_on)


class SurveyVersion(Row, Base):
    """Version `number` of a survey; with `published_at` set it never changes again."""

    __tablename__ = "survey_version"
    __table_args__ = (sa.UniqueConstraint("survey_id", "number"),)

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    number: Mapped[int]
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))  # who published it
    survey: Mapped[Survey] = relationship(back_populates="versions")
    questions: Mapped[list["Question"]] = relationship(
        back_populates="version", order_by="Question.page, Question.position", cascade="all, delete-orphan"
    )


class Question(Row, Base):
    """One question of a version.

    choices: [{"code", "label", "other": bool, "exclusive": bool, "pinned": bool}], code stays when the label changes;
    condition: None or a rule (see app.surveys.conditions); page_condition: that of its screen, the same on all its questions;
    settings: low, high (words at the ends of nps and scale), points, middle (of a scale), lowest, highest, unit (of a
    number), short (a text of one line), label (of a consent), shuffle (choices in another order for everybody),
    prompts (other wordings: [{"when": condition, "title", "help"}]).
    """

    __tablename__ = "question"
    __table_args__ = (sa.UniqueConstraint("survey_version_id", "code"),)

    survey_version_id: Mapped[int] = mapped_column(sa.ForeignKey("survey_version.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(sa.String(40))
    page: Mapped[int]
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind))
    title: Mapped[str] = mapped_column(sa.Text)
    help: Mapped[str] = mapped_column(sa.Text, default="")
    required: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    condition: Mapped[dict[str, Any] | None] = mapped_column(Json)
    page_condition: Mapped[dict[str, Any] | None] = mapped_column(Json)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    read_as: Mapped[ReadAs | None] = mapped_column(words(ReadAs))
    asks_for: Mapped[AsksFor] = mapped_column(words(AsksFor), default=AsksFor.ANYTHING)
    version: Mapped[SurveyVersion] = relationship(back_populates="questions")
