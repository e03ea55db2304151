"""What a customer may say through a link besides answering: back already, or no more contact."""

from datetime import datetime

import sqlalchemy as sa

from app.campaigns.models import Invitation, Message
from app.customers import services as customers
from app.customers.addresses import normal_address
from app.customers.models import Channel, CustomerFact, CustomerKind, Succession, SuppressionCause
from app.customers.queries import has_consent, is_suppressed
from app.db import db
from app.i18n import gettext as _


def said_at(invitation: Invitation, kind: str) -> datetime | None:
    """When this was first said through this invitation. kind: asked_stop, says_returned."""
    said = sa.select(CustomerFact.at).where(
        CustomerFact.customer_id == invitation.customer_id,
        CustomerFact.kind == kind,
        CustomerFact.source == _source(invitation),
    )
    return db.session.scalar(said.order_by(CustomerFact.id).limit(1))


def told(invitation: Invitation) -> dict[str, datetime | None]:
    """What was said through this invitation besides answers, and still stands: returned, successor, stop → when."""
    named = sa.select(Succession.asked_at).where(Succession.source == _source(invitation))
    return {
        "returned": said_at(invitation, "says_returned"),
        "successor": db.session.scalar(named.order_by(Succession.id.desc()).limit(1)),
        "stop": said_at(invitation, "asked_stop") if is_left_alone(invitation) else None,
    }


def is_left_alone(invitation: Invitation) -> bool:
    """Did this customer ask for no more contact, and does it hold for all that is known of them now?"""
    addresses = addresses_of(invitation)
    return (
        said_at(invitation, "asked_stop") is not None
        and all(is_suppressed(*one) for one in addresses if normal_address(*one))
        and not any(has_consent(invitation.customer_id, channel) for channel, _address in addresses)
    )


def stop_contact(invitation: Invitation, at: datetime) -> None:
    """Write, call and mail this customer no more, by any channel.

    Said again it holds for what has come since (a new address, a new consent), and is told once.
    """
    customer = invitation.customer
    addresses = addresses_of(invitation)
    for channel, address in addresses:
        customers.suppress(channel, address, SuppressionCause.OPT_OUT, at)
    evidence = _("配信「%(name)s」の回答ページ", name=invitation.campaign.name)
    for channel in sorted({channel for channel, _address in addresses}):
        if has_consent(customer.id, channel):
            customers.record_consent(customer, channel, False, _("配信停止のお申し出"), evidence, at)
    if said_at(invitation, "asked_stop") is None:
        _say(invitation, "asked_stop", at)


def say_returned(invitation: Invitation, at: datetime) -> None:
    """Note that the customer says to be back. It counts as a return only once there is a purchase."""
    if said_at(invitation, "says_returned") is None:
        _say(invitation, "says_returned", at)


def _say(invitation: Invitation, kind: str, at: datetime) -> None:
    survey = invitation.campaign.survey
    customers.record_fact(invitation.customer_id, kind, str(survey.id), _source(invitation), at)
    customers.write_timeline(invitation.customer_id, kind, at, survey=survey.name)


def _source(invitation: Invitation) -> str:
    return f"invitation:{invitation.id}"


def written_to(invitation: Invitation) -> str:
    """The address this invitation went to last, else the one the customer is known by; "" for none."""
    sent = sa.select(Message.address).where(Message.invitation_id == invitation.id)
    return db.session.scalar(sent.order_by(Message.id.desc()).limit(1)) or invitation.customer.email


def addresses_of(invitation: Invitation) -> list[tuple[Channel, str]]:
    """A person's own addresses; of a company only those this invitation was sent to, for others work there too."""
    customer = invitation.customer
    written = sa.select(Message.address).where(Message.invitation_id == invitation.id)
    mails = {(Channel.MAIL, address) for address in db.session.scalars(written)}
    if customer.kind is CustomerKind.PERSON:
        mails.add((Channel.MAIL, customer.email))
        return [*sorted(mails), (Channel.PHONE, customer.phone), (Channel.LETTER, customer.address)]
    return sorted(mails) or [(Channel.MAIL, customer.email)]
