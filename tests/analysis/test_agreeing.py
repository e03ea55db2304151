"""A difference between two readers on the same answers is told from chance."""

import pytest
from scipy.stats import binomtest

from analysis.agreeing import chance_of_change


@pytest.mark.parametrize(("better", "worse"), [(0, 0), (3, 2), (12, 3), (0, 9), (700, 400)])
def test_the_chance_is_that_of_tossing_a_coin_for_each_answer_told_apart(better, worse):
    known = binomtest(better, better + worse).pvalue if better + worse else 1.0
    assert chance_of_change(better, worse) == pytest.approx(known)
    assert chance_of_change(worse, better) == chance_of_change(better, worse)


def test_a_count_below_zero_is_refused():
    with pytest.raises(ValueError, match="below 0"):
        chance_of_change(-1, 2)
