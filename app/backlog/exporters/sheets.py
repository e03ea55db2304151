"""Files for spreadsheets: CSV and XLSX that open right and never run. The same backlog gives the same bytes."""

from dataclasses import dataclass

from app.backlog.exporters.table import Table
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.sheets import lines_of, xlsx_of


@dataclass(frozen=True)
class Loss:
    """One value that CP932 cannot hold: where it stands, and the signs that would be lost."""

    number: str
    column: str
    signs: str


def cp932_losses(table: Table) -> list[Loss]:
    """What CP932 would lose, value by value, to be shown before anything is written."""
    with speaking(JAPANESE):
        heads = table.heads()
    return [
        Loss(row[0], head, signs)
        for row in table.rows()
        for head, value in zip(heads, row, strict=True)
        if isinstance(value, str) and (signs := "".join(dict.fromkeys(c for c in value if not _survives(c))))
    ]


def _survives(sign: str) -> bool:
    try:
        return sign.encode("cp932").decode("cp932") == sign
    except UnicodeEncodeError:
        return False


def export_csv(table: Table, encoding: str = "utf-8-sig") -> bytes:
    """CSV with CRLF, in UTF-8 with BOM or CP932 (what it cannot hold becomes 〓)."""
    text = lines_of([table.heads(), *table.rows()])
    if encoding == "cp932":
        text = "".join(sign if _survives(sign) else "〓" for sign in text)
    return text.encode(encoding)


def export_xlsx(table: Table) -> bytes:
    """A workbook of one sheet."""
    return xlsx_of(_("改善項目"), table.heads(), table.rows(), freeze="C2")
