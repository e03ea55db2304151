"""Purchases come in by customer and order number, and are summed up on the customer."""

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.customers import importers, services
from app.customers.models import Customer, CustomerFact, CustomerState, ImportKind, Purchase, StateSource
from app.db import db, unit_of_work
from tests import factories
from tests.factories_customers import counts, csv_file, imported

pytestmark = pytest.mark.usefixtures("context")
HEADER = ["顧客番号", "注文番号", "注文日", "金額"]


def bought(*rows, header=HEADER, **how):
    return imported(csv_file(*rows, header=header, **how), ImportKind.PURCHASES, "購入.csv")


@pytest.fixture
def hanako():
    with unit_of_work():
        one = factories.customer(key="K001")
        db.session.add(one)
    return one


def test_purchases_are_summed_up_on_their_customer(hanako):
    rows = [
        ["K001", "O1", "2024/1/10", "1000"],
        ["K001", "O2", "R7.3.1", "¥3,000"],
        ["K001", "O3", "2025/3/2", "▲500"],
    ]
    assert counts(bought(*rows)) == (3, 0, 0, 0)
    assert (hanako.first_bought_on, hanako.last_bought_on) == (date(2024, 1, 10), date(2025, 3, 1))
    assert (hanako.purchase_count, hanako.purchase_total, hanako.yearly_revenue) == (2, 3500, 3000)


def test_the_same_file_changes_nothing_and_a_corrected_one_only_what_differs(hanako):
    rows = [["K001", "O1", "2024/1/10", "1000"], ["K001", "O2", "2025/3/1", "3000"]]
    bought(*rows)
    assert counts(bought(*rows, encoding="cp932")) == (0, 0, 2, 0)
    assert counts(bought(rows[0], ["K001", "O2", "2025/3/1", "2000"])) == (0, 1, 1, 0)
    assert hanako.purchase_total == 3000


def test_a_purchase_of_nobody_known_in_the_future_or_without_an_amount_is_rejected(hanako):
    batch = bought(
        ["K999", "O1", "2024/1/1", "1"], ["K001", "O2", "2199/1/1", "1"], ["K001", "O3", "2024/1/1", ""]
    )
    text = importers.rejected_path_of(batch).read_text(encoding="utf-8-sig")
    assert counts(batch) == (0, 0, 0, 3)
    assert "2行目「顧客番号」：「K999」という顧客がいません。先に顧客のファイルを取り込んでください。" in text
    assert "3行目「注文日」：「2199-01-01」は、まだ来ていない日です。" in text
    assert "4行目「金額」：空です。" in text


def test_an_order_on_two_lines_that_differ_is_told_with_both_rows(hanako):
    batch = bought(
        ["K001", "O1", "2024/1/1", "100"],
        ["K001", "O1", "2024/1/1", "200"],
        ["K001", "O1", "2024/1/1", "100"],
    )
    assert counts(batch) == (1, 0, 1, 1)
    assert "「O1」は2行目にもあり" in importers.rejected_path_of(batch).read_text(encoding="utf-8-sig")


def test_a_cancellation_may_carry_the_number_of_its_order(hanako):
    assert counts(bought(["K001", "O1", "2024/1/1", "1000"], ["K001", "O1", "2024/1/1", "-1000"])) == (
        2,
        0,
        0,
        0,
    )
    assert (hanako.purchase_count, hanako.yearly_revenue) == (1, 0)


def test_orders_without_numbers_are_told_apart_and_still_come_in_once(hanako):
    rows = [["K001", "2024/1/1", "500"], ["K001", "2024/1/1", "500"], ["K001", "2024/1/2", "500"]]
    header = ["顧客番号", "日付", "金額"]
    assert counts(bought(*rows, header=header)) == (3, 0, 0, 0)
    assert counts(bought(*rows, header=header)) == (0, 0, 3, 0)
    assert hanako.purchase_total == 1500


def test_who_was_dormant_and_bought_again_has_returned(hanako):
    today = clock.today()
    bought(["K001", "O1", (today - timedelta(days=500)).isoformat(), "1000"])
    with unit_of_work():
        services.save_lapse_rule("", 9, 1, 0, True, None, today, clock.now() - timedelta(days=30))
    assert hanako.state is CustomerState.DORMANT
    bought(["K001", "O2", (today - timedelta(days=3)).isoformat(), "1000"])
    assert hanako.state is CustomerState.RETURNED
    facts = sa.select(CustomerFact.kind).where(CustomerFact.customer_id == hanako.id)
    assert list(db.session.scalars(facts)) == ["returned"]


@pytest.mark.parametrize(
    ("source", "state"), [("answer", CustomerState.RETURNED), ("person", CustomerState.LAPSED)]
)
def test_a_purchase_is_newer_than_an_answer_but_a_person_stays_right(hanako, source, state):
    with unit_of_work():
        services.set_state(
            hanako, CustomerState.LAPSED, StateSource(source), clock.now() - timedelta(days=30)
        )
    bought(["K001", "O1", (clock.today() - timedelta(days=3)).isoformat(), "1000"])
    assert hanako.state is state


def test_the_last_year_holds_365_days(hanako):
    bought(
        ["K001", "O1", "2024/3/1", "70"],
        ["K001", "O2", "2024/3/2", "500"],
        ["K001", "O3", "2025/3/1", "3000"],
    )
    assert hanako.yearly_revenue == 3500


def test_sums_equal_those_counted_one_by_one():
    chance = random.Random(5)
    with unit_of_work():
        people = [factories.customer() for _ in range(40)]
        db.session.add_all(people)
        db.session.flush()
        for one in people:
            for _ in range(chance.randrange(12)):
                day = date(2023, 1, 1) + timedelta(days=chance.randrange(1000))
                amount = chance.choice([1200, 3000, 0, -1200, -5000])
                db.session.add(factories.purchase(one, day, amount))
    with unit_of_work():
        services.recount_purchases()
    for one in people:
        mine = db.session.scalars(sa.select(Purchase).where(Purchase.customer_id == one.id)).all()
        days = [each.bought_on for each in mine if each.amount >= 0]
        last = max(days, default=None)
        year = [each.amount for each in mine if last and last - timedelta(days=365) < each.bought_on <= last]
        assert (one.first_bought_on, one.last_bought_on, one.purchase_count) == (
            min(days, default=None),
            last,
            len(days),
        )
        assert (one.purchase_total, one.yearly_revenue) == (
            sum(each.amount for each in mine),
            max(0, sum(year)),
        )


def test_recounting_some_leaves_the_others_alone():
    with unit_of_work():
        one, other = factories.customer(), factories.customer(purchase_count=7)
        db.session.add_all([one, other])
        db.session.flush()
        db.session.add(factories.purchase(one, date(2024, 1, 1)))
        services.recount_purchases([one.id])
    db.session.expire_all()
    counted = {row.key: row.purchase_count for row in db.session.scalars(sa.select(Customer))}
    assert counted == {one.key: 1, other.key: 7}
