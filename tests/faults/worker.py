"""Worker processes for fault tests: forked from a server that has the product and its reader in memory already."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine

from app import clock, create_app
from app.config import Settings
from app.demo import story
from app.worker import run_worker
from tests.processes import PROCESSES

PATIENCE_SECONDS = 60


def work(settings: Settings, log: Path, ahead: timedelta) -> None:
    """The product's own worker, with its clock set ahead."""
    _begin(log)
    app = create_app(settings)
    with app.app_context(), time_machine.travel(clock.now() + ahead, tick=True):
        run_worker.callback(workers=1)  # type: ignore[misc] # a command always has one


def tell(settings: Settings, log: Path) -> None:
    """What `flask demo tell` does."""
    _begin(log)
    with create_app(settings).app_context():
        story.tell()


def call(settings: Settings, log: Path, use_case: Callable[[], None]) -> None:
    """A use case in a process of its own, as a web process has it."""
    _begin(log)
    with create_app(settings).app_context():
        use_case()


def _begin(log: Path) -> None:
    os.setsid()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


@contextmanager
def running(target: Callable[..., None], *args: Any) -> Iterator[Any]:
    """Run a target in a process and a session of its own; kill whatever is left of it at the end."""
    process = PROCESSES.Process(target=target, args=args)
    process.start()
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
        process.join(10)


def wait_until(what: Callable[[], bool], log: Path) -> None:
    """Ask again until it is so; after a minute fail with what the processes have written."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE_SECONDS} s\n{log.read_text()[-4000:]}")
        time.sleep(0.05)
