"""The written answers are varied, complete, and come from people whose history they fit."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from app.demo.calendar import Calendar
from app.demo.casting import Part, cast, sheets
from tests.app.demo.world import DAYS, silent_on, world

CHOICES = {
    *("price", "support", "quality", "features", "usability", "forgotten"),
    *("competitor", "lifestyle", "delivery", "trust", "none", "other"),
}


def _campaign(name: str, sent_on: date, today: date) -> list[Part]:
    crowd, fates, _ = world(today)
    rng, silent = Random(2), silent_on(sent_on, today)
    holdout = 0.1 if name == "churn_now" else 0
    invited = [p.key for p in crowd if p.key in silent and p.may_be_mailed and rng.random() >= holdout]
    parts = cast(sheets(name), invited, crowd, fates, calendar=Calendar(today), sent_on=sent_on)
    assert 0.05 < len(parts) / len(invited) <= 0.12
    return parts


def test_the_campaigns_have_their_sheets_and_no_words_are_said_twice() -> None:
    now, past, fresh = sheets("churn_now"), sheets("churn_past"), sheets("fresh")
    assert (len(now), len(past), len(fresh), len(sheets("nps"))) == (70, 45, 12, 260)
    assert {sheet.answers["main_reason"] for sheet in now} == CHOICES
    said = Counter(sheet.answers["reason_text"] for sheet in (*now, *past, *fresh))
    assert [text for text, count in said.items() if count > 1 and text] == []
    assert sum(not sheet.answers["current"] for sheet in now) > 20


def test_pulse_answers_lie_in_the_middle_and_a_third_says_nothing() -> None:
    pulses = sheets("nps")
    marks = Counter(sheet.answers["nps"] for sheet in pulses)
    assert set(marks) == set(range(11))
    assert sum(marks[mark] for mark in (5, 6, 7, 8)) > 0.6 * len(pulses)
    silent = sum(not sheet.answers["comment"] for sheet in pulses) / len(pulses)
    assert 0.3 < silent < 0.4
    assert {sheet.wave for sheet in pulses} == {1, 2, 3}


@pytest.mark.parametrize("today", DAYS)
def test_what_people_say_fits_why_they_left_and_how_they_bought(today: date) -> None:
    crowd, fates, _ = world(today)
    by_key = {person.key: person for person in crowd}
    calendar = Calendar(today)
    parts = _campaign("churn_past", calendar.first_campaign_on, today)
    parts += _campaign("churn_now", calendar.second_campaign_on, today)
    misfits = 0
    for part in parts:
        person, choice = by_key[part.customer], part.sheet.answers["main_reason"]
        cause = fates[part.customer].cause
        fits = cause in (choice, None) or (choice == "none" and cause == "forgotten")
        misfits += not fits or person.plan != part.sheet.fits["plan"]
        assert (person.kind == "account") == (part.sheet.fits["plan"] in {"cafe", "office", "ryokan"})
    assert misfits <= 0.06 * len(parts)


def test_nobody_minds_the_panels_before_they_are_there() -> None:
    today = DAYS[0]
    calendar = Calendar(today)
    fates = world(today)[1]
    for part in _campaign("churn_now", calendar.second_campaign_on, today):
        if part.sheet.answers["main_reason"] == "other":
            assert fates[part.customer].left_on >= calendar.tea_field_sold_on


def test_each_answer_comes_from_another_customer_by_day_and_within_three_weeks() -> None:
    today = DAYS[0]
    sent_on = Calendar(today).second_campaign_on
    parts = _campaign("churn_now", sent_on, today)
    assert len({part.customer for part in parts}) == len(parts)
    assert parts == sorted(parts, key=lambda part: part.answered_at)
    for part in parts:
        assert 7 <= part.answered_at.hour <= 23
        assert sent_on <= part.answered_at.date() <= sent_on + timedelta(days=20)
