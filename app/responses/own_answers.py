"""One's own answers: seen again only through a fresh link to the address on file, which opens for half an hour."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

import sqlalchemy as sa

from app import jobs, mail
from app.accounts.models import Organisation
from app.campaigns.letters import salutation
from app.campaigns.models import Message
from app.clock import TOKYO
from app.customers.addresses import is_mail, normal_mail
from app.db import db
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.responses import queries
from app.responses.anonymous import hash_of
from app.responses.models import AnswerLink, AnswerLinkState, Response, ResponseState
from app.surveys.compiled import CompiledQuestion, compiled_version
from app.surveys.eras import day_in_words
from app.surveys.models import QuestionKind
from app.surveys.presenting import presented

TOKEN_BYTES = 18  # 144 random bits
OPEN_FOR, WAITS_FOR, HAND_OVER_LIVES = timedelta(minutes=30), timedelta(minutes=30), timedelta(minutes=10)
SEND = "send_answer_link"


@dataclass(frozen=True)
class OwnAnswer:
    """A question as it was asked, and what was answered; "" where it was passed over. voice: in the person's words."""

    title: str
    said: str
    voice: bool = False


def ask_for_link(response: Response, at: datetime) -> None:
    """Have a link to these answers sent to the address on file, if there is one. A link that waits already is enough."""
    waiting = sa.select(AnswerLink.id).where(
        AnswerLink.response_id == response.id, AnswerLink.state == AnswerLinkState.QUEUED
    )
    if address_of(response) == "" or db.session.scalar(waiting.limit(1)) is not None:
        return
    link = AnswerLink(response_id=response.id, asked_at=at, touched_at=at)
    db.session.add(link)
    db.session.flush()
    jobs.ring(SEND, link.id)


def address_of(response: Response) -> str:
    """Where the answers of a sheet may be sent: the address its invitation went to, else the customer's; "" for none."""
    customer = response.customer
    if customer is None:
        return ""
    sent = sa.select(Message.address).where(Message.invitation_id == response.invitation_id)
    last = db.session.scalar(sent.order_by(Message.id.desc()).limit(1)) if response.invitation_id else None
    address = normal_mail(last or customer.email)
    return address if is_mail(address) else ""


def link_to_send(link_id: int, own: Organisation, public_url: str, at: datetime) -> mail.Letter | None:
    """Take one waiting link in hand and write its mail; None where it does not wait (any more)."""
    link = db.session.get(AnswerLink, link_id, with_for_update=True, populate_existing=True)
    if link is None:
        return None
    if link.state is AnswerLinkState.HANDING_OVER and at - link.touched_at > HAND_OVER_LIVES:
        # A killed worker left it: nobody knows, so nothing goes out twice. Whoever still waits presses again.
        link.state, link.touched_at = AnswerLinkState.UNKNOWN, at
    if link.state is not AnswerLinkState.QUEUED:
        return None
    address, link.touched_at = address_of(link.response), at
    if at - link.asked_at > WAITS_FOR or not address or not own.may_send:
        link.state = AnswerLinkState.FAILED
        return None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link.state, link.token_hash, link.ends_at = AnswerLinkState.HANDING_OVER, hash_of(token), at + OPEN_FOR
    with speaking(JAPANESE):
        return _letter(link.response, address, f"{public_url}/a/{token}", own, at)


def settle_link(link_id: int, state: AnswerLinkState, at: datetime) -> None:
    """Write down what became of a mail that was handed over; QUEUED: the server did not take it, trying again is safe."""
    link = db.session.get(AnswerLink, link_id, with_for_update=True, populate_existing=True)
    if link is not None and link.state is AnswerLinkState.HANDING_OVER:
        link.state, link.touched_at = state, at
        if state in (AnswerLinkState.QUEUED, AnswerLinkState.FAILED):
            link.token_hash = link.ends_at = None


def links_standing_still(before: datetime) -> Iterator[int]:
    """Links that wait, or were being handed over, of which nothing has moved since."""
    under_way = AnswerLink.state.in_((AnswerLinkState.QUEUED, AnswerLinkState.HANDING_OVER))
    still = sa.select(AnswerLink.id).where(under_way, AnswerLink.touched_at < before)
    yield from db.session.scalars(still).all()


def response_behind(token: str, at: datetime) -> Response | None:
    """The submitted sheet a fresh link opens at this moment."""
    link = db.session.scalar(sa.select(AnswerLink).where(AnswerLink.token_hash == hash_of(token)))
    if link is None or link.ends_at is None or at > link.ends_at:
        return None
    return link.response if link.response.state is ResponseState.SUBMITTED else None


def own_answers(response: Response) -> list[OwnAnswer]:
    """What was asked and answered, in order."""
    version = compiled_version(response.survey_version_id)
    answers = queries.answers_so_far(response, version)
    texts = {row.question_id: row.text for row in response.answers}
    pages = presented(response.survey, version, answers, response.attributes)
    return [
        _own(question, answers.get(question.code), texts.get(question.id, ""))
        for page in pages
        for question in page.questions
        if question.kind is not QuestionKind.STATEMENT
    ]


def _own(question: CompiledQuestion, value: object, text: str) -> OwnAnswer:
    labels = {choice.code: choice.label for choice in question.choices}
    if question.kind is QuestionKind.TEXT:
        return OwnAnswer(question.title, text, voice=True)
    if question.kind is QuestionKind.CONSENT:
        return OwnAnswer(question.title, _("同意します") if value is True else "")
    if question.kind is QuestionKind.DATE:
        return OwnAnswer(question.title, day_in_words(value) if value else "")
    listed: Sequence[object] = value if isinstance(value, list | tuple) else [] if value is None else [value]
    said = [labels.get(str(one), str(one)) for one in listed]
    return OwnAnswer(question.title, _("、").join([*said, *([text] if text else [])]))


def _letter(response: Response, address: str, link: str, own: Organisation, at: datetime) -> mail.Letter:
    customer = response.customer
    name = salutation(customer) if customer else ""
    lines = [
        name,
        "",
        _("ご回答の控えを、次のページでご覧いただけます。"),
        link,
        "",
        _("このリンクは30分のあいだ使えます。お心あたりがなければ、このメールは捨ててください。"),
        "",
        own.sender_name,
        own.postal_address,
        _("お問い合わせ：%(contact)s", contact=own.contact),
    ]
    return mail.Letter(
        sender_name=own.sender_name,
        sender_address=own.sender_address,
        recipient=address,
        subject=_("ご回答の控え"),
        text="\n".join(lines),
        headers={"Date": format_datetime(at.astimezone(TOKYO)), "Auto-Submitted": "auto-generated"},
    )
