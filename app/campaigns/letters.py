"""The mail as a customer reads it: the author's words, then deadline and code, then who writes, why, and how to stop."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline
import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale

from app import mail
from app.accounts.models import Organisation
from app.accounts.queries import organisation
from app.campaigns.codes import spaced_code
from app.campaigns.models import Campaign, Message
from app.campaigns.points import PointRow, first_points, row_of
from app.campaigns.wording import fill, one_line, uses, with_row
from app.clock import TOKYO, day_of
from app.customers.addresses import normal_mail
from app.customers.models import Channel, Contact, Customer, CustomerKind
from app.customers.queries import consents_in_force
from app.db import db
from app.filters import day, day_plain
from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion
from app.surveys.models import Survey

LANGUAGE = "ja"  # of everything a customer reads here
ROW = "\0row\0"  # no text holds NUL
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True)
class Reader:
    """Whom one mail is for, and the three ways it offers: answer by link, answer by code, stop."""

    salutation: str
    address: str
    link: str
    code: str
    opt_out: str
    why: str


@dataclass(frozen=True)
class Words:
    """The author's subject and body, and what they are about. `first`: what the survey asks first, if it is 0 to 10."""

    subject: str
    body: str
    survey: Survey
    organisation: Organisation
    first: CompiledQuestion | None = None


def message_to(message: Message, organisation: Organisation, public_url: str, at: datetime) -> EmailMessage:
    """The mail of one message, ready to hand over. Raises mail.BadHeader."""
    invitation, step = message.invitation, message.step
    campaign = invitation.campaign
    words = Words(
        step.subject, step.body, campaign.survey, organisation, first_points(campaign.survey_version_id)
    )
    letter = write(words, reader_of(message, public_url), public_url, at)
    return mail.compose(letter, message_id(message, organisation.sender_address))


def message_id(message: Message, sender_address: str) -> str:
    """The Message-ID: the same for each try of one message, of the sender's own domain, and telling nobody the link."""
    secret = f"{message.id}:{message.invitation.token}"
    domain = sender_address.rpartition("@")[2]
    return f"<{hashlib.sha256(secret.encode()).hexdigest()[:32]}@{domain}>"


def reader_of(message: Message, public_url: str) -> Reader:
    """Whom a message is for."""
    invitation = message.invitation
    return Reader(
        salutation=salutation(invitation.customer, _contact_name(invitation.customer, message.address)),
        address=message.address,
        link=f"{public_url}/s/{invitation.token}",
        code=spaced_code(invitation.code),
        opt_out=f"{public_url}/u/{invitation.token}",
        why=_why(invitation.customer_id),
    )


def preview(
    campaign: Campaign, public_url: str, at: datetime, subject: str | None = None, body: str | None = None
) -> mail.Letter:
    """A campaign's mail as an invented customer would read it, with other words than it keeps where given."""
    step = campaign.steps[0]
    own = organisation() or Organisation(
        name="", sender_name="", postal_address="", contact="", sender_address=""
    )
    first = first_points(campaign.survey_version_id)
    words = Words(subject or step.subject, body or step.body, campaign.survey, own, first)
    reader = sample_reader("山本 花子", "hanako@okyaku.example", f"{public_url}/s/XXXXXXXX", public_url)
    return write(words, reader, public_url, at)


def sample_reader(name: str, address: str, link: str, public_url: str) -> Reader:
    """A reader for previews and test mails: everything looks real, nothing leads to a customer's sheet."""
    with force_locale(LANGUAGE):
        why = _(
            "このメールは、%(day)sの「%(basis)s」にもとづいてお送りしています。",
            day="20XX年X月X日",
            basis="同意の記録",
        )
    return Reader(_honoured(name), address, link, "XXXX-XXXX", f"{public_url}/u/sample", why)


def salutation(customer: Customer, contact_name: str = "") -> str:
    """How a customer is addressed: 山本 花子様, 株式会社朝日 佐藤様, 株式会社朝日 ご担当者様, お客さま."""
    name, contact = one_line(customer.name), one_line(contact_name)
    if customer.kind is CustomerKind.ACCOUNT:
        return f"{name} {_honoured(contact)}".strip() if contact else f"{name} ご担当者様".strip()
    return _honoured(name)


def _honoured(name: str) -> str:
    name = one_line(name)
    return f"{name}様" if name else "お客さま"


def _contact_name(customer: Customer, address: str) -> str:
    if customer.kind is not CustomerKind.ACCOUNT:
        return ""
    named = sa.select(Contact.name).where(
        Contact.customer_id == customer.id, sa.func.lower(Contact.email) == normal_mail(address)
    )
    return db.session.scalar(named.limit(1)) or ""


def _why(customer_id: int) -> str:
    """The sentence that says on which consent this mail stands."""
    consent = next((one for one in consents_in_force(customer_id) if one.channel is Channel.MAIL), None)
    with force_locale(LANGUAGE):
        if consent is None or not consent.basis:
            return _("このメールは、ご案内に同意いただいた方にお送りしています。")
        given_on = day_plain(day_of(consent.at), LANGUAGE)
        return _(
            "このメールは、%(day)sの「%(basis)s」にもとづいてお送りしています。",
            day=given_on,
            basis=one_line(consent.basis),
        )


def write(words: Words, reader: Reader, public_url: str, at: datetime) -> mail.Letter:
    """The whole letter. The organisation's identity must be complete."""
    own = words.organisation
    closes_on = words.survey.closes_on
    values = {
        "name": reader.salutation,
        "link": reader.link,
        "company": one_line(own.name),
        "deadline": day(closes_on, LANGUAGE) if closes_on else "",
    }
    row = row_of(words.first, reader.link) if words.first and uses(words.body, "nps") else None
    # The row is put in afterwards: what a customer is called is not read as one.
    parts = [fill(part, values) for part in with_row(words.body, ROW if row else "").split(ROW)]
    subject, body = fill(words.subject, values), (row.in_lines if row else "").join(parts)
    with force_locale(LANGUAGE):
        notes = _notes(words, reader, public_url, values["deadline"])
        foot = _foot(own, reader)
    return mail.Letter(
        sender_name=one_line(own.sender_name),
        sender_address=own.sender_address,
        recipient=reader.address,
        subject=subject,
        text="\n".join([body, "", *notes, "", "――――――――――――――――", *foot]),
        html=_html(subject, parts, row, reader, notes, foot),
        headers={
            "Date": format_datetime(at.astimezone(TOKYO)),
            "List-Unsubscribe": f"<{reader.opt_out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _notes(words: Words, reader: Reader, public_url: str, deadline: str) -> list[str]:
    by_code = _(
        "リンクが開けないときは、%(address)s に番号 %(code)s を入れてください。",
        address=f"{public_url}/c",
        code=reader.code,
    )
    if not deadline or uses(words.body, "deadline"):
        return [by_code]
    return [_("締め切り：%(day)s", day=deadline), by_code]


def _foot(own: Organisation, reader: Reader) -> list[str]:
    return [
        own.sender_name,
        own.postal_address,
        _("お問い合わせ：%(contact)s", contact=own.contact),
        reader.why,
        _("今後のメールを止める：%(address)s", address=reader.opt_out),
    ]


def _html(
    subject: str, parts: list[str], row: PointRow | None, reader: Reader, notes: list[str], foot: list[str]
) -> str:
    """The same words with a button for the link, and the points in a row between the parts.

    Styles are written into the tags, since mail programs drop the rest.
    """
    between = [
        [paragraph.split("\n") for paragraph in part.split("\n\n") if paragraph.strip()] for part in parts
    ]
    template = current_app.jinja_env.get_template("campaigns/letter.html")
    with force_locale(LANGUAGE):
        page = template.render(
            subject=subject,
            parts=between,
            row=row,
            link=reader.link,
            notes=notes,
            foot=foot[:-1],
            opt_out=reader.opt_out,
        )
    return str(_inliner.inline(page))
