"""The model is made from the corpus alone, the same every time, and never from the writers who test it."""

from collections import Counter

import numpy as np
import pytest

from analysis.codebook import NONE, codebook, codes
from analysis.corpus import clause_labels, corpus_hash, read_corpus, read_phrases
from analysis.dictionary import dictionary_hash, wording_hash
from analysis.evaluation import calibration_error, measure
from analysis.model import Model
from analysis.parsing import parse
from analysis.pipeline import Reader
from analysis.training import build_model, groups_of
from analysis.types import Reading, ReasonGuess


def test_every_code_has_its_own_seal_and_words():
    assert len({entry.seal for entry in codebook()}) == len(codes()) == 11
    assert all(entry.label and entry.definition for entry in codebook())
    assert {entry.recoverability for entry in codebook()} == {"high", "middle", "low"}


def test_phrases_speak_plainly_for_each_code():
    counted = Counter(row.labels[0] for row in read_phrases())
    assert set(counted) == set(codes())
    assert min(counted.values()) >= 70


def test_the_shipped_model_comes_from_this_corpus_and_these_words():
    facts = Model.load().facts
    assert facts["corpus"] == corpus_hash()
    assert facts["dictionary"] == dictionary_hash()
    assert facts["wording"] == wording_hash()
    assert not set(facts["writers"]) & {row.writer for row in read_corpus("t")}


def test_no_text_of_the_testing_writers_teaches():
    taught = {row.text for row in [*read_corpus(), *read_phrases()] if len(row.text) > 8}
    assert not taught & {row.text for row in read_corpus("t")}


def test_labelled_stretches_reach_the_clauses_that_hold_them():
    rows = [row for row in read_corpus() if row.stated]
    reached = 0
    for row in rows:
        table = np.array(clause_labels(row, parse(row.text, row.question), codes()))
        stated = {
            code for _, inside in row.stated for code in inside
        }  # a third reader's label has no stretch
        reached += all(table[:, codes().index(code)].any() for code in stated)
    assert reached > 0.97 * len(rows)


@pytest.fixture(scope="module")
def small():
    return read_corpus()[:90], read_phrases()[::12]


def test_the_same_corpus_makes_the_same_model(small, tmp_path):
    for name in ("one", "other"):
        build_model(small[0], 0, small[1]).save(tmp_path / f"{name}.npz", tmp_path / f"{name}.json")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "other.json").read_bytes()


def test_what_is_left_out_in_turn_is_never_split(small):
    assert groups_of(small[0]) == [row.business for row in small[0]]


def reading(number: int, code: str, confidence: float) -> Reading:
    return Reading(str(number), (ReasonGuess(code, confidence),), {}, confidence, "neg", (), False)


def test_figures_are_those_one_counts_by_hand(small):
    rows = [row for row in read_corpus() if row.labels in {("price",), ("quality",)}][:4]
    said = [reading(i, row.labels[0], 0.9) for i, row in enumerate(rows[:3])] + [reading(3, NONE, 0.1)]
    figures = measure(rows, said, ["price", "quality"])
    assert figures["first_label"] == 0.75
    assert figures["first_label_surer_half"] == 1.0
    assert figures["calibration_error"] == pytest.approx(0.75 * 0.1 + 0.25 * 0.1)


def test_confidence_that_comes_true_has_no_calibration_error():
    assert calibration_error(np.array([0.75] * 4), np.array([1, 1, 1, 0])) == 0


def test_the_shipped_model_reads_unseen_writers_better_than_words_alone_would():
    rows = read_corpus("t")
    figures = measure(rows, Reader().read(rows), codes())
    assert figures["macro_f1"] > 0.5
    assert figures["first_label_surer_half"] > figures["first_label"]
