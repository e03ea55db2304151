"""The patterns speak for the reasons that people name directly."""

import pytest

from analysis.codebook import NONE, codes
from analysis.corpus import read_corpus
from analysis.lexicon import find_hits, in_hiragana, lexicon, roles, search
from analysis.needles import is_anchored, needles_of
from analysis.normalize import LIMIT, normalize
from tests.analysis.test_normalize import seconds


def test_every_code_has_patterns():
    assert {code for code, _ in lexicon()} == set(codes())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("値段が高すぎる", "price"),
        ("電話がつながらない", "support"),
        ("効果がなかった", "quality"),
        ("品揃えが少ない", "features"),
        ("手続きが面倒", "usability"),
        ("ナントナク", "forgotten"),
        ("他社に乗り換えた", "competitor"),
        ("引っ越した", "lifestyle"),
        ("梱包が雑", "delivery"),
        ("解約がしにくい", "trust"),
        ("特になし", NONE),
    ],
)
def test_a_plain_phrase_is_found(text, code):
    hits = [hit for hit in find_hits(text) if hit.code == code]
    assert hits
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)


def test_a_word_inside_another_is_not_a_hit():
    assert not [hit for hit in find_hits("羽二重くるみ") if hit.code == "quality"]


@pytest.mark.parametrize("piece", ["電話", "値段が", "特に", "あ", "1", " ", "解約しようと思って"])
def test_no_text_makes_the_search_slow(piece):
    half, whole = (piece * (size // len(piece)) for size in (LIMIT // 2, LIMIT))
    assert seconds(find_hits, whole) < 3 * seconds(find_hits, half) + 0.05
    assert seconds(find_hits, whole) < 1.0


WRITTEN = [row.text for row in [*read_corpus(), *read_corpus("t")]]


def test_nothing_is_missed_by_trying_only_the_patterns_whose_needles_are_there():
    for text in [normalize(written).text for written in WRITTEN[::5]]:
        hits, kinds = search(text)
        plain = in_hiragana(text)
        assert {(hit.code, hit.group, hit.start, hit.end) for hit in hits} == {
            (*name, *match.span()) for name, pattern in lexicon().items() for match in pattern.finditer(plain)
        }
        assert {kind for kind, pattern in roles().items() if pattern.search(text)} <= set(kinds)


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


def test_only_a_pattern_that_begins_at_the_beginning_is_tried_there_alone():
    assert is_anchored("^特に|^なし")
    assert is_anchored("(?:^特に)|(?:^なし$)")
    assert not is_anchored("^特に|なし")
    assert not is_anchored("")
