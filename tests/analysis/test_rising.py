"""A rising theme is one that grows faster than the answers do, beyond what chance makes of many themes."""

import numpy as np
import pytest

from analysis.rising import find_rising


def test_a_theme_that_triples_its_share_is_rising_and_one_that_grows_with_the_answers_is_not():
    rises = find_rising({"steady": (40, 80), "new": (4, 24)}, before=400, lately=800)
    assert [(rise.theme, rise.is_rising) for rise in rises] == [("new", True), ("steady", False)]
    assert 2.5 < rises[0].times < 3.5


def test_the_chance_of_a_single_theme_is_the_exact_binomial_one():
    # 1 answer before and 7 lately, as many answers in both: P(7 or 8 of 8 coins) = 9/256
    (rise,) = find_rising({"one": (1, 7)}, before=100, lately=100)
    assert rise.chance == pytest.approx(9 / 256)


def test_among_many_themes_that_only_fluctuate_hardly_one_is_called_rising():
    chance = np.random.default_rng(0)
    lucky = 0
    for _ in range(50):
        counts = {str(i): tuple(chance.poisson(10, 2).tolist()) for i in range(40)}
        lucky += any(rise.is_rising for rise in find_rising(counts, before=1000, lately=1000))
    assert lucky <= 5


def test_a_handful_is_not_called_rising_however_sudden():
    (rise,) = find_rising({"few": (0, 4)}, before=5000, lately=100)
    assert rise.chance < 0.01
    assert not rise.is_rising


def test_nothing_asked_nothing_said_and_impossible_counts_are_refused():
    assert find_rising({}, 10, 10) == []
    assert find_rising({"a": (0, 0)}, 0, 0) == []
    with pytest.raises(ValueError, match="more answers"):
        find_rising({"a": (11, 0)}, 10, 10)
