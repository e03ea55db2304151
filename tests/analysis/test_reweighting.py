"""What the whole lapsed base would say: the same cuts and weights as the ranking in yen, figures worked out by hand."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics import terciles
from analysis.reweighting import Heard, cell_weights, third_cuts, weighted_shares
from analysis.weighting import Customer, weights

CELLS = st.tuples(*[st.integers(1, 3)] * 3)


@given(st.lists(st.integers(0, 8), min_size=1))
def test_cuts_made_from_counted_values_part_them_as_the_terciles_do(values):
    first, second = third_cuts(Counter(values))

    def third(value):
        return (
            1 if first is not None and value <= first else 2 if second is not None and value <= second else 3
        )

    assert [third(value) for value in values] == terciles(values)


@given(st.lists(st.tuples(CELLS, st.booleans()), min_size=1, max_size=60))
def test_a_cell_weighs_what_each_of_its_respondents_weighs_in_the_ranking(people):
    customers = [Customer(number, cell=cell) for number, (cell, _answered) in enumerate(people)]
    answered = [number for number, (_cell, answered) in enumerate(people) if answered]
    expected = weights(customers, answered)
    found = cell_weights(
        Counter(cell for cell, _ in people), Counter(cell for cell, heard in people if heard)
    )
    assert {number: found[people[number][0]][0] for number in answered} == pytest.approx(expected)


def test_a_rarely_heard_cell_speaks_louder_and_the_effective_n_says_what_that_costs():
    heard = [
        Heard(18.0, frozenset({"price"}), 5),
        Heard(2.0, frozenset({"taste"}), 5),
        Heard(7.0, frozenset(), 9),
    ]
    price, taste = weighted_shares(heard, ["price", "taste", "never"])
    assert (price.code, price.count, price.n, price.share, price.weighted) == ("price", 5, 10, 0.5, 0.9)
    assert taste.weighted == pytest.approx(0.1)
    assert price.effective_n == pytest.approx(10000 / 1640)
    assert weighted_shares([], ["price"]) == []
