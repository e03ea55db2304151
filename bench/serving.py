"""The product, or a floor beside it, served by gunicorn as in production: gthread, one worker, eight threads."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app import create_app
from app.config import ROOT, Settings
from app.db import db, unit_of_work
from bench.measuring import tree_of
from tests import factories
from tests.servers import free_port
from tests.stock import SECRET

GUNICORN = str(Path(sys.executable).parent / "gunicorn")
THREADS = 8
PATIENCE_SECONDS = 60


def environment_of(folder: Path, database_url: str, **changes: str) -> dict[str, str]:
    """The environment of a product whose files lie below `folder`."""
    return {
        **os.environ,
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET,
        "MAILBOX": "1",
        "QUIET_HOURS": "0",
        **changes,
    }


def product_on(folder: Path, database_url: str, **changes: str) -> Flask:
    """An application on a migrated database, with its organisation in place."""
    environment = environment_of(folder, database_url, PUBLIC_URL="http://127.0.0.1", **changes)
    app = create_app(Settings.from_environment(environment))
    with app.app_context(), unit_of_work():
        db.session.add(factories.organisation())
    return app


@dataclass
class Web:
    """A running web tier."""

    port: int
    environment: dict[str, str]
    app: str
    log: Path
    threads: int = THREADS
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [GUNICORN, "--worker-class", "gthread", "--workers", "1", "--threads", str(self.threads)]
        command += ["--no-control-socket", "--log-level", "warning", "--keep-alive", "30"]
        command += ["--bind", f"127.0.0.1:{self.port}", self.app]
        environment = {**self.environment, "PUBLIC_URL": self.address}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.is_up():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"{self.app} does not start\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """Kill the whole tier at once, as a power cut would."""
        for pid in tree_of([self.pid]):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        assert self.process is not None
        self.process.wait(20)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def serving(
    folder: Path, environment: dict[str, str], app: str = "wsgi:app", threads: int = THREADS
) -> Iterator[Web]:
    """Serve an application until the end of the block."""
    port = free_port()
    web = Web(port, environment, app, folder / f"{app.partition(':')[0]}-{port}.log", threads)
    web.start()
    try:
        yield web
    finally:
        web.stop()
