"""A CSV or XLSX file as rows of text, and rows of text back as CSV.

`read_table` finds out what a file is, refuses what it cannot read for certain with a sentence for the person who chose
it, and streams its rows. Row numbers are those a spreadsheet shows: the header is row 1, the first row of `rows` is
row 2. Blank rows inside the table come as empty lists, so that numbers hold; blank rows at its end do not come.
"""

import codecs
import csv
import io
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from app.customers import workbooks
from app.errors import BadInput
from app.i18n import gettext as _

FIRST_ROW = 2
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = workbooks.MOST_ROWS, workbooks.MOST_COLUMNS, 10_000
BLOCK = 2**20
WORKBOOK = b"PK\x03\x04"
CHILD_SECONDS = 150
BLANKS = " \t\r\n\v\f\u3000\ufeff\u200b"  # what a spreadsheet may pass over before a formula
_NO_TEXT = re.compile("[\x00\x1b]")
# CPython's CP932 lets these through; no Japanese text of that time holds them. In UTF-8 they are what they say.
_NO_OLD_TEXT = re.compile("[\x00\x1b\x80\xa0\uf8f0-\uf8f3]")


@dataclass
class Table:
    """A table that was read: `header` has a distinct name for each column, each row at least as many cells.

    `encoding` is utf-8-sig, utf-8, cp932 or xlsx. `rows` can be walked once.
    """

    encoding: str
    header: list[str]
    rows: Iterator[list[str]]


def read_table(source: Path | bytes, file_name: str) -> Table:
    """Open a CSV (comma or tab; BOM, UTF-8 or CP932) or XLSX file. Raises BadInput, here or while `rows` is walked."""
    stream: IO[bytes] = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    head = stream.read(8)
    stream.seek(0)
    _refuse_other_kinds(head, file_name)
    if head.startswith(WORKBOOK):
        return _read_csv(io.BytesIO(_unpack(stream)), "xlsx", file_name)
    return _read_csv(stream, _encoding_of(stream, file_name), file_name)


def as_csv(content: bytes) -> bytes:
    """The content of a CSV file as it is, of an XLSX file as CSV, so that it need not be unpacked again."""
    return _unpack(io.BytesIO(content)) if content.startswith(WORKBOOK) else content


def _refuse_other_kinds(head: bytes, file_name: str) -> None:
    if not head:
        raise BadInput(_("「%(file)s」は空のファイルです。", file=file_name))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput(
            _(
                "「%(file)s」は古い形式か、パスワード付きのExcelです。.xlsx か CSV で保存しなおしてお選びください。",
                file=file_name,
            )
        )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadInput(
            _("「%(file)s」はUTF-16です。「CSV UTF-8」で保存しなおしてお選びください。", file=file_name)
        )
    other = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x05\x06", b"Rar!", b"7z\xbc", b"\x1f\x8b")
    if head.startswith(other) or head.lstrip().lower().startswith((b"<!doc", b"<html", b"<?xml")):
        raise BadInput(
            _("「%(file)s」は表のファイルではありません。CSV か XLSX をお選びください。", file=file_name)
        )


def _encoding_of(stream: IO[bytes], file_name: str) -> str:
    """BOM, else strict UTF-8, else strict CP932, else refuse: what cannot be read for certain is not guessed."""
    marked = stream.read(3) == codecs.BOM_UTF8
    found = ""
    if marked or _decodes(stream, "utf-8"):
        found = "utf-8-sig" if marked and _decodes(stream, "utf-8-sig") else "" if marked else "utf-8"
    elif _decodes(stream, "cp932") and not _decodes(stream, "euc_jp") and not _is_damaged_utf8(stream):
        found = "cp932"
    stream.seek(0)
    if found:
        return found
    raise BadInput(
        _(
            "「%(file)s」の文字コードを確かめられませんでした。"
            "表計算ソフトで開き、「CSV UTF-8」で保存しなおしてお選びください。",
            file=file_name,
        )
    )


def _texts(stream: IO[bytes], encoding: str, errors: str) -> Iterator[str]:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for block in iter(lambda: stream.read(BLOCK), b""):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _decodes(stream: IO[bytes], encoding: str) -> bool:
    """Does the whole stream read as text in this encoding?"""
    never = _NO_TEXT if encoding.startswith("utf-8") else _NO_OLD_TEXT
    try:
        return not any(never.search(text) for text in _texts(stream, encoding, "strict"))
    except UnicodeDecodeError:
        return False


def _is_damaged_utf8(stream: IO[bytes]) -> bool:
    """UTF-8 with a few broken bytes, as of a file that was cut short: CP932 would make garbage of all of it."""
    wide = broken = 0
    for text in _texts(stream, "utf-8", "replace"):
        broken += text.count("\ufffd")
        wide += sum(not character.isascii() for character in text)
    return wide - broken >= broken


def _unpack(stream: IO[bytes]) -> bytes:
    """The first sheet of a workbook as CSV, made by a child with bounded memory and time."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.xlsx"), Path(folder, "out.csv")
        source.write_bytes(stream.read())
        command = [sys.executable, "-I", workbooks.__file__, str(source), str(target)]
        try:
            code = subprocess.run(command, timeout=CHILD_SECONDS, check=False, capture_output=True).returncode  # noqa: S603 - a fixed command
        except subprocess.TimeoutExpired:
            code = workbooks.TOO_LARGE
        if not code and target.stat().st_size > workbooks.MOST_WRITTEN:
            code = workbooks.TOO_LARGE
        if code:
            _refuse_workbook(code)
        return target.read_bytes()


def _refuse_workbook(code: int) -> NoReturn:
    sentences = {
        workbooks.TOO_LARGE: _("このブックは大きすぎます。CSV で保存しなおすか、行を分けてお選びください。"),
        workbooks.TOO_MANY_ROWS: _("行が多すぎます。1,000,000行までに分けてお選びください。"),
        workbooks.TOO_MANY_COLUMNS: _("列が多すぎます。200列までにしてお選びください。"),
        workbooks.NO_SHEET: _("表示されているシートがありません。"),
    }
    broken = _(
        "このブックは開けませんでした。表計算ソフトで開き、.xlsx か CSV で保存しなおしてお選びください。"
    )
    raise BadInput(sentences.get(code, broken))


def _read_csv(stream: IO[bytes], encoding: str, file_name: str) -> Table:
    text = io.TextIOWrapper(stream, "utf-8" if encoding == "xlsx" else encoding, newline="")
    first = text.readline()
    text.seek(0)
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    lines = _lines(csv.reader(text, delimiter=delimiter, strict=True), file_name)
    names = [" ".join(name.split()) for name in next(lines, [])]
    if not any(names):
        raise BadInput(_("「%(file)s」の1行目に、列の見出しがありません。", file=file_name))
    if len(names) > MOST_COLUMNS:
        raise BadInput(_("列が多すぎます。200列までにしてお選びください。"))
    return Table(encoding, _distinct(names), _rows(lines, len(names)))


def _lines(reader: Iterator[list[str]], file_name: str) -> Iterator[list[str]]:
    number = 1
    try:
        for number, row in enumerate(reader, start=1):
            if number > MOST_ROWS + 1:
                raise BadInput(_("行が多すぎます。1,000,000行までに分けてお選びください。"))
            yield row
    except csv.Error:
        raise BadInput(
            _(
                '「%(file)s」の%(row)d行目のあとで、引用符（"）が閉じていないか、余分にあります。直してお選びください。',
                file=file_name,
                row=number,
            )
        ) from None


def _rows(lines: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    blank = 0
    for row in lines:
        if not any(cell.strip() for cell in row):
            blank += 1
            continue
        yield from ([] for _row in range(blank))
        blank = 0
        yield [_rearm(cell) for cell in row] + [""] * (width - len(row))


def _distinct(names: list[str]) -> list[str]:
    """Column names that can be told apart: 氏名, 氏名（2）; a column without a name is 列3."""
    seen: dict[str, int] = {}
    distinct = []
    for place, name in enumerate(names, start=1):
        shown = (name or f"列{place}")[:200]
        seen[shown] = seen.get(shown, 0) + 1
        distinct.append(shown if seen[shown] == 1 else f"{shown}（{seen[shown]}）")
    return distinct


def disarm(cell: str) -> str:
    """A cell no spreadsheet will run: a leading ' before = + - @ and their full-width forms; numbers stay as they are."""
    start = unicodedata.normalize("NFKC", cell[:8]).lstrip(BLANKS)[:1]
    harmless = not cell or (start not in ("=", "+", "-", "@") and cell[0] not in "\t\r\n")
    return cell if harmless or re.fullmatch(r"[+-]?[0-9][0-9,.]*", cell) else f"'{cell}"


def _rearm(cell: str) -> str:
    """Undo `disarm`, so that a rejected file can be mended and come again."""
    return cell[1:] if cell[:1] == "'" and disarm(cell[1:]) == cell else cell


def csv_lines(rows: Iterable[list[str]]) -> bytes:
    """Rows as CSV in UTF-8, disarmed. The file they go to begins with codecs.BOM_UTF8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([disarm(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
