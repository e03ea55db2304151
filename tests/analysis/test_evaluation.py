"""The figures about reading are those one counts by hand, and each part of the evaluation measures what it says."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.codebook import NONE
from analysis.corpus import CorpusRow, read_corpus, read_phrases
from analysis.evaluation import (
    by_column,
    confusions,
    error_cut,
    interval,
    length_class,
    measure,
    outcome,
    redrawn,
)
from analysis.pipeline import Reader
from analysis.types import Reading, ReasonGuess
from bench.evaluation import baselines, curve, decisions, teaching
from bench.evaluation.ablations import gains, verdict
from bench.evaluation.keywords import codes_by_keywords

CODES = ("price", "quality")


def written(number, *labels, polarity="neg", business="花", writer="t01"):
    return CorpusRow(
        str(number), f"答え{number}", "reason", labels, writer=writer, business=business, polarity=polarity
    )


def read(number, *labels, sure=0.5, polarity="neg"):
    guesses = tuple(ReasonGuess(label, sure) for label in labels)
    return Reading(str(number), guesses, {}, sure, polarity, (), not labels)


@pytest.fixture
def four():
    """Two right, one with a label too few and its first wrong, one unexplained that was given a reason."""
    rows = [
        written(0, "price"),
        written(1, "quality", polarity="pos"),
        written(2, "quality", "price"),
        written(3, polarity="neu"),
    ]
    readings = [
        read(0, "price", sure=0.95),
        read(1, "quality", sure=0.85, polarity="pos"),
        read(2, "price", sure=0.65),
        read(3, "quality", sure=0.25),
    ]
    return rows, readings


def test_headline_figures_are_counted_by_hand(four):
    figures = measure(*four, CODES)
    assert figures["f1"] == {"price": 1.0, "quality": 0.5}  # quality: 1 of 2 found, 1 of 2 said is true
    assert figures["macro_f1"] == pytest.approx(0.75)
    assert figures["first_label"] == 0.5
    assert figures["first_label_surer_half"] == 1.0
    assert figures["calibration_error"] == pytest.approx((0.05 + 0.15 + 0.65 + 0.25) / 4)
    assert figures["unexplained_f1"] == 0.0
    assert figures["polarity_macro_f1"] == pytest.approx(
        (0.8 + 0 + 1 + 0) / 4
    )  # neg: 2 of 2, and one too many


def test_the_surest_answers_are_counted_first(four):
    found = outcome(*four, CODES)
    once = np.ones((1, 4))
    assert [found.right_at(share, once)[0] for share in (0.25, 0.5, 0.75, 1.0)] == pytest.approx(
        [1.0, 1.0, 2 / 3, 0.5]
    )
    assert found.right_at(0.01, once)[0] == 1.0  # never of no answer at all


def test_an_answer_that_weighs_twice_counts_as_two(four):
    rows, readings = four
    twice = outcome([*rows, rows[2]], [*readings, readings[2]], CODES).figures()
    weighed = outcome(rows, readings, CODES).figures(np.array([[1.0, 1.0, 2.0, 1.0]]))
    assert {name: value[0] for name, value in weighed.items()} == pytest.approx(
        {name: value[0] for name, value in twice.items()}
    )


def test_reliability_shows_each_tenth_that_occurs(four):
    lines = outcome(*four, CODES).reliability()
    assert [line[:2] for line in lines] == [(0.2, 1), (0.6, 1), (0.8, 1), (0.9, 1)]
    assert [line[3] for line in lines] == [0.0, 0.0, 1.0, 1.0]


def test_precision_and_recall_are_told_apart():
    truth = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [0, 0]], dtype=bool)
    guess = np.array([[1, 0], [0, 0], [0, 0], [0, 0], [1, 0]], dtype=bool)
    assert by_column(truth, guess)[0] == pytest.approx((4, 0.5, 0.25, 1 / 3))
    assert by_column(truth, guess)[1] == (0, 0.0, 0.0, 0.0)


def test_a_bootstrap_draws_whole_groups_and_the_same_ones_again():
    drawn = redrawn(["a", "b", "a", "c"], times=200)
    assert (drawn[:, 0] == drawn[:, 2]).all()
    assert (drawn[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert len({tuple(line) for line in drawn}) > 5
    assert (drawn == redrawn(["a", "b", "a", "c"], times=200)).all()


def test_an_interval_leaves_out_what_is_rare():
    assert interval(np.arange(1001.0)) == pytest.approx((25.0, 975.0))


def test_lengths_fall_into_their_classes():
    assert [length_class("あ" * size) for size in (1, 8, 9, 30, 31, 90, 91, 250, 300)] == [
        "1-8", "1-8", "9-30", "9-30", "31-90", "31-90", "91-250", "91-250", "91-250",
    ]  # fmt: skip


def test_the_most_frequent_confusion_stands_first_with_its_answers(four):
    rows, readings = four
    more = [*rows, written(4, "quality")], [*readings, read(4, "price")]
    (first, second) = confusions(*more)
    assert first[0] == ("quality", "price")
    assert [row.id for row in first[1]] == ["2", "4"]
    assert second[0] == ("(unexplained)", "quality")


def test_errors_that_come_back_are_a_negative_cut():
    assert error_cut(0.4, 0.3) == pytest.approx(0.25)
    assert error_cut(0.4, 0.5) == pytest.approx(-0.25)
    assert error_cut(0.0, 0.0) == 0.0


def test_a_part_pays_only_beyond_chance():
    rows = [written(number, "price") for number in range(40)]
    right, wrong = [read(n, "price") for n in range(40)], [read(n, "quality") for n in range(40)]
    once_wrong = [*right[1:], wrong[0]]
    whole, less = outcome(rows, right, CODES), outcome(rows, wrong, CODES)
    almost = outcome(rows, once_wrong, CODES)
    worth = {"roof": gains(whole, less), "flag": gains(whole, almost), "hole": gains(less, whole)}
    assert worth["roof"]["first_label"][0] == 1.0
    assert verdict(worth).startswith("Pays beyond chance in one of the two at least: roof. ")
    assert verdict(worth).endswith("chance: flag. Does not pay: hole.")


def test_draws_of_the_learning_curve_share_no_writer():
    writers = [f"w{number:02}" for number in range(13)]
    for part in curve.SHARES.values():
        one, other = curve.draws(writers, part)
        assert len(one) == len(other) == max(1, 13 // part)
        assert not set(one) & set(other)


def test_the_last_doubling_compares_half_with_all():
    found = {"1/2": [(0.5, 0.4), (0.6, 0.5)], "all": [(0.6, 0.55)]}
    assert (
        curve.last_doubling(found) == "The last doubling gained +0.050 macro-F1 and +0.100 of first labels."
    )


def test_decisions_and_what_they_are_tested_on_are_different_answers_of_the_same_businesses():
    rows = [written(n, "price", business=f"b{n % 8}") for n in range(480)]
    planned = decisions.trials(rows)
    assert {(trial.among, trial.count) for trial in planned} == {
        ("one business", 20),
        ("three or four businesses", 20),
        ("three or four businesses", 100),
    }  # 480 answers leave nothing to test 500 decisions on
    for trial in planned:
        decided, tested = decisions.parted(rows, trial)
        assert {row.business for row in [*decided, *tested]} <= set(trial.pool)
        assert len(decided) == trial.count
        assert len(tested) >= decisions.LEAST
        assert not {row.id for row in decided} & {row.id for row in tested}


def test_decisions_about_a_business_mend_what_was_read_wrongly_there():
    rows = [written(n, "delivery") for n in range(40)]
    rows = [replace(row, text=f"ノボリベツが{row.id}回つづいた") for row in rows]
    gain = decisions.gain_of(Reader(), rows, decisions.Trial("one business", ("花",), 20, 20))
    assert gain.tested == 20
    assert gain.error[1] < 0.1 < gain.error[0]


def test_a_part_that_is_taken_out_is_back_afterwards():
    from analysis import training

    kept = training.parse
    for part in teaching.PARTS:
        with teaching.taken_out(part):
            pass
        assert training.parse is kept
    with teaching.taken_out("roles of clauses"):
        assert len(training.parse("スタッフは親切でしたが、高い").stating) == 2
    with teaching.taken_out("cutting into clauses"):
        assert len(training.parse("スタッフは親切でしたが、高い").clauses) == 1


def test_less_teaching_reads_otherwise():
    rows, tested = read_corpus()[:60], read_corpus("t")[:30]
    whole = teaching.taught_readings(rows, read_phrases()[::12], tested)
    less = teaching.taught_readings(rows, read_phrases()[::12], tested, "cutting into clauses")
    assert [one.confidence for one in whole] != [one.confidence for one in less]


def test_keyword_rules_say_what_their_words_say():
    assert codes_by_keywords("送料が高いし、値上げもした")[0] == "price"
    assert codes_by_keywords("なるほど") == [NONE]


def test_groups_are_given_their_most_frequent_label():
    rows = [replace(written(n, "price"), text="値段が高い") for n in range(3)]
    rows += [replace(written(n, "quality"), text="まずいスープ") for n in range(3, 6)]
    rows[2] = replace(rows[2], labels=("trust",))
    assert baselines.clusters(rows, 2) == [["price"]] * 3 + [["quality"]] * 3


def test_the_linear_baseline_learns_from_what_it_is_taught():
    phrases = [*read_phrases()[::3], written(0)]
    taught = [row for row in phrases if row.labels == ("price",)]
    said = baselines.linear(phrases, taught)
    assert sum(labels == ["price"] for labels in said) > 0.8 * len(taught)
    assert baselines.stated(np.array([0.5, 0.1, 0.4, -1.0]), ["price", NONE, "trust", "(unexplained)"]) == [
        "price",
        "trust",
    ]
