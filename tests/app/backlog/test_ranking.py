"""Items are ranked by the yen that could come back, as worked out by hand."""

from datetime import date

import pytest

from app.accounts.models import Role
from app.backlog import queries, services
from app.backlog.bands import bands, rough
from app.backlog.models import Verdict
from app.db import db
from app.reasons.models import Recoverability
from tests import factories
from tests import factories_backlog as made

TODAY = date(2026, 11, 21)


@pytest.fixture
def member(context):
    one = factories.member(role=Role.PRODUCT)
    db.session.add(one)
    db.session.flush()
    return one


def test_value_is_lost_revenue_by_share_weight_and_chance(member):
    survey = made.survey()
    price = made.reason("price", "価格・費用対効果", Recoverability.MIDDLE)
    delivery = made.reason("delivery", "配送・在庫", Recoverability.HIGH)
    customers = [made.lapsed(10_000) for _ in range(4)]
    made.answer(survey, customers[0], "送料が高い", [price])
    made.answer(survey, customers[1], "高いし届かない", [price, delivery])
    for reason in (price, delivery):
        services.promote_reason(reason, survey, member, made.AT)

    backlog = queries.ranked_items(survey.id, TODAY)

    # Four lapsed customers, two of them answered: each speaks for two. Price: (10,000 + half of 10,000) x 2 = 30,000
    # lost, chance 1.5 / 10; delivery: half of 10,000 x 2 = 10,000 lost, chance 3 / 10.
    figures = {row.item.reason.code: row.figures for row in backlog.items}
    assert (figures["price"].lost, figures["delivery"].lost) == (30_000, 10_000)
    assert figures["price"].value == pytest.approx(4_500)
    assert figures["delivery"].value == pytest.approx(3_000)
    assert figures["price"].score == pytest.approx(450)
    assert figures["price"].effort_is_assumed
    assert (backlog.respondents, backlog.base, backlog.in_yen) == (2, 4, True)


def test_reasons_that_are_no_items_keep_their_share_of_the_money(member):
    survey = made.survey()
    price, support = made.reason("price", "価格"), made.reason("support", "応対")
    made.answer(survey, made.lapsed(10_000), "高いし冷たい", [price, support])
    services.promote_reason(price, survey, member, made.AT)

    backlog = queries.ranked_items(survey.id, TODAY)

    assert [row.figures.lost for row in backlog.items] == [5_000]


def test_below_ten_people_an_item_stands_outside_the_ranking(member):
    survey = made.survey()
    price, support = made.reason("price", "価格"), made.reason("support", "応対")
    for _ in range(10):
        made.answer(survey, made.lapsed(10_000), "高い", [price])
    made.answer(survey, made.lapsed(90_000), "冷たい", [support])
    for reason in (price, support):
        services.promote_reason(reason, survey, member, made.AT)

    ranked, apart = bands(queries.ranked_items(survey.id, TODAY).items)

    assert [row.item.reason.code for row in ranked.rows] == ["price"]
    assert (apart.is_ranked, [row.item.reason.code for row in apart.rows]) == (False, ["support"])


def test_without_purchases_people_are_counted_and_no_yen_is_shown(member):
    survey, price = made.survey(), made.reason("price", "価格")
    for _ in range(3):
        made.answer(survey, None, "高い", [price])
    services.promote_reason(price, survey, member, made.AT)

    backlog = queries.ranked_items(survey.id, TODAY)

    assert (backlog.in_yen, backlog.items[0].figures.n, backlog.items[0].figures.value) == (False, 3, 3)


def test_people_who_came_back_raise_the_chance(member):
    survey, price = made.survey(), made.reason("price", "価格", Recoverability.MIDDLE)
    long_ago = made.AT.replace(year=2025)
    back, away = made.lapsed(10_000), made.lapsed(10_000)
    for customer in (back, away):
        made.answer(survey, customer, "高い", [price], at=long_ago)
    db.session.add(factories.purchase(back, date(2025, 12, 24)))
    services.promote_reason(price, survey, member, made.AT)

    figures = queries.ranked_items(survey.id, TODAY).items[0].figures

    # Beta (1.5, 8.5) with one return and one that stayed away: 2.5 / 12.
    assert figures.chance == pytest.approx(2.5 / 12)


def test_money_is_shown_with_two_significant_digits():
    assert [rough(value) for value in (516_400, 1_234_567, 98, 0, None)] == [520_000, 1_200_000, 98, 0, None]


def test_places_taken_home_are_those_of_the_list_and_what_is_mended_has_none(member):
    survey = made.survey()
    price, support = made.reason("price", "価格"), made.reason("support", "応対")
    for _ in range(10):
        made.answer(survey, made.lapsed(10_000), "高い", [price])
        made.answer(survey, made.lapsed(90_000), "冷たい", [support])
    first = services.promote_reason(support, survey, member, made.AT)
    services.promote_reason(price, survey, member, made.AT)
    services.decide(first, Verdict.DO, "", None, member, made.AT)
    services.release(first, made.AT.date(), None, member, made.AT, TODAY)

    listed = queries.ranked_items(survey.id, TODAY).items
    taken = queries.ranked_items(survey.id, TODAY, with_mended=True).items

    assert [(row.item.title, row.figures.rank) for row in listed] == [("価格", 1)]
    assert [(row.item.title, row.figures.rank, row.figures.band) for row in taken] == [
        ("価格", 1, 1),
        ("応対", None, None),
    ]
    assert taken[0].figures == listed[0].figures
    assert taken[1].figures.value == pytest.approx(900_000 * 0.15)
