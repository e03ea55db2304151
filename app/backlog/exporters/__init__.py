"""The backlog as a file. The same backlog gives the same bytes; no cell runs in a spreadsheet; voices are masked.

table       heads and rows of plain values; what a record of an export keeps
sheets      CSV (UTF-8 with BOM or CP932), XLSX
documents   JSON, Markdown
one_page    PDF of one A4 page
trackers    what GitHub, Jira and Nulab's Backlog import
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.backlog.exporters.documents import export_json, export_markdown
from app.backlog.exporters.one_page import export_pdf
from app.backlog.exporters.sheets import Loss, cp932_losses, export_csv, export_xlsx
from app.backlog.exporters.table import EVERYTHING, Choice, Table, table_again, table_of
from app.backlog.exporters.trackers import export_github, export_jira, export_nulab
from app.backlog.queries import RankedBacklog
from app.clock import day_of
from app.i18n import JAPANESE, speaking

__all__ = [
    "FORMS",
    "Choice",
    "File",
    "Loss",
    "Table",
    "cp932_losses",
    "export",
    "known_forms",
    "table_again",
    "table_of",
    "written",
]
_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# By name: media type, how the file name ends, who writes it.
FORMS: dict[str, tuple[str, str, Callable[[Table], bytes]]] = {
    "csv": (_CSV, ".csv", export_csv),
    "csv-cp932": ("text/csv; charset=cp932", "-cp932.csv", lambda table: export_csv(table, "cp932")),
    "xlsx": (_XLSX, ".xlsx", export_xlsx),
    "json": ("application/json", ".json", export_json),
    "md": ("text/markdown; charset=utf-8", ".md", export_markdown),
    "pdf": ("application/pdf", ".pdf", export_pdf),
    "github": (_CSV, "-github.csv", export_github),
    "jira": (_CSV, "-jira.csv", export_jira),
    "nulab": (_CSV, "-nulab.csv", export_nulab),
}


@dataclass(frozen=True)
class File:
    """A finished file."""

    name: str
    media_type: str
    content: bytes
    row_count: int


def export(form: str, backlog: RankedBacklog, at: datetime, choice: Choice = EVERYTHING) -> File:
    """Write the chosen part of a backlog in one of FORMS; `at` names the file."""
    return written(form, table_of(backlog, choice), at)


def written(form: str, table: Table, at: datetime) -> File:
    """Write a table in one of FORMS; `at` names the file."""
    media_type, ending, write = FORMS[form]
    name = f"okaeri-backlog-{day_of(at).isoformat()}{ending}"
    with speaking(JAPANESE):  # whoever takes a file home, what reads it next wants the same heads
        content = write(replace(table, on=day_of(at)))
    return File(name, media_type, content, len(table.lines))


def known_forms() -> Sequence[str]:
    """The forms there are, in order."""
    return tuple(FORMS)
