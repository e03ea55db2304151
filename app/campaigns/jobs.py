"""The jobs that start and send a campaign, and the sweep that rings for whatever stands still."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app import clock, jobs
from app.campaigns.models import Campaign, CampaignState, Message, MessageState, Step
from app.campaigns.sending import send_due
from app.campaigns.services.starting import invite_part
from app.db import db, unit_of_work
from app.points import reach

STANDS_STILL = timedelta(minutes=1)


@jobs.job
def invite_segment(campaign_id: int) -> None:
    """Go through the segment of a starting campaign, part by part; the last part rings for the sending."""
    more = True
    while more:
        with unit_of_work():
            more = invite_part(campaign_id, clock.now())
            reach("starting.inviting")
        reach("starting.invited")


@jobs.job
def send_campaign(campaign_id: int) -> None:
    """Hand over what may go out now; rings itself again while there is more, so that other jobs get their turn."""
    if send_due(campaign_id, current_app.extensions["settings"], clock.now):
        with unit_of_work():
            jobs.ring("send_campaign", campaign_id)


@jobs.sweep
def campaigns_standing_still() -> Iterator[jobs.Ring]:
    """Campaigns on their way of which nothing has moved for a minute: after the night, a full hour, a killed worker."""
    moved = (
        sa.select(Message.id)
        .join(Step)
        .where(
            Step.campaign_id == Campaign.id,
            Message.state != MessageState.QUEUED,
            Message.touched_at > clock.now() - STANDS_STILL,
        )
    )
    waiting = sa.select(Campaign.id, Campaign.invited_through).where(
        Campaign.state == CampaignState.SENDING, ~moved.exists()
    )
    for campaign_id, invited_through in db.session.execute(waiting):
        yield "send_campaign" if invited_through is None else "invite_segment", (campaign_id,)
