"""A test mail to oneself."""

import secrets
from datetime import datetime

from app import audit, mail
from app.accounts.models import Member
from app.campaigns.letters import Words, sample_reader, write
from app.campaigns.models import Campaign
from app.campaigns.points import first_points
from app.campaigns.services.sender import sender
from app.config import Settings
from app.db import let_go
from app.errors import OkaeriError
from app.i18n import gettext as _


class TestNotSent(OkaeriError):
    """The test mail did not go out."""

    __test__ = False  # pytest: not a test class


def send_test(campaign: Campaign, member: Member, link: str, settings: Settings, at: datetime) -> None:
    """Send the mail as it stands to the member's own address, marked as a test, with `link` as the customer's own.

    Speaks to the mail server with no transaction open: what is to last must be committed before.
    Raises TestNotSent, SenderIncomplete.
    """
    own, step = sender(), campaign.steps[0]
    campaign_id, member_id = campaign.id, member.id
    words = Words(
        _("【テスト】") + step.subject,
        step.body,
        campaign.survey,
        own,
        first_points(campaign.survey_version_id),
    )
    reader = sample_reader(member.name, member.email, link, settings.public_url)
    domain = own.sender_address.rpartition("@")[2]
    try:
        message = mail.compose(
            write(words, reader, settings.public_url, at), f"<{secrets.token_hex(16)}@{domain}>"
        )
        let_go()
        with mail.connection(settings) as server:
            mail.hand_over(server, message)
    except (mail.BadHeader, OSError) as error:
        raise TestNotSent(
            _("メールサーバーが受け取りませんでした（%(answer)s）。", answer=str(error)[:120])
        ) from None
    audit.record("sent_test", "campaign", campaign_id, member_id, at)
