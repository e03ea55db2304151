"""Starting a campaign: who is asked, who is held out by lot, who is left in peace, all in one transaction."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from app import audit, jobs
from app.accounts.models import Member
from app.campaigns.codes import make_code
from app.campaigns.guard import Assessed, assess, draw_holdout
from app.campaigns.models import (
    Arm,
    Campaign,
    CampaignState,
    Invitation,
    Message,
    MessageState,
    Skip,
    SkipRule,
)
from app.campaigns.services.sender import sender
from app.clock import day_of
from app.customers.queries import lapse_rule_in_force
from app.db import Base, db
from app.errors import OkaeriError
from app.i18n import gettext as _

TOKEN_BYTES = 18  # 144 random bits
CHUNK = 500


class CannotStart(OkaeriError):
    """Something is missing before this campaign may be sent."""


def start_campaign(campaign: Campaign, at: datetime, member: Member | None = None) -> int:
    """Invite the segment as it is now and queue one mail for each; returns how many. Rings the job that sends.

    Raises CannotStart where nobody has approved it, the survey is not open or nobody is left to write to, and
    SenderIncomplete.
    """
    _check(campaign, at)
    assessed = assess(campaign, at)
    free = [one for one in assessed if one.rule is None]
    if not free:
        raise CannotStart(_("いま送れるお客さまがいません。連絡の確認をご覧ください。"))
    held = draw_holdout([one.customer_id for one in free], campaign.holdout_percent, campaign.seed)
    rule = lapse_rule_in_force()
    campaign.lapse_rule_id = rule.id if rule else None
    campaign.version = campaign.survey.published_version or campaign.version
    campaign.state, campaign.started_at = CampaignState.SENDING, at
    db.session.flush()
    _skip(campaign, assessed, held, at)
    _invite(campaign, free, held, at)
    count = _queue(campaign, {one.customer_id: one.address for one in free}, at)
    audit.record("started", "campaign", campaign.id, member.id if member else None, at, count=count)
    jobs.ring("send_campaign", campaign.id)
    return count


def _check(campaign: Campaign, at: datetime) -> None:
    if campaign.state is not CampaignState.APPROVED:
        raise CannotStart(
            _("承認されていないため、送れません。")
            if campaign.state is CampaignState.DRAFT
            else _("この配信は、もう始まっています。")
        )
    sender()
    if not campaign.survey.is_open(day_of(at)):
        raise CannotStart(
            _("調査「%(name)s」は回答を受け付けていないため、送れません。", name=campaign.survey.name)
        )


def _skip(campaign: Campaign, assessed: Iterable[Assessed], held: set[int], at: datetime) -> None:
    rows = [
        {
            "campaign_id": campaign.id,
            "customer_id": one.customer_id,
            "rule": one.rule or SkipRule.HOLDOUT,
            "at": at,
        }
        for one in assessed
        if one.rule is not None or one.customer_id in held
    ]
    _insert(Skip, rows)


def _invite(campaign: Campaign, free: Sequence[Assessed], held: set[int], at: datetime) -> None:
    rows = [
        {
            "campaign_id": campaign.id,
            "customer_id": one.customer_id,
            "token": secrets.token_urlsafe(TOKEN_BYTES),
            "code": code,
            "arm": Arm.HOLDOUT if one.customer_id in held else Arm.ASKED,
            "invited_at": at,
        }
        for one, code in zip(free, _new_codes(len(free)), strict=True)
    ]
    _insert(Invitation, rows)


def _new_codes(count: int) -> list[str]:
    """Codes nobody has yet. A letter's code is short, so that among many two may fall alike."""
    rng, codes = secrets.SystemRandom(), set[str]()
    while len(codes) < count:
        drawn = {make_code(rng) for _number in range(min(CHUNK, count - len(codes)))}
        taken = db.session.scalars(sa.select(Invitation.code).where(Invitation.code.in_(drawn)))
        codes |= drawn.difference(taken)
    return list(codes)


def _queue(campaign: Campaign, addresses: dict[int, str], at: datetime) -> int:
    asked = sa.select(Invitation.id, Invitation.customer_id).where(
        Invitation.campaign_id == campaign.id, Invitation.arm == Arm.ASKED
    )
    [step] = campaign.steps
    rows = [
        {
            "step_id": step.id,
            "invitation_id": invitation_id,
            "address": addresses[customer_id],
            "state": MessageState.QUEUED,
            "queued_at": at,
            "touched_at": at,
        }
        for invitation_id, customer_id in db.session.execute(asked)
    ]
    _insert(Message, rows)
    return len(rows)


def _insert(kind: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Many rows at once, past the session: a segment may hold 100,000 customers."""
    table = cast(sa.Table, kind.__table__)
    for start in range(0, len(rows), CHUNK * 10):
        db.session.execute(sa.insert(table), rows[start : start + CHUNK * 10])
