"""Reasons beside low scores, and reasons beside each other: figures worked out by hand."""

import pytest

from analysis.drivers import Alike, drivers_of
from analysis.metrics import difference_interval
from analysis.together import pairs_of

A, B, C = frozenset("a"), frozenset("b"), frozenset("c")
# Whoever gives a scores low, whoever does not scores high; b mostly comes along with a.
SHEETS = [Alike(A | B, 2, 40), Alike(A, 6, 10), Alike(B, 7, 10), Alike(C, 10, 40)]
LEFT_OUT = [Alike(frozenset(), 0, 500), Alike(B, None, 500)]


def test_a_reason_that_only_comes_along_with_the_culprit_goes_free_when_the_others_are_held_equal():
    a, b, c = drivers_of([*SHEETS, *LEFT_OUT], "abc")
    assert [one.code for one in (a, b, c)] == ["a", "b", "c"]
    assert (a.low_n, a.n, a.other_low_n, a.other_n, a.difference) == (50, 50, 0, 50, 1.0)
    assert (b.low_n, b.n, b.other_low_n, b.other_n) == (40, 50, 10, 50)
    assert (b.low, b.high) == difference_interval(40, 50, 10, 50)
    assert a.is_certain
    assert b.is_certain
    assert c.difference < 0
    assert (a.beside, b.beside) == (pytest.approx(1), pytest.approx(0, abs=1e-9))


def test_what_cannot_be_told_apart_or_is_given_by_few_is_not_held_equal():
    twins = [Alike(A | B, 1, 30), Alike(C, 9, 30)]
    assert {one.beside for one in drivers_of(twins, "abc")} == {None}
    few = [Alike(A, 1, 9), Alike(B, 9, 50), Alike(B | C, 2, 50)]
    assert {one.code: one.beside is None for one in drivers_of(few, "abc")} == {
        "a": True,
        "b": True,
        "c": False,
    }
    assert drivers_of(LEFT_OUT, "abc") == []


def test_two_reasons_are_together_more_than_chance_where_their_counts_say_so():
    first, *others = pairs_of([*SHEETS, Alike(frozenset(), 5, 900)], "abc")
    assert (first.first, first.second, first.both, first.n, first.expected) == ("a", "b", 40, 100, 25.0)
    assert (first.times, first.is_more, first.fewest) == (1.6, True, 10)
    assert [(pair.both, pair.is_more) for pair in others] == [(0, False), (0, False)]
    assert pairs_of([], "abc") == []
