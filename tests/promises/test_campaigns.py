"""Nobody is written to whom a rule leaves in peace, whatever happens between start and sending, and never at night.

A world of forty people through years of campaigns. What the rules say is written here a second time, over plain Python
objects; each mail that leaves is held against it at the instant of its last gate.
"""

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from app import mail
from app.campaigns.hours import is_quiet, next_opening
from app.campaigns.models import CampaignState
from app.campaigns.sending import send_due
from app.campaigns.services import invite_part, start_campaign, stop_campaign
from app.campaigns.services.starting import CannotStart
from app.customers.models import Channel, Customer, CustomerState, SuppressionCause
from app.customers.services import record_consent, record_fact, suppress
from app.db import db, unit_of_work
from app.surveys.models import SurveyState
from tests import factories_campaigns as made
from tests.app.campaigns.world import settings_to

TOKYO = ZoneInfo("Asia/Tokyo")
PEOPLE, ASKED = 40, 5
IS_FULL = os.environ.get("FULL", "0") not in ("", "0")  # all 10,000 take twenty minutes
ZONES = (
    "UTC",
    "Asia/Tokyo",
    "America/New_York",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",
)


@dataclass
class Person:
    """What is known of one customer, outside the database."""

    id: int
    address: str
    consents: bool = True
    suppressed: bool = False
    contacts: list[datetime] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)


class World:
    """Forty people, four surveys, a clock that jumps, and every mail that has left: (person, survey, instant)."""

    def __init__(self, rng):
        self.rng, self.at, self.sent = rng, datetime(2027, 12, 31, 3, tzinfo=UTC), []
        with unit_of_work():
            customers = [made.lapsed() for _number in range(PEOPLE)]
            self.surveys = [made.survey() for _number in range(4)]
            self.segment = made.segment()
            self.people = {one.email: Person(one.id, one.email) for one in customers}
            self.survey_ids = [one.id for one in self.surveys]

    def now(self):
        """Time passes while mails go out; now and then the clock jumps."""
        self.at += timedelta(seconds=self.rng.random() * 20)
        if self.rng.random() < 0.02:
            self.at += timedelta(hours=self.rng.uniform(-2, 14))
        return self.at

    def happen(self):
        """Something happens to somebody."""
        person = self.rng.choice(list(self.people.values()))
        what = self.rng.choice(
            (self.opt_out, self.withdraw, self.consent, self.call, self.answer, self.answer)
        )
        with unit_of_work():
            what(person, db.session.get_one(Customer, person.id))

    def opt_out(self, person, customer):
        if self.rng.random() < 0.1:  # for good: not everybody may end here
            person.suppressed = True
            suppress(Channel.MAIL, customer.email.upper(), self.rng.choice(list(SuppressionCause)), self.at)

    def withdraw(self, person, customer):
        person.consents = False
        record_consent(customer, Channel.MAIL, False, "電話で", "", self.at)

    def consent(self, person, customer):
        person.consents = True
        record_consent(customer, Channel.MAIL, True, "電話で", "", self.at)

    def call(self, person, customer):
        person.contacts.append(self.at)
        record_fact(customer.id, "contacted", "phone", "call:1", self.at)

    def answer(self, person, customer):
        survey_id = self.rng.choice(self.survey_ids)
        person.answered.add(survey_id)
        record_fact(customer.id, "answered", str(survey_id), "response:0", self.at)

    def may_be_sent(self, person, survey_id, at):
        """The rules, a second time."""
        lately = [one for one in person.contacts if at - timedelta(days=30) < one]
        in_a_year = [one for one in person.contacts if at - timedelta(days=365) < one]
        hour = at.astimezone(TOKYO).hour
        return (
            person.consents
            and not person.suppressed
            and survey_id not in person.answered
            and not lately
            and len(in_a_year) < 4
            and 8 <= hour < 21
        )


class Gate:
    """Stands where the mail server stands: writes down who would be written to, and holds it against the rules."""

    sock = True

    def __init__(self, world, survey_id):
        self.world, self.survey_id, self.wrong = world, survey_id, []

    def take(self, server, letter):
        person = self.world.people[letter["To"].addresses[0].addr_spec]
        if not self.world.may_be_sent(person, self.survey_id, self.world.at):
            self.wrong.append((person, self.survey_id, self.world.at))
        person.contacts.append(self.world.at)
        self.world.sent.append(person.id)


def choose_people(world):
    """Five are lapsed just now, so that a campaign is small."""
    chosen = world.rng.sample([one.id for one in world.people.values()], ASKED)
    db.session.execute(sa.update(Customer).values(state=CustomerState.ACTIVE))
    db.session.execute(sa.update(Customer).where(Customer.id.in_(chosen)).values(state=CustomerState.LAPSED))


def run_campaign(world, monkeypatch, settings):
    """Start a campaign, let things happen, send. Returns what should not have left."""
    world.at += timedelta(hours=world.rng.uniform(1, 24 * 9))
    survey = db.session.get_one(type(world.surveys[0]), world.rng.choice(world.survey_ids))
    try:
        with unit_of_work():
            choose_people(world)
            campaign = made.campaign(state=CampaignState.APPROVED, survey=survey, segment=world.segment)
            start_campaign(campaign, world.at)
    except CannotStart:
        return []
    more = True
    while more:
        with unit_of_work():
            more = invite_part(campaign.id, world.at)
    for _event in range(world.rng.randint(0, 3)):
        world.happen()
    is_closed = world.rng.random() < 0.05
    if is_closed:
        with unit_of_work():
            survey.state = SurveyState.CLOSED
    gate = Gate(world, survey.id)
    monkeypatch.setattr(mail, "connection", contextmanager(lambda _settings: iter([gate])))
    monkeypatch.setattr(mail, "hand_over", gate.take)
    before = len(world.sent)
    for _night in range(3):  # what waits for the morning goes on then
        send_due(campaign.id, settings, world.now)
        world.at += timedelta(hours=world.rng.uniform(0, 13))
    with unit_of_work():
        survey.state = SurveyState.PUBLISHED
        if campaign.state is CampaignState.SENDING:
            stop_campaign(campaign, None, world.at)
    db.session.expunge_all()
    return gate.wrong + (
        ["sent after the survey was closed"] if is_closed and len(world.sent) > before else []
    )


@pytest.mark.usefixtures("context")
@pytest.mark.promise(
    "21a", "10,000 simulated campaigns: nobody a rule leaves in peace gets a mail", small=False
)
def test_no_mail_leaves_against_a_rule(app, rng, trials, tried, monkeypatch):
    # What is tried here is who is written to, not whether it lasts.
    sa.event.listen(db.engine, "checkout", lambda raw, *_: raw.execute("pragma synchronous=off"))
    db.session.rollback()
    world, settings = World(rng), settings_to(1, hourly_send_limit=10**6, quiet_hours=True)
    app.extensions["settings"] = settings
    campaigns = trials(10_000 if IS_FULL else 1_500)
    for _campaign in range(campaigns):
        assert run_campaign(world, monkeypatch, settings) == []
    assert len(world.sent) > campaigns // 50
    tried(
        f"{campaigns:,} campaigns, {len(world.sent):,} mails; what happens in between and every rule by chance",
        zeros=campaigns,
    )


def instants(rng, count):
    """Instants around openings, midnights, leap days and changes of the clock, in many zones."""
    for _number in range(count):
        zone = ZoneInfo(rng.choice(ZONES))
        day = rng.choice(
            (
                (2028, 2, 29),
                (2027, 2, 28),
                (2026, 3, 8),
                (2026, 11, 1),
                (2026, 12, 31),
                (2026, 4, 5),
                (rng.randint(2024, 2040), rng.randint(1, 12), rng.randint(1, 28)),
            )
        )
        hour, minute = rng.choice(
            (
                (7, 59),
                (8, 0),
                (20, 59),
                (21, 0),
                (0, 0),
                (1, 30),
                (2, 30),
                (rng.randrange(24), rng.randrange(60)),
            )
        )
        yield (
            datetime(
                *day,
                hour,
                minute,
                rng.choice((0, 59)),
                rng.choice((0, 999_999)),
                tzinfo=zone,
                fold=rng.randrange(2),
            ),
            zone,
        )


@pytest.fixture
def clock_of_the_machine():
    """A function that moves the machine's own zone; put right at the end."""
    before = os.environ.get("TZ")

    def move(zone):
        os.environ["TZ"] = zone.key
        time.tzset()

    yield move
    os.environ.pop("TZ", None) if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.usefixtures("context")
@pytest.mark.promise("21b", "10,000 schedules: none outside 8:00 to 21:00 in Tokyo", small=True)
def test_the_next_opening_is_never_at_night_and_never_late(rng, trials, tried, clock_of_the_machine):
    count = trials(10_000)
    for at, zone in instants(rng, count):
        clock_of_the_machine(zone)
        local = at.astimezone(TOKYO)
        assert is_quiet(at) == (not 8 <= local.hour < 21), at
        opening = next_opening(at)
        assert not is_quiet(opening), at
        assert timedelta(0) <= opening.astimezone(UTC) - at.astimezone(UTC) <= timedelta(hours=11), at
        # Compared in UTC: Python calls no two zones equal where a clock was changed.
        assert opening.astimezone(UTC) == at.astimezone(UTC) or (
            opening.astimezone(TOKYO).hour,
            opening.astimezone(TOKYO).minute,
        ) == (8, 0)
    tried(
        f"{count:,} instants in {len(ZONES)} zones of machine and caller, leap days and changed clocks among them",
        zeros=count,
    )
