"""The contact guard: who is left in peace, and why. One function per rule.

The same rules speak twice: set-based over a whole segment (dry run, start), and for one customer inside the
transaction that hands a mail over. Each rule is SQL about the customer at hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from app.campaigns.models import Campaign, Invitation, Message, SkipRule
from app.clock import day_of
from app.customers.addresses import is_mail, normal_mail
from app.customers.models import Channel, Contact, Customer, CustomerFact, Suppression, SuppressionCause
from app.customers.queries import customers_of_segment, facts_of
from app.customers.queries.ledger import consented
from app.db import db
from app.surveys.models import Survey

CAP_DAYS, CAP_A_YEAR = 30, 4
MONTH, YEAR = timedelta(days=CAP_DAYS), timedelta(days=365)
# A periodic survey is asked anew each time, so that only an answer of the running round counts as answered.
PERIODIC = {"nps"}
ROUND = timedelta(days=60)
EXAMPLES, CHUNK = 2, 500
SUPPRESSING = {SkipRule.OPTED_OUT, SkipRule.BOUNCED, SkipRule.COMPLAINED}

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Asked:
    """What is about to happen to the customer at hand: this survey, by mail to `address` (SQL), at this instant."""

    survey_id: int
    is_open: bool
    is_periodic: bool
    address: sa.ColumnElement[str]
    at: datetime


def gone(asked: Asked) -> Condition:
    """The customer is no longer there."""
    return Customer.id.is_(None)


def survey_closed(asked: Asked) -> Condition:
    return sa.literal(not asked.is_open) == sa.true()


def no_address(asked: Asked) -> Condition:
    return asked.address == ""


def opted_out(asked: Asked) -> Condition:
    return _suppressed(asked, SuppressionCause.OPT_OUT, SuppressionCause.MEMBER)


def bounced(asked: Asked) -> Condition:
    return _suppressed(asked, SuppressionCause.BOUNCE)


def complained(asked: Asked) -> Condition:
    return _suppressed(asked, SuppressionCause.COMPLAINT)


def no_consent(asked: Asked) -> Condition:
    """No entry of the ledger allows mail, or the newest one withdraws it."""
    return sa.not_(consented(Channel.MAIL))


def already_answered(asked: Asked) -> Condition:
    """This survey has been answered, through any campaign or door."""
    since = asked.at - ROUND if asked.is_periodic else None
    spent = (
        sa.select(Invitation.id)
        .join(Campaign)
        .where(
            Invitation.customer_id == Customer.id,
            Campaign.survey_id == asked.survey_id,
            Invitation.spent_at.is_not(None),
        )
    )
    told = _facts("answered").where(CustomerFact.value == str(asked.survey_id))
    if since is not None:
        spent, told = spent.where(Invitation.spent_at > since), told.where(CustomerFact.at > since)
    return sa.or_(spent.correlate(Customer).exists(), told.correlate(Customer).exists())


def recently_asked(asked: Asked) -> Condition:
    """Contacted within 30 days, or four times within a year, by any campaign and any channel."""
    contacts = _facts("contacted")
    lately = contacts.where(CustomerFact.at > asked.at - MONTH).correlate(Customer).exists()
    in_a_year = contacts.where(CustomerFact.at > asked.at - YEAR).with_only_columns(sa.func.count())
    return sa.or_(lately, in_a_year.correlate(Customer).scalar_subquery() >= CAP_A_YEAR)


# In the order in which they are told: the first rule that holds is the one a person reads.
RULES: dict[SkipRule, Callable[[Asked], Condition]] = {
    SkipRule.GONE: gone,
    SkipRule.SURVEY_CLOSED: survey_closed,
    SkipRule.NO_ADDRESS: no_address,
    SkipRule.OPTED_OUT: opted_out,
    SkipRule.BOUNCED: bounced,
    SkipRule.COMPLAINED: complained,
    SkipRule.NO_CONSENT: no_consent,
    SkipRule.ALREADY_ANSWERED: already_answered,
    SkipRule.RECENTLY_ASKED: recently_asked,
}


def _suppressed(asked: Asked, *causes: SuppressionCause) -> Condition:
    listed = sa.select(Suppression.id).where(
        Suppression.channel == Channel.MAIL,
        Suppression.address == sa.func.lower(asked.address),
        Suppression.cause.in_(causes),
    )
    return listed.correlate(Customer).exists()


def _facts(kind: str) -> sa.Select[int]:
    return sa.select(CustomerFact.id).where(
        CustomerFact.customer_id == Customer.id, CustomerFact.kind == kind
    )


def mail_address() -> sa.ColumnElement[str]:
    """SQL: where the customer at hand is written to: its own address, else that of its first contact, else ""."""
    contact = (
        sa.select(Contact.email)
        .where(Contact.customer_id == Customer.id, Contact.email != "", Contact.gone_at.is_(None))
        .order_by(Contact.is_primary.desc(), Contact.id)
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )
    return sa.func.coalesce(sa.func.nullif(Customer.email, ""), contact, "")


def first_rule(asked: Asked) -> sa.ColumnElement[Any]:
    """SQL: the word of the first rule that holds for the customer at hand, or NULL."""
    return sa.case(*((rule(asked), word.value) for word, rule in RULES.items()), else_=sa.null())


def _asked(survey: Survey, address: sa.ColumnElement[str], at: datetime) -> Asked:
    return Asked(survey.id, survey.is_open(day_of(at)), survey.preset in PERIODIC, address, at)


@dataclass(frozen=True)
class Assessed:
    """One customer of a segment: where it would be written to, or the rule that says no."""

    customer_id: int
    address: str
    rule: SkipRule | None


def assess(campaign: Campaign, at: datetime, after_id: int = 0, most: int | None = None) -> list[Assessed]:
    """Hold all rules against the customers of the campaign's segment, by customer number. One query.

    `after_id`, `most`: only those behind a customer number, and so many.
    """
    chosen = _held_against(campaign, at).where(Customer.id > after_id).order_by(Customer.id).limit(most)
    return [_assessed(*row) for row in db.session.execute(chosen)]


def has_somebody_free(campaign: Campaign, at: datetime) -> bool:
    """Do the rules leave anybody to write to?"""
    rows = db.session.execute(_held_against(campaign, at), execution_options={"yield_per": CHUNK})
    with rows:
        return any(_assessed(*row).rule is None for row in rows)


def _held_against(campaign: Campaign, at: datetime) -> sa.Select[Any]:
    address = mail_address()
    columns = (Customer.id, address, first_rule(_asked(campaign.survey, address, at)))
    return customers_of_segment(campaign.segment).with_only_columns(*columns)


def _assessed(customer_id: int, address: str, word: str | None) -> Assessed:
    written, rule = normal_mail(address), SkipRule(word) if word else None
    if rule is None and not is_mail(written):
        rule = SkipRule.NO_ADDRESS
    return Assessed(customer_id, written, rule)


def rule_at_hand_over(message: Message, campaign: Campaign, at: datetime) -> SkipRule | None:
    """The last gate: hold all rules against one message now. Locks the customer, so that two campaigns take turns."""
    db.session.execute(
        sa.select(Customer.id).where(Customer.id == message.invitation.customer_id).with_for_update()
    )
    asked = _asked(campaign.survey, sa.literal(normal_mail(message.address)), at)
    query = sa.select(first_rule(asked)).select_from(Invitation).outerjoin(Customer)
    word = db.session.scalar(query.where(Invitation.id == message.invitation_id))
    return SkipRule(word) if word else None


def draw_holdout(customer_ids: Sequence[int], percent: int, seed: int, drawn_before: int = 0) -> set[int]:
    """Draw who is not asked, to compare with. The same customers, percent and seed give the same people.

    `drawn_before`: how many customers had their lot drawn before these; rounding goes by all of them together.
    """
    held_before, held = (
        (count * percent + 50) // 100 for count in (drawn_before, drawn_before + len(customer_ids))
    )
    return set(Random(seed + drawn_before).sample(sorted(customer_ids), held - held_before))


@dataclass(frozen=True)
class Example:
    """One customer a rule leaves in peace, since when, and for `recently_asked` by which campaign."""

    customer: Customer
    since: date | None = None
    campaign: str = ""


@dataclass(frozen=True)
class RuleLine:
    """How many customers a rule leaves in peace, a few of them, and from when to when the cap lets them go again."""

    rule: SkipRule
    count: int
    examples: tuple[Example, ...] = ()
    free_from: date | None = None
    free_until: date | None = None


@dataclass(frozen=True)
class DryRun:
    """What would happen if the campaign were started at this instant. Nothing is written."""

    total: int
    sendable: int
    holdout: int
    lines: tuple[RuleLine, ...]

    @property
    def skipped(self) -> int:
        """Those whom a rule leaves in peace; the holdout is counted apart."""
        return self.total - self.sendable - self.holdout


def dry_run(campaign: Campaign, at: datetime) -> DryRun:
    """Count who would be written to and who not, by rule, most first."""
    assessed = assess(campaign, at)
    free = [one.customer_id for one in assessed if one.rule is None]
    holdout = len(draw_holdout(free, campaign.holdout_percent, campaign.seed))
    by_rule = {rule: [one for one in assessed if one.rule is rule] for rule in RULES}
    lines = sorted(
        (_line(rule, ones, at) for rule, ones in by_rule.items() if ones), key=lambda line: -line.count
    )
    return DryRun(len(assessed), len(free) - holdout, holdout, tuple(lines))


def _line(rule: SkipRule, ones: Sequence[Assessed], at: datetime) -> RuleLine:
    numbers = [one.customer_id for one in ones] if rule is SkipRule.RECENTLY_ASKED else []
    days = [day_of(instant) for instant in _free_again(numbers, at)]
    examples = tuple(_example(rule, one) for one in ones[:EXAMPLES])
    return RuleLine(rule, len(ones), examples, min(days, default=None), max(days, default=None))


def _free_again(customer_ids: Sequence[int], at: datetime) -> list[datetime]:
    """For each of these customers, the instant from which the cap allows another contact."""
    contacts: dict[int, list[datetime]] = {}
    for start in range(0, len(customer_ids), CHUNK):
        found = sa.select(CustomerFact.customer_id, CustomerFact.at).where(
            CustomerFact.customer_id.in_(customer_ids[start : start + CHUNK]),
            CustomerFact.kind == "contacted",
            CustomerFact.at > at - YEAR,
        )
        for number, instant in db.session.execute(found.order_by(CustomerFact.at.desc())):
            contacts.setdefault(number, []).append(instant)
    ends = (
        (times[0] + MONTH, [one + YEAR for one in times[CAP_A_YEAR - 1 :][:1]]) for times in contacts.values()
    )
    return [max(month, *years) if years else month for month, years in ends]


def _example(rule: SkipRule, one: Assessed) -> Example:
    customer = db.session.get_one(Customer, one.customer_id)
    if rule is SkipRule.RECENTLY_ASKED:
        contact = facts_of(customer.id, "contacted")[0]
        return Example(customer, day_of(contact.at), _campaign_of(contact))
    listed = sa.select(Suppression.at).where(
        Suppression.channel == Channel.MAIL, Suppression.address == one.address
    )
    since = db.session.scalar(listed) if rule in SUPPRESSING else None
    return Example(customer, day_of(since) if since else None)


def _campaign_of(fact: CustomerFact) -> str:
    """The name of the campaign a fact comes from, or ""."""
    kind, _, number = fact.source.partition(":")
    campaign = db.session.get(Campaign, int(number)) if kind == "campaign" and number.isdecimal() else None
    return campaign.name if campaign else ""
