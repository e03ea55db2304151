"""What may be done with campaigns. One file per thing; everything is called from here."""

from app.campaigns.services.approval import approve_campaign, ask_for_approval, reopen_campaign
from app.campaigns.services.drafts import (
    create_campaign,
    discard_campaign,
    edit_audience,
    edit_holdout,
    edit_words,
)
from app.campaigns.services.starting import invite_part, start_campaign
from app.campaigns.services.stopping import stop_campaign, unsubscribe
from app.campaigns.services.trial import send_test

__all__ = [
    "approve_campaign",
    "ask_for_approval",
    "create_campaign",
    "discard_campaign",
    "edit_audience",
    "edit_holdout",
    "edit_words",
    "invite_part",
    "reopen_campaign",
    "send_test",
    "start_campaign",
    "stop_campaign",
    "unsubscribe",
]
