"""Background work: Huey is only the bell, the database row is the truth.

A job is a function with an id or two as arguments, registered by name. `ring` asks for it once the current
transaction has been committed; a sweep every minute rings again for whatever has not moved.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Flask, current_app
from huey import Huey, MemoryHuey, PriorityRedisHuey, SqliteHuey, crontab

from app import db as database

Job = Callable[..., None]
Ring = tuple[str, tuple[int, ...]]
JOBS: dict[str, Job] = {}
SWEEPS: list[Callable[[], Iterable[Ring]]] = []
UNDER_WAY: list[Callable[[], bool]] = []
log = structlog.get_logger()


def job(function: Job) -> Job:
    """Register a job under its function's name. It must be idempotent and take ids only."""
    if function.__name__ in JOBS:
        raise ValueError(f"two jobs are named {function.__name__}")
    JOBS[function.__name__] = function
    return function


def sweep(function: Callable[[], Iterable[Ring]]) -> Callable[[], Iterable[Ring]]:
    """Register a query that names the (job, ids) which should have run by now."""
    SWEEPS.append(function)
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
    """Ring again for all that stands still."""
    for query in SWEEPS:
        for name, ids in query():
            current_app.extensions["huey_run"](name, *ids)


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


def init_app(app: Flask, testing: bool) -> None:
    """Make the queue of this app: memory in tests, Redis where set, a file of its own otherwise."""
    settings = app.extensions["settings"]
    huey: Huey
    if testing:
        huey = MemoryHuey("okaeri", results=False)
    elif settings.redis_url:
        huey = PriorityRedisHuey("okaeri", url=settings.redis_url, results=False)
    else:
        huey = SqliteHuey("okaeri", filename=str(settings.instance_path / "queue.db"), results=False)

    @huey.task(name="run")
    def run_job(name: str, *ids: Any) -> None:
        with app.app_context():
            run(name, *ids)

    @huey.periodic_task(crontab(minute="*"), name="sweep")
    def sweep_all() -> None:
        with app.app_context():
            run_sweep()

    app.extensions["huey"] = huey
    app.extensions["huey_run"] = run_job
