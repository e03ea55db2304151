"""Three years of orders show believable silence, seasons and a mended box."""

from collections import Counter, defaultdict
from datetime import date

import pytest

from app.demo.calendar import Calendar
from app.demo.lives import lives
from app.demo.people import people
from app.demo.purchases import purchases
from tests.app.demo.world import DAYS, silent_on, world


@pytest.mark.parametrize("today", DAYS)
def test_between_600_and_900_customers_have_fallen_silent_and_hardly_anyone_by_chance(today: date) -> None:
    _, fates, _ = world(today)
    silent = silent_on(today, today)
    assert 600 <= len(silent) <= 900
    still_there = [key for key in silent if fates[key].left_on is None]
    assert len(still_there) < 0.03 * len(silent)
    assert 350 <= len(silent_on(Calendar(today).first_campaign_on, today)) <= 650


@pytest.mark.parametrize("today", DAYS)
def test_orders_lie_within_three_years_and_never_before_joining_or_after_leaving(today: date) -> None:
    crowd, fates, lines = world(today)
    joined = {person.key: person.joined_on for person in crowd}
    assert min(line.bought_on for line in lines) >= Calendar(today).history_from
    assert max(line.bought_on for line in lines) <= today
    for line in lines:
        life = fates[line.customer]
        assert line.bought_on >= joined[line.customer]
        if line.amount > 0 and life.left_on and line.bought_on >= life.left_on:
            assert life.returned_on
            assert line.bought_on >= life.returned_on


def test_every_order_has_one_number_and_a_cancellation_takes_back_exactly_its_order() -> None:
    lines = world(DAYS[0])[2]
    cancelled = [line for line in lines if line.amount < 0]
    ordered = {(line.customer, line.order): line for line in lines if line.amount > 0}
    assert len(ordered) == len(lines) - len(cancelled) > 25_000
    assert 100 < len(cancelled) < 0.02 * len(lines)
    for line in cancelled:
        order = ordered[line.customer, line.order]
        assert order.amount == -line.amount
        assert order.bought_on < line.bought_on


def test_midsummer_and_the_years_end_bring_presents_and_may_the_new_tea() -> None:
    yen: Counter[int] = Counter()
    new_tea: Counter[int] = Counter()
    for line in world(DAYS[0])[2]:
        if line.bought_on.year == 2025:
            yen[line.bought_on.month] += line.amount
            new_tea[line.bought_on.month] += line.item.startswith("新茶")
    assert {month for month, _ in yen.most_common(2)} == {7, 12}
    assert set(new_tea) - {month for month, count in new_tea.items() if not count} == {5, 6}


def test_people_keep_a_rhythm_of_their_own() -> None:
    crowd, _, lines = world(DAYS[0])
    days = defaultdict(list)
    for line in lines:
        if line.amount > 0:
            days[line.customer].append(line.bought_on)
    medians = set()
    for person in crowd:
        if person.plan == "single" and len(days[person.key]) > 8:
            gaps = sorted((b - a).days for a, b in zip(days[person.key], days[person.key][1:], strict=False))
            medians.add(gaps[len(gaps) // 2])
    assert min(medians) < 30
    assert max(medians) > 100


def test_after_the_box_is_mended_hardly_anybody_leaves_over_it_and_some_come_back() -> None:
    today = DAYS[0]
    crowd, fates, _ = world(today)
    mended_on = Calendar(today).box_mended_on
    gift = {person.key for person in crowd if person.plan == "gift"}
    driven_away = [life for key, life in fates.items() if key in gift and life.cause == "delivery"]
    before = [life for life in driven_away if life.left_on < mended_on]
    assert len(before) > 60
    assert len(driven_away) - len(before) < 6
    back = sum(life.returned_on is not None for life in before) / len(before)
    others = [life for life in fates.values() if life.cause not in (None, "delivery")]
    assert back > 0.2
    assert sum(life.returned_on is not None for life in others) / len(others) < 0.06


def test_the_same_day_and_seed_make_the_same_orders() -> None:
    crowd = people(DAYS[0])
    fates = lives(crowd, DAYS[0])
    assert fates == world(DAYS[0])[1]
    assert purchases(crowd, fates, DAYS[0]) == world(DAYS[0])[2]
