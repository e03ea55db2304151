"""Every spelling is read as one, in linear time, and every character knows where it came from."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.normalize import LIMIT, MARKS, normalize


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ﾅﾝﾄﾅｸ", "ナントナク"),
        ("ｺﾞﾙﾌ場の料金", "ゴルフ場の料金"),
        ("ＡＢＣ１２３！", "ABC123!"),
        ("㈱おかえり①", "(株)おかえり1"),
        ("高い&hellip;&amp;遅い", "高い...&遅い"),
        ("すごーーーーーーい", "すごーーーい"),
        ("一行目\r\n二行目\t終わり\u200b", "一行目\n二行目 終わり"),
        ("髙橋𠮷野家", "髙橋𠮷野家"),
    ],
)
def test_spellings_of_one_word_are_read_alike(written, read):
    assert normalize(written).text == read


def test_offsets_lead_back_through_composed_and_decomposed_characters():
    written = "安いが、ｶﾞﾀﾞｶﾞﾀﾞの箱㈱"
    normal = normalize(written)
    start = normal.text.index("ガダ")
    assert written[slice(*normal.original_span(start, start + 2))] == "ｶﾞﾀﾞ"
    company = normal.text.index("(株)")
    assert written[slice(*normal.original_span(company, company + 3))] == "㈱"


def test_only_the_first_4000_characters_and_8_marks_in_a_row_are_read():
    assert len(normalize("あい" * 5000).text) == LIMIT
    assert len(normalize("a" + "\u0301" * 3000).text) <= 1 + MARKS


def test_what_grows_by_normalising_stays_bounded():
    assert len(normalize("\ufdfa" * 4000).text) == LIMIT


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=120))
def test_offsets_never_go_back_and_never_leave_the_text(written):
    normal = normalize(written)
    assert len(normal.origin) == len(normal.text) + 1
    assert list(normal.origin) == sorted(normal.origin)
    assert 0 <= normal.origin[0] <= normal.origin[-1] <= len(written)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="あいうカキク漢字、。 -~xyz", max_size=80))
def test_plain_text_keeps_its_own_offsets(written):
    normal = normalize(written)
    for place, origin in enumerate(normal.origin[:-1]):
        assert normal.text[place] == written[origin]


def seconds(work, *arguments) -> float:
    """CPU time of the fastest of three runs."""
    runs = []
    for _ in range(3):
        start = time.process_time()
        work(*arguments)
        runs.append(time.process_time() - start)
    return min(runs)


@pytest.mark.parametrize("piece", ["ｶﾞ", "e\u0301", "ー", "&amp;", "　", "ﷺ", "高い。"])
def test_twice_the_text_takes_less_than_three_times_as_long(piece):
    half, whole = (piece * (size // len(piece)) for size in (LIMIT // 2, LIMIT))
    assert seconds(normalize, whole) < 3 * seconds(normalize, half) + 0.002
