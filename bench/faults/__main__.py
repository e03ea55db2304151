"""`make faults`: break things, print the table, keep build/faults.json, write docs/promises.md.

python -m bench.faults [web postgres flaws sync mail outages]     FULL=1: as often as promised; SEED=7
"""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from app.config import ROOT
from bench.faults import kills, mailing, outages, syncing
from bench.faults.verdicts import HEADS, Verdict
from bench.tables import kept_figures, markdown_table, plain_table, write_between, write_figures

IS_FULL = os.environ.get("FULL", "0") not in ("", "0")
PAGE = ROOT / "docs" / "promises.md"
Runs = dict[str, Callable[[Path, Random], list[Verdict]]]


def flaws(folder: Path, rng: Random) -> list[Verdict]:
    found = []
    for flaw in kills.FLAWS:
        place = folder / flaw
        place.mkdir()
        found.append(kills.catch_flaw(place, flaw, rng))
    return found


RUNS: Runs = {
    "web": lambda folder, rng: [kills.kill_web(folder, 200 if IS_FULL else 40, rng)],
    "postgres": lambda folder, rng: [kills.kill_postgres(folder, 100 if IS_FULL else 20, rng)],
    "flaws": flaws,
    "sync": lambda folder, rng: [syncing.trace_acknowledgements(folder, 100, rng)],
    "mail": lambda folder, rng: [mailing.kill_mail_workers(folder, 1500, 200 if IS_FULL else 40, rng)],
    "outages": outages.run,
}


def main() -> int:
    """Run what was asked for; 1 where something does not hold."""
    wanted = sys.argv[1:] or os.environ.get("FAULTS", "").split() or list(RUNS)
    seed = int(os.environ.get("SEED") or secrets.randbelow(10**6))
    figures = kept_figures("faults")
    verdicts = []
    for name in wanted:
        began = time.monotonic()
        sys.stderr.write(f"{name} …")
        sys.stderr.flush()
        with tempfile.TemporaryDirectory(prefix="okaeri-faults-") as folder:
            found = RUNS[name](Path(folder), Random(f"{seed}:{name}"))
        sys.stderr.write(f" {time.monotonic() - began:.0f} s\n")
        verdicts += found
        figures[name] = {
            "day": time.strftime("%Y-%m-%d"),
            "seed": seed,
            "verdicts": [one.figures for one in found],
        }
        write_figures("faults", figures)
    write_page(figures)
    print(f"seed {seed}")
    print(plain_table(HEADS, [one.row for one in verdicts]))
    return 0 if all(one.holds or one.not_yet for one in verdicts) else 1


def write_page(figures: dict[str, dict[str, Any]]) -> None:
    """The last verdict of each run, with its day and seed."""
    shown = {name: figures[name] for name in RUNS if name in figures}
    rows = [one["row"] for run in shown.values() for one in run["verdicts"]]
    runs = ", ".join(f"{name} {run['day']} (seed {run['seed']})" for name, run in shown.items())
    write_between(PAGE, "faults", f"*Last runs: {runs}.*\n\n{markdown_table(HEADS, rows)}")


if __name__ == "__main__":
    sys.exit(main())
