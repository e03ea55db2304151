"""Facts, timeline, consent and suppression."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.customers.addresses import normal_address
from app.customers.models import Channel, Consent, Customer, CustomerFact, Suppression, TimelineEntry
from app.db import db

TIMELINE_SIZE = 200


def facts_of(customer_id: int, kind: str | None = None) -> list[CustomerFact]:
    """The facts of a customer, newest first; of one kind, where given."""
    query = sa.select(CustomerFact).where(CustomerFact.customer_id == customer_id)
    if kind is not None:
        query = query.where(CustomerFact.kind == kind)
    return list(db.session.scalars(query.order_by(CustomerFact.at.desc(), CustomerFact.id.desc())))


def timeline_of(customer: Customer) -> Sequence[TimelineEntry]:
    """The newest 200 lines of a customer's history, newest first."""
    mine = sa.select(TimelineEntry).where(TimelineEntry.customer_id == customer.id)
    newest = mine.order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc()).limit(TIMELINE_SIZE)
    return list(db.session.scalars(newest))


def consented(channel: Channel) -> sa.ColumnElement[bool]:
    """SQL: the newest ledger entry of the customer at hand and this channel grants it."""
    newest = (
        sa.select(Consent.granted)
        .where(Consent.customer_id == Customer.id, Consent.channel == channel)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )
    return sa.func.coalesce(newest, sa.false()) == sa.true()


def suppressed_by_mail() -> sa.ColumnElement[bool]:
    """SQL: the mail address of the customer at hand is on the suppression list."""
    listed = sa.select(Suppression.id).where(
        Suppression.channel == Channel.MAIL, Suppression.address == sa.func.lower(Customer.email)
    )
    return listed.correlate(Customer).exists()


def consents_in_force(customer_id: int) -> list[Consent]:
    """The newest ledger entry of each channel that has one."""
    mine = sa.select(Consent).where(Consent.customer_id == customer_id).order_by(Consent.at, Consent.id)
    newest = {entry.channel: entry for entry in db.session.scalars(mine)}
    return [newest[channel] for channel in Channel if channel in newest]


def has_consent(customer_id: int, channel: Channel) -> bool:
    """Does the newest ledger entry of this customer and channel grant it?"""
    query = sa.select(Customer.id).where(Customer.id == customer_id, consented(channel))
    return db.session.scalar(query) is not None


def is_suppressed(channel: Channel, address: str) -> bool:
    """May nobody write to this address any more? Any way of writing it counts."""
    query = sa.select(Suppression.id).where(
        Suppression.channel == channel, Suppression.address == normal_address(channel, address)
    )
    return db.session.scalar(query) is not None


def suppressions_of(customer: Customer) -> list[Suppression]:
    """The suppressed addresses among those of a customer and its contacts."""
    own = [
        (Channel.MAIL, customer.email),
        (Channel.PHONE, customer.phone),
        (Channel.LETTER, customer.address),
        *((Channel.MAIL, contact.email) for contact in customer.contacts),
    ]
    keys = {(channel, normal_address(channel, address)) for channel, address in own if address}
    if not keys:
        return []
    listed = sa.tuple_(Suppression.channel, Suppression.address).in_([(c.value, a) for c, a in keys])
    return list(db.session.scalars(sa.select(Suppression).where(listed).order_by(Suppression.at)))
