"""Nothing is sent before a second person has read it."""

from datetime import datetime

from app import audit, edits
from app.accounts.access import Right, may
from app.accounts.models import Member, Role
from app.campaigns.models import Campaign, CampaignState
from app.campaigns.queries import approvers_of, has_hand_in, is_only_approver
from app.campaigns.services.drafts import hold_draft
from app.errors import OkaeriError
from app.i18n import gettext as _


class MayNotApprove(OkaeriError):
    """This member cannot approve this campaign."""

    status = 403


def ask_for_approval(campaign: Campaign, member: Member, at: datetime) -> None:
    """Put a draft before those who may approve it; asking twice is asking once. Raises NotADraft."""
    hold_draft(campaign)
    if campaign.asked_at is not None:
        return
    campaign.asked_at = at
    edits.keep_edit(campaign, edits.STATE, {}, {"asked": True}, member, at)
    audit.record("asked_for_approval", "campaign", campaign.id, member.id, at)


def approve_campaign(campaign: Campaign, member: Member, at: datetime, revision: int | None = None) -> None:
    """Allow a draft to be sent as it stands, as a second person: neither its author nor anybody who changed it.

    Only an administrator with nobody beside them may do so alone; that is recorded.

    `revision`: what the approver has read, where it was read on a page. Raises MayNotApprove, NotADraft, Overtaken.
    """
    edits.hold(campaign)
    if campaign.state is CampaignState.APPROVED and campaign.approver_id == member.id:
        return
    hold_draft(campaign)
    if not may(member, Right.APPROVE):
        raise MayNotApprove(_("この操作は管理者の方にお願いしてください。"))
    alone = has_hand_in(campaign, member)
    if alone and not may_approve_alone(member):
        raise MayNotApprove(_why_not(campaign, member))
    edits.check_unchanged(campaign, revision, member)
    campaign.state, campaign.approver_id, campaign.approved_at = CampaignState.APPROVED, member.id, at
    edits.keep_edit(campaign, edits.STATE, {}, {"state": campaign.state}, member, at)
    audit.record("approved", "campaign", campaign.id, member.id, at, alone=alone)


def may_approve_alone(member: Member) -> bool:
    """An administrator may approve their own campaign where the organisation has nobody else who could."""
    return member.role is Role.ADMINISTRATOR and is_only_approver(member)


def _why_not(campaign: Campaign, member: Member) -> str:
    names = _("、").join(one.name for one in approvers_of(campaign))
    if campaign.member_id == member.id:
        refusal = _("ご自分の配信は承認できません。")
    else:
        refusal = _("ご自分が変えた配信は承認できません。")
    ask = (
        _("%(names)sさんにお願いしてください。", names=names)
        if names
        else _("管理者の方にお願いしてください。")
    )
    return refusal + ask


def reopen_campaign(campaign: Campaign, member: Member, at: datetime) -> None:
    """Take an approval back before anything was sent, so that the campaign can be changed again."""
    edits.hold(campaign)
    if campaign.state is CampaignState.DRAFT and edits.was_mine(campaign, edits.STATE, member):
        return
    if campaign.state is not CampaignState.APPROVED:
        raise OkaeriError(_("下書きに戻せるのは、承認されてまだ始まっていない配信だけです。"))
    campaign.state, campaign.asked_at = CampaignState.DRAFT, None
    campaign.approver_id = campaign.approved_at = None
    edits.keep_edit(campaign, edits.STATE, {}, {"state": campaign.state}, member, at)
    audit.record("reopened", "campaign", campaign.id, member.id, at)
