"""Kills under load: the web tier on SQLite, the PostgreSQL server, and three seeded bugs that must be caught."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask

from app.db import NAMING, db, unit_of_work
from app.reasons.models import Reading
from app.responses.models import Answer, Response, ResponseState
from bench.databases import Database, on_postgres, on_sqlite
from bench.faults.load import Load
from bench.faults.verdicts import Verdict, Word, judge
from bench.respondents import five_questions, invite
from bench.serving import Web, environment_of, product_on, serving
from tests.faults.worker import running, work

MOST_BETWEEN = 12
LATER = timedelta(minutes=11)
FLAWS = {
    "early": "seeded bug: acknowledged before it is written",
    "twice": "seeded bug: no unique key, and nobody looks first",
    "apart": "seeded bug: two transactions",
}
MOST_KILLS_OF_A_FLAW = 8


def invited(app: Flask, count: int) -> list[str]:
    with app.app_context(), unit_of_work():
        return invite(five_questions(), count, "kill")


def kill_web(folder: Path, times: int, rng: Random) -> Verdict:
    """Kill the whole web tier on SQLite again and again, at random moments of real answers coming in."""
    database = on_sqlite(folder)
    app = product_on(folder, database.url)
    load = Load("", invited(app, times * (MOST_BETWEEN + 12) + 100), rng)
    with serving(folder, environment_of(folder, database.url)) as web:
        load.address = web.address
        with load.running():
            for _time in range(times):
                one_kill_of_web(web, load, rng)
            load.wait_for(5)
    verdict = Verdict("SIGKILL of the web tier, SQLite", times, judge(app, load.sheets))
    verdict.words[Word.UNEXPECTED] += load.refusals
    return with_work(verdict, app, load, folder)


def one_kill_of_web(web: Web, load: Load, rng: Random) -> None:
    load.wait_for(rng.randint(1, MOST_BETWEEN))
    time.sleep(rng.random() * 0.03)
    load.is_up.clear()
    web.kill()
    web.start()
    load.is_up.set()


def kill_postgres(folder: Path, times: int, rng: Random) -> Verdict:
    """Kill the PostgreSQL server with all its processes; the web tier stays and must find it again by itself."""
    with on_postgres(folder) as database:
        app = product_on(folder, database.url)
        load = Load("", invited(app, times * (MOST_BETWEEN + 12) + 100), rng)
        waits = []
        with serving(folder, environment_of(folder, database.url)) as web:
            load.address = web.address
            with load.running():
                for _time in range(times):
                    load.wait_for(rng.randint(1, MOST_BETWEEN))
                    time.sleep(rng.random() * 0.03)
                    waits.append(outage(load, lambda: database.start(database.stop(kill=True))))
        with app.app_context():
            db.engine.dispose()
        verdict = Verdict("SIGKILL of the PostgreSQL server", times, judge(app, load.sheets))
        verdict.note = f"Answers again within {max(waits):.1f} s of the server's return."
        verdict.words[Word.UNEXPECTED] += load.refusals
        return with_work(verdict, app, load, folder)


def outage(load: Load, happen: Callable[[], object]) -> float:
    """Let something happen; return how long after its end it takes until the next sheet is acknowledged."""
    happen()
    ended = time.monotonic()
    load.wait_for(1, seconds=60)
    return time.monotonic() - ended


def with_work(verdict: Verdict, app: Flask, load: Load, folder: Path) -> Verdict:
    """Let a worker do what follows the answers, and count what it never came to."""
    log = folder / "worker.log"
    settings = replace(app.extensions["settings"], public_url="http://localhost")
    with running(work, settings, log, LATER):
        deadline = time.monotonic() + 120 + len(load.sheets) / 5
        while (unread := _unread(app)) and time.monotonic() < deadline:
            time.sleep(0.5)
    verdict.words[Word.LOST] += unread
    verdict.note = " ".join(
        filter(
            None,
            (
                verdict.note,
                f"{len(load.sheets):,} sheets, {load.broken_off} cut off; all read afterwards."
                if not unread
                else f"{unread} answers were never read.",
            ),
        )
    )
    return verdict


def _unread(app: Flask) -> int:
    """Answers in words of submitted sheets that nobody has read, of those that are read at all."""
    with app.app_context():
        db.session.rollback()
        waiting = (
            sa.select(sa.func.count())
            .select_from(Answer)
            .join(Response)
            .outerjoin(Reading, Reading.answer_id == Answer.id)
            .where(Response.state == ResponseState.SUBMITTED, Answer.text != "", Reading.id.is_(None))
            .where(Answer.question.has(read_as=sa.null()) == sa.false())
        )
        return db.session.scalar(waiting) or 0


def catch_flaw(folder: Path, flaw: str, rng: Random) -> Verdict:
    """The same run over the product with a seeded bug, until the bug is caught."""
    database = on_sqlite(folder)
    if flaw == "twice":
        drop_unique_key(database)
    app = product_on(folder, database.url)
    load = Load("", invited(app, MOST_KILLS_OF_A_FLAW * (MOST_BETWEEN + 12) + 100), rng)
    environment = environment_of(folder, database.url, FLAW=flaw)
    words: Counter[str] = Counter()
    kills = 0
    with serving(folder, environment, "bench.faults.flawed:app") as web:
        load.address = web.address
        with load.running():
            while kills < MOST_KILLS_OF_A_FLAW and Verdict("", 0, words).is_clean:
                one_kill_of_web(web, load, rng)
                kills += 1
                words = judge(app, list(load.sheets)) if kills % 2 == 0 else words
    return Verdict(FLAWS[flaw], kills, judge(app, load.sheets), must_fail=True)


def drop_unique_key(database: Database) -> None:
    """Let one invitation have many responses."""
    engine = sa.create_engine(database.url)
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("response", naming_convention=NAMING) as table:
            table.drop_constraint("uq_response_invitation_id", type_="unique")
    engine.dispose()
