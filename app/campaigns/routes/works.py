"""Campaigns under way, as every staff page tells of them."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for

from app import clock, pages
from app.campaigns.models import Campaign, CampaignState
from app.campaigns.queries import Progress, message_counts
from app.db import db
from app.i18n import gettext as _


@pages.shows_works
def campaigns_under_way() -> Iterator[pages.Work]:
    """Mails on their way. A campaign is stopped on its own page, which says what stopping means."""
    sending = sa.select(Campaign).where(Campaign.state == CampaignState.SENDING)
    campaigns = list(db.session.scalars(sending.order_by(Campaign.id)))
    counts = message_counts([campaign.id for campaign in campaigns]) if campaigns else {}
    for campaign in campaigns:
        progress = Progress(counts.get(campaign.id, {}))
        inviting = campaign.invited_through is not None
        yield pages.Work(
            label=_("「%(campaign)s」をお送りする方を確かめています", campaign=campaign.name)
            if inviting
            else _("「%(campaign)s」のメールを送っています", campaign=campaign.name),
            done=progress.done,
            total=progress.total,
            url=url_for("campaigns.show_campaign", campaign_id=campaign.id),
            left=pages.time_left(progress.done, progress.total, campaign.started_at, clock.now()),
        )
