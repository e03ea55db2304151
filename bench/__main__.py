"""`make bench`: measure, print the table, keep build/bench.json, write docs/speed.md. BENCH=name measures one thing.

python -m bench [respond sending importing exporting dashboards workbench reading]
"""

import os
import sys
import time
from importlib import import_module
from typing import Any

from app.config import ROOT
from bench.results import Result
from bench.tables import kept_figures, markdown_table, plain_table, write_between, write_figures

NAMES = ("respond", "sending", "importing", "exporting", "dashboards", "workbench", "reading")
HEADS = ("measured", "now", "target", "", "in this run")
PAGE = ROOT / "docs" / "speed.md"


def measure(name: str) -> dict[str, Any]:
    """Run one benchmark; its figures with when it ran and how long it took."""
    began = time.monotonic()
    sys.stderr.write(f"{name} …")
    sys.stderr.flush()
    results = import_module(f"bench.{name}").run()
    seconds = time.monotonic() - began
    sys.stderr.write(f" {seconds:.0f} s\n")
    load = os.getloadavg()[0]
    return {
        "day": time.strftime("%Y-%m-%d"),
        "seconds": round(seconds),
        "load": round(load, 1),
        "cores": os.cpu_count(),
        "results": [one.figures for one in results],
    }


def rows_of(figures: dict[str, Any]) -> list[list[str]]:
    fields = ("name", "value", "at_most", "at_least", "unit", "beside")
    return [Result(**{name: one[name] for name in fields}).row for one in figures["results"]]


def main() -> int:
    """Measure what was asked for; the page shows the last figures of each."""
    wanted = list(os.environ.get("BENCH", "").replace(",", " ").split() or sys.argv[1:] or NAMES)
    if unknown := set(wanted) - set(NAMES):
        sys.stderr.write(f"no benchmark is named {', '.join(sorted(unknown))}: {', '.join(NAMES)}\n")
        return 2
    figures = kept_figures("bench")
    for name in wanted:
        figures[name] = measure(name)
        write_figures("bench", figures)
    for name in NAMES:
        if name in figures:
            shown = figures[name]
            head = f"{name}, {shown['day']}, {shown['cores']} cores, load {shown['load']:g} at the end"
            write_between(PAGE, name, f"*{head}.*\n\n{markdown_table(HEADS, rows_of(shown))}")
    print(plain_table(HEADS, [row for name in wanted for row in rows_of(figures[name])]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
