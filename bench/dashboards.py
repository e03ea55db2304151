"""Pages of the staff at 50,000 answers, against a page with one key look-up and one template. SQLite."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import clock
from app.backlog.models import BacklogItem
from app.customers.models import Customer, CustomerState, Purchase
from app.db import db, unit_of_work
from app.reasons import services as reasons
from app.reasons.models import Clause, Coding, Reading, Reason
from app.responses.models import Answer, Response
from bench.databases import on_sqlite
from bench.measuring import Contestant, cpu_ratio, interleaved, median_cpu
from bench.respondents import Browser
from bench.results import Result
from bench.serving import Web, environment_of, product_on, serving
from tests import factories, factories_reasons

ANSWERS, CHUNK, LOOKS = 50_000, 5_000, 20
LATEST = 300  # milliseconds, at 95 of 100
PAGES = {
    "今日": "/",
    "results of a survey": "/reports/surveys/1",
    "reasons": "/reasons",
    "voices": "/voices",
    "review": "/reasons/review",
    "backlog": "/backlog",
    "outcomes": "/recovery",
    "customers": "/customers",
    "one customer": "/customers/1",
}


def insert(kind: type[Any], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.session.execute(sa.insert(kind), rows[start : start + CHUNK])


def tell(app: Flask) -> None:
    """So many customers with a purchase, an answer in words, and its reading under the codebook."""
    rng, now = Random(7), clock.now()
    with app.app_context():
        with unit_of_work():
            reasons.seed_codebook(now)
            db.session.add_all(
                [factories.member(email="kanri@asagiri.example"), survey := factories_reasons.survey()]
            )
            db.session.flush()
            version = survey.versions[0]
            [question] = [one for one in version.questions if one.code == "reason"]
            codebook = [one.id for one in db.session.scalars(sa.select(Reason))]
            numbers = range(1, ANSWERS + 1)
            moments = {number: now - timedelta(minutes=rng.randrange(600_000)) for number in numbers}
            first = now - timedelta(days=900)
            insert(Customer, [{"id": n, "key": f"K{n}", "name": f"山本 {n}", "email": f"k{n}@okyaku.example", "state": CustomerState.LAPSED, "created_at": first, "changed_at": first} for n in numbers])  # fmt: skip
            insert(Purchase, [{"customer_id": n, "order_key": f"O{n}", "bought_on": (now - timedelta(days=rng.randrange(400, 900))).date(), "amount": rng.randrange(1000, 90_000)} for n in numbers])  # fmt: skip
            insert(Response, [{"id": n, "survey_id": survey.id, "survey_version_id": version.id, "customer_id": n, "door": "link", "state": "submitted", "nps": rng.randrange(11), "attributes": {}, "started_at": at, "saved_at": at, "submitted_at": at} for n, at in moments.items()])  # fmt: skip
            insert(Answer, [{"id": n, "response_id": n, "question_id": question.id, "text": f"送料が高くなったのでやめました。{n}"} for n in numbers])  # fmt: skip
            insert(Reading, [{"id": n, "answer_id": n, "response_id": n, "survey_id": survey.id, "main_reason_id": rng.choice(codebook), "polarity": "neg", "confidence": rng.random(), "unexplained": rng.random() < 0.05, "masked": [], "read_at": at} for n, at in moments.items()])  # fmt: skip
            insert(
                Clause,
                [{"id": n, "reading_id": n, "start": 0, "end": 15, "role": "counted"} for n in numbers],
            )
            insert(Coding, [{"clause_id": n, "reason_id": rng.choice(codebook), "coder": "run", "probability": 0.8, "because": [], "at": now} for n in numbers])  # fmt: skip
            insert(BacklogItem, [{"survey_id": survey.id, "reason_id": one, "title": f"直すこと {one}", "created_at": now} for one in codebook])  # fmt: skip
        with db.engine.begin() as connection:
            connection.exec_driver_sql("analyze")


def signed_in(web: Web) -> Browser:
    browser = Browser(web.address, timeout=120)
    browser.send("GET", "/sign-in")
    answer = browser.send(
        "POST", "/sign-in", {"email": "kanri@asagiri.example", "password": factories.PASSWORD}
    )
    assert answer.status == 302, answer
    return browser


def looking(browser: Browser, path: str, times: int, waits: list[float]) -> Callable[[], int]:
    """Open a page so many times, and keep how long each took."""

    def work() -> int:
        browser.hang_up()
        for _look in range(times):
            began = time.perf_counter()
            answer = browser.send("GET", path)
            waits.append(1000 * (time.perf_counter() - began))
            assert answer.status == 200, (path, answer.status)
        return times

    return work


def run() -> list[Result]:
    """Measure each page of the menu, its charts left out: they come by addresses of their own and are kept."""
    with tempfile.TemporaryDirectory(prefix="okaeri-bench-") as place, ExitStack() as stack:
        folder = Path(place)
        database = on_sqlite(folder)
        tell(product_on(folder, database.url))
        environment = environment_of(folder, database.url)
        floor = stack.enter_context(serving(folder, environment, "bench.floors:app"))
        web = stack.enter_context(serving(folder, environment))
        browser, waits = signed_in(web), {name: list[float]() for name in ("floor", *PAGES)}
        contestants = {
            "floor": Contestant(
                looking(Browser(floor.address), "/look/17", 5 * LOOKS, waits["floor"]), (floor.pid,)
            )
        }
        contestants |= {
            name: Contestant(looking(browser, path, LOOKS // 10, waits[name]), (web.pid,))
            for name, path in PAGES.items()
        }
        samples = interleaved(contestants)
    least = f"floor {median_cpu(samples['floor']):.2f} ms, p50 {median(waits['floor']):.1f} ms"
    return [
        Result(
            f"{name}, CPU over the look-up",
            cpu_ratio(samples[name], samples["floor"]),
            at_most=12,
            beside=f"{median_cpu(samples[name]):.0f} ms; p50 {median(waits[name]):.0f} ms, slowest of {len(waits[name])} {max(waits[name]):.0f} ms (≤ {LATEST} wanted); {least}",
        )
        for name in PAGES
    ]
