"""A theme bears people's own words: a whole statement, cut where nothing is torn; quotes from its middle and its edge."""

import numpy as np

from analysis.labeler import borderline_quotes, central_quotes, name_theme


def test_a_name_ends_where_the_statement_ends():
    name = name_theme(
        ["駐車場が少なく止める所がない", "駐車場が少ない", "駐車場が少なく困る", "駐車場が少ないので困った"]
    )
    assert name == "駐車場が少ない"


def test_a_name_does_not_run_into_the_next_statement():
    name = name_theme(["Wi-Fiが弱くSNSが見られない", "Wi-Fiが弱くて困る", "Wi-FiとSNSが弱く感じる"])
    assert "弱くSNS" not in name


def test_a_name_keeps_the_negation():
    members = [
        "予約が取れない",
        "電話でも予約が取れないので諦めた",
        "いつも予約が取れない",
        "予約が全然取れないです",
    ]
    assert name_theme(members).endswith("取れない")


def test_a_name_stands_literally_in_a_member_even_where_nothing_is_shared():
    for members in (["くさい", "引き取り", "地震"], ["〇〇さん"], ["!!"]):
        assert any(name_theme(members) in member for member in members)


def test_typical_quotes_come_from_the_middle_and_borderline_ones_from_the_edge():
    members = ["まん中です", "そのとなり", "すこし遠い", "とても遠い", "いちばん遠い"]
    nearness = np.array([0.9, 0.8, 0.5, 0.3, 0.1])
    assert central_quotes(members, nearness) == members[:3]
    assert borderline_quotes(members, nearness) == ["いちばん遠い", "とても遠い", "すこし遠い"]


def test_a_very_long_answer_is_no_typical_quote_where_shorter_ones_are_as_near():
    members = ["長い話です。" * 30, "駐車場が狭い", "駐車場が少ない", "車が停められない"]
    assert members[0] not in central_quotes(members, np.array([0.8, 0.79, 0.78, 0.77]))
