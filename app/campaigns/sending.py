"""Handing mail over, so that nothing is lost and nothing goes out twice.

queued → claimed → handing_over → accepted, each step a conditional update in a transaction of its own. A message cut
off between handing_over and the server's answer becomes `unknown` and is never sent again by a machine (RFC 1047).
No transaction is open while the mail server is spoken to.
"""

import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
import structlog

from app import audit, mail
from app.accounts.models import Organisation
from app.accounts.queries import organisation
from app.campaigns.guard import rule_at_hand_over
from app.campaigns.hours import is_quiet
from app.campaigns.letters import message_to
from app.campaigns.models import Campaign, CampaignState, Message, MessageState, Step
from app.campaigns.queries import ON_THEIR_WAY, given_within_the_hour
from app.config import Settings
from app.customers.models import Channel, CustomerFact, SuppressionCause
from app.customers.services import record_fact, suppress, write_timeline
from app.db import db, unit_of_work
from app.points import reach

Clock = Callable[[], datetime]
CLAIM_AT_ONCE, MOST_A_RUN = 20, 200
CLAIM_LIVES, HAND_OVER_LIVES = timedelta(minutes=2), timedelta(minutes=10)
MOST_TRIES, FIRST_WAIT = 6, timedelta(minutes=5)
SERVER_GONE_WAIT = timedelta(minutes=1)
# "No such person": 550, 551 or 553, and no enhanced code that speaks of something else (5.7.1 is a policy).
_NO_SUCH_PERSON = re.compile(r"55[013] (?!5\.)|55[013] 5\.(?:1\.|2\.1)")
_ADDRESS = re.compile(r"\S+@\S+")
log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """What became of one try. problem: the server's words, for people who ask."""

    state: MessageState
    problem: str = ""
    no_such_person: bool = False


def send_due(campaign_id: int, settings: Settings, now: Clock) -> bool:
    """Hand over what may go out now, at most 200 mails; return whether more could go out at once.

    Stops at the quiet hours, the hourly limit and when the mail server is gone. Any number of processes may run it
    for the same campaign.
    """
    mend(campaign_id, now())
    sent = 0
    while sent < MOST_A_RUN:
        claimed = claim(campaign_id, settings.hourly_send_limit, now())
        if not claimed:
            finish(campaign_id, now())
            return False
        reach("sending.claimed")
        if not _hand_over_all(claimed, settings, now):
            return False
        sent += len(claimed)
    return True


def mend(campaign_id: int, at: datetime) -> None:
    """Put right what a killed worker left: claims go back, hand-overs nobody will ever know about are told apart."""
    with unit_of_work():
        _move(
            _of(campaign_id, MessageState.CLAIMED, Message.touched_at < at - CLAIM_LIVES),
            MessageState.QUEUED,
            at,
        )
        stale = _of(campaign_id, MessageState.HANDING_OVER, Message.touched_at < at - HAND_OVER_LIVES)
        _move(stale, MessageState.UNKNOWN, at, problem="interrupted")


def claim(campaign_id: int, hourly_limit: int, at: datetime) -> list[int]:
    """Claim messages for this process: none in quiet hours, none over the hourly limit of the whole installation."""
    if is_quiet(at):
        return []
    with unit_of_work():
        # One claim at a time, so that two processes cannot both take the last places of the hour.
        own = db.session.scalar(
            sa.select(Organisation).with_for_update().execution_options(populate_existing=True)
        )
        free = hourly_limit - given_within_the_hour(at)
        if own is None or not own.may_send or free <= 0:
            return []
        if db.session.scalar(_state_of(campaign_id)) is not CampaignState.SENDING:
            return []
        due = sa.or_(Message.due_at.is_(None), Message.due_at <= at)
        chosen = (
            _of(campaign_id, MessageState.QUEUED, due).order_by(Message.id).limit(min(free, CLAIM_AT_ONCE))
        )
        return _move(chosen, MessageState.CLAIMED, at)


def finish(campaign_id: int, at: datetime) -> None:
    """Call the campaign done once no message of it is on its way."""
    with unit_of_work():
        waiting = (
            sa.select(Message.id)
            .join(Step)
            .where(Step.campaign_id == campaign_id, Message.state.in_(ON_THEIR_WAY))
        )
        campaign = db.session.scalar(
            sa.select(Campaign)
            .where(
                Campaign.id == campaign_id,
                Campaign.state == CampaignState.SENDING,
                Campaign.invited_through.is_(None),
                ~waiting.exists(),
            )
            .execution_options(populate_existing=True)
        )
        if campaign is not None:
            campaign.state, campaign.finished_at = CampaignState.DONE, at
            audit.record("finished", "campaign", campaign_id, None, at)


def _of(campaign_id: int, state: MessageState, *conditions: sa.ColumnElement[bool]) -> sa.Select[int]:
    mine = sa.select(Message.id).join(Step).where(Step.campaign_id == campaign_id, Message.state == state)
    return mine.where(*conditions).with_for_update(of=Message, skip_locked=True)


def _state_of(campaign_id: int) -> sa.Select[CampaignState]:
    return sa.select(Campaign.state).where(Campaign.id == campaign_id)


def _move(ids: sa.Select[int], state: MessageState, at: datetime, **values: Any) -> list[int]:
    change = sa.update(Message).where(Message.id.in_(ids)).values(state=state, touched_at=at, **values)
    change = change.returning(Message.id).execution_options(synchronize_session=False)
    return sorted(db.session.scalars(change))


def _hand_over_all(claimed: list[int], settings: Settings, now: Clock) -> bool:
    """Hand claimed messages over, through as few connections as the server allows. False where it is gone."""
    waiting = list(claimed)
    while waiting:
        before = len(waiting)
        try:
            with mail.connection(settings) as server:
                # smtplib forgets the socket of a connection that broke: the rest goes through a new one.
                while waiting and server.sock is not None:
                    hand_over(waiting.pop(0), server, settings.public_url, now)
        except mail.NotHandedOver as error:
            log.warning("mail_server_gone", exc_info=error)
        if waiting and len(waiting) >= before:
            _give_back(waiting, now())
            return False
    return True


def _give_back(ids: list[int], at: datetime) -> None:
    """Claims that were never tried, because the mail server cannot be reached."""
    with unit_of_work():
        mine = sa.select(Message.id).where(Message.id.in_(ids), Message.state == MessageState.CLAIMED)
        _move(mine, MessageState.QUEUED, at, due_at=at + SERVER_GONE_WAIT, problem="no connection")


def hand_over(message_id: int, server: smtplib.SMTP, public_url: str, now: Clock) -> None:
    """Take one claimed message through the last gate, give it to the server, and write down what became of it."""
    letter = _pass_gate(message_id, public_url, now())
    if letter is not None:
        reach("sending.handing_over")
        outcome = _give(server, letter)
        reach("sending.given")
        _settle(message_id, outcome, now())
        reach("sending.settled")
        log.info("handed_over", message=message_id, state=outcome.state.value)


def _pass_gate(message_id: int, public_url: str, at: datetime) -> EmailMessage | None:
    """The last gate and the step to handing_over, in one transaction. None where the message may not go out."""
    with unit_of_work():
        db.session.expire_all()
        message, own = db.session.get(Message, message_id, with_for_update=True), organisation()
        if message is None or message.state is not MessageState.CLAIMED:
            return None
        campaign = message.step.campaign
        refused = _refused(message, campaign, own, at)
        if refused is not None or own is None:
            _end(message, refused or Outcome(MessageState.QUEUED), at)
            return None
        try:
            letter = message_to(message, own, public_url, at)
        except ValueError as error:
            _end(message, Outcome(MessageState.FAILED, str(error)), at)
            return None
        _end(message, Outcome(MessageState.HANDING_OVER), at)
        source, customer_id = f"campaign:{campaign.id}", message.invitation.customer_id
        record_fact(customer_id, "invited", str(campaign.survey_id), source, at)
        record_fact(customer_id, "contacted", Channel.MAIL.value, source, at)
        reach("sending.passing")
        return letter


def _refused(message: Message, campaign: Campaign, own: Organisation | None, at: datetime) -> Outcome | None:
    """Why this message may not go out at this instant, or None."""
    if campaign.state is not CampaignState.SENDING:
        return Outcome(MessageState.CANCELLED)
    if is_quiet(at) or own is None or not own.may_send:
        return Outcome(MessageState.QUEUED)
    rule = rule_at_hand_over(message, campaign, at)
    return Outcome(MessageState.SUPPRESSED, rule.value) if rule else None


def _end(message: Message, outcome: Outcome, at: datetime) -> None:
    # A server likes to repeat the address; whoever reads why a mail failed may not be allowed to see it.
    problem = _ADDRESS.sub("…", outcome.problem)[:300]
    message.state, message.problem, message.touched_at = outcome.state, problem, at


def _give(server: smtplib.SMTP, letter: EmailMessage) -> Outcome:
    """Speak to the mail server. `queued`: it did not take the mail, trying again later is safe."""
    try:
        mail.hand_over(server, letter)
    except mail.RecipientRefused as error:
        gone = bool(_NO_SUCH_PERSON.match(str(error)))
        return Outcome(MessageState.FAILED if gone else MessageState.QUEUED, str(error), gone)
    except mail.HandOverUnknown as error:
        return Outcome(MessageState.UNKNOWN, str(error))
    except OSError as error:
        return Outcome(MessageState.QUEUED, str(error))
    return Outcome(MessageState.ACCEPTED)


def _settle(message_id: int, outcome: Outcome, at: datetime) -> None:
    """Write down what became of a message that was handing_over (or was called unknown meanwhile)."""
    with unit_of_work():
        db.session.expire_all()
        message = db.session.get(Message, message_id, with_for_update=True)
        if message is None or message.state not in (MessageState.HANDING_OVER, MessageState.UNKNOWN):
            return
        message.try_count += 1
        if outcome.state is MessageState.QUEUED:
            message.due_at = at + FIRST_WAIT * 2 ** (message.try_count - 1)
            if message.try_count >= MOST_TRIES:
                outcome = replace(outcome, state=MessageState.FAILED)
        _end(message, outcome, at)
        if outcome.state in (MessageState.ACCEPTED, MessageState.UNKNOWN):
            message.accepted_at = at if outcome.state is MessageState.ACCEPTED else None
            name, customer_id = message.step.campaign.name, message.invitation.customer_id
            kind = "invited" if outcome.state is MessageState.ACCEPTED else "perhaps_invited"
            write_timeline(customer_id, kind, at, campaign=name)
        else:
            _forget_contact(message)
        if outcome.no_such_person:
            suppress(Channel.MAIL, message.address, SuppressionCause.BOUNCE, at)


def _forget_contact(message: Message) -> None:
    """Nothing reached this person: take back what the gate has written."""
    db.session.execute(
        sa.delete(CustomerFact).where(
            CustomerFact.customer_id == message.invitation.customer_id,
            CustomerFact.kind.in_(("invited", "contacted")),
            CustomerFact.source == f"campaign:{message.step.campaign_id}",
        )
    )
