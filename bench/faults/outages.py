"""What the product leans on goes away and comes back: only 503 with Retry-After or 429, never half a record, no restart."""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from app.db import db
from bench.databases import on_postgres, on_sqlite
from bench.faults.kills import invited, with_work
from bench.faults.load import Load
from bench.faults.verdicts import Verdict, Word, judge
from bench.serving import Web, environment_of, product_on, serving
from tests.servers import redis

RECOVERY_SECONDS = 5.0
LOCKED_SECONDS = 20  # longer than SQLite waits for a lock
SHEETS = 400


def run(folder: Path, rng: Random) -> list[Verdict]:
    """All outages, each on a product of its own."""
    found = []
    for name, happen in (
        ("redis", lose_redis),
        ("restart", restart_postgres),
        ("locked", lock_sqlite),
        ("full", fill_disk),
    ):
        place = folder / name
        place.mkdir()
        found.append(happen(place, rng))
    return found


def recovered(load: Load, verdict: Verdict, seconds: float) -> None:
    """Judge the time until answers are taken again, and what browsers were told meanwhile."""
    verdict.words[Word.UNEXPECTED] += load.refusals
    if seconds > RECOVERY_SECONDS:
        verdict.words[Word.UNEXPECTED] += 1
    patient = load.statuses[503] + load.statuses[429]
    verdict.note = f"{patient} × 503 or 429, {load.refusals} other refusals, {load.broken_off} cut off; taken again after {seconds:.1f} s. {verdict.note}"


def until_taken(load: Load, seconds: float = 60) -> float:
    """Seconds until the next sheet is acknowledged."""
    began = time.monotonic()
    load.wait_for(1, seconds)
    return time.monotonic() - began


def lose_redis(folder: Path, rng: Random) -> Verdict:
    """The queue is killed and stays away while customers answer; the worker then starts on a new, empty one."""
    database = on_sqlite(folder)
    with redis() as queue:
        app = product_on(folder, database.url)
        load = Load("", invited(app, SHEETS), rng)
        with serving(folder, environment_of(folder, database.url, REDIS_URL=queue.url)) as web:
            load.address = web.address
            with load.running():
                load.wait_for(20)
                queue.kill()
                seconds = until_taken(load)
                load.wait_for(10, 120)
    verdict = Verdict("Redis lost", 1, judge(app, load.sheets))
    with_work(verdict, app, load, folder)
    recovered(load, verdict, seconds)
    return verdict


def restart_postgres(folder: Path, rng: Random) -> Verdict:
    """The server is shut down and started again while customers answer."""
    with on_postgres(folder) as database:
        app = product_on(folder, database.url)
        load = Load("", invited(app, SHEETS), rng)
        with serving(folder, environment_of(folder, database.url)) as web:
            load.address = web.address
            with load.running():
                load.wait_for(20)
                command = database.stop(kill=False)
                time.sleep(2)
                database.start(command)
                seconds = until_taken(load)
                load.wait_for(20)
        with app.app_context():
            db.engine.dispose()
        verdict = Verdict("PostgreSQL restarted", 1, judge(app, load.sheets))
        recovered(load, verdict, seconds)
        return verdict


def lock_sqlite(folder: Path, rng: Random) -> Verdict:
    """Another program holds the one place for writing longer than anybody waits for it."""
    database = on_sqlite(folder)
    app = product_on(folder, database.url)
    load = Load("", invited(app, SHEETS), rng, timeout=60)
    with serving(folder, environment_of(folder, database.url)) as web:
        load.address = web.address
        with load.running():
            load.wait_for(20)
            holder = sqlite3.connect(
                database.url.removeprefix("sqlite:///"), isolation_level=None, timeout=20
            )
            holder.execute("BEGIN IMMEDIATE")
            time.sleep(LOCKED_SECONDS)
            holder.execute("ROLLBACK")
            holder.close()
            seconds = until_taken(load)
            load.wait_for(20)
    verdict = Verdict("SQLite locked by another program", 1, judge(app, load.sheets))
    recovered(load, verdict, seconds)
    return verdict


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own that is soon full. Raises OSError where this machine does not allow one."""
    place = folder / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise OSError(done.stderr.strip())
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def fill_disk(folder: Path, rng: Random) -> Verdict:
    """The disk under database and queue runs full, then has room again."""
    try:
        with small_disk(folder, "48m") as place:
            return _on_full_disk(folder, place, rng)
    except OSError as error:
        return Verdict("disk full", 0, not_yet=f"no small file system can be mounted here ({error})")


def _on_full_disk(folder: Path, place: Path, rng: Random) -> Verdict:
    database = on_sqlite(place)
    shutil.rmtree(place / "stock")
    app = product_on(place, database.url)
    load = Load("", invited(app, SHEETS), rng)
    with serving(folder, environment_of(place, database.url)) as web:
        load.address = web.address
        with load.running():
            load.wait_for(20)
            ballast = place / "ballast"
            _fill(ballast)
            _wait_for_refusals(load, web)
            ballast.unlink()
            seconds = until_taken(load)
            load.wait_for(20)
    verdict = Verdict("disk full", 1, judge(app, load.sheets))
    recovered(load, verdict, seconds)
    with app.app_context():
        db.engine.dispose()
    return verdict


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        block = b"\0" * 2**16
        while block:
            try:
                file.write(block)
            except OSError:
                block = block[: len(block) // 2]


def _wait_for_refusals(load: Load, web: Web) -> None:
    """Until the first customers are told to come again: SQLite has pages of its log left to write over."""
    deadline = time.monotonic() + 30
    while not load.statuses[503] and time.monotonic() < deadline and web.is_up():
        time.sleep(0.1)
    time.sleep(2)
