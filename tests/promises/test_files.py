"""A file is read as what it is, or refused with a sentence; never as something else."""

import csv
import io
import zipfile

import pytest

from app.customers.tables import read_table
from app.errors import BadInput

LINES = (
    "山本 花子",
    "髙橋 健",
    "佐藤 ①",
    "静岡県川根本町1-2-3",
    "送料が高い",
    "ｶﾀｶﾅ",
    "2024/5/1",
    "○",
    "株式会社アサギリ",
    "田中　一郎",
    "～波",
    "−",
    "alpha",
    "",
)
# What programs in Japan write. Chinese or Western bytes that happen to be right CP932 cannot be told from it.
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "cp932",
    "euc_jp",
    "iso2022_jp",
    "utf-16",
    "utf-16-le",
    "utf-32",
)


def table(rng):
    header = ["顧客番号", "氏名", "住所"][: rng.randint(1, 3)]
    return [
        header,
        *[[rng.choice(LINES) + rng.choice(LINES) for _cell in header] for _row in range(rng.randint(1, 12))],
    ]


def as_text(rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def spoil(content, rng):
    """Cut a file short, or change a byte of it."""
    place = rng.randrange(len(content))
    return (
        content[:place]
        if rng.random() < 0.5
        else content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :]
    )


def read(content):
    found = read_table(content, "顧客.csv")
    return found.encoding, [found.header, *found.rows]


def filled(rows):
    return [row for row in rows if any(cell.strip() for cell in row)]


@pytest.mark.usefixtures("context")
@pytest.mark.promise("19", "BOM, strict UTF-8, strict CP932, else refused; never silent garbage", small=True)
def test_a_file_is_read_as_it_was_written_or_refused(rng, trials, tried):
    right = refused = 0
    for _try in range(trials(5_000)):
        rows, encoding = table(rng), rng.choice(ENCODINGS)
        try:
            content = as_text(rows).encode(encoding)
            rows = list(
                csv.reader(io.StringIO(content.decode(encoding), newline=""))
            )  # CP932 has one sign for − and －
        except UnicodeEncodeError:
            continue
        try:
            _encoding, found = read(content)
        except BadInput:
            assert encoding not in ("utf-8", "utf-8-sig"), rows
            refused += 1
            continue
        assert filled(found) == filled(rows), (encoding, rows)
        right += 1
    tried(
        f"{right:,} read as written, {refused:,} refused, over {len(ENCODINGS)} encodings",
        zeros=right + refused,
    )


@pytest.mark.usefixtures("context")
@pytest.mark.promise("19", "a spoiled file is never read as garbage", small=True)
def test_a_spoiled_utf8_file_is_not_read_as_cp932(rng, trials, tried):
    count = 0
    for _try in range(trials(5_000)):
        content = spoil(
            as_text([["顧客番号", "氏名"], *[["K1", rng.choice(LINES[:8])] for _row in range(6)]]).encode(
                "utf-8"
            ),
            rng,
        )
        try:
            encoding, _rows = read(content)
        except BadInput:
            count += 1
            continue
        assert encoding in ("utf-8", "utf-8-sig")
        count += 1
    tried(f"{count:,} spoiled files", zeros=count)


def bomb(kind):
    """A small workbook that is a giant once unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for part in range(3 if kind == "large" else 1):
            archive.writestr(
                f"xl/worksheets/sheet{part}.xml", b"<" + b"0" * (90 * 2**20 if kind == "large" else 2**20)
            )
    content = file.getvalue()
    # The other lies: it declares one byte where a mebibyte stands.
    return (
        content
        if kind == "large"
        else content.replace((2**20 + 1).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    )


@pytest.mark.usefixtures("context")
@pytest.mark.promise("19", "zip bombs are refused")
@pytest.mark.parametrize("kind", ["large", "lying"])
def test_a_zip_bomb_is_refused(kind, tried):
    with pytest.raises(BadInput):
        read_table(bomb(kind), "顧客.xlsx")
    tried(f"a {kind} zip bomb")
