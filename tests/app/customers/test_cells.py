"""What people write in cells is understood, and what cannot be is told in words."""

from datetime import date

import pytest

from app.customers import cells
from app.customers.cells import BadCell

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2024/5/1",
            "2024-05-01",
            "２０２４／０５／０１",
            "2024年5月1日",
            "20240501",
            "2024.5.1",
            "2024/5/1 10:30",
        ),
        *(
            "2024-05-01T10:30:00+09:00",
            "2024/5/1（水）",
            "令和6年5月1日",
            "令和 6 年 5 月 1 日",
            "R6.5.1",
            "r06/05/01",
        ),
    ],
)
def test_a_day_is_understood_in_all_usual_ways(text):
    assert cells.day(text) == date(2024, 5, 1)


def test_the_first_year_of_an_era_and_older_eras_are_understood():
    assert cells.day("令和元年5月1日") == date(2019, 5, 1)
    assert cells.day("H30.1.1") == date(2018, 1, 1)
    assert cells.day("昭和64年1月7日") == date(1989, 1, 7)


@pytest.mark.parametrize(
    "text", ["2026/2/30", "26/2/3", "R6.13.1", "45678", "きのう", "2026/2/3 ごろ", "9999999/1/1"]
)
def test_what_is_no_day_is_said_to_be_none(text):
    with pytest.raises(BadCell) as refused:
        cells.day(text)
    assert refused.value.sentence == f"「{text}」は日付ではありません。"


@pytest.mark.parametrize(
    ("text", "yen"),
    [
        *(
            ("1280", 1280),
            ("¥1,280", 1280),
            ("１，２８０円", 1280),
            ("1280.5", 1281),
            ("￥1,280-", 1280),
            ("", None),
        ),
        *(("-1280", -1280), ("△1,280", -1280), ("▲1,280", -1280), ("(1,280)", -1280), ("−1280", -1280)),
    ],
)
def test_yen_are_understood_with_their_signs(text, yen):
    assert cells.yen(text) == yen


@pytest.mark.parametrize("text", ["1e9", "1.5万", "nan", "9999999999999", "--5"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(BadCell):
        cells.yen(text)


def test_a_number_lost_to_a_spreadsheet_is_the_same_customer():
    assert cells.key("17850.0") == cells.key("１７８５０") == "17850"
    assert cells.key("0012") == "0012"


@pytest.mark.parametrize(
    "text", ["a b@x.example", "a@x", "a@x.example\r\nBcc: b@x.example", '"a"@x.example', "a@b@c.jp"]
)
def test_what_could_break_a_mail_is_no_address(text):
    with pytest.raises(BadCell):
        cells.mail(text)


def test_addresses_carriers_once_gave_out_are_taken():
    assert cells.mail("Ａ..b.@docomo.ne.jp ") == "a..b.@docomo.ne.jp"


def test_telephone_and_postal_code_are_written_one_way():
    assert cells.phone("０９０ー１２３４－５６７８") == "090-1234-5678"
    assert cells.postal_code("〒4280411") == "428-0411"
    assert cells.postal_code("600001") == "060-0001"


def test_a_very_long_cell_of_combining_marks_is_refused_at_once():
    with pytest.raises(BadCell):
        cells.key("か" + "\u3099" * 10_000)
