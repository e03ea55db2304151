"""The demo's story is told by the product's own services, survives being cut off, and adds up."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.accounts.models import Member
from app.backlog.models import BacklogItem, ItemState, Verdict
from app.backlog.recompute import differences, recompute
from app.campaigns.models import Arm, Campaign, CampaignState, Invitation, Message, MessageState
from app.customers.models import Customer, CustomerState, ImportBatch, ImportState, Purchase
from app.customers.queries import lapse_rule_in_force
from app.db import db
from app.demo import asking, story, world
from app.demo.models import DemoStep, StepState
from app.demo.world import World
from app.reasons.models import Reading, ReadingState, Reason
from app.responses.models import Answer, Response, ResponseState
from app.surveys.models import Survey
from tests.conftest import Stock
from tests.stock import settings_for

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class CutOff(BaseException):
    """The telling was killed here."""


def _cut_at(patch: pytest.MonkeyPatch, where: object, name: str, call: int) -> None:
    """Let the call-th call of a function kill the telling."""
    whole, calls = getattr(where, name), iter(range(1, 10**9))

    def until_cut(*args: object, **named: object) -> object:
        if next(calls) == call:
            raise CutOff
        return whole(*args, **named)

    patch.setattr(where, name, until_cut)


@pytest.fixture(scope="module")
def told(stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole story, told after being cut off twice: between two pieces of a file, and amid the answers."""
    folder = tmp_path_factory.mktemp("demo")
    url = stock.fresh(folder)
    app = create_app(settings_for(folder, DATABASE_URL=url), testing=True)
    with app.app_context():
        story.prepare(NOW)
        cuts = ((world.importers, "rejected_path_of", 15), (asking.responses, "submit_response", 20))
        for where, name, call in cuts:
            with pytest.MonkeyPatch.context() as patch:
                _cut_at(patch, where, name, call)
                with pytest.raises(CutOff):
                    story.tell()
            db.session.rollback()
        story.tell()
        yield app
        db.session.rollback()
        db.engine.dispose()


def _count(query: sa.Select[tuple[int]] | sa.Select) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))


def test_all_customers_and_all_orders_arrive_once_although_the_telling_was_cut_off(told: Flask) -> None:
    expected = World(NOW.date())
    assert _count(sa.select(Customer.id)) == len(expected.crowd) == 3000
    until_yesterday = [line for line in expected.lines if line.bought_on < NOW.date()]
    assert _count(sa.select(Purchase.id)) == len(until_yesterday)
    assert db.session.scalar(sa.select(sa.func.sum(Purchase.amount))) == sum(
        line.amount for line in until_yesterday
    )
    files = db.session.scalars(sa.select(ImportBatch)).all()
    assert all(file.state is ImportState.DONE and file.rejected_count == 0 for file in files)
    assert {step.state for step in db.session.scalars(sa.select(DemoStep))} == {StepState.DONE}


def test_between_600_and_900_customers_are_dormant_or_lapsed_and_some_have_returned(told: Flask) -> None:
    counted = sa.select(Customer.state, sa.func.count()).group_by(Customer.state)
    states = dict(db.session.execute(counted).all())
    assert 600 <= states[CustomerState.DORMANT] + states[CustomerState.LAPSED] <= 900
    assert states[CustomerState.LAPSED] >= 20
    assert states[CustomerState.RETURNED] >= 30
    rule = lapse_rule_in_force()
    assert rule is not None
    assert rule.applied_on == NOW.date()


def test_each_campaign_has_a_believable_rate_of_answers(told: Flask) -> None:
    campaigns = db.session.scalars(sa.select(Campaign).order_by(Campaign.started_at)).all()
    assert len(campaigns) == 5
    for campaign in campaigns:
        asked = sa.select(Invitation.id).where(
            Invitation.campaign_id == campaign.id, Invitation.arm == Arm.ASKED
        )
        answered = asked.where(Invitation.spent_at.is_not(None))
        assert 0.05 <= _count(answered) / _count(asked) <= 0.12, campaign.name
        assert campaign.state is CampaignState.DONE
        assert campaign.approver_id not in (None, campaign.member_id)
    held = sa.select(Invitation.id).where(Invitation.arm == Arm.HOLDOUT)
    assert 50 <= _count(held) <= 90
    on_the_way = sa.select(Message.id).where(
        Message.state.not_in((MessageState.ACCEPTED, MessageState.FAILED))
    )
    assert _count(on_the_way) == 0


def test_the_answers_are_read_by_the_engine_and_part_of_the_readings_waits_for_a_person(told: Flask) -> None:
    sheets = sa.select(Response.id).where(Response.state == ResponseState.SUBMITTED)
    assert _count(sheets) == 70 + 45 + 260
    assert _count(sa.select(Response.id).where(Response.state == ResponseState.STARTED)) == 7
    words = (
        sa.select(Answer.id)
        .join(Response)
        .where(Answer.text != "", Response.state == ResponseState.SUBMITTED)
    )
    readings = sa.select(Reading.id)
    assert _count(readings) == _count(words) > 380
    confirmed = _count(readings.where(Reading.state == ReadingState.CONFIRMED))
    assert 60 < confirmed < 0.9 * _count(readings)
    assert _count(readings.where(Reading.unexplained)) >= 10


def test_the_box_is_mended_after_its_decision_and_other_items_wait_for_one(told: Flask) -> None:
    items = {item.reason.code: item for item in db.session.scalars(sa.select(BacklogItem))}
    box = items["delivery"]
    assert box.state is ItemState.RELEASED
    assert box.verdict is Verdict.DO
    assert box.decisions[0].at.date() < box.released_on < NOW.date()
    assert items["usability"].verdict is Verdict.LATER
    assert sum(item.verdict is None for item in items.values()) == 2


def test_the_box_was_frequent_before_the_mending_and_is_rare_after_it(told: Flask) -> None:
    shares = []
    for name in ("お休みのお客さまへ 1回目", "お休みのお客さまへ 2回目"):
        read = (
            sa.select(Reading.id)
            .join(Reading.answer)
            .join(Response, Response.id == Answer.response_id)
            .join(Invitation, Invitation.id == Response.invitation_id)
            .join(Campaign, Campaign.id == Invitation.campaign_id)
            .where(Campaign.name == name, Answer.question.has(code="reason_text"))
        )
        delivery = read.join(Reason, Reason.id == Reading.main_reason_id).where(Reason.code == "delivery")
        shares.append(_count(delivery) / _count(read))
    before, after = shares
    assert before > 2 * after


def test_nothing_waits_in_the_queue_and_telling_again_changes_nothing(told: Flask) -> None:
    assert told.extensions["huey"].pending_count() == 0
    before = [_count(sa.select(table.id)) for table in (Customer, Purchase, Response, Survey, Member)]
    story.prepare(NOW)
    story.tell()
    assert [_count(sa.select(table.id)) for table in (Customer, Purchase, Response, Survey, Member)] == before


def test_the_example_link_opens_a_sheet_nobody_has_begun(told: Flask) -> None:
    path = story.example_link()
    assert path is not None
    assert told.test_client().get(path).status_code == 200


def test_every_demo_member_can_sign_in(told: Flask) -> None:
    told.config["WTF_CSRF_ENABLED"] = False
    for login in story.LOGINS:
        entered = told.test_client().post("/sign-in", data={"email": login.email, "password": login.password})
        assert entered.status_code == 302, login
        assert login.role_label


def test_every_figure_of_the_backlog_is_what_purchases_and_codings_say(told: Flask) -> None:
    survey = db.session.scalars(sa.select(BacklogItem)).first().survey_id
    rows = recompute(survey, NOW.date())
    assert len(rows) >= 4
    assert all(row.lost > 0 for row in rows)
    assert differences(survey, NOW.date()) == []
