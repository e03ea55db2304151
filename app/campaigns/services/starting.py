"""Starting a campaign: who is asked, who is held out by lot, who is left in peace.

A member starts it; a job then goes through the segment by customer number, two thousand customers in each transaction,
so that nobody who writes has to wait for 100,000 invitations. Killed at any point, it goes on behind the last of them.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from app import audit, edits, jobs
from app.accounts.models import Member
from app.campaigns.codes import make_code
from app.campaigns.guard import Assessed, assess, draw_holdout, has_somebody_free
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
CHUNK, PART = 500, 2000


class CannotStart(OkaeriError):
    """Something is missing before this campaign may be sent."""


def start_campaign(
    campaign: Campaign, at: datetime, member: Member | None = None, revision: int | None = None
) -> None:
    """Let the segment as it is now be invited, and the mails be sent. Rings the job that does it.

    Raises CannotStart where nobody has approved it, the survey is not open or nobody is left to write to,
    SenderIncomplete, and Overtaken where it has changed since `revision` was read.
    """
    edits.hold(campaign)
    _check(campaign, at)
    edits.check_unchanged(campaign, revision, member)
    if not has_somebody_free(campaign, at):
        raise CannotStart(_("いま送れるお客さまがいません。連絡の確認をご覧ください。"))
    rule = lapse_rule_in_force()
    campaign.lapse_rule_id = rule.id if rule else None
    campaign.version = campaign.survey.published_version or campaign.version
    campaign.state, campaign.started_at, campaign.invited_through = CampaignState.SENDING, at, 0
    edits.keep_edit(campaign, edits.STATE, {}, {"state": campaign.state}, member, at)
    audit.record("started", "campaign", campaign.id, member.id if member else None, at)
    jobs.ring("invite_segment", campaign.id)


def invite_part(campaign_id: int, at: datetime) -> bool:
    """Invite, hold out or skip the next customers of a starting campaign, and queue their mails; False after the last.

    Whom the rules leave in peace is judged as of the start. Whoever moves `invited_through` first owns the customers,
    so two workers cannot invite them twice; a campaign that was stopped meanwhile is left alone.
    """
    db.session.flush()
    campaign = db.session.get_one(Campaign, campaign_id, populate_existing=True)
    after_id, started_at = campaign.invited_through, campaign.started_at
    if campaign.state is not CampaignState.SENDING or after_id is None or started_at is None:
        return False
    assessed = assess(campaign, started_at, after_id, PART)
    if not _claim(campaign, after_id, assessed[-1].customer_id if assessed else None, at):
        return False
    free = [one for one in assessed if one.rule is None]
    held = _draw(campaign, free)
    _skip(campaign, assessed, held, at)
    _invite(campaign, free, held, at)
    _queue(campaign, {one.customer_id: one.address for one in free if one.customer_id not in held}, at)
    return bool(assessed)


def _claim(campaign: Campaign, after_id: int, last_id: int | None, at: datetime) -> bool:
    """Own the customers up to the last one; without one, the segment has been gone through."""
    mine = (Campaign.id == campaign.id, Campaign.state == CampaignState.SENDING)
    change = sa.update(Campaign).where(*mine, Campaign.invited_through == after_id)
    change = change.values(invited_through=last_id).execution_options(synchronize_session=False)
    found = cast("sa.CursorResult[Any]", db.session.execute(change))
    if found.rowcount and last_id is None:
        jobs.ring("send_campaign", campaign.id)
        audit.record("invited", "campaign", campaign.id, None, at)
    return bool(found.rowcount)


def _draw(campaign: Campaign, free: Sequence[Assessed]) -> set[int]:
    """The lot of one part; with those drawn before it, the holdout is as large as if all had been drawn at once."""
    counted = sa.select(sa.func.count()).where(Invitation.campaign_id == campaign.id)
    drawn_before = db.session.scalar(counted) or 0
    ids = [one.customer_id for one in free]
    return draw_holdout(ids, campaign.holdout_percent, campaign.seed, drawn_before)


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


def _queue(campaign: Campaign, addresses: dict[int, str], at: datetime) -> None:
    """One mail for each of these customers of the part at hand."""
    if not addresses:
        return
    asked = sa.select(Invitation.id, Invitation.customer_id).where(
        Invitation.campaign_id == campaign.id,
        Invitation.arm == Arm.ASKED,
        Invitation.customer_id.between(min(addresses), max(addresses)),
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


def _insert(kind: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Many rows at once, past the session."""
    if rows:
        db.session.execute(sa.insert(cast(sa.Table, kind.__table__)), rows)
