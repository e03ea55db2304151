"""担当が替わりました: named by a customer, decided by a member. Until then nothing of it is written to, or written over."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from app import audit, edits
from app.accounts.models import Member
from app.customers.addresses import normal_mail, normal_phone
from app.customers.models import Contact, Customer, Succession, SuccessionState
from app.customers.queries.successions import successions_of
from app.customers.services.ledger import write_timeline
from app.db import db
from app.errors import BadInput, EditClash
from app.i18n import gettext as _

NAMED = ("name", "department", "email", "phone")
MOST_PENDING = 3


class TooManyNamed(BadInput):
    """So many successors wait for a decision already."""


def name_successor(
    customer: Customer, source: str, predecessor: str, named: Mapping[str, str], at: datetime
) -> Succession:
    """Keep whom a customer names as the new contact. named: the words of NAMED; said twice it is kept once.

    Raises TooManyNamed.
    """
    said = {
        "name": named["name"],
        "department": named["department"],
        "email": normal_mail(named["email"]),
        "phone": normal_phone(named["phone"]),
    }
    db.session.execute(sa.select(Customer.id).where(Customer.id == customer.id).with_for_update())
    waiting = [one for one in successions_of(customer.id) if one.source == source]
    for one in waiting:
        if all(getattr(one, name) == said[name] for name in NAMED):
            return one
    if len(waiting) >= MOST_PENDING:
        raise TooManyNamed(_("もう承っています。担当の者が確かめるまで、お待ちください。"))
    succession = Succession(
        customer_id=customer.id, source=source, predecessor=normal_mail(predecessor), asked_at=at, **said
    )
    db.session.add(succession)
    write_timeline(customer.id, "succession_named", at)
    db.session.flush()
    return succession


def confirm_succession(succession: Succession, member: Member, at: datetime) -> Contact:
    """Make the one named the primary contact, and the one before gone. Raises EditClash, BadInput.

    A contact of the same address stays as it is known; only that it is primary changes.
    """
    if not _may_decide(succession, SuccessionState.CONFIRMED, member):
        return db.session.get_one(Contact, succession.contact_id)
    customer = succession.customer
    edits.hold(customer)
    contact, before = _contact_of(succession), {"email": customer.email, "phone": customer.phone}
    for other in customer.contacts:
        if other is not contact and _is_predecessor(other, succession):
            other.gone_at = at
        other.is_primary = False
    contact.is_primary, contact.gone_at = True, None
    if succession.predecessor and normal_mail(customer.email) == succession.predecessor:
        customer.email = contact.email
        customer.phone = contact.phone or customer.phone
    customer.changed_at = at
    db.session.flush()
    after = {"email": customer.email, "phone": customer.phone}
    edits.keep_edit(customer, "succession", before, after, member, at)
    _decide(succession, SuccessionState.CONFIRMED, member, at)
    succession.contact_id = contact.id
    write_timeline(customer.id, "succession_confirmed", at)
    return contact


def refuse_succession(succession: Succession, why: str, member: Member, at: datetime) -> None:
    """Leave the contacts as they are. Raises EditClash."""
    if _may_decide(succession, SuccessionState.REFUSED, member):
        succession.why = why
        _decide(succession, SuccessionState.REFUSED, member, at)
        write_timeline(succession.customer_id, "succession_refused", at)


def _may_decide(succession: Succession, wanted: SuccessionState, member: Member) -> bool:
    """False where the same member has decided so already: a button pressed twice."""
    edits.hold(succession)
    if succession.state is SuccessionState.PENDING:
        return True
    if succession.state is wanted and succession.decided_by_id == member.id:
        return False
    raise EditClash(_("この担当者の変更は、ほかの方が先に決めています。"))


def _decide(succession: Succession, state: SuccessionState, member: Member, at: datetime) -> None:
    succession.state, succession.decided_at, succession.decided_by_id = state, at, member.id
    audit.record(state.value, "succession", succession.id, member.id, at)


def _contact_of(succession: Succession) -> Contact:
    """The contact of this address, made where there is none."""
    customer = succession.customer
    known = next((one for one in customer.contacts if normal_mail(one.email) == succession.email), None)
    if known is None:
        known = Contact(**{name: getattr(succession, name) for name in NAMED})
        customer.contacts.append(known)
    elif not succession.email and known.name != succession.name:
        raise BadInput(
            _(
                "メールアドレスのない担当者は、ひとりまでです。メールアドレスを伺ってから、取り込んでください。"
            )
        )
    return known


def _is_predecessor(contact: Contact, succession: Succession) -> bool:
    """Whom the invitation went to; where that is not known, the one who was primary."""
    if succession.predecessor:
        return normal_mail(contact.email) == succession.predecessor
    return contact.is_primary
