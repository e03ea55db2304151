"""Competitors that an answer names are collected; what is only a kind of substitute is not."""

import pytest

from analysis.pipeline import Reader
from analysis.types import Text

READER = Reader()


def named(text, question="current"):
    """The competitors found in a text."""
    (reading,) = READER.read([Text("a", text, question)])
    return [text[span.start : span.end] for span in reading.rivals]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("隣町の「やすらぎの丘」さんに乗り換えました", "やすらぎの丘"),
        ("いまは『まめ箱レンタル』を使っています", "まめ箱レンタル"),
        ("他社のテンポラクラウドに切り替えました", "テンポラクラウド"),
        ("いまはアマゾンで買っています", "アマゾン"),
        ("他社の Aoba Pay に乗り換えました", "Aoba Pay"),
        ("ﾃﾝﾎﾟﾗｸﾗｳﾄﾞに切り替えました、他社です", "ﾃﾝﾎﾟﾗｸﾗｳﾄﾞ"),
    ],
)
def test_a_competitor_is_known_by_how_it_is_written(text, name):
    assert named(text) == [name]


@pytest.mark.parametrize(
    "text", ["いまはスーパーで買っています", "コンビニのコーヒーに替えました", "「もう使ってない」と母が言う"]
)
def test_a_kind_of_substitute_is_no_name(text):
    assert named(text) == []


def test_names_outside_what_is_said_of_a_substitute_are_left_alone():
    assert named("担当の「ふくや小町」係の対応が悪い", "reason") == []
