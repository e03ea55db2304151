"""Answering: submitting a sheet of five questions, against a bare POST that inserts one row.

CPU is that of gunicorn and of the database server together; the browsers that press are not counted.
"""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from flask import Flask

from app import clock
from app.db import unit_of_work
from app.responses import services as responses
from app.responses.models import Door
from bench.databases import Database, on_postgres, on_sqlite
from bench.measuring import (
    ROUNDS,
    Contestant,
    Sample,
    cpu_ratio,
    interleaved,
    median_cpu,
    median_rate,
    rate_ratio,
)
from bench.respondents import Browser, five_questions, invite
from bench.results import Result
from bench.serving import Web, environment_of, product_on, serving

PRESSERS, EACH = 4, 15
BARE_EACH = 8 * EACH  # the kernel counts CPU in hundredths of a second
TOKENS = PRESSERS * EACH * (ROUNDS + 1)


class Pressers:
    """Browsers that press side by side, each on links of its own."""

    def __init__(self, web: Web, tokens: list[str], each: int = EACH) -> None:
        self.each = each
        self.browsers = [Browser(web.address) for _presser in range(PRESSERS)]
        self.tokens = iter(tokens)

    def run(self, press: "partial[int]") -> int:
        shares = [[next(self.tokens) for _link in range(self.each)] for _browser in self.browsers]
        for browser in self.browsers:
            browser.hang_up()  # others had their turn meanwhile
        with ThreadPoolExecutor(PRESSERS) as pool:
            return sum(pool.map(press, self.browsers, shares))


def press_bare(browser: Browser, tokens: list[str]) -> int:
    for token in tokens:
        assert browser.submit(token).status == 303
    return len(tokens)


def submit(browser: Browser, tokens: list[str]) -> int:
    if not browser.form_token:
        browser.show(tokens[0])
    for token in tokens:
        assert browser.submit(token).is_thanks
    return len(tokens)


def open_and_submit(browser: Browser, tokens: list[str]) -> int:
    for token in tokens:
        assert browser.show(token).status == 200
        assert browser.submit(token).is_thanks
    return len(tokens)


def walk(browser: Browser, tokens: list[str]) -> int:
    """Everything a customer does: welcome, begin, the screen, send, thanks."""
    for token in tokens:
        browser.open(token)
        browser.begin(token)
        browser.show(token)
        assert browser.submit(token).is_thanks
        browser.send("GET", f"/s/{token}/thanks")
    return len(tokens)


WORKS = {"submit": submit, "open + submit": open_and_submit, "welcome to thanks": walk}
TARGETS = {
    ("submit", "SQLite"): 1.8,
    ("submit", "PostgreSQL"): 1.6,
    ("open + submit", "SQLite"): 2.6,
    ("open + submit", "PostgreSQL"): 2.6,
}


def begin_sheets(app: Flask, names: list[str]) -> dict[str, list[str]]:
    """Links by kind of work; all but those of the whole walk are begun already."""
    with app.app_context(), unit_of_work():
        survey = five_questions()
        links = {name: invite(survey, TOKENS, name[:1]) for name in names}
        for name in names[:-1]:
            _begin(links[name])
    return links


def _begin(tokens: list[str]) -> None:
    from app.campaigns.queries import invitation_by_token

    for token in tokens:
        invitation = invitation_by_token(token)
        assert invitation is not None
        responses.start_response(invitation, Door.LINK, clock.now())


def on_database(folder: Path, database: Database) -> list[Result]:
    """All works against the floor on one database."""
    links = begin_sheets(product_on(folder, database.url), list(WORKS))
    environment = environment_of(folder, database.url)
    with ExitStack() as stack:
        bare = stack.enter_context(serving(folder, environment, "bench.floors:app"))
        web = stack.enter_context(serving(folder, environment))
        pressers = {"bare": Pressers(bare, [f"bare{number}" for number in range(8 * TOKENS)], BARE_EACH)}
        pressers |= {work: Pressers(web, links[work]) for work in WORKS}
        doing = {"bare": press_bare, **WORKS}
        samples = interleaved(
            {
                work: Contestant(
                    partial(pressers[work].run, doing[work]),
                    ((bare if work == "bare" else web).pid, *database.pids),
                )
                for work in doing
            }
        )
    return judged(samples, database.name)


def judged(samples: dict[str, list[Sample]], name: str) -> list[Result]:
    """The ratios of one database."""
    floor = samples["bare"]
    least = f"bare {median_cpu(floor):.2f} ms, {median_rate(floor):.0f}/s"
    found = [
        Result(
            f"{work}, CPU over the bare insert, {name}",
            cpu_ratio(samples[work], floor),
            at_most=TARGETS.get((work, name)),
            beside=f"{median_cpu(samples[work]):.1f} ms, {median_rate(samples[work]):.0f}/s; {least}",
        )
        for work in WORKS
    ]
    pace = rate_ratio(samples["submit"], floor)
    return [*found, Result(f"submit, requests per second over the bare insert, {name}", pace, at_least=0.5)]


def run() -> list[Result]:
    """Measure answering on SQLite (WAL, FULL) and on PostgreSQL (fsync on)."""
    with tempfile.TemporaryDirectory(prefix="okaeri-bench-") as place:
        lite, great = Path(place, "sqlite"), Path(place, "postgres")
        lite.mkdir()
        great.mkdir()
        found = on_database(lite, on_sqlite(lite))
        with on_postgres(great) as database:
            return found + on_database(great, database)
