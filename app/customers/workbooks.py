"""Turn the first sheet of an XLSX workbook into CSV. Runs as a program of its own: `workbooks.py IN OUT`.

A workbook comes from anywhere and unpacks to many times its size, so it is read in a child with little memory and
little time, which imports nothing of the product. It answers with an exit code; tables.py says it in words.
"""

import csv
import datetime as dt
import errno
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl

MOST_ROWS, MOST_COLUMNS = 1_000_000, 200
MOST_UNPACKED = MOST_WRITTEN = 200 * 2**20
MEMORY, SECONDS = 1_500 * 2**20, 120
BROKEN, TOO_LARGE, TOO_MANY_ROWS, TOO_MANY_COLUMNS, NO_SHEET = 3, 4, 5, 6, 7


class Refused(Exception):
    """The workbook is not taken; the argument is the exit code."""


def text_of(value: Any) -> str:
    """A cell as people see it: 17850.0 is 17850, a day is 2026-02-03, an empty cell is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    return str(value)


def check_size(path: str) -> None:
    """Refuse what is no workbook, or unpacks to more than 200 MB. zipfile never reads past the declared size."""
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise Refused(BROKEN)
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise Refused(TOO_LARGE)


def rows_of(path: str) -> Iterator[list[str]]:
    """The rows of the first sheet that is shown, without blank cells at their ends and blank rows at the end."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
    if sheet is None:
        raise Refused(NO_SHEET)
    sheet.reset_dimensions()  # some programs declare one cell and write thousands
    blank = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True)):
        if number > MOST_ROWS:
            raise Refused(TOO_MANY_ROWS)
        row = [text_of(value) for value in values]
        while row and not row[-1].strip():
            row.pop()
        if len(row) > MOST_COLUMNS:
            raise Refused(TOO_MANY_COLUMNS)
        if row:
            yield from ([] for _ in range(blank))
            yield row
        blank = 0 if row else blank + 1


def main(source: str, target: str) -> int:
    """Write the sheet to `target` and return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    # One shared string can stand in every cell: a small workbook, an endless table.
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    try:
        check_size(source)
        with open(target, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows_of(source))
    except Refused as refused:
        return int(refused.args[0])
    except MemoryError:
        return TOO_LARGE
    except OSError as error:
        return TOO_LARGE if error.errno == errno.EFBIG else BROKEN
    except Exception:  # openpyxl raises nearly anything over a broken workbook
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
