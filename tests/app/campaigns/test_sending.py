"""Mail goes out once or not at all: through the last gate, within the hours and the limit, whatever breaks."""

from datetime import datetime, timedelta

import pytest

from app import mail
from app.accounts.queries import organisation
from app.campaigns import jobs, sending
from app.campaigns.models import CampaignState, Message, MessageState
from app.campaigns.services import start_campaign, stop_campaign
from app.clock import TOKYO
from app.customers.models import Channel, Customer, CustomerFact, Suppression, SuppressionCause, TimelineEntry
from app.customers.services import record_consent, record_fact, suppress
from app.db import db, unit_of_work
from app.surveys.models import SurveyState
from tests import factories_campaigns as made
from tests.app.campaigns.world import invite, messages, send, settings_to, started, states
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("context")


def recipients(sink):
    return [envelope.rcpt_tos[0] for envelope in sink.received]


def facts(kind):
    return db.session.query(CustomerFact).filter_by(kind=kind).count()


def test_everybody_gets_one_mail_and_the_campaign_is_done(sink):
    campaign = started(25)
    send(campaign, sink.port)
    assert len(set(recipients(sink))) == len(recipients(sink)) == 25
    assert set(states()) == {"accepted"}
    assert (campaign.state, campaign.finished_at) == (CampaignState.DONE, NOW)
    assert (facts("invited"), facts("contacted")) == (25, 25)
    assert db.session.query(TimelineEntry).filter_by(kind="invited").count() == 25
    send(campaign, sink.port)
    assert len(sink.received) == 25


def withdraw(customer):
    record_consent(customer, Channel.MAIL, False, "電話で", "", NOW)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda one: suppress(Channel.MAIL, one.email, SuppressionCause.OPT_OUT, NOW), "opted_out"),
        (lambda one: suppress(Channel.MAIL, one.email.upper(), SuppressionCause.BOUNCE, NOW), "bounced"),
        (lambda one: suppress(Channel.MAIL, one.email, SuppressionCause.COMPLAINT, NOW), "complained"),
        (withdraw, "no_consent"),
        (lambda one: record_fact(one.id, "contacted", "phone", "call:1", NOW), "recently_asked"),
    ],
)
def test_what_changed_after_queueing_still_counts_at_hand_over(sink, change, rule):
    campaign = started(2)
    with unit_of_work():
        spared = db.session.query(Customer).first()
        change(spared)
    send(campaign, sink.port)
    first, second = messages()
    assert (first.state, first.problem, second.state) == (
        MessageState.SUPPRESSED,
        rule,
        MessageState.ACCEPTED,
    )
    assert recipients(sink) == [second.address]


def test_nothing_goes_out_once_the_survey_is_closed(sink):
    campaign = started(2)
    with unit_of_work():
        campaign.survey.state = SurveyState.CLOSED
    send(campaign, sink.port)
    assert [(one.state.value, one.problem) for one in messages()] == [("suppressed", "survey_closed")] * 2
    assert sink.received == []


def test_who_has_answered_meanwhile_is_not_asked(sink):
    campaign = started(1)
    with unit_of_work():
        messages()[0].invitation.spent_at = NOW
    send(campaign, sink.port)
    assert (states(), messages()[0].problem) == (["suppressed"], "already_answered")


def test_who_was_erased_meanwhile_is_not_written_to(sink):
    campaign = started(2)
    with unit_of_work():
        erased = db.session.query(Customer).first()
        address = erased.email
        db.session.delete(erased)
    send(campaign, sink.port)
    assert address not in recipients(sink)
    assert len(sink.received) == 1


def test_two_campaigns_at_once_ask_each_person_only_once(sink):
    with unit_of_work():
        segment = made.segment()
    first = started(3, segment=segment)
    with unit_of_work():
        second = made.campaign(state=CampaignState.APPROVED, segment=segment)
        start_campaign(second, NOW)
    while invite(second):
        pass
    send(first, sink.port)
    send(second, sink.port)
    assert len(sink.received) == 3
    assert states().count("suppressed") == 3


@pytest.mark.parametrize(
    ("hour", "minute", "sent"), [(20, 59, 1), (21, 0, 0), (3, 0, 0), (7, 59, 0), (8, 0, 1)]
)
def test_from_nine_to_eight_nothing_goes_out(sink, hour, minute, sent):
    campaign = started(1)
    send(campaign, sink.port, at=datetime(2026, 11, 24, hour, minute, tzinfo=TOKYO))
    assert len(sink.received) == sent
    assert states() == (["accepted"] if sent else ["queued"])


def test_a_mail_claimed_just_before_nine_waits_for_the_morning(sink):
    campaign = started(1)
    last, first = (datetime(2026, 11, 24, hour, minute, tzinfo=TOKYO) for hour, minute in ((20, 59), (21, 0)))
    [claimed] = sending.claim(campaign.id, 100, last)
    with mail.connection(settings_to(sink.port)) as server:
        sending.hand_over(claimed, server, "http://localhost", lambda: first)
    assert (sink.received, states()) == ([], ["queued"])
    assert sending.claim(campaign.id, 100, first) == []


def test_a_claim_used_twice_sends_once(sink):
    campaign = started(1)
    [claimed] = sending.claim(campaign.id, 100, NOW)
    with mail.connection(settings_to(sink.port)) as server:
        for _worker in range(2):
            sending.hand_over(claimed, server, "http://localhost", lambda: NOW)
    assert (len(sink.received), states()) == (1, ["accepted"])


def test_the_hour_holds_no_more_than_its_limit(sink):
    campaign = started(5)
    send(campaign, sink.port, hourly_send_limit=2)
    assert (len(sink.received), campaign.state) == (2, CampaignState.SENDING)
    send(campaign, sink.port, at=NOW + timedelta(minutes=59), hourly_send_limit=2)
    assert len(sink.received) == 2
    send(campaign, sink.port, at=NOW + timedelta(minutes=61), hourly_send_limit=2)
    assert len(sink.received) == 4


def test_an_address_nobody_has_fails_and_is_never_written_to_again(sink):
    campaign = started(2)
    address = messages()[0].address
    sink.refusals = {address: "550 5.1.1 no such person"}
    send(campaign, sink.port)
    assert states() == ["failed", "accepted"]
    assert db.session.query(Suppression).one().address == address
    assert (facts("contacted"), facts("invited")) == (1, 1)


def test_the_address_a_server_repeats_is_not_kept_with_its_answer(sink):
    campaign = started(1)
    address = messages()[0].address
    sink.refusals = {address: f"550 5.1.1 <{address}>: Recipient address rejected"}
    send(campaign, sink.port)
    assert messages()[0].problem == "550 5.1.1 … Recipient address rejected"


@pytest.mark.parametrize(
    "answer", ["451 4.7.1 try later", "550 5.7.1 blocked by policy", "552 5.2.2 mailbox full"]
)
def test_a_server_that_will_not_take_it_now_is_asked_again_later(sink, answer):
    campaign = started(1)
    sink.refusals = {messages()[0].address: answer}
    send(campaign, sink.port)
    assert (states(), facts("contacted")) == (["queued"], 0)
    assert db.session.query(Suppression).count() == 0
    sink.refusals = {}
    send(campaign, sink.port, at=NOW + timedelta(minutes=4))
    assert sink.received == []
    send(campaign, sink.port, at=NOW + timedelta(minutes=5))
    assert states() == ["accepted"]


def test_after_six_tries_a_message_has_failed(sink):
    campaign, at = started(1), NOW
    sink.refusals = {messages()[0].address: "451 try later"}
    for _try in range(6):
        send(campaign, sink.port, at=at)
        at = messages()[0].due_at or at
        if at.astimezone(TOKYO).hour >= 20:
            at += timedelta(hours=12)
    assert (states(), messages()[0].try_count, campaign.state) == (["failed"], 6, CampaignState.DONE)
    assert facts("contacted") == 0


def test_without_a_mail_server_all_stays_queued_and_goes_out_later(sink):
    campaign = started(3)
    send(campaign, port=1)
    assert (states(), messages()[0].try_count) == (["queued"] * 3, 0)
    send(campaign, sink.port, at=NOW + timedelta(minutes=1))
    assert len(sink.received) == 3


def test_a_line_cut_after_the_words_is_unknown_and_never_sent_again(sink):
    campaign = started(3)
    sink.hang_up = True
    send(campaign, sink.port)
    assert states() == ["unknown"] * 3
    assert len(sink.received) == 3
    sink.hang_up = False
    for minutes in (3, 15, 90):
        send(campaign, sink.port, at=NOW + timedelta(minutes=minutes))
    assert len(sink.received) == 3
    assert campaign.state is CampaignState.DONE
    assert facts("contacted") == 3
    assert db.session.query(TimelineEntry).filter_by(kind="perhaps_invited").count() == 3


def test_a_claim_of_a_killed_worker_goes_back_after_two_minutes(sink):
    campaign = started(2)
    assert len(sending.claim(campaign.id, 100, NOW)) == 2
    send(campaign, sink.port, at=NOW + timedelta(seconds=110))
    assert sink.received == []
    send(campaign, sink.port, at=NOW + timedelta(seconds=130))
    assert states() == ["accepted"] * 2


def test_a_hand_over_of_a_killed_worker_is_unknown_after_ten_minutes(sink):
    campaign = started(2)
    with unit_of_work():
        messages()[0].state = MessageState.HANDING_OVER
    send(campaign, sink.port, at=NOW + timedelta(minutes=9))
    assert (states(), campaign.state) == (["handing_over", "accepted"], CampaignState.SENDING)
    send(campaign, sink.port, at=NOW + timedelta(minutes=11))
    assert (states(), campaign.state) == (["unknown", "accepted"], CampaignState.DONE)
    assert len(sink.received) == 1


def test_stopping_takes_back_what_has_not_gone_out(sink):
    campaign = started(30)
    send(campaign, sink.port, hourly_send_limit=20)
    claimed = sending.claim(campaign.id, 25, NOW + timedelta(minutes=1))
    with unit_of_work():
        assert stop_campaign(campaign, None, NOW) == 10
    assert len(claimed) == 5
    with mail.connection(settings_to(sink.port)) as server:
        sending.hand_over(claimed[0], server, "http://localhost", lambda: NOW)
    send(campaign, sink.port, at=NOW + timedelta(hours=2))
    assert len(sink.received) == 20
    assert states().count("cancelled") == 10
    assert campaign.state is CampaignState.STOPPED


def test_the_sweep_rings_for_a_campaign_that_stands_still(app, sink):
    campaign = started(1)
    assert list(jobs.campaigns_standing_still()) == [("send_campaign", (campaign.id,))]
    send(campaign, sink.port)
    assert list(jobs.campaigns_standing_still()) == []


def test_a_sender_without_address_sends_nothing(sink):
    campaign = started(1)
    with unit_of_work():
        organisation().postal_address = ""
    send(campaign, sink.port)
    assert (sink.received, states()) == ([], ["queued"])


def test_a_name_that_breaks_a_header_stops_nobody_else(sink):
    campaign = started(2, subject="{{name}}へ")
    with unit_of_work():
        db.session.query(Customer).first().name = "花子\r\nBcc: all@okyaku.example"
    send(campaign, sink.port)
    assert states() == ["accepted"] * 2
    assert all(b"\nBcc" not in envelope.original_content for envelope in sink.received)


def test_progress_survives_in_the_rows_alone(sink):
    """Losing the queue loses nothing: the messages say what is left."""
    campaign = started(3)
    with unit_of_work():
        db.session.query(Message).first().state = MessageState.ACCEPTED
    send(campaign, sink.port)
    assert len(sink.received) == 2
