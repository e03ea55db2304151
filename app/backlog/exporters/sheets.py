"""Files for spreadsheets: CSV and XLSX that open right and never run. The same backlog gives the same bytes."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from app.backlog.exporters.table import columns, disarmed, rows
from app.backlog.queries import RankedBacklog
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _

_WRITTEN_AT = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first instant a ZIP knows


@dataclass(frozen=True)
class Loss:
    """One value that CP932 cannot hold: where it stands, and the signs that would be lost."""

    number: str
    column: str
    signs: str


def cp932_losses(backlog: RankedBacklog) -> list[Loss]:
    """What CP932 would lose, value by value, to be shown before anything is written."""
    with speaking(JAPANESE):
        heads = columns(backlog.in_yen)
    return [
        Loss(row[0], head, signs)
        for row in rows(backlog)
        for head, value in zip(heads, row, strict=True)
        if isinstance(value, str) and (signs := "".join(dict.fromkeys(c for c in value if not _survives(c))))
    ]


def _survives(sign: str) -> bool:
    try:
        return sign.encode("cp932").decode("cp932") == sign
    except UnicodeEncodeError:
        return False


def export_csv(backlog: RankedBacklog, encoding: str = "utf-8-sig") -> bytes:
    """CSV with CRLF, in UTF-8 with BOM or CP932 (what it cannot hold becomes 〓)."""
    text = lines_of([columns(backlog.in_yen), *rows(backlog)])
    if encoding == "cp932":
        text = "".join(sign if _survives(sign) else "〓" for sign in text)
    return text.encode(encoding)


def lines_of(table: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV with CRLF, every cell disarmed."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([disarmed(value) for value in row] for row in table)
    return out.getvalue()


def export_xlsx(backlog: RankedBacklog) -> bytes:
    """A workbook of one sheet. Words are strings whatever they look like; numbers stay numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("改善項目"))
    sheet.freeze_panes = "C2"

    def cell(value: Any, bold: bool = False) -> WriteOnlyCell:
        plain = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
        made = WriteOnlyCell(sheet, value=disarmed(plain))
        if isinstance(value, str):
            made.data_type = "s"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(head, bold=True) for head in columns(backlog.in_yen)])
    for row in rows(backlog):
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
