"""`make promises`: try them, print the table, keep build/promises.json, write docs/promises.md.

python -m tests.promises [9 17a]  9 is all of 9a, 9b …      SEED=7 repeats a run
"""

import os
import secrets
import sys
import time
from typing import Any

import pytest

from app.config import ROOT
from bench.faults.verdicts import zeros_mean
from bench.tables import kept_figures, markdown_table, plain_table, write_between, write_figures
from tests.promises.rows import ROWS, Row

PAGE = ROOT / "docs" / "promises.md"
HEADS = ("#", "promise", "tried", "result", "zeros mean")
FOLDER = "tests/promises"


class Notes:
    """What each test of a promise has said; a promise with several tests holds if all do."""

    def __init__(self, wanted: list[str]) -> None:
        self.wanted = wanted
        self.numbers: dict[str, str] = {}
        self.found: dict[str, dict[str, Any]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        marked = {item.nodeid: item.get_closest_marker("promise") for item in items}
        self.numbers = {node: str(mark.args[0]) for node, mark in marked.items() if mark}
        items[:] = [item for item in items if is_wanted(self.numbers[item.nodeid], self.wanted)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and not report.failed:
            return
        said = dict(report.user_properties)
        note = self.found.setdefault(
            self.numbers[report.nodeid], {"tried": [], "zeros": 0, "broken": [], "seconds": 0.0}
        )
        note["tried"] += [said["tried"]] if "tried" in said else []
        note["zeros"] = max(note["zeros"], said.get("zeros", 0))
        note["seconds"] = round(note["seconds"] + report.duration, 1)
        if report.failed:
            note["broken"].append(report.nodeid.rpartition("::")[2])


def is_wanted(number: str, wanted: list[str]) -> bool:
    """All are, unless some are named: by themselves (6a), or by the promise they are parts of (6)."""
    return not wanted or number in wanted or number.rstrip("abcdefgh") in wanted


def row_of(row: Row, figures: dict[str, Any]) -> list[str]:
    """One line of the table, from the last run that tried it."""
    note = figures.get(row.number)
    if row.not_yet:
        return [row.number, row.promise, "", "not yet", row.not_yet]
    if row.where:
        return [row.number, row.promise, row.where, _of_faults(row.where), ""]
    if note is None:
        return [row.number, row.promise, "", "not tried yet", ""]
    result = "holds" if not note["broken"] else f"BROKEN: {', '.join(note['broken'])}"
    bound = zeros_mean(note["zeros"]) if note["zeros"] and not note["broken"] else ""
    return [row.number, row.promise, f"{'; '.join(note['tried'])} (seed {note['seed']})", result, bound]


def _of_faults(where: str) -> str:
    """What the last kill runs said, where it is they that try a promise."""
    names = where.partition("faults: ")[2].split(", ")
    verdicts = [one for name in names for one in kept_figures("faults").get(name, {}).get("verdicts", [])]
    if not verdicts:
        return ""
    times = " + ".join(f"{one['times']:,}" for one in verdicts)
    return f"{'holds' if all(one['holds'] for one in verdicts) else 'BROKEN'} in {times} tries, see below"


def main() -> int:
    """Try all promises, or those whose numbers are given; 1 where one does not hold."""
    wanted = sys.argv[1:] or os.environ.get("PROMISE", "").split()
    seed = os.environ.setdefault("SEED", str(secrets.randbelow(10**6)))
    notes = Notes(wanted)
    code = pytest.main(
        [FOLDER, "-m", "promise", "-p", "no:xdist", "-o", "timeout=3600", "--tb=short"], plugins=[notes]
    )
    figures = kept_figures("promises")
    day = time.strftime("%Y-%m-%d")
    figures |= {number: {**note, "seed": seed, "day": day} for number, note in notes.found.items()}
    write_figures("promises", figures)
    rows = [row_of(row, figures) for row in ROWS]
    write_between(PAGE, "promises", f"*Last run: {day}.*\n\n{markdown_table(HEADS, rows)}")
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.write(plain_table(HEADS, [row for row in rows if is_wanted(row[0], wanted)]) + "\n")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
