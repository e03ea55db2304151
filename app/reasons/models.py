"""Reasons, readings and people's decisions about them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member
from app.db import Base, Instant, Json, Row, words
from app.responses.models import Answer


class Recoverability(StrEnum):
    """Can acting win this customer back?"""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


class ReasonOrigin(StrEnum):
    CODEBOOK = "codebook"
    MEMBER = "member"
    THEME = "theme"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DraftState(StrEnum):
    """What became of the differences a run found to readings that stood: none · ready to be decided on · being
    applied or applied · being brought back or brought back · dropped."""

    NONE = "none"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    RETURNING = "returning"
    RETURNED = "returned"
    DROPPED = "dropped"


class ReadingState(StrEnum):
    """proposed by a run (dashed) or confirmed by a person (solid)."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


class Polarity(StrEnum):
    NEG = "neg"
    NEU = "neu"
    POS = "pos"
    MIXED = "mixed"


class ClauseRole(StrEnum):
    """counted: says a reason · plain: says none · negated, conceded, praise: read, and on purpose not counted."""

    COUNTED = "counted"
    PLAIN = "plain"
    NEGATED = "negated"
    CONCEDED = "conceded"
    PRAISE = "praise"


class Coder(StrEnum):
    """Who says that a clause means a reason."""

    RUN = "run"
    PERSON = "person"


class ThemeState(StrEnum):
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    DISMISSED = "dismissed"
    GONE = "gone"


class Reason(Row, Base):
    """One entry of the codebook. `code` stays for ever; label, seal and recoverability are the team's.

    Two levels: a reason with a parent is counted under its own name and again within its parent. owner: the department
    that answers for it; merged_into: the heir of one that was merged away, which is never active.
    """

    __tablename__ = "reason"

    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    label: Mapped[str] = mapped_column(sa.String(80))
    seal: Mapped[str] = mapped_column(sa.String(2))
    definition: Mapped[str] = mapped_column(sa.Text, default="")
    recoverability: Mapped[Recoverability] = mapped_column(words(Recoverability))
    origin: Mapped[ReasonOrigin] = mapped_column(words(ReasonOrigin), default=ReasonOrigin.CODEBOOK)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    examples: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    counter_examples: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    owner: Mapped[str] = mapped_column(sa.String(80), default="", server_default="")
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    parent: Mapped["Reason | None"] = relationship(remote_side="Reason.id", foreign_keys=[parent_id])
    merged_into: Mapped["Reason | None"] = relationship(
        remote_side="Reason.id", foreign_keys=[merged_into_id]
    )


class AnalysisRun(Row, Base):
    """One pass of reading over the answers of a survey, with all that is needed to repeat it.

    A survey has at most one open run (queued or running); the database sees to it. claim: whose hands it is in, a
    word of the worker's own; themed_at: when themes were looked for in what it had read.

    again: also what was read before; what it finds there becomes a draft (app.reasons.drafts) until a person decides.
    quality: how often the readings before and after agree with people, see services.agreement; result_hash: of all that was
    found, see services.results; chosen: the part of the draft that is applied, {} for all of it; settled_count of
    draft_count: how far applying it, or bringing it back, has come.
    """

    __tablename__ = "analysis_run"
    __table_args__ = (
        sa.Index(
            "uq_analysis_run_open",
            "survey_id",
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        ),
    )

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    state: Mapped[RunState] = mapped_column(words(RunState), default=RunState.QUEUED)
    seed: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    total_count: Mapped[int] = mapped_column(default=0)
    done_count: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    queued_at: Mapped[datetime] = mapped_column(Instant)
    touched_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    claim: Mapped[str] = mapped_column(sa.String(22), default="", server_default="")
    themed_at: Mapped[datetime | None] = mapped_column(Instant)
    again: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    draft: Mapped[DraftState] = mapped_column(
        words(DraftState), default=DraftState.NONE, server_default=DraftState.NONE.value
    )
    quality: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    result_hash: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    chosen: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    draft_count: Mapped[int] = mapped_column(default=0, server_default="0")
    settled_count: Mapped[int] = mapped_column(default=0, server_default="0")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    decided_by: Mapped[Member | None] = relationship(foreign_keys="AnalysisRun.decided_by_id")


class Reading(Row, Base):
    """How one answer was read as a whole. A confirmed reading is never changed by a run.

    masked: [[start, end, kind]] into the answer's text; confidence: that the first reason is right;
    text_hash: of the words that were read, so that a changed answer is noticed; response_id, survey_id: where the
    answer stands, kept here because everything is counted by them (test answers have no reading at all); why: it is not
    of an answer to 今はどうされていますか, see queries.causes.
    """

    __tablename__ = "reading"
    __table_args__ = (
        # What waits for a person is counted on every page: this index alone answers it.
        sa.Index("ix_reading_state_confidence_unexplained", "state", "confidence", "unexplained"),
        sa.Index("ix_reading_survey_id_response_id", "survey_id", "response_id"),
        # The queue of one survey, in its order, and how far it has come.
        sa.Index(
            "ix_reading_survey_id_state_confidence", *("survey_id", "state", "confidence", "unexplained")
        ),
        # Who gives a reason, and who none: this index alone answers it.
        sa.Index(
            "ix_reading_survey_id_why_response_id",
            *("survey_id", "why", "response_id", "main_reason_id", "unexplained"),
        ),
        # The list of voices asks which sheets hold such a reading: these answer it without the rows.
        sa.Index("ix_reading_state_response_id", "state", "response_id"),
        sa.Index("ix_reading_polarity_response_id", "polarity", "response_id"),
    )

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id", ondelete="CASCADE"), unique=True)
    response_id: Mapped[int] = mapped_column(index=True)
    survey_id: Mapped[int]
    why: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("analysis_run.id"), index=True)
    state: Mapped[ReadingState] = mapped_column(words(ReadingState), default=ReadingState.PROPOSED)
    text_hash: Mapped[str] = mapped_column(sa.String(32), default="")
    main_reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"), index=True)
    polarity: Mapped[Polarity] = mapped_column(words(Polarity))
    confidence: Mapped[float]
    unexplained: Mapped[bool] = mapped_column(default=False, index=True)
    masked: Mapped[list[Any]] = mapped_column(Json, default=list)
    read_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    revision: Mapped[int] = mapped_column(default=1)

    answer: Mapped[Answer] = relationship()
    main_reason: Mapped[Reason | None] = relationship()
    confirmed_by: Mapped[Member | None] = relationship()
    clauses: Mapped[list["Clause"]] = relationship(
        back_populates="reading", order_by="Clause.start", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": revision}


class Clause(Row, Base):
    """A piece of an answer that holds one idea: characters [start, end) of the answer's text."""

    __tablename__ = "clause"

    reading_id: Mapped[int] = mapped_column(sa.ForeignKey("reading.id", ondelete="CASCADE"), index=True)
    start: Mapped[int]
    end: Mapped[int]
    role: Mapped[ClauseRole] = mapped_column(words(ClauseRole))
    reading: Mapped[Reading] = relationship(back_populates="clauses")
    codings: Mapped[list["Coding"]] = relationship(
        back_populates="clause", order_by="Coding.id", cascade="all, delete-orphan"
    )


class Coding(Row, Base):
    """A clause said to mean a reason, by a run or by a person. One row per clause and reason."""

    __tablename__ = "coding"
    __table_args__ = (sa.UniqueConstraint("clause_id", "reason_id"),)

    clause_id: Mapped[int] = mapped_column(sa.ForeignKey("clause.id", ondelete="CASCADE"))
    reason_id: Mapped[int] = mapped_column(sa.ForeignKey("reason.id"), index=True)
    coder: Mapped[Coder] = mapped_column(words(Coder))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    probability: Mapped[float | None]
    because: Mapped[list[Any]] = mapped_column(Json, default=list)
    at: Mapped[datetime] = mapped_column(Instant)
    clause: Mapped[Clause] = relationship(back_populates="codings")
    reason: Mapped[Reason] = relationship()


class ReviewEvent(Row, Base):
    """One decision of a person about a reading or a theme: who, when, what, and what stood before.

    verb: confirmed, recoded, adopted, dismissed, renamed, merged, split or undone; before and after: the state as services.snapshots takes it.
    """

    __tablename__ = "review_event"

    reading_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("reading.id", ondelete="CASCADE"), index=True
    )
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    verb: Mapped[str] = mapped_column(sa.String(32))
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(Instant)
    member: Mapped[Member] = relationship()


class Theme(Row, Base):
    """A proposed new reason: answers no reason explains that say the same thing, in people's own words.

    within: the reason inside which it was found, as whose sub-reason it is offered; merged_into: the theme that took
    it in; split_from: the theme it was split from; nearest, nearness (cosine): the reason most like it;
    cause, note: why it was dismissed.
    """

    __tablename__ = "theme"

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[ThemeState] = mapped_column(words(ThemeState), default=ThemeState.PROPOSED)
    reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"))
    centroid: Mapped[list[float]] = mapped_column(Json, default=list)
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    within_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"))
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    split_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    nearest_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reason.id"))
    nearness: Mapped[float] = mapped_column(default=0.0, server_default="0")
    cause: Mapped[str] = mapped_column(sa.String(16), default="", server_default="")
    note: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    reason: Mapped[Reason | None] = relationship(foreign_keys=[reason_id])
    within: Mapped[Reason | None] = relationship(foreign_keys=[within_id])
    nearest: Mapped[Reason | None] = relationship(foreign_keys=[nearest_id])
    decided_by: Mapped[Member | None] = relationship()
    members: Mapped[list["ThemeMember"]] = relationship(back_populates="theme", cascade="all, delete-orphan")


class ThemeMember(Row, Base):
    """One answer that belongs to a theme; `typical` ranks the quotes, 1 first, `edge` those that just belong.

    placed: a person has put it here, by splitting or merging; no run takes it away.
    """

    __tablename__ = "theme_member"
    __table_args__ = (sa.UniqueConstraint("theme_id", "answer_id"),)

    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id", ondelete="CASCADE"))
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id", ondelete="CASCADE"), index=True)
    typical: Mapped[int] = mapped_column(default=0)
    edge: Mapped[int] = mapped_column(default=0, server_default="0")
    placed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    theme: Mapped[Theme] = relationship(back_populates="members")
    answer: Mapped[Answer] = relationship()
