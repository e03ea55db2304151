"""What-if: where an order would turn, worked out by hand."""

import pytest

from analysis.labeler import closeness
from analysis.priority import Beta, Coding, contributions, rank_reasons
from analysis.weighting import Customer
from analysis.whatif import swap_factor, turns

BASE = [Customer("a", 10_000.0), Customer("b", 20_000.0), Customer("c", None)]
SAID = [Coding("a", "price", 1), Coding("a", "box", 3), Coding("b", "box", 1), Coding("c", "price", 2)]


def test_a_rank_turns_where_two_scores_meet():
    # 60,000 yen by 10 days is 6,000 a day, between 12,000 above and 3,000 below; the chance is 15 %.
    found = turns(60_000, 10, 0.15, above=12_000, below=3_000)
    assert (found.effort_up, found.effort_down) == (5, 20)
    assert (found.chance_up, found.chance_down) == pytest.approx((0.30, 0.075))
    assert (
        turns(60_000, 10, 0.6, above=12_000, below=None).chance_up is None
    )  # it would take more than certainty
    assert turns(0, 10, 0.15, above=1, below=None).effort_up is None


def test_a_segment_that_weighs_more_makes_two_items_tie():
    # 100 + 40 f = 180 + 20 f at f = 4; equal parts never meet; a factor below 0 is none.
    assert swap_factor((40, 20), (100, 180)) == 4
    assert swap_factor((40, 40), (100, 180)) is None
    assert swap_factor((20, 40), (100, 180)) is None


def test_what_each_customer_adds_sums_up_to_the_loss():
    found = {one.customer: one for one in contributions(BASE, ["a", "b", "c"], SAID, "box")}
    # a: three clauses of four; b: all it said; c spends nothing known and speaks of price alone.
    assert {who: (one.share, one.revenue) for who, one in found.items()} == {
        "a": (0.75, 10_000),
        "b": (1, 20_000),
    }
    box = next(one for one in rank_reasons(BASE, ["a", "b", "c"], SAID).items if one.reason == "box")
    assert box.lost == sum(one.weight * one.revenue * one.share for one in found.values()) == 27_500
    assert contributions(BASE, ["a"], [], "box") == []


def test_whoever_weighs_more_adds_more():
    heavier = rank_reasons(BASE, ["a", "b", "c"], SAID, recover={"box": Beta(1, 1)}, emphasis={"b": 3.0})
    box = next(one for one in heavier.items if one.reason == "box")
    assert (box.lost, box.value, box.count) == (67_500, 33_750, 4)


def test_a_text_is_close_to_what_others_say_by_the_words_they_share():
    said = ["送料が高い", "送料が高くなった", "送料の値上げ"]
    same, other = closeness(["送料は高くないです", "味は好きでした"], said)
    assert same >= 1
    assert other == 0
    assert closeness(["送料"], []) == [0.0]
