"""Reasons are counted by sheet, over the sheets that give one; what gives none stands apart."""

from datetime import timedelta

import pytest

from app.reasons import services
from app.reasons.models import Reason, ReasonOrigin
from app.reasons.queries import (
    counted_clauses,
    customer_mentions,
    customers_answering,
    reasons_by_mentions,
    typical_clauses,
)
from tests import factories
from tests.app.reasons.conftest import LATER, add, read, reason
from tests.conftest import NOW
from tests.factories import AT
from tests.factories_reasons import sheet, survey

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def coded(heard):
    """Return a function that adds a sheet and codes its first clause as a person would."""
    member = add(factories.member())

    def make(*codes, **changes):
        reading = heard("お茶のことで、すこし思うところがありました。", **changes)
        codings = [(reading.clauses[0].id, [reason(code).id for code in codes])] if codes else []
        services.set_codings(reading, codings, None, member, LATER)
        return reading

    return make


def counts(shares):
    return {row.reason.code: row.count for row in shares.rows}


def test_a_reason_counts_once_per_sheet_and_shares_are_over_those_that_give_one(coded, heard, autumn):
    coded("price")
    coded("price", "delivery")
    coded("quality")
    coded()  # a reason without a name
    heard("特になし")
    shares = reasons_by_mentions(autumn.id)
    assert counts(shares) == {"price": 2, "delivery": 1, "quality": 1}
    assert (shares.n, shares.silent, shares.unexplained.count, shares.read) == (4, 1, 1, 5)
    price = shares.rows[0]
    assert (price.share, round(price.low, 2), round(price.high, 2)) == (0.5, 0.15, 0.85)


def test_the_same_reason_in_two_answers_of_a_sheet_is_one_mention(autumn):
    one = add(sheet(autumn, reason="送料が高い。", improve="送料が高い。"))
    read(one)
    assert len(reasons_by_mentions(autumn.id).rows) == 1
    assert reasons_by_mentions(autumn.id).rows[0].count == 1


def test_a_lower_reason_counts_for_itself_and_within_the_one_above(coded, autumn):
    price = reason("price")
    add(
        Reason(
            code="postage",
            label="送料",
            seal="送",
            recoverability="high",
            origin=ReasonOrigin.MEMBER,
            parent=price,
            position=20,
            created_at=AT,
        )
    )
    coded("postage")
    coded("postage", "price")
    coded("price")
    (top,) = reasons_by_mentions(autumn.id).rows
    assert (top.reason.code, top.count) == ("price", 3)
    assert [(row.reason.code, row.count) for row in top.below] == [("postage", 2)]
    assert len(counted_clauses(price.id, autumn.id)) == 3


def test_surveys_and_months_are_counted_apart_and_test_answers_never(coded, heard, autumn):
    coded("price", submitted_at=NOW)
    coded("price", submitted_at=NOW - timedelta(days=40))
    other = add(survey())
    read(add(sheet(other, reason="送料が高い。")))
    assert counts(reasons_by_mentions(autumn.id)) == {"price": 2}
    assert counts(reasons_by_mentions(autumn.id, since=NOW - timedelta(days=30))) == {"price": 1}
    assert counts(reasons_by_mentions(autumn.id, until=NOW - timedelta(days=30))) == {"price": 1}
    assert reasons_by_mentions().n == 3


def test_nothing_read_yet_is_no_share_at_all(autumn):
    shares = reasons_by_mentions(autumn.id)
    assert (shares.rows, shares.n, shares.unexplained.share) == ((), 0, 0.0)


def test_mentions_are_told_by_customer_for_the_backlog(coded, heard, autumn):
    customer, other = add(factories.customer(key="K1")), add(factories.customer(key="K2"))
    coded("price", "delivery", customer=customer)
    heard("特になし", customer=other)
    found = {(one, reason_id): count for one, reason_id, count in customer_mentions(autumn.id)}
    assert found == {(customer.id, reason("price").id): 1, (customer.id, reason("delivery").id): 1}
    assert sorted(customers_answering(autumn.id)) == [customer.id, other.id]


def test_typical_clauses_come_from_different_people_and_are_neither_curt_nor_long(heard, autumn):
    for text in (
        "高い",
        "送料が高くなったので、頼むのをやめました。",
        "定期便の値段が去年より上がったので、家計が。",
    ):
        heard(text, (text, "price"))
    clauses = typical_clauses(reason("price").id, autumn.id, limit=2)
    assert len({clause.reading_id for clause in clauses}) == 2
    assert all(clause.end - clause.start >= 10 for clause in clauses)
