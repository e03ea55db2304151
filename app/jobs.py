"""Background work: Huey is only the bell, the database row is the truth.

A job is a function with an id or two as arguments, registered by name. `ring` asks for it once the current
transaction has been committed; a sweep every minute rings again for whatever has not moved.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, current_app
from huey import Huey, MemoryHuey, PriorityRedisHuey, crontab
from huey.storage import SqliteStorage

from app import clock
from app import db as database

Job = Callable[..., None]
Ring = tuple[str, tuple[int, ...]]
Query = Callable[[], Iterable[Ring]]
JOBS: dict[str, Job] = {}
# Jobs a person waits for: they pass those that take their time. A higher number goes first.
URGENT: dict[str, int] = {}
# Sweeps, with how long each leaves a bell alone that it has rung.
SWEEPS: dict[Query, timedelta] = {}
LOADED_FIRST: list[Callable[[], object]] = []
UNDER_WAY: list[Callable[[], bool]] = []
HEARTBEAT_SECONDS = 30
log = structlog.get_logger()


def job(function: Job) -> Job:
    """Register a job under its function's name. It must be idempotent and take ids only."""
    if function.__name__ in JOBS:
        raise ValueError(f"two jobs are named {function.__name__}")
    JOBS[function.__name__] = function
    return function


def urgent_job(function: Job) -> Job:
    """Register a job that somebody waits for: it is taken before all others that wait."""
    URGENT[function.__name__] = 10
    return job(function)


def sweep(query: Query) -> Query:
    """Register a query that names the (job, ids) which should have run by now; asked every minute."""
    SWEEPS[query] = timedelta(0)
    return query


def patient_sweep(query: Query) -> Query:
    """Register a sweep whose jobs may still stand in a long queue: each of them is rung for every ten minutes only."""
    SWEEPS[query] = timedelta(minutes=10)
    return query


def before_work(function: Callable[[], object]) -> Callable[[], object]:
    """Register what a worker loads before it takes work: its processes then share it, and nobody waits for it."""
    LOADED_FIRST.append(function)
    return function


def under_way(function: Callable[[], bool]) -> Callable[[], bool]:
    """Register a query that tells whether some long work has not ended yet."""
    UNDER_WAY.append(function)
    return function


def ring(name: str, *ids: int) -> None:
    """Ask for a job after the commit; forgotten if the transaction is rolled back."""
    if name not in JOBS:
        raise LookupError(f"no job is named {name}")
    send = current_app.extensions["huey_run"]
    database.after_commit(lambda: send(name, *ids))


def run(name: str, *ids: int) -> None:
    """Run one job now, in this process. Jobs commit by `unit_of_work`."""
    log.info("job", name=name, ids=ids)
    JOBS[name](*ids)


def run_sweep() -> None:
    """Ring again for all that stands still. A worker remembers only for itself what it has rung for."""
    rung: dict[Ring, datetime] = current_app.extensions["huey_rung"]
    now = clock.now()
    for query, rest in SWEEPS.items():
        for name, ids in query():
            if now - rung.get((name, ids), now - rest) < rest:
                continue
            current_app.extensions["huey_run"](name, *ids)
            if rest:
                rung[name, ids] = now
    longest = max(SWEEPS.values(), default=timedelta(0))
    for old in [one for one, at in rung.items() if now - at >= longest]:
        del rung[old]


@contextmanager
def heartbeat(beat: Callable[[], object]) -> Iterator[None]:
    """While the body works, have `beat` called every 30 seconds from a thread, in transactions of its own.

    Whoever looks at the row then sees that it is in living hands, however long one step takes.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # the app behind the proxy
    over = threading.Event()

    def go_on_beating() -> None:
        while not over.wait(HEARTBEAT_SECONDS):
            try:
                with app.app_context(), database.unit_of_work():
                    beat()
            except Exception as error:
                log.warning("heartbeat_missed", exc_info=error)

    thread = threading.Thread(target=go_on_beating, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def drain() -> int:
    """Run everything that waits in the queue, here and now; return how many. For tests and commands."""
    huey: Huey = current_app.extensions["huey"]
    count = 0
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
        count += 1
    return count


def run_waiting() -> None:
    """Run what waits, and wait for what a worker has taken, until nothing is under way. For commands."""
    # A transaction this command left open would keep the jobs, which have sessions of their own, from writing.
    database.db.session.rollback()
    drain()
    while any(is_under_way() for is_under_way in UNDER_WAY):
        time.sleep(0.5)
        drain()


def _queue(app: Flask, testing: bool) -> Huey:
    settings = app.extensions["settings"]
    if testing:
        return MemoryHuey("okaeri", results=False)
    if settings.redis_url:
        return PriorityRedisHuey("okaeri", connection_pool=_redis_pool(settings.redis_url), results=False)
    return Huey(
        "okaeri",
        storage_class=_BellFile,
        filename=str(settings.instance_path / "queue.db"),
        results=False,
    )


class _BellFile(SqliteStorage):
    """The queue in a file. It waits for no disk at each bell: one that a power cut swallows, the sweep rings again."""

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        connection.execute("pragma synchronous=NORMAL")
        return connection


def _redis_pool(url: str) -> Any:
    """Connections that give up soon: whoever rings from a page must not wait for a server that is gone."""
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    # One retry, for the connection that a restarted server has forgotten. Reading waits a second for work.
    return ConnectionPool.from_url(
        url, socket_connect_timeout=1, socket_timeout=5, retry=Retry(NoBackoff(), 1)
    )


def init_app(app: Flask, testing: bool) -> None:
    """Make the queue of this app: memory in tests, Redis where set, a file of its own otherwise."""
    huey = _queue(app, testing)

    @huey.task(name="run")
    def run_job(name: str, *ids: Any) -> None:
        with app.app_context():
            run(name, *ids)

    @huey.periodic_task(crontab(minute="*"), name="sweep")
    def sweep_all() -> None:
        with app.app_context():
            run_sweep()

    def send(name: str, *ids: int) -> None:
        huey.enqueue(run_job.s(name, *ids, priority=URGENT.get(name, 0)))

    app.extensions["huey"] = huey
    app.extensions["huey_run"] = send
    app.extensions["huey_sweep"] = sweep_all
    app.extensions["huey_rung"] = {}
