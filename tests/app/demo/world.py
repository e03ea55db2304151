"""The demo's people, lives and orders, made once per day of telling."""

from datetime import date
from functools import cache

from app.demo.lives import Life, lives
from app.demo.people import Person, people
from app.demo.purchases import Purchase, purchases

DAYS = (date(2026, 11, 21), date(2027, 2, 28), date(2027, 6, 15), date(2028, 2, 29))


@cache
def world(today: date) -> tuple[list[Person], dict[str, Life], list[Purchase]]:
    crowd = people(today)
    fates = lives(crowd, today)
    return crowd, fates, purchases(crowd, fates, today)


def silent_on(day: date, today: date, days: int = 243) -> set[str]:
    """Who had bought before `day`, but not in the `days` before it, and whose contract had ended by then."""
    crowd, _, lines = world(today)
    last: dict[str, date] = {}
    for line in lines:
        if line.amount > 0 and line.bought_on <= day:
            last[line.customer] = line.bought_on
    ended = {person.key for person in crowd if person.contract_ends_on and person.contract_ends_on < day}
    return ended | {key for key, bought_on in last.items() if (day - bought_on).days > days}
