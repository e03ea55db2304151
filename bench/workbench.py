"""The screens of the review workbench at 50,000 answers on SQLite and, with BIG=1, at 1,000,000 on PostgreSQL.

Against a page with one key look-up and one template, as in bench.dashboards. Beside each: the statements whose plan
reads a table of answers from end to end, without so much as an index.
"""

import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.db import db, unit_of_work
from app.reasons.models import Reading, ReadingState
from bench.dashboards import LATEST, looking, signed_in
from bench.databases import Database, on_postgres, on_sqlite
from bench.measuring import Contestant, cpu_ratio, interleaved, median_cpu
from bench.respondents import Browser
from bench.results import Result
from bench.serving import environment_of, product_on, serving
from bench.workbench_rows import tell
from tests import factories

BIG = os.environ.get("BIG", "0") not in ("", "0")
FEW, MANY, LOOKS, ROUNDS = 50_000, 1_000_000, 2, 5
LARGE = ("answer", "reading", "clause", "coding", "response", "customer", "search_text", "review_event")
SEARCHED = "%E9%80%81%E6%96%99"  # 送料
SCREENS = {
    "声": "/voices",
    "声, one survey and reason": "/voices?survey={survey}&reason=price",
    "声, a word": "/voices?q=" + SEARCHED,
    "声, state and score": "/voices?survey={survey}&state=lapsed&nps=detractor",
    "声, a segment": "/voices?segment={segment}",
    "声, reviewed": "/voices?confirmed=yes",
    "声, a competitor": "/voices?rival=any",
    "声, a theme": "/voices?theme={theme}",
    "理由レビュー": "/reasons/review?survey={survey}",
    "理由レビュー, one reason": "/reasons/review?survey={survey}&reason=price",
    "理由レビュー, by money": "/reasons/review?order=money",
    "理由レビュー, a sample": "/reasons/review?order=sample:7",
    "理由レビュー, a word": "/reasons/review?q=" + SEARCHED,
    "新しい理由の候補": "/reasons/themes?survey={survey}",
    "理由の一覧": "/reasons?survey={survey}",
    "理由の定義": "/reasons/codebook",
    "理由の定義, one": "/reasons/codebook/1",
    "理由の定義, versions": "/reasons/codebook/versions",
    "分析の実行": "/reasons/runs",
    "分析の実行, a difference": "/reasons/runs/{run}",
    "分析の実行, its voices": "/reasons/runs/{run}/voices?kind=turned",
    "品質": "/reasons/quality",
    "品質, one survey": "/reasons/quality?survey={survey}",
    "品質, two readers": "/reasons/quality/samples/{sample}",
    "分析, by segment": "/reports/surveys/{survey}/segments",
    "分析, by segment, voices": "/reports/surveys/{survey}/segments/voices?group=kind&key=person&reason=price",
}  # fmt: skip
PRESS = "理由レビュー, a press"
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Plans:
    """The statements of a request whose plan reads a large table from end to end."""

    dialect: str
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.asked.append((statement, parameters))

    def scans(self) -> list[str]:
        """The tables read so, each as often as it is."""
        words = "EXPLAIN " if self.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
        found = []
        with db.engine.connect() as connection:
            for statement, parameters in self.asked:
                rows = connection.exec_driver_sql(words + statement, parameters).all()
                found += [table for row in rows if (table := self._scanned(str(row[-1])))]
        return found

    def _scanned(self, line: str) -> str | None:
        pattern = r"Seq Scan on (\w+)" if self.dialect == "postgresql" else r"^SCAN (\w+)$"
        table = re.search(pattern, line)
        return table[1] if table and table[1].rstrip("_0123456789") in LARGE else None


@contextmanager
def _noted() -> Iterator[Plans]:
    plans = Plans(db.engine.dialect.name)
    sa.event.listen(db.engine, "before_cursor_execute", plans.note)
    yield plans
    sa.event.remove(db.engine, "before_cursor_execute", plans.note)


def scans_of(app: Flask, screens: dict[str, str]) -> dict[str, list[str]]:
    """For each screen the tables of answers that one look reads from end to end."""
    client, found = app.test_client(), {}
    _sign_in(client)
    with app.app_context():
        for name, path in screens.items():
            with _noted() as plans:
                assert client.get(path).status_code == 200, path
            found[name] = plans.scans()
    return found


def _sign_in(client: FlaskClient) -> None:
    token = _CSRF.search(client.get("/sign-in").text)
    form = {"email": "kanri@asagiri.example", "password": factories.PASSWORD}
    form["csrf_token"] = token[1] if token else ""
    assert client.post("/sign-in", data=form).status_code == 302


def pressing(browser: Browser, survey: int, readings: Iterator[int], times: int, waits: list[float]) -> Any:
    """Confirm so many readings, each as the key does it; keep how long each took."""

    def work() -> int:
        browser.hang_up()
        for _press in range(times):
            number = next(readings)
            form = {"act": "confirm", "revision": "1", "survey": str(survey), "order": "unsure"}
            began = time.perf_counter()
            answer = browser.send("POST", f"/reasons/readings/{number}/decide", form)
            waits.append(1000 * (time.perf_counter() - began))
            assert answer.status == 200, (number, answer.status)
        return times

    return work


def _unsure(app: Flask) -> Iterator[int]:
    with app.app_context():
        waiting = sa.select(Reading.id).where(Reading.state == ReadingState.PROPOSED)
        found = db.session.scalars(waiting.order_by(Reading.confidence, Reading.id).limit(500)).all()
    return iter(found)


def on(database: Database, volume: int) -> list[Result]:
    """Measure every screen on one database with so many answers."""
    with tempfile.TemporaryDirectory(prefix="okaeri-bench-") as place, ExitStack() as stack:
        folder = Path(place)
        app = product_on(folder, database.url)
        with app.app_context():
            with unit_of_work():
                numbers = tell(volume, clock.now())
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("vacuum analyze" if database.name == "PostgreSQL" else "analyze")
        screens = {name: path.format(**numbers) for name, path in SCREENS.items()}
        scans = scans_of(app, screens)
        environment = environment_of(folder, database.url)
        floor = stack.enter_context(serving(folder, environment, "bench.floors:app"))
        web = stack.enter_context(serving(folder, environment))
        pids = (web.pid, *database.pids)
        browser, waits = signed_in(web), {name: list[float]() for name in ("floor", PRESS, *screens)}
        reviewer = signed_in(web)
        reviewer.send("GET", screens["理由レビュー"])
        reviewer.asks_for_part = True
        look = looking(Browser(floor.address), "/look/17", 100, waits["floor"])
        contestants = {"floor": Contestant(look, (floor.pid, *database.pids))}
        contestants |= {
            name: Contestant(looking(browser, path, LOOKS, waits[name]), pids)
            for name, path in screens.items()
        }
        press = pressing(reviewer, numbers["survey"], _unsure(app), LOOKS, waits[PRESS])
        contestants[PRESS] = Contestant(press, pids)
        samples = interleaved(contestants, ROUNDS)
    results = []
    for name in (*screens, PRESS):
        cpu, times = median_cpu(samples[name]), waits[name]
        read = f"; reads all of {', '.join(sorted(set(scans[name])))}" if scans.get(name) else ""
        results.append(
            Result(
                f"{name}, {database.name}, CPU over the look-up",
                cpu_ratio(samples[name], samples["floor"]),
                beside=f"{cpu:.0f} ms; p50 {median(times):.0f} ms, p95 {quantiles(times, n=20)[-1]:.0f} ms (≤ {LATEST}){read}",
            )
        )
    return results


def run() -> list[Result]:
    """Measure; with BIG=1 on the larger volume alone."""
    with tempfile.TemporaryDirectory(prefix="okaeri-bench-") as place:
        folder = Path(place)
        if not BIG:
            return on(on_sqlite(folder), FEW)
        with on_postgres(folder) as database:
            return on(database, MANY)
