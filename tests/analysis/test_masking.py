"""Whoever slips into an answer by name, number or address is found before anybody reads it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.masking import blanked_text, find_personal, masked_text
from analysis.normalize import LIMIT
from tests.analysis.test_normalize import seconds


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("０３ー１２３４－５６７８に電話して", "〔電話番号〕に電話して"),
        ("09012345678か090-1234-5678", "〔電話番号〕か〔電話番号〕"),
        ("+81 90-1234-5678まで", "〔電話番号〕まで"),
        ("taro.yamada@example.co.jp です", "〔メールアドレス〕 です"),
        ("カードは4111 1111 1111 1111です", "カードは〔カード番号〕です"),
        ("東京都新宿区西新宿2-8-1に住んでいます", "〔住所〕に住んでいます"),
        ("〒918-8001 福井県福井市", "〔住所〕"),
        ("港区六本木１丁目２番３号", "〔住所〕"),
        ("担当の佐藤さんの対応", "担当の〔氏名〕さんの対応"),
        ("担当の田中が来ない", "担当の〔氏名〕が来ない"),
        ("髙橋様、鈴木一郎さん、さとうさん", "〔氏名〕様、〔氏名〕さん、〔氏名〕さん"),
    ],
)
def test_personal_details_are_replaced_by_their_kind(written, shown):
    assert masked_text(written, find_personal(written)) == shown


@pytest.mark.parametrize(
    "written",
    [
        "店員さんもお客様も皆様も",
        "担当の対応が悪い",
        "税理士さんに聞いた",
        "奥さんと旦那さんと赤ちゃんとおばあちゃん",
        "30000円も払った。2024-05-01 10:00に12-3番の席",
        "大阪市内の3店舗を回った",
        "スーパーのお姉さん",
    ],
)
def test_common_words_and_plain_numbers_stay(written):
    assert find_personal(written) == []


def test_what_the_analysis_reads_keeps_every_offset():
    written = "担当の佐藤さんに090-1234-5678へ電話した"
    blanked = blanked_text(written, find_personal(written))
    assert len(blanked) == len(written)
    assert "佐藤" not in blanked
    assert "1234" not in blanked
    assert blanked.endswith("へ電話した")


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="0123456789-@.a佐藤さん様市区町村県〒担当の 　０１", max_size=60))
def test_spans_lie_in_the_text_in_order_and_apart(written):
    spans = find_personal(written)
    ends = [0, *(edge for span in spans for edge in (span.start, span.end)), len(written)]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    "piece", ["0", "0-", "a", "a@", "市", "東京都区", "さん", "佐藤さん", "担当の", "〒1", "1 "]
)
def test_no_text_makes_masking_slow(piece):
    half, whole = (piece * (size // len(piece)) for size in (LIMIT // 2, LIMIT))
    assert seconds(find_personal, whole) < 3 * seconds(find_personal, half) + 0.02
    assert seconds(find_personal, whole) < 1.0
