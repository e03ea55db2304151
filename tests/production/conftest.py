"""The product as it runs in production: web and worker as processes of their own, on PostgreSQL and Redis."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import ROOT, Settings
from app.db import db, unit_of_work
from tests import factories, factories_surveys
from tests.browser.product import BIN, FLASK, free_port, wait_until_up
from tests.conftest import Stock
from tests.servers import RedisServer, redis

HOST = "okyaku.example"


@dataclass(frozen=True)
class House:
    """Where the web process listens, the servers behind it, and an application on the same database and queue."""

    address: str
    environment: dict[str, str]
    app: Flask
    redis: RedisServer
    worker: "subprocess.Popen[bytes]"
    folder: Path
    port: int

    def link(self) -> str:
        """The path of a sheet for somebody who was just invited."""
        with self.app.app_context(), unit_of_work():
            return f"/s/{factories_surveys.invitation().token}"


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with redis() as server:
        yield server


def _start(command: Sequence[str], environment: dict[str, str], folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "processes.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


@pytest.fixture(scope="module")
def proxies() -> int:
    """How many proxies in front are believed."""
    return 0


@pytest.fixture(scope="module")
def house(
    postgres_stock: Stock, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory, proxies: int
) -> Iterator[House]:
    """Web and worker with the settings of production, and nothing said of databases but the two addresses."""
    folder, port = tmp_path_factory.mktemp("production"), free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "OKAERI_ENV": "production",
        "PUBLIC_URL": f"https://{HOST}",
        "SECRET_KEY": "6GqYH2rVZ0sWb7kQm4XcT9nLpJ1dFaEu8RiOvSyC",
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": postgres_stock.fresh(folder),
        "REDIS_URL": redis_server.url,
        "TRUSTED_PROXIES": str(proxies),
    }
    app = create_app(Settings.from_environment(environment))
    with app.app_context(), unit_of_work():
        db.session.add(factories.organisation())
    gunicorn = [str(BIN / "gunicorn"), "--threads", "4", "--no-control-socket", "--log-level", "warning"]
    commands = ([*gunicorn, "--bind", f"127.0.0.1:{port}", "wsgi:app"], [*FLASK, "worker", "--workers", "1"])
    children = [_start(command, environment, folder) for command in commands]
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address)
        yield House(address, environment, app, redis_server, children[-1], folder, port)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=20)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
