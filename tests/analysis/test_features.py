"""What the classifier sees: the words, their neighbours, the question, and no praise among reasons."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.features import ReasonFeatures, answer_unit, clause_units, feature_names, whole_unit
from analysis.model import Model
from analysis.parsing import parse

SHIPPED = Model.load().features


def units(*texts: str, question: str = "reason"):
    return [answer_unit(parse(text, question), question) for text in texts]


def test_praise_and_concessions_are_left_out_of_the_answer_but_not_out_of_its_polarity():
    parsed = parse("味は良かったけど高すぎる")
    assert "c:味" not in feature_names(answer_unit(parsed, "reason"))
    assert "c:味" in feature_names(whole_unit(parsed, "reason"))


def test_katakana_and_digits_do_not_make_new_words():
    one, other = (feature_names(unit) for unit in units("ナントナク3回", "なんとなく8回"))
    assert {name for name in one if name.startswith("c:")} == {
        name for name in other if name.startswith("c:")
    }


def test_a_short_answer_is_crossed_with_its_question():
    assert "m:improve 送料" in feature_names(units("送料", question="improve")[0])
    assert "m:reason 送料" not in feature_names(units("送料がこれほど高いと続けられません")[0])


def test_a_clause_knows_its_place_and_what_came_before():
    first, last = clause_units(parse("遅いので、やめた"), "nps")
    assert {"m:link=cause", "m:place=at=0", "m:question=nps"} <= feature_names(first)
    assert {"m:before=cause", "m:place=last"} <= feature_names(last)


def test_words_of_a_row_weigh_as_much_however_many_there_are():
    taught = units("値段が高い", "値段が高い", "電話が遅い", "電話が遅い")
    features = ReasonFeatures(least=2).fit(taught)
    table = features.transform(units("値段が高い", "値段が高い電話が遅い"))
    lengths = [np.linalg.norm(table[row, features.block_ == 0].toarray()) for row in (0, 1)]
    np.testing.assert_allclose(lengths, 1.0, rtol=1e-5)


def test_an_unknown_text_has_marks_only_and_no_texts_give_no_rows():
    features = ReasonFeatures(least=2).fit(units("値段が高い", "値段が高い"))
    assert features.transform(units("xyz")).shape == (1, len(features.names_))
    assert features.transform([]).shape == (0, len(features.names_))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.text(
            alphabet="高い値段料金送が遅のでけどなくて解約電話ーアプリ使っ、。 \n・!?0123ABCabcΣσİß",
            max_size=40,
        )
        | st.text(max_size=20)
        | st.sampled_from(["値段が高いので、やめました。", "1 2 3", "味は良かったけど高すぎる", ""]),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["reason", "improve", "current"]),
)
def test_the_quick_way_finds_exactly_what_the_names_say(texts, question):
    parsed = [parse(text, question) for text in texts]
    asked = [make(one, question) for make in (answer_unit, whole_unit) for one in parsed]
    asked += [unit for one in parsed for unit in clause_units(one, question)]
    table, place = SHIPPED.transform(asked), SHIPPED.index_
    for row, unit in enumerate(asked):
        columns = table.indices[table.indptr[row] : table.indptr[row + 1]].tolist()
        assert columns == sorted(place[name] for name in feature_names(unit) if name in place)


def test_a_vocabulary_that_learns_anew_forgets_the_old_one():
    features = ReasonFeatures(least=2).fit(units("値段が高い", "値段が高い"))
    assert features.transform(units("値段")).nnz > features.transform(units("電話")).nnz
    features.fit(units("電話が遅い", "電話が遅い"))
    assert features.transform(units("値段")).nnz < features.transform(units("電話")).nnz
