"""Numbers, money, dates and reasons as people read them, in Japanese and in English."""

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from markupsafe import Markup

from app import filters

TOKYO = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("amount", "ja", "en"),
    [
        (None, "—", "—"),
        (0, "0円", "¥0"),
        (9_860, "9,860円", "¥9,860"),
        (10_000, "1万円", "¥10K"),
        (516_000, "51.6万円", "¥516K"),
        (999_999, "100万円", "¥1M"),
        (2_350_000, "235万円", "¥2.4M"),
        (123_456_789, "1.2億円", "¥123M"),
        (-21_400, "−2.1万円", "−¥21.4K"),
    ],
)
def test_money_from_ten_thousand_yen_is_written_short(amount, ja, en):
    assert filters.yen(amount) == ja
    assert filters.yen(amount, locale="en") == en


def test_an_exact_amount_keeps_every_yen():
    assert filters.yen_exact(275_200) == "275,200円"


def test_both_ends_of_a_money_interval_share_the_larger_unit():
    assert filters.yen_range(360_000, 700_000) == "36〜70万円"
    assert filters.yen_range(8_000, 12_000) == "0.8〜1.2万円"
    assert filters.yen_range(2_800, 4_180) == "2,800〜4,180円"
    assert filters.yen_range(360_000, 700_000, locale="en") == "¥360–700K"


def test_a_share_stands_with_its_interval_and_its_n():
    assert filters.percent_interval(0.288, 0.21, 0.38, 118) == "29%（21〜38、n = 118）"
    assert filters.percent_interval(0.288, 0.21, 0.38, 118, locale="en") == "29% (21–38, n = 118)"
    assert filters.percent_interval(0.288, None, None) == "29%"
    assert filters.percent(0.288, digits=1) == "28.8%"
    assert filters.percent(None) == "—"


def test_signs_are_written_out_and_nothing_is_minus_zero():
    assert [filters.signed(value) for value in (9, -41, 0, 0.2)] == ["+9", "−41", "0", "0"]
    assert filters.number(-0.3) == "0"
    assert filters.number(2846) == "2,846"


def test_days_and_instants_follow_the_language_and_the_time_zone():
    today = date(2026, 11, 22)
    assert filters.day(date(2026, 11, 21)) == "2026年11月21日（土）"
    assert filters.day(date(2026, 11, 21), locale="en") == "Sat, 21 November 2026"
    assert filters.day_plain(date(2026, 11, 21), locale="en") == "21 Nov 2026"
    assert (filters.month(today), filters.month(today, "en")) == ("11月", "Nov")
    assert (filters.month_year(today), filters.month_year(today, "en")) == ("2026年11月", "Nov 2026")
    late = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    assert filters.moment(late, today, TOKYO) == "11月21日 0:30"
    assert filters.moment(late, today, TOKYO, locale="en") == "21 Nov, 0:30"
    assert filters.local_day(late, TOKYO) == date(2026, 11, 21)


def test_a_date_of_another_year_says_which():
    today = date(2026, 1, 3)
    assert filters.day_short(date(2025, 12, 31), today) == "2025年12月31日"
    assert filters.day_short(date(2025, 12, 31), today, locale="en") == "31 Dec 2025"
    new_year = datetime(2025, 12, 31, 15, 30, tzinfo=UTC)
    assert filters.moment(new_year, today, TOKYO) == "1月1日 0:30"
    assert filters.moment(new_year, today, UTC) == "2025年12月31日 15:30"


def test_an_amount_comes_apart_for_pages_that_write_the_unit_smaller():
    assert filters.yen_parts("235万円") == ("235", "万円")
    assert filters.yen_parts("¥2.4M") == ("¥2.4M", "")


def test_a_mark_never_leaves_its_drawing():
    assert filters.share_of(0.29, 0.6) == "48.33%"
    assert filters.share_of(0.9, 0.6) == "100%"
    assert filters.along(-20, -10, 30) == "0%"
    assert filters.along(5, 3, 3) == "0%"


def test_headings_break_between_phrases_and_stay_escaped():
    broken = filters.phrases("何から直すと、いちばん戻ってきてもらえるか <b>")
    assert "<wbr>" in broken
    assert "<b>" not in broken
    assert filters.phrases(Markup("<b>理由</b>")) == "<b>理由</b>"
    assert "<b>" not in filters.phrases("<b>理由</b>")


def test_a_teams_own_reason_wears_the_colour_of_its_parent():
    lifestyle = SimpleNamespace(code="lifestyle", label="環境・ニーズの変化", seal="", parent=None)
    own = SimpleNamespace(code="teapot", label="急須を手放した", seal="", parent=lifestyle)
    orphan = SimpleNamespace(code="weather", label="天気", seal="天", parent=None)
    assert [filters.reason_shade(reason) for reason in (own, orphan, "price")] == [
        "lifestyle",
        "none",
        "price",
    ]
    assert [filters.reason_seal(reason) for reason in (own, orphan, "price")] == ["急", "天", "価"]


def test_an_address_keeps_its_conditions_and_restarts_its_pages(app):
    with app.test_request_context("/voices?state=lost&reason=price&page=3&q="):
        assert filters.url_with(sort="-count") == "?state=lost&reason=price&q=&sort=-count"
        assert filters.url_with(page=4) == "?state=lost&reason=price&q=&page=4"
        assert filters.url_with(state=None) == "?reason=price&q="


def test_an_address_made_by_a_stranger_stays_on_its_page(app):
    with app.test_request_context("/voices?endpoint=x&_external=1&_scheme=javascript&reason=%22%3E"):
        assert filters.url_with(page=2).startswith("?endpoint=x&_external=1")
        assert '"' not in filters.url_with(page=2)


def test_telephone_numbers_and_hours_stay_on_one_line_and_the_rest_is_escaped():
    found = filters.unbroken("<お電話> 054-000-0000（平日 10:00〜17:00、土曜 9時〜12時半）2026")
    assert found == (
        '&lt;お電話&gt; <span class="nowrap">054-000-0000</span>（平日 <span class="nowrap">10:00〜17:00</span>、'
        '土曜 <span class="nowrap">9時〜12時半</span>）2026'
    )
    assert filters.unbroken("（03）5555-6666") == '<span class="nowrap">（03）5555-6666</span>'
