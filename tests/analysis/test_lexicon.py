"""The patterns speak for the reasons that people name directly."""

import pytest

from analysis.codebook import NONE, codes
from analysis.lexicon import find_hits, lexicon
from analysis.normalize import LIMIT
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
