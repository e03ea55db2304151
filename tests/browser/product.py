"""The product as people meet it: web, worker and mailbox as processes of their own, on free ports of loopback."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app import clock, create_app
from app.config import ROOT, Settings
from app.db import db, unit_of_work
from app.demo import story
from tests import factories

BIN = Path(sys.executable).parent
FLASK = [str(BIN / "flask"), "--app", "wsgi"]


@dataclass(frozen=True)
class Product:
    """A running product: its address, its folder, and an application on the same database."""

    address: str
    folder: Path
    app: Flask


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing(address: str) -> str:
    """Return what a starting web process still lacks, in its own words; nothing once it is ready."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5):
            return ""
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError as error:
        return str(error)


def wait_until_up(address: str, seconds: float = 60) -> None:
    """Ask again until the web process is ready; fail with what it lacks."""
    deadline = time.monotonic() + seconds
    while lacking := missing(address):
        if time.monotonic() > deadline:
            raise AssertionError(f"not ready within {seconds} s: {lacking}")
        time.sleep(0.1)


def wait_until(what: Callable[[], bool], seconds: float = 30) -> None:
    """Ask again until `what` is true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def _prepare(environment: dict[str, str], demo: bool) -> Flask:
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        upgrade()
        if demo:
            story.prepare(clock.now())
            story.tell()
            return app
        with unit_of_work():
            db.session.add(factories.organisation())
            for number, name in enumerate(("中村 あゆみ", "森 健一"), 1):
                db.session.add(factories.member(email=f"member{number}@asagiri.example", name=name))
    return app


@contextmanager
def running(folder: Path, demo: bool = False) -> Iterator[Product]:
    """Run the product with an organisation and two administrators and nothing else, or with the demo's whole story."""
    web, smtp = free_port(), free_port()
    environment = {
        **os.environ,
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'okaeri.db'}",
        "SECRET_KEY": "tests-only-secret-of-forty-characters-xx",
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        "SMTP_PORT": str(smtp),
        "MAILBOX": "1",
        "QUIET_HOURS": "0",
    }
    app = _prepare(environment, demo)
    gunicorn = [str(BIN / "gunicorn"), "--threads", "4", "--no-control-socket", "--log-level", "warning"]
    commands = (
        [*gunicorn, "--bind", f"127.0.0.1:{web}", "wsgi:app"],
        [*FLASK, "worker"],
        [*FLASK, "mailbox"],
    )
    with (folder / "processes.log").open("wb") as log:
        children = [subprocess.Popen(c, cwd=ROOT, env=environment, stdout=log, stderr=log) for c in commands]
        try:
            wait_until_up(environment["PUBLIC_URL"])
            yield Product(environment["PUBLIC_URL"], folder, app)
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(timeout=20)
