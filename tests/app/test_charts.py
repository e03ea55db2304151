"""A chart shows its figures truly, leads to the voices behind them and runs nothing."""

import base64
import hashlib
import re
import subprocess
import sys
from datetime import date
from xml.etree import ElementTree

import pytest
from flask import Flask
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from app.charts import (
    Event,
    Paper,
    ShareRow,
    TrendPoint,
    cached,
    difference_line,
    interval_curve,
    nps_histogram,
    share_bars,
    svg_response,
    trend,
)
from app.config import ROOT

SVG = "{http://www.w3.org/2000/svg}"


COUNTS = [6, 1, 3, 5, 4, 21, 14, 17, 22, 13, 12]


def texts(svg):
    """Every word of a chart with its place: {text: (x, y)}, y growing downwards."""
    places = ElementTree.fromstring(svg).iter(f"{SVG}text")
    return {place.text: (float(place.get("x")), float(place.get("y"))) for place in places}


def shapes(svg, color):
    """(left, top, right, bottom) of every shape filled with a colour."""
    found = []
    for path in ElementTree.fromstring(svg).iter(f"{SVG}path"):
        if f"fill: var(--{color})" in (path.get("style") or ""):
            numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path.get("d"))]
            found.append((min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])))
    return found


def links(svg):
    return list(ElementTree.fromstring(svg).iter(f"{SVG}a"))


def months(*values):
    return [
        TrendPoint(date(2026, i + 1, 1), v, v and v - 5, v and v + 5, f"{i + 1}月", "26年", f"/voices?m={i + 1}", f"{i + 1}月の声")
        for i, v in enumerate(values)
    ]  # fmt: skip


def test_the_bars_of_the_histogram_are_as_tall_as_their_counts():
    tops = {
        round((left + right) / 2): bottom - top
        for left, top, right, bottom in shapes(nps_histogram(COUNTS), "1f4e8c")
    }
    nine, ten = (tops[x] for x in sorted(tops))
    assert nine / ten == pytest.approx(13 / 12, abs=0.001)


def test_five_and_six_are_hatched_and_named_as_a_habit():
    svg = nps_histogram(COUNTS, habit="真ん中の習慣かもしれない 35人（30%）")
    assert svg.count(b"fill: url(#") == 2
    words = texts(svg)
    x, y = words["真ん中の習慣かもしれない 35人（30%）"]
    assert words["5"][0] < x < words["6"][0]
    assert y < words["21"][1]


def test_every_score_leads_the_whole_page_to_its_voices_even_where_nobody_gave_it():
    urls = [f"/voices?score={score}&open=1" for score in range(11)]
    names = [f"推奨度{score}の声" for score in range(11)]
    found = links(nps_histogram([0] * 11, urls, names))
    assert [(link.get("href"), link.get("aria-label")) for link in found] == list(
        zip(urls, names, strict=True)
    )
    assert {link.get("target") for link in found} == {"_top"}


@pytest.mark.filterwarnings("ignore:Glyph")
def test_words_stay_words_and_nothing_in_them_runs():
    hostile = '<script>alert(1)</script> $x^2$ "&\x07 😀'
    svg = nps_histogram(
        COUNTS, ["/v"] * 11, [hostile] * 11, (hostile, "", ""), hostile, Paper(456, 248, hostile)
    )
    root = ElementTree.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert '<script>alert(1)</script> $x^2$ "& 😀' in texts(svg)
    assert root.find(f"{SVG}title").text == links(svg)[0].get("aria-label") == hostile.replace("\x07", "")


def test_a_trend_breaks_where_nobody_was_asked():
    whole, broken = trend(months(10, 12, 11, 13)), trend(months(10, 12, None, 13, 11))
    assert len(shapes(whole, "dce6f2")) == 1
    assert len(shapes(broken, "dce6f2")) == 2
    with pytest.raises(ValueError, match="at least one figure"):
        trend(months(None, None))


def test_a_trend_says_its_last_figure_and_writes_the_year_once():
    words = texts(trend(months(10, 12, 11), last="+11", last_note="n = 402"))
    assert {"+11", "n = 402", "26年", "1月", "2月", "3月"} <= set(words)
    assert trend(months(10, 12, 11)).count("26年".encode()) == 1


def test_events_of_the_same_days_do_not_cover_each_other():
    events = [
        Event(date(2026, 1, 10), "送料改定のお知らせ"),
        Event(date(2026, 1, 12), "新しい箱になりました"),
    ]
    words = texts(trend(months(10, 12, 11), events))
    assert abs(words["送料改定のお知らせ"][1] - words["新しい箱になりました"][1]) >= 16


def test_forty_months_show_as_many_names_as_fit():
    points = [
        TrendPoint(date(2023 + i // 12, i % 12 + 1, 1), 5, 0, 10, f"{i % 12 + 1}月", f"{23 + i // 12}年")
        for i in range(40)
    ]
    words = [text for text in texts(trend(points)) if text.endswith("月")]
    assert 1 <= len(words) <= 12


def test_shares_stand_on_one_scale_with_the_strong_ones_in_accent():
    rows = [
        ShareRow("価格", 0.4, 0.3, 0.5, "40%", "30〜50", strong=True, url="/r/price"),
        ShareRow("配送", 0.2, 0.1, 0.3, "20%"),
    ]
    svg = share_bars(rows)
    (strong,), (weak,) = shapes(svg, "b7cae3"), shapes(svg, "e2e0d8")
    assert strong[2] - strong[0] == pytest.approx(2 * (weak[2] - weak[0]), abs=0.01)
    assert [link.get("aria-label") for link in links(svg)] == ["価格 40% 30〜50"]


def test_the_curve_marks_where_the_definition_cuts_it():
    curve = [(month, month / 18) for month in range(19)]
    svg = interval_curve(curve, 9, "9か月", "また買う方の50%は、ここまでに買っている", "か月")
    words = texts(svg)
    assert words["18か月"][0] == pytest.approx(696 - 36)
    (area,) = shapes(svg, "e9f0f8")
    assert area[2] == pytest.approx(48 + (696 - 36 - 48) / 2, abs=0.01)
    assert words["9か月"][0] > area[2]


@pytest.mark.parametrize(("value", "low", "high"), [(13, 2, 21), (-3, -8, 2), (-20, -30, -12), (0, 0, 0)])
def test_a_difference_is_always_seen_against_zero(value, low, high):
    svg = difference_line(value, low, high, f"{value:+d}人", "逆効果", "100人あたりの差")
    words = texts(svg)
    (harm,) = shapes(svg, "f0efe9")
    assert harm[2] == pytest.approx(words["0"][0])
    assert harm[0] < words["逆効果"][0] < harm[2]
    if value:
        assert (words[f"{value:+d}人"][0] > words["0"][0]) == (value > 0)


def test_the_same_figures_give_the_same_bytes_in_another_process():
    code = (
        "import hashlib; from app.charts import nps_histogram;"
        f"print(hashlib.sha256(nps_histogram({COUNTS}, habit='習慣')).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert elsewhere.stdout.strip() == hashlib.sha256(nps_histogram(COUNTS, habit="習慣")).hexdigest()


def test_files_get_a_picture():
    assert nps_histogram(COUNTS, paper=Paper(456, 248, png=True)).startswith(b"\x89PNG")


def test_a_chart_is_drawn_once_and_again_when_its_figures_change(tmp_path):
    drawn = []

    def draw(counts, habit=""):
        drawn.append(counts)
        return nps_histogram(counts, habit=habit)

    first = cached(tmp_path / "charts", draw, COUNTS, habit="習慣")
    assert cached(tmp_path / "charts", draw, COUNTS, habit="習慣") == first
    assert cached(tmp_path / "charts", draw, COUNTS[::-1], habit="習慣") != first
    assert cached(tmp_path / "charts", draw, COUNTS, habit="くせ") != first
    assert drawn == [COUNTS, COUNTS[::-1], COUNTS]


@pytest.fixture
def reader():
    app = Flask("reader", static_folder=str(ROOT / "app/static"))
    app.add_url_rule("/chart", "chart", lambda: svg_response(nps_histogram(COUNTS)))
    app.add_url_rule("/dark", "dark", lambda: svg_response(nps_histogram(COUNTS), theme="dark"))
    return app.test_client()


def test_a_chart_may_style_itself_and_nothing_else(reader):
    answer = reader.get("/chart")
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == f"'sha256-{digest}'"
    assert policy["style-src-attr"] == "'unsafe-inline'"
    assert "script-src" not in policy
    fonts = re.findall(r'url\("([^"]+)"\)', style)
    assert [reader.get(font).status_code for font in fonts] == [200, 200]


def test_a_chart_that_has_not_changed_is_not_sent_again(reader):
    tag = reader.get("/chart").headers["ETag"]
    assert reader.get("/chart", headers={"If-None-Match": tag}).status_code == 304


def test_a_chart_follows_the_theme_of_its_reader(reader):
    assert "color-scheme:light dark;" in reader.get("/chart").text
    assert "color-scheme:dark;" in reader.get("/dark").text


def test_no_word_of_the_house_lacks_a_letter_in_the_font_of_charts():
    catalogue = (ROOT / "app/translations/en/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    codebook = (ROOT / "analysis/resources/codebook.json").read_text(encoding="utf-8")
    share_bars([ShareRow("価格", 0.4, 0.3, 0.5, "40%")])  # the font is registered with the first drawing
    font = FT2Font(font_manager.findfont("IPAexGothic"))
    letters = {letter for letter in catalogue + codebook if not letter.isspace()}
    assert font.family_name == "IPAexGothic"
    assert {letter for letter in letters if not font.get_char_index(ord(letter))} == set()
