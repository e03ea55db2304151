"""Stopping: a whole campaign on the way, or all mail to one person."""

from datetime import datetime

import sqlalchemy as sa

from app import audit, edits
from app.accounts.models import Member
from app.campaigns.models import Campaign, CampaignState, Invitation, Message, MessageState, Step
from app.customers.addresses import normal_mail
from app.customers.models import Channel, CustomerKind, SuppressionCause
from app.customers.queries import has_consent
from app.customers.services import record_consent, record_fact, suppress
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _


def stop_campaign(campaign: Campaign, member: Member | None, at: datetime) -> int:
    """Take back every mail that has not gone out yet; returns how many. A mail being handed over goes its way."""
    edits.hold(campaign)
    if campaign.state is CampaignState.STOPPED and edits.was_mine(campaign, edits.STATE, member):
        return 0
    if campaign.state is not CampaignState.SENDING:
        raise OkaeriError(_("この配信は、いま送っていません。"))
    waiting = (
        sa.select(Message.id)
        .join(Step)
        .where(
            Step.campaign_id == campaign.id, Message.state.in_((MessageState.QUEUED, MessageState.CLAIMED))
        )
    )
    cancel = sa.update(Message).where(Message.id.in_(waiting))
    stopped = db.session.execute(
        cancel.values(state=MessageState.CANCELLED, touched_at=at)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    count = len(stopped.all())
    campaign.state, campaign.finished_at = CampaignState.STOPPED, at
    edits.keep_edit(campaign, edits.STATE, {}, {"state": campaign.state}, member, at)
    audit.record("stopped", "campaign", campaign.id, member.id if member else None, at, count=count)
    return count


def unsubscribe(invitation: Invitation, at: datetime) -> bool:
    """No more mail to this person: the addresses are suppressed, the consent withdrawn, both with their evidence.

    False where that was so already.
    """
    customer = invitation.customer
    changed = [suppress(Channel.MAIL, one, SuppressionCause.OPT_OUT, at) for one in _addresses(invitation)]
    consented = has_consent(customer.id, Channel.MAIL)
    if consented:
        evidence = _("配信「%(name)s」のメールにある停止のリンク", name=invitation.campaign.name)
        record_consent(customer, Channel.MAIL, False, _("配信停止のお申し出"), evidence, at)
    if not (consented or any(changed)):
        return False
    survey = str(invitation.campaign.survey_id)
    record_fact(customer.id, "asked_stop", survey, f"campaign:{invitation.campaign_id}", at)
    return True


def _addresses(invitation: Invitation) -> list[str]:
    """Where this invitation was sent, and a person's own address; at a company others may still be written to."""
    customer = invitation.customer
    sent_to = db.session.scalars(sa.select(Message.address).where(Message.invitation_id == invitation.id))
    own = customer.email if customer.kind is CustomerKind.PERSON else ""
    return sorted({normal_mail(one) for one in (*sent_to, own) if one})
