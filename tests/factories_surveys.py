"""Surveys, invitations and sheets for tests, made by the product's own services and added to the session."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from app.campaigns.models import Campaign, CampaignState, Invitation
from app.customers.models import Customer, Segment
from app.db import db
from app.responses import services as responses
from app.responses.models import Door, Response
from app.surveys import services
from app.surveys.models import Survey
from tests import factories
from tests.factories import AT

_numbers = count(1)
ANSWERS = {
    "nps": 6,
    "main_reason": "delivery",
    "reason_text": "新茶が届いたのがお彼岸を過ぎてからでした。",
    "improve": "届く日を選べるようになれば。",
    "current": "近所のスーパーのお茶",
    "contact": "notice",
}


def survey(preset: str = "churn_b2c", published: bool = True, **changes: Any) -> Survey:
    """A survey made from a preset, in use unless told otherwise."""
    made = services.create_survey(preset, f"調査{next(_numbers)}", None, AT)
    if not preset:
        made.public_title, made.welcome = "お聞かせください", "よろしくお願いします。"
    for name, value in changes.items():
        setattr(made, name, value)
    db.session.flush()
    if published:
        services.publish_survey(made, None, AT)
    return made


def invitation(
    to_survey: Survey | None = None, customer: Customer | None = None, **changes: Any
) -> Invitation:
    """An invitation of a customer to a survey in use, by a campaign of its own."""
    number = next(_numbers)
    asked = to_survey or survey()
    customer = customer or factories.customer(phone="090-1234-5678", address="静岡市1-2-3")
    segment = Segment(name=f"しばらくご利用のない方{number}", created_at=AT)
    db.session.add_all([customer, segment])
    db.session.flush()
    campaign = Campaign(
        name="秋の調査",
        state=CampaignState.SENDING,
        survey_id=asked.id,
        survey_version_id=asked.published_version.id,
        segment_id=segment.id,
        created_at=AT,
    )
    db.session.add(campaign)
    db.session.flush()
    values = {
        "token": f"{number:04d}-token-of-a-believable-length",
        "code": f"K{number:07d}",
        "invited_at": AT,
    }
    made = Invitation(campaign_id=campaign.id, customer_id=customer.id, **{**values, **changes})
    db.session.add(made)
    db.session.flush()
    return made


def response(
    to_survey: Survey | None = None, answers: Mapping[str, Any] | None = None, submitted: bool = True
) -> Response:
    """A sheet filled in through the services."""
    made = responses.start_response(invitation(to_survey), Door.LINK, AT)
    responses.save_page(made, ANSWERS if answers is None else answers, AT)
    return responses.submit_response(made, AT) if submitted else made
