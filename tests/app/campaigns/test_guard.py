"""The contact guard leaves people in peace: each rule by itself, and all of them over a segment at once."""

from datetime import timedelta

import pytest

from app.campaigns import guard
from app.campaigns.models import Arm, Invitation, SkipRule
from app.customers.models import Channel, Contact, CustomerKind, SuppressionCause
from app.customers.services import record_consent, record_fact, suppress
from app.db import db
from app.surveys.models import SurveyState
from tests import factories
from tests import factories_campaigns as made
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("context")


def rule_of(customer, campaign, at=NOW):
    db.session.flush()
    return next(one.rule for one in guard.assess(campaign, at) if one.customer_id == customer.id)


def test_who_consented_and_was_never_asked_is_written_to():
    customer = made.lapsed()
    [found] = guard.assess(made.campaign(), NOW)
    assert (found.customer_id, found.address, found.rule) == (customer.id, customer.email, None)


@pytest.mark.parametrize("granted", [None, False])
def test_without_a_consent_or_after_its_withdrawal_nobody_is_written_to(granted):
    assert rule_of(made.lapsed(granted), made.campaign()) is SkipRule.NO_CONSENT


def test_a_consent_given_again_counts():
    customer = made.lapsed(False)
    record_consent(customer, Channel.MAIL, True, "電話で", "", factories.AT + timedelta(days=9))
    assert rule_of(customer, made.campaign()) is None


@pytest.mark.parametrize("address", ["", "hanako", "hana ko@okyaku.example"])
def test_without_an_address_that_is_one_nobody_is_written_to(address):
    assert rule_of(made.lapsed(email=address), made.campaign()) is SkipRule.NO_ADDRESS


@pytest.mark.parametrize(
    ("cause", "rule"),
    [
        (SuppressionCause.OPT_OUT, SkipRule.OPTED_OUT),
        (SuppressionCause.MEMBER, SkipRule.OPTED_OUT),
        (SuppressionCause.BOUNCE, SkipRule.BOUNCED),
        (SuppressionCause.COMPLAINT, SkipRule.COMPLAINED),
    ],
)
def test_a_suppressed_address_is_left_alone_however_it_is_written(cause, rule):
    suppress(Channel.MAIL, "ＨＡＮＡＫＯ@Okyaku.example", cause, NOW)
    assert rule_of(made.lapsed(email="Hanako@okyaku.example"), made.campaign()) is rule


def test_suppression_beats_a_newer_consent():
    customer = made.lapsed()
    suppress(Channel.MAIL, customer.email, SuppressionCause.OPT_OUT, factories.AT)
    record_consent(customer, Channel.MAIL, True, "再登録", "", NOW)
    assert rule_of(customer, made.campaign()) is SkipRule.OPTED_OUT


@pytest.mark.parametrize(("days", "rule"), [(29, SkipRule.RECENTLY_ASKED), (31, None)])
@pytest.mark.parametrize("channel", ["mail", "letter", "phone"])
def test_thirty_days_must_pass_after_any_contact(days, rule, channel):
    customer = made.lapsed()
    record_fact(customer.id, "contacted", channel, "elsewhere", NOW - timedelta(days=days))
    assert rule_of(customer, made.campaign()) is rule


def test_four_contacts_a_year_are_enough_until_the_first_is_a_year_old():
    customer = made.lapsed()
    for days in (300, 200, 100, 40):
        record_fact(customer.id, "contacted", "mail", "elsewhere", NOW - timedelta(days=days))
    campaign = made.campaign()
    assert rule_of(customer, campaign) is SkipRule.RECENTLY_ASKED
    assert guard.dry_run(campaign, NOW).lines[0].free_from == (NOW + timedelta(days=65)).date()
    assert rule_of(customer, campaign, NOW + timedelta(days=66)) is None


def test_who_has_answered_this_survey_is_not_asked_again():
    customer, earlier = made.lapsed(), made.campaign()
    invitation = Invitation(
        campaign_id=earlier.id, customer_id=customer.id, token="t" * 24, code="A" * 8, arm=Arm.ASKED,
        invited_at=factories.AT, spent_at=factories.AT,
    )  # fmt: skip
    db.session.add(invitation)
    assert rule_of(customer, made.campaign(survey=earlier.survey)) is SkipRule.ALREADY_ANSWERED
    assert rule_of(customer, made.campaign()) is None


def test_a_periodic_survey_is_asked_again_after_its_round():
    customer, survey = made.lapsed(), made.survey(preset="nps")
    record_fact(customer.id, "answered", str(survey.id), "response:1", NOW - timedelta(days=90))
    assert rule_of(customer, made.campaign(survey=survey)) is None
    record_fact(customer.id, "answered", str(survey.id), "response:2", NOW - timedelta(days=40))
    assert rule_of(customer, made.campaign(survey=survey)) is SkipRule.ALREADY_ANSWERED


def test_a_closed_survey_is_asked_of_nobody():
    customer = made.lapsed()
    closed = made.survey(state=SurveyState.CLOSED)
    over = made.survey(closes_on=(NOW - timedelta(days=1)).date())
    assert rule_of(customer, made.campaign(survey=closed)) is SkipRule.SURVEY_CLOSED
    assert rule_of(customer, made.campaign(survey=over)) is SkipRule.SURVEY_CLOSED


def test_an_account_is_written_to_at_its_first_contact():
    account = made.lapsed(email="", kind=CustomerKind.ACCOUNT)
    for email, is_primary in (("soumu@kaisha.example", False), ("shiire@kaisha.example", True)):
        db.session.add(Contact(customer_id=account.id, name="佐藤", email=email, is_primary=is_primary))
    db.session.flush()
    [found] = guard.assess(made.campaign(), NOW)
    assert (found.address, found.rule) == ("shiire@kaisha.example", None)


def test_the_dry_run_counts_everybody_once_under_the_first_rule_that_holds():
    for _number in range(20):
        made.lapsed()
    silent = made.lapsed(None)
    suppress(Channel.MAIL, silent.email, SuppressionCause.OPT_OUT, NOW - timedelta(days=40))
    asked = [made.lapsed() for _number in range(2)]
    campaign = made.campaign(holdout_percent=10)
    for customer, days in zip(asked, (20, 5), strict=True):
        record_fact(customer.id, "contacted", "mail", f"campaign:{campaign.id}", NOW - timedelta(days=days))
    found = guard.dry_run(campaign, NOW)
    assert (found.total, found.sendable, found.holdout, found.skipped) == (23, 18, 2, 3)
    recent, opted_out = found.lines
    assert (opted_out.rule, opted_out.count) == (SkipRule.OPTED_OUT, 1)
    assert opted_out.examples[0].since == (NOW - timedelta(days=40)).date()
    assert (recent.rule, recent.count, recent.examples[0].campaign) == (
        SkipRule.RECENTLY_ASKED,
        2,
        campaign.name,
    )
    assert recent.free_from == (NOW + timedelta(days=10)).date()
    assert recent.free_until == (NOW + timedelta(days=25)).date()


def test_the_dry_run_writes_nothing():
    made.lapsed()
    campaign = made.campaign()
    db.session.commit()
    guard.dry_run(campaign, NOW)
    assert not db.session.new
    assert not db.session.dirty
    assert db.session.query(Invitation).count() == 0


def test_the_lot_falls_on_the_same_people_each_time():
    ids = list(range(1, 201))
    drawn = guard.draw_holdout(ids, 10, seed=7)
    assert len(drawn) == 20
    assert drawn == guard.draw_holdout(list(reversed(ids)), 10, seed=7)
    assert drawn != guard.draw_holdout(ids, 10, seed=8)
    assert guard.draw_holdout([1], 10, seed=7) == set()
