"""What campaigns know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from analysis.metrics import share_interval
from app.accounts.access import RIGHTS, Right, may
from app.accounts.models import Member
from app.campaigns.codes import check_code
from app.campaigns.hours import is_quiet
from app.campaigns.models import (
    Arm,
    Campaign,
    CampaignState,
    Invitation,
    Message,
    MessageState,
    Skip,
    SkipRule,
    Step,
)
from app.customers.models import Customer, CustomerFact
from app.db import db
from app.edits import Edit

# The mail server has taken these; what became of them afterwards does not change that.
TAKEN = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED, MessageState.COMPLAINED)
ON_THEIR_WAY = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.HANDING_OVER)
NOT_GIVEN = {MessageState.QUEUED, MessageState.CANCELLED, MessageState.SUPPRESSED}
GIVEN = tuple(state for state in MessageState if state not in NOT_GIVEN)
HOUR = timedelta(hours=1)
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,43}")  # no other text is looked for: not every database takes it


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation a link belongs to, with its campaign, survey and customer. The holdout was never asked."""
    return _invitation(Invitation.token == token) if TOKEN.fullmatch(token) else None


def invitation_by_code(typed: str) -> Invitation | None:
    """The invitation a typed code belongs to, however it was typed."""
    code = check_code(typed)
    return _invitation(Invitation.code == code) if code else None


def _invitation(found: sa.ColumnElement[bool]) -> Invitation | None:
    query = sa.select(Invitation).where(found, Invitation.arm == Arm.ASKED)
    campaign = joinedload(Invitation.campaign)
    query = query.options(campaign.joinedload(Campaign.survey), joinedload(Invitation.customer))
    return db.session.scalar(query)


@dataclass(frozen=True)
class Funnel:
    """How far a campaign's people have come. Counts of persons; `accepted` by the mail server, never "opened"."""

    invited: int = 0
    accepted: int = 0
    started: int = 0
    answered: int = 0
    holdout: int = 0

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of answered / accepted."""
        return share_interval(min(self.answered, self.accepted), self.accepted)

    @property
    def share(self) -> float | None:
        """answered / accepted, None before anything was accepted."""
        return min(self.answered, self.accepted) / self.accepted if self.accepted else None


def campaign_funnel(campaign_id: int) -> Funnel:
    """The funnel of one campaign."""
    return funnels([campaign_id]).get(campaign_id, Funnel())


def funnels(campaign_ids: Sequence[int]) -> dict[int, Funnel]:
    """The funnels of several campaigns, in two queries."""
    asked = Invitation.arm == Arm.ASKED
    began = sa.select(CustomerFact.id).where(
        CustomerFact.customer_id == Invitation.customer_id,
        CustomerFact.kind == "started",
        CustomerFact.source == sa.literal("invitation:").concat(sa.cast(Invitation.id, sa.String)),
    )
    people = sa.select(
        Invitation.campaign_id,
        sa.func.count().filter(asked),
        sa.func.count().filter(asked, sa.or_(Invitation.spent_at.is_not(None), began.exists())),
        sa.func.count().filter(asked, Invitation.spent_at.is_not(None)),
        sa.func.count().filter(sa.not_(asked)),
    )
    people = people.where(Invitation.campaign_id.in_(campaign_ids)).group_by(Invitation.campaign_id)
    accepted = {
        number: sum(counts.get(state, 0) for state in TAKEN)
        for number, counts in message_counts(campaign_ids).items()
    }
    return {
        number: Funnel(invited, accepted.get(number, 0), started, answered, holdout)
        for number, invited, started, answered, holdout in db.session.execute(people)
    }


@dataclass(frozen=True)
class Progress:
    """How far the messages of a campaign have come: how many in each state."""

    counts: dict[MessageState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Those on their way: nobody knows yet what becomes of them."""
        return sum(self.counts.get(state, 0) for state in ON_THEIR_WAY)

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def sent(self) -> int:
        """Those the mail server took."""
        return sum(self.counts.get(state, 0) for state in TAKEN)

    @property
    def failed(self) -> int:
        """Those it did not take, or nobody knows whether it did."""
        return sum(self.counts.get(state, 0) for state in (MessageState.FAILED, MessageState.UNKNOWN))


class HeldUp(StrEnum):
    """Why nothing goes out at the moment."""

    NIGHT = "night"
    NO_SERVER = "no_server"
    FULL_HOUR = "full_hour"


def held_up_by(campaign: Campaign, hourly_limit: int, at: datetime) -> HeldUp | None:
    """What keeps a campaign's waiting messages back at this instant, or None."""
    if is_quiet(at):
        return HeldUp.NIGHT
    if given_within_the_hour(at) >= hourly_limit:
        return HeldUp.FULL_HOUR
    refused = (
        sa.select(Message.id)
        .join(Step)
        .where(Step.campaign_id == campaign.id, Message.state == MessageState.QUEUED, Message.due_at > at)
    )
    return HeldUp.NO_SERVER if db.session.scalar(refused.limit(1)) is not None else None


def given_within_the_hour(at: datetime) -> int:
    """How many mails of all campaigns the mail server was given within the last hour, or is about to be given."""
    given = sa.select(sa.func.count()).where(Message.state.in_(GIVEN), Message.touched_at > at - HOUR)
    return db.session.scalar(given) or 0


def message_counts(campaign_ids: Sequence[int]) -> dict[int, dict[MessageState, int]]:
    """How many messages of each campaign are in each state."""
    counted = (
        sa.select(Step.campaign_id, Message.state, sa.func.count())
        .join(Step)
        .where(Step.campaign_id.in_(campaign_ids))
        .group_by(Step.campaign_id, Message.state)
    )
    found: dict[int, dict[MessageState, int]] = {}
    for number, state, count in db.session.execute(counted):
        found.setdefault(number, {})[state] = count
    return found


def skip_counts(campaign_id: int) -> dict[SkipRule, int]:
    """How many customers each rule left in peace, most first."""
    count = sa.func.count()
    counted = sa.select(Skip.rule, count).where(Skip.campaign_id == campaign_id).group_by(Skip.rule)
    return {row[0]: row[1] for row in db.session.execute(counted.order_by(count.desc()))}


def invitations_of(campaign: Campaign, arm: Arm = Arm.ASKED) -> sa.Select[Invitation]:
    """The invitations of a campaign, in the order in which they were made."""
    mine = sa.select(Invitation).where(Invitation.campaign_id == campaign.id, Invitation.arm == arm)
    return mine.order_by(Invitation.id)


def skips_of(campaign: Campaign, rule: SkipRule | None) -> sa.Select[Skip]:
    """Whom a campaign left in peace, by one rule or all."""
    mine = sa.select(Skip).where(Skip.campaign_id == campaign.id).options(joinedload(Skip.customer))
    return (mine if rule is None else mine.where(Skip.rule == rule)).order_by(Skip.id)


def messages_of(campaign: Campaign, state: MessageState | None) -> sa.Select[Message]:
    """The messages of a campaign in one state or all, the latest touched first."""
    mine = sa.select(Message).join(Step).where(Step.campaign_id == campaign.id)
    if state is not None:
        mine = mine.where(Message.state == state)
    customer = joinedload(Message.invitation).joinedload(Invitation.customer)
    return mine.options(customer).order_by(Message.touched_at.desc(), Message.id.desc())


def campaigns_listed() -> sa.Select[Campaign]:
    """All campaigns, newest first, with survey and segment."""
    query = sa.select(Campaign).options(joinedload(Campaign.survey), joinedload(Campaign.segment))
    return query.order_by(Campaign.created_at.desc(), Campaign.id.desc())


def people_of(campaign: Campaign) -> dict[str, Member | None]:
    """Who made a campaign and who approved it."""
    numbers = {"author": campaign.member_id, "approver": campaign.approver_id}
    return {name: db.session.get(Member, number) if number else None for name, number in numbers.items()}


def approvers_of(campaign: Campaign) -> list[Member]:
    """Who may approve a campaign: active members with the right who neither made it nor changed anything in it."""
    hands = _hands_in(campaign)
    return [one for one in _with_right_to_approve() if one.id not in hands]


def has_hand_in(campaign: Campaign, member: Member) -> bool:
    """Did this member make the campaign, or change whom it asks, its words or its holdout?"""
    return member.id in _hands_in(campaign)


def _hands_in(campaign: Campaign) -> set[int | None]:
    changers = sa.select(Edit.member_id).where(*_CHANGES, Edit.subject_id == campaign.id)
    return {campaign.member_id, campaign.changed_by_id, *db.session.scalars(changers)}


_CHANGES = (Edit.subject == Campaign.__tablename__, Edit.part.in_(("audience", "words", "holdout")))


def is_only_approver(member: Member) -> bool:
    """Does nobody else in the organisation hold the right to approve?"""
    return all(one.id == member.id for one in _with_right_to_approve())


def _with_right_to_approve() -> list[Member]:
    roles = [role for role, rights in RIGHTS.items() if Right.APPROVE in rights]
    able = sa.select(Member).where(Member.active, Member.role.in_(roles))
    return list(db.session.scalars(able.order_by(Member.name, Member.id)))


def waiting_for_approval(member: Member) -> int:
    """How many campaigns wait for this member to approve them."""
    if not may(member, Right.APPROVE):
        return 0
    waiting = sa.select(sa.func.count()).select_from(Campaign).where(waits_for(member))
    return db.session.scalar(waiting) or 0


def waits_for(member: Member) -> sa.ColumnElement[bool]:
    """SQL: this campaign waits to be approved by somebody, and this member had no hand in it."""
    return sa.and_(
        Campaign.state == CampaignState.DRAFT,
        Campaign.asked_at.is_not(None),
        Campaign.member_id.is_distinct_from(member.id),
        Campaign.changed_by_id.is_distinct_from(member.id),
        Campaign.id.not_in(sa.select(Edit.subject_id).where(*_CHANGES, Edit.member_id == member.id)),
    )


def customers_numbered(numbers: Sequence[int]) -> list[Customer]:
    """The customers with these numbers, in their order."""
    found = sa.select(Customer).where(Customer.id.in_(numbers)).order_by(Customer.id)
    return list(db.session.scalars(found))
