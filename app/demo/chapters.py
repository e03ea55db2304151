"""The chapters of the story, in order. Each is one transaction, or (`apart`) goes on where it was cut off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from app.accounts.models import Role
from app.backlog import services as backlog
from app.backlog.models import BacklogItem, Verdict
from app.customers import services as customers
from app.customers.models import Channel, Customer, Segment, SuppressionCause
from app.customers.queries import lapse_rule_in_force
from app.db import db
from app.demo.asking import Round, answer, ask, begin_and_stop, review
from app.demo.calendar import SILENT_MONTHS, at
from app.demo.casting import sheets
from app.demo.people import Person
from app.demo.world import World, customer_file, order_file, settle, take
from app.reasons import services as reasons
from app.reasons.models import Reason
from app.surveys import services as surveys
from app.surveys.models import Survey

CHURN, PULSE = "お休みの理由をうかがう調査", "季節のご感想うかがい"
GONE = "休眠・離反のお客さま"
FIRST, SECOND = "お休みのお客さまへ 1回目", "お休みのお客さまへ 2回目"


@dataclass(frozen=True)
class Chapter:
    """One step of the story. weight: about how many tenths of a second it takes; apart: commits by itself."""

    name: str
    weight: int
    tell: Callable[[World], Iterator[int] | None]
    apart: bool = False


def _ledger(world: World, after: date, until: date) -> None:
    """What customers agreed to, and took back, in these days."""
    known = {row.key: row for row in db.session.scalars(sa.select(Customer))}
    for person in world.crowd:
        if person.key in known:
            _keep_ledger(person, known[person.key], after, until)


def _keep_ledger(person: Person, customer: Customer, after: date, until: date) -> None:
    for entry in person.consents:
        if after < max(entry.at.date(), person.joined_on) <= until:
            channel = Channel(entry.channel)
            customers.record_consent(customer, channel, entry.granted, entry.basis, entry.evidence, entry.at)
    if person.suppressed and after < person.suppressed[1].date() <= until:
        cause, suppressed_at = person.suppressed
        customers.suppress(Channel.MAIL, person.email, SuppressionCause(cause), suppressed_at)


def first_customers(world: World) -> Iterator[int]:
    until = world.calendar.first_campaign_on
    file = customer_file(f"会員_{until:%Y-%m}まで.csv", world.newcomers(date.min, until))
    yield from take(world, file, at(until, 6))


def first_consents(world: World) -> None:
    _ledger(world, date.min, world.calendar.first_campaign_on)


def first_orders(world: World) -> Iterator[int]:
    until = world.calendar.first_campaign_on
    file = order_file(f"注文_{until:%Y-%m}まで.csv", world.orders(date.min, until))
    yield from take(world, file, at(until, 7))


def _days_pass(world: World, after: date, until: date) -> Iterator[int]:
    """New customers, new orders, and states that follow."""
    if newcomers := world.newcomers(after, until):
        yield from take(world, customer_file(f"会員_{until:%Y-%m-%d}.csv", newcomers), at(until, 6))
    file = order_file(f"注文_{until:%Y-%m-%d}.csv", world.orders(after, until))
    yield from take(world, file, at(until, 7))


def first_campaign(world: World) -> None:
    """Whom to call gone is decided, and those who are gone are asked for the first time."""
    day, editor = world.calendar.first_campaign_on, world.member(Role.EDITOR)
    customers.save_lapse_rule("mail_order", SILENT_MONTHS, 1, 0, True, editor, day, at(day, 8, 30))
    settle(world)
    survey = surveys.create_survey("churn_b2c", CHURN, editor, at(day - timedelta(days=6), 14))
    surveys.publish_survey(survey, editor, at(day - timedelta(days=4), 11))
    segment = customers.save_segment(GONE, {"states": ["dormant", "lapsed"]}, editor, at(day, 8, 40))
    ask(world, Round(FIRST, day), survey, segment)


def first_answers(world: World) -> Iterator[int]:
    day = world.calendar.first_campaign_on
    yield from answer(world, FIRST, sheets("churn_past"), day)
    yield from review(world, FIRST, at(day + timedelta(days=22), 13))


def box_decided(world: World) -> None:
    """What most of them said becomes an item, and is decided."""
    day = world.calendar.first_campaign_on + timedelta(days=27)
    item = _promote(world, "delivery", "贈答箱を、つぶれない厚さに戻す", 12, at(day, 15))
    product = world.member(Role.PRODUCT)
    why = "贈り先でつぶれた声が続き、お詫びの品より箱の差額のほうが安い。"
    backlog.decide(item, Verdict.DO, why, item.revision, product, at(day, 16))
    db.session.flush()
    backlog.start_work(item, item.revision, product, at(day + timedelta(days=3)))


def box_mended(world: World) -> None:
    mended_on = world.calendar.box_mended_on
    item = _items()["delivery"]
    product = world.member(Role.PRODUCT)
    backlog.release(item, mended_on, item.revision, product, at(mended_on, 17), mended_on)


def _pulse_days(world: World, number: int) -> tuple[date, date]:
    """The day of the sending before the pulse of this number, and its own."""
    days = (world.calendar.first_campaign_on, *world.calendar.pulses_on)
    return days[number - 1], days[number]


def days_before_pulse(world: World, number: int) -> Iterator[int]:
    yield from _days_pass(world, *_pulse_days(world, number))


def pulse(world: World, number: int) -> None:
    """One sending of the periodic survey to those who bought within a month before."""
    before, day = _pulse_days(world, number)
    _ledger(world, before, day)
    editor = world.member(Role.EDITOR)
    survey = _survey(PULSE) or surveys.create_survey("nps", PULSE, editor, at(day - timedelta(days=7), 14))
    surveys.publish_survey(survey, editor, at(day - timedelta(days=5), 11))
    filters = {"states": ["active", "returned"], "bought_after": str(day - timedelta(days=30))}
    name = f"このひと月のお買い上げ（{day.year}年{day.month}月）"
    segment = customers.save_segment(name, filters, editor, at(day, 8, 40))
    ask(world, Round(f"{PULSE} {number}回目", day), survey, segment)


def pulse_answers(world: World, number: int) -> Iterator[int]:
    day, name = _pulse_days(world, number)[1], f"{PULSE} {number}回目"
    yield from answer(world, name, [sheet for sheet in sheets("nps") if sheet.wave == number], day)
    yield from review(world, name, at(day + timedelta(days=23), 10))


def days_before_second(world: World) -> Iterator[int]:
    yield from _days_pass(world, world.calendar.pulses_on[2], world.calendar.second_campaign_on)


def second_campaign(world: World) -> None:
    """Those who are gone now are asked; a tenth of them is not, to compare with."""
    day = world.calendar.second_campaign_on
    _ledger(world, world.calendar.pulses_on[2], day)
    segment = db.session.scalars(sa.select(Segment).where(Segment.name == GONE)).one()
    ask(world, Round(SECOND, day, holdout_percent=10), _survey_there(CHURN), segment)


def second_answers(world: World) -> Iterator[int]:
    """Half of the new answers have been reviewed; the rest, and the themes nobody listed, wait."""
    day = world.calendar.second_campaign_on
    yield from answer(world, SECOND, sheets("churn_now"), day)
    yield from review(world, SECOND, at(day + timedelta(days=22), 13), share=0.5)


def second_drop_outs(world: World) -> None:
    begin_and_stop(SECOND, 7, world.calendar.second_campaign_on)


def themes(world: World) -> None:
    reasons.propose_themes(
        _survey_there(CHURN), at(world.calendar.second_campaign_on + timedelta(days=21), 6)
    )


def second_items(world: World) -> None:
    """Some reasons are items already: one decided for later, two waiting for a decision."""
    day, product = world.calendar.second_campaign_on + timedelta(days=26), world.member(Role.PRODUCT)
    _promote(world, "price", "送料無料になる金額を、買いやすい高さに戻す", 15, at(day, 10))
    _promote(world, "forgotten", "お休みから2か月のころに、ひとこと便りを出す", 6, at(day, 10, 20))
    later = _promote(world, "usability", "新しい注文画面で、迷わず注文できるようにする", 30, at(day, 10, 40))
    why = "注文画面の次の作り替えに合わせて取り組む。それまでは電話とはがきの案内を大きくする。"
    backlog.decide(later, Verdict.LATER, why, later.revision, product, at(day, 11))


def last_days(world: World) -> Iterator[int]:
    yield from _days_pass(world, world.calendar.second_campaign_on, world.today - timedelta(days=1))


def today(world: World) -> None:
    """Every state is brought up to today."""
    _ledger(world, world.calendar.second_campaign_on, world.today)
    rule = lapse_rule_in_force()
    if rule is not None:
        customers.apply_lapse_rule(rule, world.today, at(world.today, 7, 30))


def _survey(name: str) -> Survey | None:
    return db.session.scalar(sa.select(Survey).where(Survey.name == name))


def _survey_there(name: str) -> Survey:
    return db.session.scalars(sa.select(Survey).where(Survey.name == name)).one()


def _items() -> dict[str, BacklogItem]:
    return {item.reason.code: item for item in db.session.scalars(sa.select(BacklogItem))}


def _promote(world: World, code: str, title: str, effort_days: float, instant: datetime) -> BacklogItem:
    product = world.member(Role.PRODUCT)
    reason = db.session.scalars(sa.select(Reason).where(Reason.code == code)).one()
    item = backlog.promote_reason(reason, _survey_there(CHURN), product, instant)
    backlog.edit_item(item, title, "商品企画", effort_days, item.revision, product, instant)
    db.session.flush()
    return item


def _pulse_chapters(number: int) -> tuple[Chapter, ...]:
    return (
        Chapter(f"days_{number}", 25, partial(days_before_pulse, number=number), apart=True),
        Chapter(f"pulse_{number}", 15, partial(pulse, number=number)),
        Chapter(f"pulse_{number}_answers", 20, partial(pulse_answers, number=number), apart=True),
    )


CHAPTERS = (
    Chapter("customers", 20, first_customers, apart=True),
    Chapter("consents", 10, first_consents),
    Chapter("orders", 120, first_orders, apart=True),
    Chapter("first_campaign", 10, first_campaign),
    Chapter("first_answers", 20, first_answers, apart=True),
    Chapter("box_decided", 2, box_decided),
    Chapter("box_mended", 2, box_mended),
    *_pulse_chapters(1),
    *_pulse_chapters(2),
    *_pulse_chapters(3),
    Chapter("days_4", 15, days_before_second, apart=True),
    Chapter("second_campaign", 15, second_campaign),
    Chapter("second_answers", 30, second_answers, apart=True),
    Chapter("second_drop_outs", 2, second_drop_outs),
    Chapter("themes", 5, themes),
    Chapter("second_items", 2, second_items),
    Chapter("last_days", 15, last_days, apart=True),
    Chapter("today", 5, today),
)
