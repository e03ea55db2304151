"""What a dictionary may lack, found in the answers themselves."""

import pytest

from analysis.clinic import Doubt, Voice, is_one_apart, log_likelihood, suspicions
from analysis.tokenizer import Tokenizer

READ = Tokenizer()
SAID = [
    *["ティーバッグが切れた", "ティーバッグは便利", "夏はティーバッグです", "あのティーバッグが好き"],
    *["ヌメロンチャを飲む", "ヌメロンチャがない", "ヌメロンチャは高い"] * 2,
    *["ヌメロンチャーを飲む", "ヌメロンチャーがない"],
    *["マイボトルを使う", "マイボトルがある"],
    *["サーバーが遅い", "サーバーが落ちた", "サーバーは重い", "サーバが遅い", "サーバがだめ"],
    *["抹茶ラテを飲む", "抹茶ラテがない", "抹茶ラテは甘い"],
    *["抹茶が苦い"] * 8,
    *["お茶の店が遠い", "お茶の店は近い", "お茶の店に行く", "お茶の味", "店の味", "茶の香り"] * 2,
]


def found(known=(), said=SAID, owners=None):
    owners = owners or list(range(len(said)))
    return suspicions([Voice(100 + at, owners[at], READ(text)) for at, text in enumerate(said)], known)


def test_neighbours_that_are_seldom_apart_are_proposed_as_one_word():
    joined = {one.surface: one for one in found() if one.doubt is Doubt.JOINED}
    tea = joined["ティーバッグ"]
    assert (tea.parts, tea.count, tea.answer_ids) == (("ティー", "バッグ"), 4, (100, 101, 102))
    assert not any(
        word in surface for surface in joined for word in ("店", "マイ", "抹茶")
    )  # often apart; said by too few


def test_what_is_in_no_dictionary_and_what_is_spelled_otherwise_is_shown_with_its_counts():
    unknown = {one.surface: one.count for one in found() if one.doubt is Doubt.UNKNOWN}
    assert unknown == {"ヌメロンチャ": 6}
    variants = {
        (one.surface, one.other): (one.count, one.other_count)
        for one in found()
        if one.doubt is Doubt.VARIANT
    }
    assert variants == {
        ("ヌメロンチャー", "ヌメロンチャ"): (2, 6)
    }  # サーバ and サーバー are one word to UniDic


def test_what_people_have_decided_on_and_what_one_person_repeats_is_not_proposed():
    assert "ティーバッグ" not in {one.surface for one in found(known=["ティーバッグ"])}
    assert found(owners=[1] * len(SAID)) == []
    assert suspicions([]) == []


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [("サービス", "サービズ", True), ("サーピス", "サビス", False), ("カート", "カード", True), ("カトー", "カート", True),
     ("カート", "カートン", True), ("ラテ", "ラテ", False), ("抹茶", "煎茶ラテ", False)],
)  # fmt: skip
def test_words_are_near_when_one_letter_makes_the_one_the_other(one, other, near):
    assert is_one_apart(one, other) is near
    assert is_one_apart(other, one) is near


def test_the_likelihood_ratio_is_that_of_the_textbook():
    """Manning and Schütze, Foundations of Statistical NLP, table 5.12: 150 times most powerful."""
    assert log_likelihood(150, 12_593, 932, 14_307_668) == pytest.approx(1291.42, abs=0.2)
