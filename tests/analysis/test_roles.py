"""What a clause does is found by its words, in linear time, and nothing is missed on the way."""

import pytest

from analysis.corpus import read_corpus
from analysis.needles import needles_of
from analysis.normalize import LIMIT, normalize
from analysis.roles import kinds_in, roles, says_nothing
from tests.analysis.test_normalize import seconds

WRITTEN = [row.text for row in [*read_corpus(), *read_corpus("t")]]


def test_nothing_is_missed_by_trying_only_the_patterns_whose_needles_are_there():
    for text in [normalize(written).text for written in WRITTEN[::5]]:
        assert {kind for kind, pattern in roles().items() if pattern.search(text)} <= set(kinds_in(text))


@pytest.mark.parametrize(
    "text", ["特になし", "とくにないです。", "ノーコメント", "わかりません", "ああああ", "。。。", "test"]
)
def test_an_answer_that_says_nothing_is_known_as_a_whole(text):
    assert says_nothing(normalize(text).text)


@pytest.mark.parametrize("text", ["特になしではなく、値段です", "高い", "電話がつながらない"])
def test_an_answer_that_says_something_is_not(text):
    assert not says_nothing(normalize(text).text)


@pytest.mark.parametrize("piece", ["電話", "なら", "特に", "あ", "1", " ", "解約しようと思って"])
@pytest.mark.parametrize("search", [kinds_in, says_nothing])
def test_no_text_makes_the_search_slow(piece, search):
    half, whole = (piece * (size // len(piece)) for size in (LIMIT // 2, LIMIT))
    assert seconds(search, whole) < 3 * seconds(search, half) + 0.05
    assert seconds(search, whole) < 1.0


@pytest.mark.parametrize(
    ("pattern", "needles"),
    [
        ("高すぎ|高過ぎ", {"高すぎ", "高過ぎ"}),
        ("元(が|を)?(取|と)れ", {"元取れ", "元とれ", "元が取れ", "元がとれ", "元を取れ", "元をとれ"}),
        ("(値段|料金)[^。]{0,8}?(高|たか)", {"値段", "料金"}),
        ("(?<!度が)高い$", {"高い"}),
        ("(高い)?", set()),
        ("[^。]高", {"高"}),
        ("(送料)+無料", {"送料", "無料"}),
    ],
)
def test_a_match_holds_one_of_the_needles_of_its_pattern(pattern, needles):
    found = needles_of(pattern)
    assert found <= needles
    assert bool(found) == bool(needles)
