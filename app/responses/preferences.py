"""How somebody may be reached: the switches behind their own link, channel by channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.campaigns.models import Invitation
from app.clock import day_of
from app.customers import services as customers
from app.customers.models import Channel, Customer
from app.customers.queries import consents_in_force, has_consent, is_suppressed
from app.db import db
from app.filters import day_plain
from app.i18n import JAPANESE
from app.i18n import gettext as _
from app.responses.wishes import addresses_of


@dataclass(frozen=True)
class Preference:
    """One channel: may it be used today (None: nobody has asked yet), and what that stands on, in words."""

    channel: Channel
    is_on: bool | None
    known: str


def why_asked(invitation: Invitation | None) -> str:
    """Why this person is asked, in a sentence."""
    if invitation is None:
        return _("このページをご覧の方なら、どなたでもお答えいただけます。")
    consents = consents_in_force(invitation.customer_id)
    mail = next((one for one in consents if one.channel is Channel.MAIL and one.granted and one.basis), None)
    if mail is None:
        return _("これまでにご利用くださった方に、お願いしています。")
    day = day_plain(day_of(mail.at), JAPANESE)
    return _(
        "これまでにご利用くださり、ご連絡してよいと伺った方（%(day)s「%(basis)s」）に、お願いしています。",
        day=day,
        basis=_quoted(mail.basis),
    )


def _quoted(words: str) -> str:
    """What staff wrote, as it stands within quotation marks: its own become the inner ones."""
    return words.replace("「", "『").replace("」", "』")


def preferences_of(invitation: Invitation) -> list[Preference]:
    """The channels this person may decide about: their own; at a company the mail this invitation went by."""
    consents = {one.channel: one for one in consents_in_force(invitation.customer_id)}
    found = []
    for channel, addresses in _by_channel(invitation).items():
        consent = consents.get(channel)
        stopped = any(is_suppressed(channel, address) for address in addresses if address)
        if stopped:
            known = _("お届けを止めています。")
        elif consent is None:
            known = _("まだ伺っていません。")
        else:
            day = day_plain(day_of(consent.at), JAPANESE)
            known = _("%(day)sの「%(basis)s」によります。", day=day, basis=_quoted(consent.basis))
        is_on = None if consent is None else consent.granted
        found.append(Preference(channel, False if stopped else is_on, known))
    return found


def change_preferences(invitation: Invitation, wanted: Mapping[str, bool], at: datetime) -> int:
    """Switch channels (word → may it be used?); return how many changed. What stands so already leaves no trace.

    Switching off stops the addresses at once; switching on lifts what their owner had stopped, and nothing else.
    """
    customer, by_channel = invitation.customer, _by_channel(invitation)
    db.session.execute(sa.select(Customer.id).where(Customer.id == customer.id).with_for_update())
    evidence = _("配信「%(name)s」の設定のページ", name=invitation.campaign.name)
    changed = [
        one for one in preferences_of(invitation) if wanted.get(one.channel.value, one.is_on) != one.is_on
    ]
    for one in changed:
        turned_on = wanted[one.channel.value]
        for address in by_channel[one.channel]:
            if turned_on:
                customers.lift_opt_out(one.channel, address)
            else:
                customers.stop_address(one.channel, address, at)
        if turned_on != has_consent(customer.id, one.channel):
            basis = _("ご本人のお申し出")
            customers.record_consent(customer, one.channel, turned_on, basis, evidence, at)
    return len(changed)


def _by_channel(invitation: Invitation) -> dict[Channel, list[str]]:
    found: dict[Channel, list[str]] = {}
    for channel, address in addresses_of(invitation):
        found.setdefault(channel, []).append(address)
    return {channel: found[channel] for channel in Channel if channel in found}
