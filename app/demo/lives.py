"""Why and when each customer leaves, and who comes back: what the tea house does not know and asks about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo.calendar import Calendar
from app.demo.people import Person

MONTH = 30
SUBSCRIPTION, SINGLE, GIFT = 0, 1, 2
# Leaving customers per 1,000 and month: usual, by plan.
USUAL = {
    "price": (1.8, 1.5, 1.2),
    "support": (0.7, 0.6, 0.6),
    "quality": (1.0, 1.1, 0.8),
    "features": (1.0, 0.9, 0.1),
    "usability": (0.7, 0.6, 0.5),
    "forgotten": (1.0, 3.3, 2.2),
    "competitor": (1.1, 1.8, 0.5),
    "lifestyle": (2.0, 1.5, 1.7),
    "delivery": (0.5, 0.4, 0.4),
    "trust": (1.0, 0.4, 0.0),
    "other": (0.5, 0.3, 0.3),
}
COLUMN = {"subscription": SUBSCRIPTION, "single": SINGLE, "gift": GIFT}


@dataclass(frozen=True)
class Life:
    """What becomes of one customer. cause: the nearest choice of the survey, None for accounts."""

    cause: str | None = None
    left_on: date | None = None
    returned_on: date | None = None


def lives(crowd: Sequence[Person], today: date, seed: int = 0) -> dict[str, Life]:
    """The life of each customer by key; the same for the same customers, `today` and `seed`."""
    rng, calendar = Random(f"lives {seed}"), Calendar(today)
    return {
        person.key: _contract(person, today) if person.kind == "account" else _person(rng, calendar, person)
        for person in crowd
    }


def _events(calendar: Calendar, cause: str, plan: str, day: date) -> float:
    """How many times more than usual a cause drives people away on a day."""
    if cause == "price":
        return 4.0 if _within(day, calendar.postage_raised_on, 270) else 1.0
    if cause == "usability":
        return 3.0 if _within(day, calendar.site_renewed_on, 300) else 1.0
    if cause == "other":
        return 14.0 if _within(day, calendar.tea_field_sold_on, 260) else 1.0
    if cause == "delivery" and calendar.box_thinned_on <= day < calendar.box_mended_on:
        return {"gift": 36.0, "single": 5.0, "subscription": 2.0}[plan]
    return 1.0


def _within(day: date, start: date, days: int) -> bool:
    return start <= day < start + timedelta(days=days)


def _person(rng: Random, calendar: Calendar, person: Person) -> Life:
    day = max(person.joined_on, calendar.history_from)
    while day < calendar.today:
        newcomer = 1.6 if (day - person.joined_on).days < 240 else 1.0
        hazards = [
            newcomer * USUAL[cause][COLUMN[person.plan]] * _events(calendar, cause, person.plan, day) / 1000
            for cause in USUAL
        ]
        if rng.random() < sum(hazards):
            cause = rng.choices(list(USUAL), hazards)[0]
            left_on = day + timedelta(days=rng.randrange(MONTH))
            return Life(cause, left_on, _returned_on(rng, calendar, person, cause, left_on))
        day += timedelta(days=MONTH)
    return Life()


def _returned_on(rng: Random, calendar: Calendar, person: Person, cause: str, left_on: date) -> date | None:
    """Two in five of those whom the crushed boxes drove away come back once these are mended, of others few."""
    mended = cause == "delivery" and left_on < calendar.box_mended_on
    if rng.random() > (0.42 if mended else 0.04):
        return None
    start = calendar.box_mended_on if mended else left_on + timedelta(days=260)
    returned_on = start + timedelta(days=int(rng.triangular(8, 230, 45)))
    return returned_on if returned_on < calendar.today - timedelta(days=3) else None


def _contract(person: Person, today: date) -> Life:
    """An account leaves on the day its contract ends."""
    ends_on = person.contract_ends_on
    return Life(left_on=ends_on if ends_on and ends_on < today else None)
