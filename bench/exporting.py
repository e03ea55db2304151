"""Exporting the backlog: the finished file over the plain writing of rows that lie ready.

The backlog is the one list the product exports so far. Its rows are few and rich, so it is made of 150 items here.
"""

import csv
import io
import tempfile
from pathlib import Path

from app import clock
from app.backlog import exporters, queries
from app.backlog.exporters import table_of
from app.backlog.models import BacklogItem, Evidence
from app.db import db, unit_of_work
from bench.databases import on_sqlite
from bench.measuring import Contestant, cpu_ratio, interleaved, median_cpu
from bench.results import Result
from bench.serving import product_on
from tests import factories_backlog

ITEMS = 150


def fill_backlog() -> int:
    """A survey whose backlog holds so many items, each with one voice; the survey's number."""
    with unit_of_work():
        survey = factories_backlog.survey()
        for number in range(ITEMS):
            reason = factories_backlog.reason(f"reason{number}", f"理由{number}")
            item = BacklogItem(
                survey_id=survey.id,
                reason_id=reason.id,
                title=f"届く日を選べるようにする {number}",
                created_at=factories_backlog.AT,
            )
            item.evidence.append(Evidence(survey_id=survey.id, reason_id=reason.id, at=factories_backlog.AT))
            db.session.add(item)
        return survey.id


def run() -> list[Result]:
    """Measure CSV over its floor, and XLSX over CSV."""
    with tempfile.TemporaryDirectory(prefix="okaeri-bench-") as place:
        folder = Path(place)
        app = product_on(folder, on_sqlite(folder).url)
        with app.app_context(), app.test_request_context():
            backlog = queries.ranked_items(fill_backlog(), clock.today(), with_mended=True)
            lying = table_of(backlog)
            ready = [lying.heads(), *lying.rows()]

            def plain() -> int:
                for _time in range(10):
                    out = io.StringIO(newline="")
                    csv.writer(out, lineterminator="\r\n").writerows(ready)
                    out.getvalue().encode("utf-8-sig")
                return 10 * ITEMS

            def in_form(form: str) -> int:
                return exporters.export(form, backlog, clock.now()).row_count

            samples = interleaved(
                {
                    "floor": Contestant(plain),
                    "csv": Contestant(lambda: in_form("csv")),
                    "xlsx": Contestant(lambda: in_form("xlsx")),
                }
            )
    each = {name: 1000 * median_cpu(found) for name, found in samples.items()}
    return [
        Result(
            "export CSV over writing ready rows, CPU",
            cpu_ratio(samples["csv"], samples["floor"]),
            at_most=1.3,
            beside=f"{each['csv']:.0f} µs a row; floor {each['floor']:.0f} µs",
        ),
        Result(
            "export XLSX over CSV, CPU",
            cpu_ratio(samples["xlsx"], samples["csv"]),
            at_most=2,
            beside=f"{each['xlsx']:.0f} µs a row",
        ),
    ]
