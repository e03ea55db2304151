"""Campaigns and answers of the story, through the same services as the pages use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa

from app.accounts.models import Role
from app.campaigns import services as campaigns
from app.campaigns.models import Campaign, CampaignState, Content, Message, MessageState, Step
from app.campaigns.presets import words_for
from app.campaigns.queries import invitations_of
from app.customers import services as customers
from app.customers.models import Channel, Customer, Segment, SuppressionCause
from app.db import db
from app.demo.calendar import at
from app.demo.casting import Part, Sheet, cast
from app.demo.world import World
from app.reasons import services as reasons
from app.reasons.models import Reading, ReadingState
from app.responses import services as responses
from app.responses.models import Answer, Door, Response
from app.surveys.models import Question, Survey

GONE_ADDRESSES = 0.012
SURE = 0.7


@dataclass(frozen=True)
class Round:
    """One sending: what it is called, which lot draws its holdout, on which day it goes out."""

    name: str
    sent_on: date
    holdout_percent: int = 0


def ask(world: World, plan: Round, survey: Survey, segment: Segment) -> Campaign:
    """A campaign drawn up by one member, approved by another, and sent on its day at ten."""
    words, author = words_for(survey.preset), world.member(Role.EDITOR)
    campaign = campaigns.create_campaign(
        plan.name,
        survey,
        segment,
        Content.SURVEY_ONLY,
        words.subject,
        words.body,
        plan.holdout_percent,
        author,
        at(plan.sent_on - timedelta(days=1), 15),
        seed=plan.sent_on.toordinal(),
    )
    campaigns.approve_campaign(campaign, world.member(Role.ADMINISTRATOR), at(plan.sent_on, 9, 20))
    campaigns.start_campaign(campaign, at(plan.sent_on), author)
    _let_mails_arrive(campaign, at(plan.sent_on))
    return campaign


def _let_mails_arrive(campaign: Campaign, started_at: datetime) -> None:
    """What became of mails of months ago: most arrived within the hour, some addresses were gone."""
    rng = Random(f"mails {campaign.name}")
    messages = sa.select(Message).join(Step).where(Step.campaign_id == campaign.id).order_by(Message.id)
    for place, message in enumerate(db.session.scalars(messages)):
        message.touched_at = started_at + timedelta(seconds=3 * place)
        message.try_count = 1
        customer_id = message.invitation.customer_id
        if rng.random() < GONE_ADDRESSES:
            message.state, message.problem = MessageState.FAILED, "550 5.1.1 User unknown"
            customers.suppress(Channel.MAIL, message.address, SuppressionCause.BOUNCE, message.touched_at)
            continue
        message.state, message.accepted_at = MessageState.ACCEPTED, message.touched_at
        source, state = f"campaign:{campaign.id}", MessageState.ACCEPTED.value
        customers.record_fact(customer_id, "invited", str(campaign.survey_id), source, message.touched_at)
        customers.record_fact(customer_id, "contacted", Channel.MAIL.value, source, message.touched_at)
        customers.write_timeline(
            customer_id, "invited", message.touched_at, campaign=campaign.name, state=state
        )
    campaign.state, campaign.finished_at = CampaignState.DONE, started_at + timedelta(hours=1)
    db.session.flush()


def answer(world: World, campaign: Campaign, written: Iterable[Sheet], sent_on: date) -> list[Response]:
    """Let invited customers whom the written sheets fit answer with them; then the words are read."""
    reached = _reached(campaign)
    keys = dict(db.session.execute(sa.select(Customer.id, Customer.key)).tuples().all())
    by_key = {
        keys[one.customer_id]: one
        for one in db.session.scalars(invitations_of(campaign))
        if one.id in reached
    }
    parts = cast(written, by_key, world.crowd, world.fates, calendar=world.calendar, sent_on=sent_on)
    found = []
    for part in parts:
        response = responses.start_response(
            by_key[part.customer], Door.LINK, part.answered_at - timedelta(minutes=3)
        )
        responses.save_page(response, _values(part), part.answered_at - timedelta(minutes=1))
        found.append(responses.submit_response(response, part.answered_at))
    reasons.read_answers(_words_of(found), None, parts[-1].answered_at + timedelta(minutes=5))
    return found


def begin_and_stop(campaign: Campaign, count: int, sent_on: date) -> None:
    """Some open their sheet, give a mark and leave it at that."""
    reached = _reached(campaign)
    waiting = [
        one
        for one in db.session.scalars(invitations_of(campaign))
        if one.id in reached and one.spent_at is None
    ]
    for place, invitation in enumerate(waiting[3 :: len(waiting) // count][:count]):
        instant = at(sent_on + timedelta(days=place), 12 + place)
        response = responses.start_response(invitation, Door.LINK, instant)
        responses.save_page(response, {"nps": 4 + place % 4}, instant)


def review(world: World, sheets: Sequence[Response], instant: datetime) -> int:
    """An editor confirms what agrees with the reason the customer ticked, and what was read with confidence."""
    editor, count = world.member(Role.EDITOR, 1), 0
    ticked = _ticked([sheet.id for sheet in sheets])
    readings = (
        sa.select(Reading)
        .join(Reading.answer)
        .where(Answer.response_id.in_([sheet.id for sheet in sheets]), Reading.state == ReadingState.PROPOSED)
    )
    for reading in db.session.scalars(readings.order_by(Reading.id)):
        main = reading.main_reason.code if reading.main_reason else None
        agrees = reading.answer.question.code == "reason_text" and main == ticked.get(
            reading.answer.response_id
        )
        if main and (agrees or reading.confidence >= SURE):
            reasons.confirm_reading(reading, editor, instant + timedelta(seconds=20 * count))
            count += 1
    return count


def _values(part: Part) -> dict[str, int | str | None]:
    return {code: None if value == "" else value for code, value in part.sheet.answers.items()}


def _reached(campaign: Campaign) -> set[int]:
    """Invitations whose mail arrived."""
    arrived = (
        sa.select(Message.invitation_id)
        .join(Step)
        .where(Step.campaign_id == campaign.id, Message.state == MessageState.ACCEPTED)
    )
    return set(db.session.scalars(arrived))


def _words_of(sheets: Sequence[Response]) -> list[int]:
    mine = Answer.response_id.in_([sheet.id for sheet in sheets])
    return list(db.session.scalars(sa.select(Answer.id).where(mine, Answer.text != "").order_by(Answer.id)))


def _ticked(response_ids: Sequence[int]) -> dict[int, str]:
    chosen = (
        sa.select(Answer.response_id, Answer.value)
        .join(Question)
        .where(Answer.response_id.in_(response_ids), Question.code == "main_reason")
    )
    return {number: str(value) for number, value in db.session.execute(chosen)}
