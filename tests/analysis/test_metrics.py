"""Every figure on a page has the interval that the literature gives it."""

from collections import Counter
from random import Random

import pytest

from analysis.metrics import (
    cohen_kappa,
    difference_interval,
    kappa_interval,
    nps,
    nps_by_respondent,
    nps_of_counts,
    nps_of_people,
    rfm_cells,
    rise_test,
    share_interval,
    terciles,
)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_wilsons_interval(count, n, low, high):
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3
    assert share_interval(count, n) == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_nobody_could_be_anything():
    assert share_interval(0, 0) == (0.0, 1.0)


def test_a_share_of_everybody_reaches_exactly_one():
    low, high = share_interval(20, 20)
    assert (low, high) == (pytest.approx(1 - 0.1611, abs=5e-5), 1.0)


def test_a_wider_level_gives_a_wider_interval():
    # By hand, 90 %: z = 1.6449, z2 = 2.7055; middle = (0.5 + 2.7055 / 20) / 1.27055 = 0.5
    # half = 1.6449 * sqrt(0.025 + 2.7055 / 400) / 1.27055 = 0.2307
    assert share_interval(5, 10, level=0.9) == pytest.approx((0.2693, 0.7307), abs=5e-5)


@pytest.mark.parametrize("count", [-1, 11])
def test_a_count_outside_its_n_is_refused(count):
    with pytest.raises(ValueError, match="between 0 and n = 10"):
        share_interval(count, 10)


@pytest.mark.parametrize(
    ("groups", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_of_two_groups_has_newcombes_interval(groups, low, high):
    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10
    assert difference_interval(*groups) == pytest.approx((low, high), abs=5e-5)


def test_a_group_of_nobody_leaves_the_difference_open():
    assert difference_interval(3, 10, 0, 0) == (-1.0, 1.0)


def test_the_nps_counts_nine_and_ten_against_zero_to_six():
    result = nps([0, 6, 7, 8, 9, 10, 10])
    assert (result.n, result.promoters, result.passives, result.detractors) == (7, 3, 2, 2)
    assert result.score == pytest.approx(100 / 7)


def test_the_nps_has_the_adjusted_wald_interval():
    # 15 promoters, 12 passives, 9 detractors. With 3/4, 3/2, 3/4 added: n = 39, p = 15.75 / 39 = 0.403846,
    # d = 9.75 / 39 = 0.25; middle 0.153846; variance 0.653846 - 0.023669 = 0.630178;
    # half = 1.959964 * sqrt(0.630178 / 39) = 0.249142
    result = nps([9] * 15 + [7] * 12 + [3] * 9)
    assert result.score == pytest.approx(16.6667, abs=1e-4)
    assert (result.low, result.high) == pytest.approx((-9.5296, 40.2988), abs=1e-4)


def test_an_nps_of_one_mind_still_has_a_width():
    # 40 promoters: p = 40.75 / 43, d = 0.75 / 43; middle 0.930233; variance 0.965116 - 0.865333 = 0.099784
    # half = 1.959964 * sqrt(0.099784 / 43) = 0.094416; the upper end stops at 100
    result = nps([10] * 40)
    assert (result.score, result.low, result.high) == (100, pytest.approx(83.5817, abs=1e-3), 100)


def test_under_thirty_answers_the_nps_is_marked_small():
    assert nps([9] * 29).small
    assert not nps([9] * 30).small


def test_nobody_asked_means_no_score_and_nothing_known():
    result = nps([])
    assert (result.n, result.score, result.low, result.high, result.small) == (0, None, -100, 100, True)


def test_a_histogram_and_its_answers_give_the_same_nps():
    assert nps_of_counts([6, 1, 3, 5, 4, 21, 14, 17, 22, 13, 12]) == nps(
        [score for score, n in enumerate([6, 1, 3, 5, 4, 21, 14, 17, 22, 13, 12]) for _ in range(n)]
    )


@pytest.mark.parametrize("score", [-1, 11, 7.5, "9", None])
def test_a_score_that_is_none_is_refused(score):
    with pytest.raises(ValueError, match="whole number from 0 to 10"):
        nps([9, score])


def test_where_everybody_answers_once_people_and_answers_agree():
    scores = [10, 9, 3, 7, 8, 0, 5, 9]
    assert nps_by_respondent(enumerate(scores)) == nps(scores)


def test_unknown_respondents_are_different_people():
    scores = [10, 9, 3, 7]
    assert nps_by_respondent([(None, score) for score in scores]) == nps(scores)


def test_the_same_answer_given_twice_makes_nobody_surer():
    # Each of 20 people answers twice alike. By person: sums of distances 2 x, so the variance is
    # m/(m-1) * sum (2x)^2 / n^2; as 40 independent answers it would be n/(n-1) * 2 sum x^2 / n^2.
    # ratio = (20/19 * 4) / (40/39 * 2) = 2.0526, effective n = 40 / 2.0526 = 19.487; with 3 added 22.487.
    # 10 promoters and 10 detractors: middle 0; p + d = (19.487 + 1.5) / 22.487 = 0.93329
    # half = 1.959964 * sqrt(0.93329 / 22.487) = 0.39929
    once = [(person, 9 if person < 10 else 3) for person in range(20)]
    result = nps_by_respondent(once * 2)
    assert (result.n, result.score) == (40, 0)
    assert (result.low, result.high) == pytest.approx((-39.929, 39.929), abs=0.01)
    assert result.high > nps(score for _, score in once * 2).high


def test_people_who_change_their_mind_never_make_the_nps_surer_than_its_answers():
    pairs = [(person, score) for person in range(20) for score in (10, 0)]
    assert nps_by_respondent(pairs) == nps(score for _, score in pairs)


def test_one_person_alone_counts_as_one_answer_however_often_it_comes():
    # Worth one answer: p = (1 + 0.75) / 4, d = 0.75 / 4; middle 0.25; variance 0.625 - 0.0625 = 0.5625
    # half = 1.959964 * 0.75 / 2 = 0.734987
    result = nps_by_respondent([("one", 10)] * 50)
    assert (result.low, result.high) == pytest.approx((-48.4986, 98.4986), abs=1e-3)


def test_two_reviewers_agree_as_cohen_counts_it():
    # Fleiss, Statistical Methods for Rates and Proportions (2nd ed.), table 13.1: 100 patients, kappa = .676
    judged = {
        ("a", "a"): 75, ("a", "b"): 1, ("a", "c"): 4,
        ("b", "a"): 5, ("b", "b"): 4, ("b", "c"): 1,
        ("c", "c"): 10,
    }  # fmt: skip
    first, second = zip(*[pair for pair, times in judged.items() for _ in range(times)], strict=True)
    assert cohen_kappa(first, second) == pytest.approx(0.676, abs=5e-4)


def test_agreement_at_chance_is_zero_and_full_agreement_one():
    assert cohen_kappa(["x", "x", "y", "y"], ["x", "y", "x", "y"]) == 0
    assert cohen_kappa(["x", "y", "z"], ["x", "y", "z"]) == 1


def test_agreement_that_cannot_be_told_is_not_told():
    assert cohen_kappa([], []) is None
    assert cohen_kappa(["x", "x"], ["x", "x"]) is None


def test_reviewers_of_different_things_are_not_compared():
    with pytest.raises(ValueError, match="the same things"):
        cohen_kappa(["x"], ["x", "y"])


def test_a_rise_is_tested_exactly():
    # Fisher's lady tasting tea: three of four against one of four, p = 17 / 70
    result = rise_test(1, 4, 3, 4)
    assert (result.before, result.after) == (0.25, 0.75)
    assert result.p == pytest.approx(17 / 70)
    assert not result.more_than_chance


def test_a_rise_beyond_chance_is_called_one_and_a_fall_never():
    assert rise_test(5, 100, 25, 100).more_than_chance
    assert not rise_test(25, 100, 5, 100).more_than_chance


def test_nothing_asked_before_shows_no_rise():
    result = rise_test(0, 0, 5, 10)
    assert (result.p, result.more_than_chance) == (1.0, False)


def test_the_interval_of_a_kappa_holds_the_truth_and_stays_wide_where_few_said_yes():
    # both 8, one of them 2 + 2, neither 38: kappa = 0.75
    first, second = [True] * 10 + [False] * 40, [True] * 8 + [False] * 2 + [True] * 2 + [False] * 38
    low, high = kappa_interval(first, second)
    assert (low, high) == (pytest.approx(0.448, abs=0.001), pytest.approx(0.901, abs=0.001))
    assert low < cohen_kappa(first, second) < high
    assert kappa_interval(first, first)[0] == pytest.approx(0.787, abs=0.001), (
        "agreeing throughout proves no 1"
    )
    assert kappa_interval([], []) == kappa_interval([False], [False]) == (-1.0, 1.0)
    rng, covered = Random(5), 0
    for _trial in range(400):
        pairs = [_pair(rng, yes=0.2, kappa=0.6) for _thing in range(60)]
        low, high = kappa_interval([one for one, _ in pairs], [other for _, other in pairs])
        covered += low <= 0.6 <= high
    assert 0.92 <= covered / 400 <= 0.98


def _pair(rng, yes, kappa):
    """Two judgements of one thing with this share of yes and this kappa."""
    spread, lot = yes * (1 - yes), rng.random()
    both, split = yes**2 + kappa * spread, spread * (1 - kappa)
    return (lot < both + split, lot < both or both + split <= lot < both + 2 * split)


def test_thirds_keep_equal_values_together_and_recency_is_turned_round():
    assert terciles([1, 2, 3, 4, 5, 6]) == [1, 1, 2, 2, 3, 3]
    assert terciles([7, 7, 7]) == [2, 2, 2]
    assert terciles([1, 1, 1, 1, 9]) == [2, 2, 2, 2, 3]
    assert (terciles([]), rfm_cells([])) == ([], [])
    assert rfm_cells([(10, 1, 100), (200, 5, 900), (400, 2, 300)]) == [(3, 1, 1), (2, 3, 3), (1, 2, 2)]


def test_people_counted_by_what_they_gave_have_the_nps_of_all_their_answers():
    given = [("a", 9), ("a", 2), ("b", 7), ("c", 10), ("c", 10), ("d", 0), ("d", 8), ("e", 3)]
    for pairs in ([], given, given[:2], given[3:5], [(None, score) for _who, score in given]):
        people = Counter()
        for place, (who, score) in enumerate(pairs):
            people[who or place, (score >= 9, 7 <= score <= 8, score <= 6)] += 1
        gave = {}
        for (who, kind), count in people.items():
            gave[who] = tuple(
                had + count * one for had, one in zip(gave.get(who, (0, 0, 0)), kind, strict=True)
            )
        one, other = nps_of_people(Counter(gave.values())), nps_by_respondent(pairs)
        assert (one.n, one.promoters, one.passives, one.detractors) == (
            other.n,
            other.promoters,
            other.passives,
            other.detractors,
        )
        assert [one.low, one.high] == pytest.approx([other.low, other.high])
