"""A campaign on its way: approved, started, with its mails queued."""

from dataclasses import replace

from flask import current_app

from app.campaigns.models import Campaign, CampaignState, Message
from app.campaigns.sending import send_due
from app.campaigns.services import invite_part, start_campaign
from app.config import Settings
from app.db import db, unit_of_work
from tests import factories_campaigns as made
from tests.conftest import NOW


def settings_to(port: int, **changes) -> Settings:
    """The app's settings with the mail server on this port."""
    return replace(current_app.extensions["settings"], smtp_port=port, **changes)


def started(count: int = 3, at=NOW, **changes) -> Campaign:
    """A campaign that has just been started for `count` lapsed customers."""
    with unit_of_work():
        for _number in range(count):
            made.lapsed()
        campaign = made.campaign(**{"state": CampaignState.APPROVED, **changes})
        start_campaign(campaign, at)
    while invite(campaign, at):
        pass
    return campaign


def invite(campaign: Campaign, at=NOW) -> bool:
    """What the job that starts a campaign does with one part of the segment."""
    with unit_of_work():
        return invite_part(campaign.id, at)


def send(campaign: Campaign, port: int, at=NOW, **changes) -> bool:
    """What the job does, at this instant."""
    return send_due(campaign.id, settings_to(port, **changes), lambda: at)


def messages() -> list[Message]:
    db.session.expire_all()
    return list(db.session.query(Message).order_by(Message.id))


def states() -> list[str]:
    return [message.state.value for message in messages()]
