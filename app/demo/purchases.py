"""Three years of orders: each customer's own rhythm, the seasons of tea, and silence after leaving."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from random import Random

from app.demo.calendar import Calendar
from app.demo.lives import Life
from app.demo.people import Person

COURSES = (
    ("定期便 ひとりのお茶", 2980, 44),
    ("定期便 ふたりのお茶", 3780, 38),
    ("定期便 朝霧づくし", 5400, 18),
)
TEAS = (
    ("深蒸し煎茶 朝霧 100g", 1080, 34),
    ("上煎茶 峰 100g", 1620, 14),
    ("ほうじ茶 焙 200g", 864, 18),
    ("玄米茶 200g", 756, 10),
    ("煎茶ティーバッグ 20包", 1296, 12),
    ("和紅茶 夕映え 50g", 972, 6),
    ("水出し煎茶 15包", 1080, 6),
    ("抹茶 30g", 2160, 4),
)
FIRST_FLUSH = ("新茶 初摘み 100g", 1944)
GIFTS = (("贈答 煎茶二缶入", 3240, 40), ("贈答 煎茶三缶入", 4860, 42), ("贈答 朝霧と菓子", 6480, 18))


@dataclass(frozen=True)
class Purchase:
    """One order line. amount: yen with tax and postage; a cancellation has its order's number and a negative one."""

    customer: str
    order: str
    bought_on: date
    amount: int
    item: str


def purchases(
    crowd: Sequence[Person], fates: Mapping[str, Life], today: date, seed: int = 0
) -> list[Purchase]:
    """All orders by day; the same for the same customers, lives, `today` and `seed`."""
    rng, calendar = Random(f"purchases {seed}"), Calendar(today)
    lines: list[tuple[date, str, int, str]] = []
    for person in crowd:
        life = fates[person.key]
        for start, end in _spans(person, life, calendar):
            begins = start in (person.joined_on, life.returned_on)
            orders = _orders(rng, calendar, person, start, end, begins)
            lines += [(day, person.key, amount, item) for day, amount, item in orders]
    lines.sort()
    return list(_numbered(rng, lines, today))


def _spans(person: Person, life: Life, calendar: Calendar) -> Iterator[tuple[date, date]]:
    """The stretches of days in which somebody buys: until leaving, and again after coming back."""
    yield max(person.joined_on, calendar.history_from), min(life.left_on or calendar.today, calendar.today)
    if life.returned_on:
        yield life.returned_on, calendar.today


def _orders(
    rng: Random, calendar: Calendar, person: Person, start: date, end: date, begins: bool
) -> Iterable[tuple[date, int, str]]:
    if person.kind == "account":
        return _deliveries(rng, calendar, person, start, end)
    rhythm = {"subscription": _boxes, "single": _bags, "gift": _gifts}[person.plan]
    return rhythm(rng, calendar, start, end, begins)


def _numbered(rng: Random, lines: Iterable[tuple[date, str, int, str]], today: date) -> Iterator[Purchase]:
    """Give each order its number; about one in ninety is cancelled a few days later."""
    for number, (day, key, amount, item) in enumerate(lines, 1):
        order = f"{day:%y%m%d}-{number:05d}"
        yield Purchase(key, order, day, amount, item)
        cancelled_on = day + timedelta(days=rng.randint(1, 6))
        if rng.random() < 0.011 and cancelled_on <= today:
            yield Purchase(key, order, cancelled_on, -amount, f"取消 {item}")


def _pick(rng: Random, goods: Sequence[tuple[str, int, int]]) -> tuple[str, int]:
    name, price, _ = rng.choices(goods, [weight for _, _, weight in goods])[0]
    return name, price


def _yen(calendar: Calendar, day: date, goods: float, parcels: int = 1) -> int:
    """Goods at the prices of the day, plus postage under the limit of the day."""
    if day >= calendar.prices_raised_on:
        goods *= 1.06
    raised = day >= calendar.postage_raised_on
    free_from, postage = (8000, 780) if raised else (5000, 550)
    return int(round(goods, -1)) + (0 if goods / parcels >= free_from else postage * parcels)


def _boxes(
    rng: Random, calendar: Calendar, start: date, end: date, begins: bool
) -> Iterator[tuple[date, int, str]]:
    """A subscription: the same course every one, two or three months, now and then a month skipped."""
    course, price = _pick(rng, COURSES)
    interval = rng.choices((30, 60, 90), (48, 37, 15))[0]
    day = start if begins else start + timedelta(days=rng.randrange(interval))
    while day < end:
        if rng.random() > 0.05:
            raised = 1.06 if day >= calendar.prices_raised_on else 1.0
            yield day, int(round(price * raised, -1)), course
        day += timedelta(days=max(20, interval + round(rng.gauss(0, 2))))


def _bags(
    rng: Random, calendar: Calendar, start: date, end: date, begins: bool
) -> Iterator[tuple[date, int, str]]:
    """Single orders: log-normal gaps around the person's own median, drawn to the first flush of May."""
    median = min(135.0, max(21.0, rng.lognormvariate(log(68), 0.45)))
    day = start if begins else start + timedelta(days=rng.randrange(round(median)))
    loves_first_flush = rng.random() < 0.45
    earliest = day
    while day < end:
        if loves_first_flush and day.month in (4, 5, 6) and abs((day - date(day.year, 5, 12)).days) < 30:
            drawn = date(day.year, 5, 1) + timedelta(days=rng.randrange(24))
            day = min(max(drawn, earliest), end - timedelta(days=1))
        bags = 1 + min(5, int(rng.expovariate(0.75)))
        first_flush = day.month in (5, 6) and rng.random() < 0.55
        item, price = FIRST_FLUSH if first_flush else _pick(rng, TEAS)
        yield day, _yen(calendar, day, price * bags), f"{item}×{bags}" if bags > 1 else item
        earliest = day + timedelta(days=7)
        day += timedelta(days=min(210, max(7, round(rng.lognormvariate(log(median), 0.34)))))


def _gifts(
    rng: Random, calendar: Calendar, start: date, end: date, begins: bool
) -> Iterator[tuple[date, int, str]]:
    """Presents of midsummer and the year's end to the same few people, and a little for the own kitchen."""
    item, price = _pick(rng, GIFTS)
    receivers = min(12, max(1, round(rng.lognormvariate(log(2.4), 0.6))))
    if begins and start < end:
        yield start, _yen(calendar, start, price), f"{item}×1"
    for year in range(start.year, end.year + 1):
        for first, days in ((date(year, 6, 24), 22), (date(year, 11, 26), 23)):
            day = first + timedelta(days=rng.randrange(days))
            count = max(1, receivers + rng.choice((-1, 0, 0, 0, 1)))
            if start <= day < end and rng.random() < 0.96:
                yield day, _yen(calendar, day, price * count, count), f"{item}×{count}"
        own = date(year, rng.choice((2, 3, 4, 5, 9, 10)), rng.randint(1, 28))
        if start <= own < end and rng.random() < 0.6:
            tea, yen = _pick(rng, TEAS)
            yield own, _yen(calendar, own, yen * 2), f"{tea}×2"


def _deliveries(
    rng: Random, calendar: Calendar, person: Person, start: date, end: date
) -> Iterator[tuple[date, int, str]]:
    """An account's deliveries under its contract: a twelfth of the yearly fee about every month."""
    item = {
        "cafe": "業務用 煎茶・抹茶",
        "office": "来客用 煎茶ティーバッグ",
        "ryokan": "客室用ティーバッグ・売店品",
    }
    monthly = (person.yearly_fee or 0) / 12
    day = start + timedelta(days=rng.randrange(30))
    while day < end:
        yield day, int(round(monthly * rng.uniform(0.85, 1.15), -2)), item[person.plan]
        day += timedelta(days=round(rng.gauss(30.4, 2)))
