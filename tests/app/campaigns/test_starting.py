"""Starting invites the segment of that moment: by lot some are held out, the rest gets a link and a code of its own."""

import pytest

from app.accounts.queries import organisation
from app.campaigns.codes import check_code
from app.campaigns.jobs import campaigns_standing_still
from app.campaigns.models import Arm, CampaignState, Invitation, Message, Skip, SkipRule
from app.campaigns.queries import campaign_funnel, invitations_of, skip_counts
from app.campaigns.services import start_campaign, starting, stop_campaign
from app.campaigns.services.sender import SenderIncomplete
from app.campaigns.services.starting import CannotStart
from app.customers.models import CustomerFact
from app.db import db, unit_of_work
from app.surveys.models import SurveyState
from tests import factories_campaigns as made
from tests.app.campaigns.world import invite, send, started
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


def rung(app):
    return [task.args for task in app.extensions["huey"].pending()]


def test_starting_rings_for_the_inviting_and_its_end_for_the_sending(app):
    campaign = started(1)
    assert rung(app) == [("invite_segment", campaign.id), ("send_campaign", campaign.id)]


@pytest.fixture
def parts_of_four(monkeypatch):
    monkeypatch.setattr(starting, "PART", 4)


@pytest.mark.usefixtures("parts_of_four")
def test_a_segment_is_invited_in_parts_and_the_holdout_is_as_large_as_in_one():
    for _number in range(3):
        made.lapsed(None)
    campaign = started(20, holdout_percent=10)
    asked, held = (list(db.session.scalars(invitations_of(campaign, arm))) for arm in Arm)
    assert (len(asked), len(held), db.session.query(Message).count()) == (18, 2, 18)
    assert skip_counts(campaign.id) == {SkipRule.NO_CONSENT: 3, SkipRule.HOLDOUT: 2}
    assert {one.invitation.arm for one in db.session.query(Message)} == {Arm.ASKED}


@pytest.mark.usefixtures("parts_of_four")
def test_nothing_is_sent_to_its_end_before_everybody_is_invited(sink):
    with unit_of_work():
        for _number in range(6):
            made.lapsed()
        campaign = approved()
        start_campaign(campaign, NOW)
    invite(campaign)
    assert list(campaigns_standing_still()) == [("invite_segment", (campaign.id,))]
    send(campaign, sink.port)
    db.session.refresh(campaign)
    assert (len(sink.received), campaign.state) == (4, CampaignState.SENDING)
    while invite(campaign):
        pass
    send(campaign, sink.port)
    db.session.refresh(campaign)
    assert (len(sink.received), campaign.state) == (6, CampaignState.DONE)


@pytest.mark.usefixtures("parts_of_four")
def test_a_campaign_that_is_stopped_while_it_starts_invites_nobody_more():
    with unit_of_work():
        for _number in range(6):
            made.lapsed()
        campaign = approved()
        start_campaign(campaign, NOW)
    invite(campaign)
    with unit_of_work():
        assert stop_campaign(campaign, None, NOW) == 4
    assert invite(campaign) is False
    assert db.session.query(Invitation).count() == 4


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
