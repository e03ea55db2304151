"""Campaigns, invitations and messages."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.models import Channel, Customer, Segment
from app.db import Base, Instant, Row, words
from app.surveys.models import Survey, SurveyVersion


class CampaignState(StrEnum):
    """draft → approved → sending → done, or stopped. A draft with `asked_at` waits for somebody's approval."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    STOPPED = "stopped"
    DONE = "done"


class Content(StrEnum):
    """特定電子メール法: does it hold advertising?"""

    SURVEY_ONLY = "survey_only"
    ADVERT = "advert"


class Arm(StrEnum):
    ASKED = "asked"
    HOLDOUT = "holdout"


class MessageState(StrEnum):
    """queued → claimed → handing_over → accepted → delivered / bounced / complained; else it ends early.

    `unknown`: cut off after the words had been handed over; shown to a person, never sent again by a machine.
    """

    QUEUED = "queued"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class SkipRule(StrEnum):
    """Why the guard left somebody in peace."""

    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    RECENTLY_ASKED = "recently_asked"
    ALREADY_ANSWERED = "already_answered"
    HOLDOUT = "holdout"
    SURVEY_CLOSED = "survey_closed"
    GONE = "gone"


class Campaign(Row, Base):
    """One round of asking a segment one published survey.

    invited_through: while it starts, the number of the last customer of the segment that was invited or skipped; None
    before and afterwards.
    """

    __tablename__ = "campaign"

    name: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[CampaignState] = mapped_column(words(CampaignState), default=CampaignState.DRAFT)
    content: Mapped[Content] = mapped_column(words(Content), default=Content.ADVERT)
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    survey_version_id: Mapped[int] = mapped_column(sa.ForeignKey("survey_version.id"))
    segment_id: Mapped[int] = mapped_column(sa.ForeignKey("segment.id"))
    lapse_rule_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lapse_rule.id"))
    holdout_percent: Mapped[int] = mapped_column(default=10)
    seed: Mapped[int] = mapped_column(default=0)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    approver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    invited_through: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)

    survey: Mapped[Survey] = relationship()
    version: Mapped[SurveyVersion] = relationship()
    segment: Mapped[Segment] = relationship()
    steps: Mapped[list["Step"]] = relationship(
        back_populates="campaign", order_by="Step.position", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": revision}


class Step(Row, Base):
    """One rung of a campaign's channel ladder, with its words."""

    __tablename__ = "step"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "position"),)

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=1)
    channel: Mapped[Channel] = mapped_column(words(Channel), default=Channel.MAIL)
    wait_days: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str] = mapped_column(sa.String(200), default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    campaign: Mapped[Campaign] = relationship(back_populates="steps")


class Invitation(Row, Base):
    """One customer asked once by one campaign. The token opens the sheet, the code does the same by hand."""

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "customer_id"),)

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(sa.String(43), unique=True)
    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    arm: Mapped[Arm] = mapped_column(words(Arm), default=Arm.ASKED)
    invited_at: Mapped[datetime] = mapped_column(Instant)
    spent_at: Mapped[datetime | None] = mapped_column(Instant)

    campaign: Mapped[Campaign] = relationship()
    customer: Mapped[Customer] = relationship()


class Message(Row, Base):
    """One mail (later: letter, call) of one step to one invitation, and what became of it.

    `due_at`: not to be tried before; set after a try the mail server did not take (`try_count` of them so far).
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.UniqueConstraint("step_id", "invitation_id"),
        sa.Index("ix_message_state_touched_at", "state", "touched_at"),
    )

    step_id: Mapped[int] = mapped_column(sa.ForeignKey("step.id", ondelete="CASCADE"))
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    state: Mapped[MessageState] = mapped_column(words(MessageState), default=MessageState.QUEUED)
    problem: Mapped[str] = mapped_column(sa.String(300), default="")
    queued_at: Mapped[datetime] = mapped_column(Instant)
    touched_at: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    try_count: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(Instant)

    step: Mapped[Step] = relationship()
    invitation: Mapped[Invitation] = relationship()


class Skip(Row, Base):
    """One customer a campaign did not write to, with the rule that said so."""

    __tablename__ = "skip"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "customer_id"),)

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    rule: Mapped[SkipRule] = mapped_column(words(SkipRule))
    at: Mapped[datetime] = mapped_column(Instant)
    customer: Mapped[Customer] = relationship()
