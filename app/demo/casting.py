"""Which of the written answers comes from which customer, so that words and history agree."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.demo.calendar import Calendar, at
from app.demo.lives import Life
from app.demo.people import TEXTS, Person

HOURS = range(7, 24)
HOUR_WEIGHTS = (3, 4, 6, 9, 8, 6, 7, 6, 5, 5, 4, 5, 7, 10, 11, 8, 3)


@dataclass(frozen=True)
class Sheet:
    """One written answer sheet. fits: the circumstances its words speak of (plan, age, years)."""

    key: str
    fits: Mapping[str, Any]
    answers: Mapping[str, Any]
    wave: int = 0


@dataclass(frozen=True)
class Part:
    """A sheet given to a customer, and the instant of answering."""

    sheet: Sheet
    customer: str
    answered_at: datetime


def sheets(name: str) -> list[Sheet]:
    """The written sheets of texts/<name>.jsonl."""
    rows = (json.loads(line) for line in (TEXTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [Sheet(row.pop("key"), row.pop("fits"), wave=row.pop("wave", 0), answers=row) for row in rows]


def cast(
    written: Iterable[Sheet],
    invited: Collection[str],
    crowd: Iterable[Person],
    fates: Mapping[str, Life],
    *,
    calendar: Calendar,
    sent_on: date,
) -> list[Part]:
    """Give each sheet to the invited customer whom it fits best, in the order of answering.

    What counts first is the kind of business, then the hidden cause of leaving, then plan, age and years.
    """
    rng = Random(f"cast {len(invited)}")
    free = {person.key: person for person in crowd if person.key in invited}
    parts = []
    for sheet in sorted(written, key=lambda sheet: (-len(sheet.fits), sheet.key)):
        if not free:
            break
        scores = {
            key: (_fit(sheet, person, fates[key], calendar, sent_on), rng.random())
            for key, person in free.items()
        }
        fitting = free.pop(max(scores, key=scores.__getitem__))
        parts.append(Part(sheet, fitting.key, _answered_at(rng, sent_on)))
    return sorted(parts, key=lambda part: part.answered_at)


def _fit(sheet: Sheet, person: Person, life: Life, calendar: Calendar, sent_on: date) -> float:
    fits, choice = sheet.fits, sheet.answers.get("main_reason")
    plan = fits.get("plan")
    needs_account = plan not in (None, "subscription", "single", "gift")
    score = 16.0 * (needs_account == (person.kind == "account"))
    score += 6.0 * (plan is None or plan == person.plan)
    if choice is None:
        score += _mood(sheet.answers["nps"], life, sent_on)
    elif life.cause == ("forgotten" if choice == "none" else choice):
        score += 8.0
    if choice == "other" and (life.left_on or date.min) < calendar.tea_field_sold_on:
        score -= 20.0  # nobody minds the panels before they are there
    if "age" in fits and person.birth_year:
        low, high = fits["age"]
        age = calendar.today.year - person.birth_year
        score += 4.0 - min(10.0, 0.4 * max(0, low - age, age - high))
    if (sent_on - person.joined_on).days < 365 * fits.get("years", 0):
        score -= 5.0
    return score


def _mood(nps: int, life: Life, sent_on: date) -> float:
    """Who will soon leave gives low marks more often."""
    leaves_soon = life.left_on is not None and (life.left_on - sent_on).days < 240
    return 1.0 if leaves_soon == (nps <= 4) else 0.0


def _answered_at(rng: Random, sent_on: date) -> datetime:
    """Half of the answers come within two days, the last after three weeks; hardly any at breakfast."""
    day = sent_on + timedelta(days=min(20, int(rng.expovariate(0.42))))
    hour = rng.choices(HOURS, HOUR_WEIGHTS)[0]
    return at(day, max(hour, 11) if day == sent_on else hour, rng.randrange(60))
