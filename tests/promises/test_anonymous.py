"""500 people answer without their names; whoever has the whole database and the log tries to tell who said what."""

import json
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import structlog
import time_machine

from app import jobs
from app.campaigns.models import Invitation
from app.customers.models import CustomerFact
from app.db import db, unit_of_work
from app.reasons.models import Clause, Coding, Reading
from app.responses import services
from app.responses.models import Answer, Door, Response
from app.surveys.models import Survey
from tests.app.responses.test_anonymous import unnamed_survey
from tests.conftest import NOW
from tests.factories_surveys import invitation

ANSWERED = 500
# Of the customer's side and of the sheet's side, all that could stand for an order or an instant.
KNOWN = {
    "invitation": (Invitation, ("id", "customer_id", "token", "code", "invited_at", "spent_at")),
    "fact": (CustomerFact, ("id", "customer_id", "at")),
}
SAID = (Response, Answer, Reading, Clause, Coding)


@pytest.mark.promise(
    "21c", "anonymous surveys: no column, time, order or log line tells whose is whose", small=True
)
def test_nothing_tells_which_sheet_is_whose(app, rng, trials, tried, capsys):
    count = max(20, trials(ANSWERED))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(20))
    whose = answer_all(app, count, rng)
    log = capsys.readouterr().err
    with app.app_context():
        sheets = {marker_of(sheet): sheet for sheet in db.session.scalars(sa.select(Response)).all()}
        assert len(sheets) == count
        assert shared_values(sheets.values()) == []
        told = [abs(rank_correlation(pairs)) for pairs in orders(sheets, whose)]
        named = [sheet.id for sheet in sheets.values() if f"{sheet.id}" in log]
    # Of unrelated orders of n, about one in 15,000 goes beyond four deviations.
    assert max(told) < 4 / (count - 1) ** 0.5, told
    assert named == []
    tried(
        f"{count} sheets over 9 days, {len(told)} pairs of orders, every column and {len(log.splitlines())} log lines"
    )


def answer_all(app, count, rng):
    """Have `count` people answer, each with a mark that only this test knows; return the invitation of each mark."""
    whose, at = {}, NOW - timedelta(days=9)
    with app.app_context(), unit_of_work():
        survey_id = unnamed_survey().id
        invited = [invitation(db.session.get_one(Survey, survey_id)).id for _one in range(count)]
    rng.shuffle(invited)
    for place, number in enumerate(invited):
        at += timedelta(days=8) / count
        with time_machine.travel(at, tick=False), app.app_context():
            with unit_of_work():
                asked = db.session.get_one(Invitation, number)
                draft = services.start_response(asked, Door.LINK, at)
                mark = f"届くのが遅い。{place}"
                services.save_page(
                    draft, {"nps": rng.randrange(11), "main_reason": "delivery", "reason_text": mark}, at
                )
                services.submit_response(draft, at)
            if place % 7 == 0:
                jobs.drain()
        whose[mark] = number
    with time_machine.travel(NOW, tick=False), app.app_context():
        jobs.drain()
    return whose


def marker_of(sheet):
    return next(answer.text for answer in sheet.answers if answer.text)


def shared_values(sheets):
    """Values of columns of the sheets that stand in a column of the customers' side, but for days and small numbers."""
    theirs = set()
    for kind, names in KNOWN.values():
        for row in db.session.scalars(sa.select(kind)).all():
            theirs |= {plain(getattr(row, name)) for name in names}
    mine = {plain(getattr(sheet, column.key)) for sheet in sheets for column in sa.inspect(Response).columns}
    return [
        value
        for value in mine & theirs
        if isinstance(value, str) or (isinstance(value, int) and abs(value) > 10_000)
    ]


def plain(value):
    return json.dumps(value) if isinstance(value, dict) else value


def orders(sheets, whose):
    """Pairs (place on the customer's side, place on the sheet's side) of the same person, by every order there is."""
    came = {mark: place for place, mark in enumerate(whose)}
    for number in (lambda sheet: sheet.id, lambda sheet: min(answer.id for answer in sheet.answers)):
        yield [(came[mark], number(sheet)) for mark, sheet in sheets.items()]
    facts = {fact.source: fact for fact in db.session.scalars(sa.select(CustomerFact)).all()}
    invited = {one.id: one for one in db.session.scalars(sa.select(Invitation)).all()}
    readings = {one.response_id: one for one in db.session.scalars(sa.select(Reading)).all()}
    for side in (
        lambda number: facts[f"invitation:{number}"].id,
        lambda number: number_of(invited[number].spent_at),
        lambda number: number,
    ):
        for other in (
            lambda sheet: sheet.id,
            lambda sheet: min(answer.id for answer in sheet.answers),
            lambda sheet: number_of(sheet.submitted_at),
            lambda sheet: readings[sheet.id].id if sheet.id in readings else 0,
            lambda sheet: number_of(readings[sheet.id].read_at) if sheet.id in readings else 0,
        ):
            yield [(side(whose[mark]), other(sheet)) for mark, sheet in sheets.items()]


def number_of(at: datetime) -> int:
    return int(at.timestamp())


def rank_correlation(pairs):
    """Spearman's, 0 where one side is the same for all."""
    xs, ys = (ranks([pair[side] for pair in pairs]) for side in (0, 1))
    middle = (len(pairs) - 1) / 2
    spread = [sum((one - middle) ** 2 for one in side) for side in (xs, ys)]
    if not all(spread):
        return 0.0
    return (
        sum((x - middle) * (y - middle) for x, y in zip(xs, ys, strict=True)) / (spread[0] * spread[1]) ** 0.5
    )


def ranks(values):
    """The place of each value, equal ones on their middle."""
    listed = sorted(values)
    places = {}
    for place, value in enumerate(listed):
        first, many = places.get(value, (place, 0))
        places[value] = (first, many + 1)
    return [first + (many - 1) / 2 for first, many in (places[value] for value in values)]
