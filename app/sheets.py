"""Files for spreadsheets: CSV and XLSX that open right and never run. The same rows give the same bytes."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

# A spreadsheet runs what starts like this; a full-width sign is folded to its narrow twin first.
SIGNS, BREAKS = ("=", "+", "-", "@"), ("\t", "\r", "\n")
BLANKS = " \t\r\n\v\f\0\u00a0\u2000\u200b\u3000\ufeff"
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WRITTEN_AT = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first instant a ZIP knows


def disarmed(value: Any) -> Any:
    """Return text that no spreadsheet runs: an apostrophe goes before a formula's first sign. Numbers pass."""
    if not isinstance(value, str):
        return value
    begins = unicodedata.normalize("NFKC", value.lstrip(BLANKS)[:8]).lstrip(BLANKS)
    return f"'{value}" if begins.startswith(SIGNS) or value.startswith(BREAKS) else value


def lines_of(table: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV with CRLF, every cell disarmed."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([disarmed(value) for value in row] for row in table)
    return out.getvalue()


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 with the mark by which Japanese Excel knows it."""
    return lines_of([heads, *rows]).encode("utf-8-sig")


def xlsx_of(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], freeze: str = "A2") -> bytes:
    """A workbook of one sheet. Words are strings whatever they look like; numbers stay numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = freeze

    def cell(value: Any, bold: bool = False) -> WriteOnlyCell:
        plain = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
        made = WriteOnlyCell(sheet, value=disarmed(plain))
        if isinstance(value, str):
            made.data_type = "s"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(head, bold=True) for head in heads])
    for row in rows:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return _without_time(out)


def _without_time(book: io.BytesIO) -> bytes:
    """The same workbook without the instant of its writing, which openpyxl puts inside and on each part."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as plain:
        for part in given.infolist():
            content = given.read(part)
            if part.filename == "docProps/core.xml":
                content = _WRITTEN_AT.sub(b"", content)
            plain.writestr(zipfile.ZipInfo(part.filename, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
