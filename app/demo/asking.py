"""Campaigns and answers of the story, through the same services as the pages use."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Role
from app.campaigns import services as campaigns
from app.campaigns.models import Campaign, CampaignState, Content, Invitation, Message, MessageState, Step
from app.campaigns.presets import words_for
from app.customers import services as customers
from app.customers.models import Channel, Customer, Segment, SuppressionCause
from app.db import db, unit_of_work
from app.demo.calendar import at
from app.demo.casting import Part, Sheet, cast
from app.demo.world import World
from app.reasons import services as reasons
from app.reasons.models import Reading, ReadingState, Reason
from app.responses import services as responses
from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys.models import Question, Survey

GONE_ADDRESSES = 0.012
SURE = 0.7
AT_ONCE = 20


@dataclass(frozen=True)
class Round:
    """One sending: what it is called, which lot draws its holdout, on which day it goes out."""

    name: str
    sent_on: date
    holdout_percent: int = 0


def ask(world: World, plan: Round, survey: Survey, segment: Segment) -> None:
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
    while campaigns.invite_part(campaign.id, at(plan.sent_on)):
        pass
    _let_mails_arrive(campaign, at(plan.sent_on))


def _let_mails_arrive(campaign: Campaign, started_at: datetime) -> None:
    """What became of mails of months ago: most arrived within the hour, some addresses were gone."""
    rng = Random(f"mails {campaign.name}")
    messages = sa.select(Message).join(Step).where(Step.campaign_id == campaign.id).order_by(Message.id)
    messages = messages.options(joinedload(Message.invitation))
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


def answer(world: World, campaign: str, written: Iterable[Sheet], sent_on: date) -> Iterator[int]:
    """Let invited customers whom the written sheets fit answer with them, and have the words read.

    Twenty sheets in each transaction; sheets handed in by an earlier telling are passed over. Yields how many there are.
    """
    with unit_of_work():
        reached = _reached(campaign)
    parts = cast(written, reached, world.crowd, world.fates, calendar=world.calendar, sent_on=sent_on)
    for start in range(0, len(parts), AT_ONCE):
        with unit_of_work():
            some = [
                (db.session.get_one(Invitation, reached[one.customer]), one)
                for one in parts[start : start + AT_ONCE]
            ]
            found = [_hand_in(invitation, one) for invitation, one in some if invitation.spent_at is None]
            if found:
                reasons.read_answers(_words_of(found), None, parts[-1].answered_at + timedelta(minutes=5))
        db.session.expunge_all()
        yield start + len(some)


def _hand_in(invitation: Invitation, part: Part) -> Response:
    response = responses.start_response(invitation, Door.LINK, part.answered_at - timedelta(minutes=3))
    values = {code: None if value == "" else value for code, value in part.sheet.answers.items()}
    responses.save_page(response, values, part.answered_at - timedelta(minutes=1))
    return responses.submit_response(response, part.answered_at)


def begin_and_stop(campaign: str, count: int, sent_on: date) -> None:
    """Some open their sheet, give a mark and leave it at that."""
    ids = sorted(_reached(campaign).values())
    waiting = sa.select(Invitation).where(Invitation.id.in_(ids), Invitation.spent_at.is_(None))
    some = db.session.scalars(waiting.order_by(Invitation.id)).all()
    for place, invitation in enumerate(some[3 :: len(some) // count][:count]):
        instant = at(sent_on + timedelta(days=place), 12 + place)
        response = responses.start_response(invitation, Door.LINK, instant)
        responses.save_page(response, {"nps": 4 + place % 4}, instant)


def review(world: World, campaign: str, instant: datetime, share: float = 1.0) -> Iterator[int]:
    """An editor goes through the first sheets: confirms what was read with confidence, and corrects the main reason
    where the customer has ticked another one. What the tick cannot settle waits for a person. Yields the decisions.
    """
    with unit_of_work():
        mine = sa.select(Response.id).join(Response.invitation).join(Invitation.campaign)
        mine = mine.where(Campaign.name == campaign, Response.state == ResponseState.SUBMITTED)
        sheets = db.session.scalars(mine.order_by(Response.submitted_at)).all()
    for start in range(0, int(len(sheets) * share), AT_ONCE):
        with unit_of_work():
            decided = _review(world, sheets[start : start + AT_ONCE], instant + timedelta(minutes=start))
        db.session.expunge_all()
        yield decided


def _review(world: World, sheets: Sequence[int], instant: datetime) -> int:
    editor, count, ticked = world.member(Role.EDITOR, 1), 0, _ticked(sheets)
    readings = sa.select(Reading).join(Reading.answer)
    readings = readings.where(Answer.response_id.in_(sheets), Reading.state == ReadingState.PROPOSED)
    for reading in db.session.scalars(readings.order_by(Reading.id)).all():
        told = (
            ticked.get(reading.answer.response_id) if reading.answer.question.code == "reason_text" else None
        )
        decided_at = instant + timedelta(seconds=20 * count)
        if told is not None and told != reading.main_reason_id and reading.clauses:
            reasons.set_codings(reading, _corrected(reading, told), told, editor, decided_at)
        elif told is not None or (reading.main_reason_id and reading.confidence >= SURE):
            reasons.confirm_reading(reading, editor, decided_at)
        else:
            continue
        count += 1
    return count


def _corrected(reading: Reading, reason_id: int) -> list[tuple[int, list[int]]]:
    """The codings with another main reason: in its place, or, where nothing was found, on the longest clause."""
    codings = [
        (
            clause.id,
            [
                reason_id if one.reason_id == reading.main_reason_id else one.reason_id
                for one in clause.codings
            ],
        )
        for clause in reading.clauses
        if clause.codings
    ]
    if any(reason_id in ids for _clause, ids in codings):
        return codings
    longest = max(reading.clauses, key=lambda clause: clause.end - clause.start)
    return [*codings, (longest.id, [reason_id])]


def _reached(campaign: str) -> dict[str, int]:
    """Invitations whose mail arrived, by customer."""
    arrived = (
        sa.select(Customer.key, Invitation.id)
        .join(Invitation, Invitation.customer_id == Customer.id)
        .join(Invitation.campaign)
        .join(Message, Message.invitation_id == Invitation.id)
        .where(Campaign.name == campaign, Message.state == MessageState.ACCEPTED)
    )
    return dict(db.session.execute(arrived).all())


def _words_of(sheets: Sequence[Response]) -> list[int]:
    mine = Answer.response_id.in_([sheet.id for sheet in sheets])
    return list(db.session.scalars(sa.select(Answer.id).where(mine, Answer.text != "").order_by(Answer.id)))


def _ticked(response_ids: Sequence[int]) -> dict[int, int]:
    """The main reason each customer ticked, where the codebook has it."""
    codes = dict(db.session.execute(sa.select(Reason.code, Reason.id).where(Reason.code != "none")).all())
    chosen = (
        sa.select(Answer.response_id, Answer.value)
        .join(Question)
        .where(Answer.response_id.in_(response_ids), Question.code == "main_reason")
    )
    return {number: codes[word] for number, word in db.session.execute(chosen) if word in codes}
