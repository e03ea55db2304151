"""What people decide is read as decided, teaches the rest, and takes seconds."""

import random
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.codebook import codes
from analysis.corpus import read_corpus
from analysis.evaluation import first_of
from analysis.model import Model
from analysis.pipeline import Reader
from analysis.types import CodedText, Text
from bench.learning import drawn, local_set, with_examples

READER = Reader()
ANSWERS = [row for row in read_corpus("t") if row.text.strip()][::9]
REASONS = sorted(set(codes()) - {"none"})
SAME = ("{}", "{}。", " {}\n", "{}!!", "{}…")  # other signs, the same words


def said(reader: Reader, rows) -> list[tuple[str, ...]]:
    return [tuple(guess.code for guess in reading.reasons) for reading in reader.read(rows)]


def wrong(reader: Reader, rows) -> float:
    return float(
        np.mean(
            [
                first_of(row.labels) != first_of(found)
                for row, found in zip(rows, said(reader, rows), strict=True)
            ]
        )
    )


choices = st.one_of(
    st.just(()),
    st.just(("none",)),
    st.lists(st.sampled_from([*REASONS, "own_code"]), min_size=1, max_size=3, unique=True).map(tuple),
)


@settings(max_examples=8, deadline=None)
@example([(next(row for row in read_corpus("t") if row.id == "t02-911-20"), ())])  # cut otherwise before 。
@given(
    st.lists(
        st.tuples(st.sampled_from(ANSWERS), choices),
        min_size=1,
        max_size=12,
        unique_by=lambda pair: pair[0].id,
    )
)
def test_what_a_person_coded_is_read_as_coded_whatever_our_corpus_thinks(pairs):
    coded = [CodedText(row.id, row.text, row.question, labels) for row, labels in pairs]
    taught = READER.learn(coded)
    for form in SAME:
        again = [Text(row.id, form.format(row.text), row.question) for row in coded]
        assert said(taught, again) == [row.labels for row in coded]


def test_politeness_and_width_change_no_decision_but_negation_does():
    taught = READER.learn([CodedText("1", "ポイントの仕組みがアレだった", "nps", ("trust",))])
    assert said(taught, [Text("1", "ﾎﾟｲﾝﾄの仕組みがアレでした", "nps")]) == [("trust",)]
    confident = taught.read([Text("1", "ポイントの仕組みがアレではなかった", "nps")])[0].probabilities[
        "trust"
    ]
    assert confident < 0.97


def test_an_answer_is_read_under_another_question_as_it_was_decided_there():
    coded = [CodedText("1", "高い", "reason", ("price",)), CodedText("2", "高い", "nps", ("trust",))]
    taught = READER.learn(coded)
    assert said(taught, [Text("1", "高い", "reason"), Text("2", "高い", "nps")]) == [("price",), ("trust",)]


def test_where_people_disagree_most_of_them_decide():
    votes = [("trust",), ("price",), ("trust",)]
    coded = [CodedText(str(place), "更新のたびに上がる", "nps", labels) for place, labels in enumerate(votes)]
    assert said(READER.learn(coded), coded[:1]) == [("trust",)]


def test_the_order_of_decisions_makes_no_difference(tmp_path):
    rows = local_set("meals").own[:60]
    models = []
    for number, order in enumerate((rows, rows[::-1])):
        model = READER.learn(order).model
        model.save(tmp_path / f"{number}.npz", tmp_path / f"{number}.json")
        models.append((tmp_path / f"{number}.npz").read_bytes() + (tmp_path / f"{number}.json").read_bytes())
    assert models[0] == models[1]


def test_what_was_learnt_outlives_the_process(tmp_path):
    rows = local_set("bank").own
    taught = READER.learn(rows[:60])
    taught.model.save(tmp_path / "m.npz", tmp_path / "m.json")
    kept = Reader(Model.load(tmp_path / "m.npz", tmp_path / "m.json"))
    assert kept.read(rows[:120]) == taught.read(rows[:120])
    assert rows[0].text not in (tmp_path / "m.json").read_text(encoding="utf-8")


def test_decisions_about_reasons_leave_the_polarity_alone():
    rows = local_set("furniture").filed[:80]
    taught = READER.learn(rows)
    assert taught.model.heads is READER.model.heads
    moods = [[one.polarity for one in reader.read(rows)] for reader in (READER, taught)]
    changed = np.mean([before != after for before, after in zip(*moods, strict=True)])
    assert changed <= 0.1  # an answer may be read by the other of the two models now


def test_a_hundred_decisions_cut_the_errors_about_the_others():
    decided, rest = drawn(local_set("meals").filed, 100, seed=1)
    began = time.process_time()
    taught = READER.learn(decided)
    assert time.process_time() - began < 5
    assert wrong(taught, rest) <= 0.85 * wrong(READER, rest)


def test_a_teams_own_codes_are_found_by_a_sentence_and_five_examples():
    definitions, rest = with_examples(local_set("meals"), seed=0)
    taught = READER.learn([], definitions)
    names = {one.code for one in definitions}
    own = [row for row in rest if row.labels[:1] and row.labels[0] in names]
    found = said(taught, own)
    right = np.mean([row.labels[0] in reasons for row, reasons in zip(own, found, strict=True)])
    assert right >= 0.5
    others = [row for row in rest if row not in own]
    taken = np.mean([bool(names & set(reasons)) for reasons in said(taught, others)])
    assert taken <= 0.3


@pytest.mark.parametrize("text", ["", "。", "\ud800", "a" * 3000])
def test_odd_texts_can_be_decided_too(text):
    rows = [CodedText("1", text, "nps", ("price",)), CodedText("2", "", "nps", ())]
    taught = READER.learn(random.Random(0).sample(rows, 2))
    assert said(taught, rows[:1]) in ([("price",)], [()])


def test_a_particle_that_turns_a_sentence_round_makes_it_another_one():
    learnt = READER.learn([CodedText("a", "御社がA社より安い", "reason", ("trust",))])
    same, turned = learnt.read([Text("b", "御社、A社より安いですね"), Text("c", "御社よりA社が安い")])
    assert same.reasons[0].code == "trust"
    assert turned.confidence < 0.97


def test_what_has_learnt_does_not_learn_on_top_of_it():
    learnt = READER.learn([CodedText("a", "店が遠い", "reason", ("lifestyle",))])
    with pytest.raises(ValueError, match="shipped"):
        learnt.learn([CodedText("b", "電話が長い", "reason", ("support",))])


def test_weights_over_another_encoders_vectors_are_not_used():
    other = READER.model.with_parts(facts=READER.model.facts | {"encoder": "another 1.0"})
    assert Reader(other).encoder is None
    assert Reader(other).read([Text("a", "値段が高い")])[0].reasons[0].code == "price"


def test_a_course_without_some_decisions_teaches_what_learning_the_others_alone_teaches():
    rows = local_set("meals").own[:70]  # with codes of their own, some of them only among those left out
    out = {row.text for row in rows[::4]} | {row.text for row in rows if "origin" in row.labels}
    rest, unseen = [row for row in rows if row.text not in out], [row for row in rows if row.text in out]
    whole = READER.learn(rest)
    parted = Reader(READER.course(rows).learnt(lambda row: row.text not in out))
    assert parted.model.codes == whole.model.codes
    assert (parted.model.settled, parted.model.facts) == (whole.model.settled, whole.model.facts)
    for one, other in zip(parted.read(unseen), whole.read(unseen), strict=True):
        assert [guess.code for guess in one.reasons] == [guess.code for guess in other.reasons]
        assert one.probabilities == pytest.approx(other.probabilities, abs=0.005)
