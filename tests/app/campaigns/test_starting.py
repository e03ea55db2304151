"""Starting invites the segment of that moment: by lot some are held out, the rest gets a link and a code of its own."""

import pytest

from app.accounts.queries import organisation
from app.campaigns.codes import check_code
from app.campaigns.models import Arm, CampaignState, Invitation, Message, Skip, SkipRule
from app.campaigns.queries import campaign_funnel, invitations_of, skip_counts
from app.campaigns.services import start_campaign
from app.campaigns.services.sender import SenderIncomplete
from app.campaigns.services.starting import CannotStart
from app.customers.models import CustomerFact
from app.db import db
from app.surveys.models import SurveyState
from tests import factories_campaigns as made
from tests.app.campaigns.world import started
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("context")


def approved(**changes):
    return made.campaign(**{"state": CampaignState.APPROVED, **changes})


def test_everybody_free_is_invited_but_the_holdout_and_only_they_get_a_mail():
    silent = made.lapsed(None)
    campaign = started(20, holdout_percent=10)
    asked, held = (list(db.session.scalars(invitations_of(campaign, arm))) for arm in Arm)
    assert (len(asked), len(held), db.session.query(Message).count()) == (18, 2, 18)
    assert skip_counts(campaign.id) == {SkipRule.HOLDOUT: 2, SkipRule.NO_CONSENT: 1}
    assert db.session.query(Skip).filter_by(rule=SkipRule.NO_CONSENT).one().customer_id == silent.id
    assert {one.invitation.arm for one in db.session.query(Message)} == {Arm.ASKED}
    assert (campaign.state, campaign.started_at) == (CampaignState.SENDING, NOW)


def test_each_link_holds_at_least_128_random_bits_and_each_code_its_check():
    started(20)
    invitations = db.session.query(Invitation).all()
    assert all(len(one.token) * 6 >= 128 for one in invitations)
    assert len({one.token for one in invitations}) == len({one.code for one in invitations}) == 20
    assert all(check_code(one.code) == one.code for one in invitations)


def test_nobody_counts_as_contacted_before_a_mail_goes_out():
    started(2)
    assert db.session.query(CustomerFact).count() == 0


def test_starting_rings_for_the_job(app):
    started(1)
    assert len(app.extensions["huey"].pending()) == 1


@pytest.mark.parametrize(
    "state", [CampaignState.DRAFT, CampaignState.SENDING, CampaignState.DONE, CampaignState.STOPPED]
)
def test_only_an_approved_campaign_starts(state):
    made.lapsed()
    with pytest.raises(CannotStart):
        start_campaign(made.campaign(state=state), NOW)


def test_nothing_starts_without_the_senders_identity():
    made.lapsed()
    organisation().contact = ""
    with pytest.raises(SenderIncomplete, match="設定"):
        start_campaign(approved(), NOW)


def test_nothing_starts_for_a_closed_survey_or_for_nobody():
    with pytest.raises(CannotStart, match="いません"):
        start_campaign(approved(), NOW)
    made.lapsed()
    with pytest.raises(CannotStart, match="受け付けて"):
        start_campaign(approved(survey=made.survey(state=SurveyState.CLOSED)), NOW)


def test_the_funnel_counts_people():
    campaign = started(4, holdout_percent=25)
    first, second, third = db.session.scalars(invitations_of(campaign))
    first.spent_at = NOW
    db.session.add(
        CustomerFact(customer_id=second.customer_id, kind="started", source=f"invitation:{second.id}", at=NOW)
    )
    db.session.query(Message).filter_by(invitation_id=first.id).one().state = "accepted"
    db.session.query(Message).filter_by(invitation_id=third.id).one().state = "bounced"
    db.session.flush()
    funnel = campaign_funnel(campaign.id)
    assert (funnel.invited, funnel.accepted, funnel.started, funnel.answered, funnel.holdout) == (
        3,
        2,
        2,
        1,
        1,
    )
    assert funnel.share == 0.5
    low, high = funnel.interval
    assert (round(low, 2), round(high, 2)) == (0.09, 0.91)
