"""GET /healthz and /readyz: 200 or 503 with JSON, asked of a real server."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.config import ROOT
from app.db import db
from tests.servers import free_port

PATIENCE_SECONDS = 60


def asked(address):
    """Status and JSON of an address."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@contextmanager
def serving(house, **changes):
    """A server on this database; yields its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = {**house.environment, "PUBLIC_URL": address, **changes}
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            try:
                asked(f"{address}/healthz")
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
def test_a_product_is_ready_while_its_database_is_migrated(house):
    with serving(house) as address:
        assert asked(f"{address}/healthz") == (200, {"status": "ok"})
        ready = {"status": "ok", "database": "ok", "migrations": "ok", "queue": "ok"}
        assert asked(f"{address}/readyz") == (200, ready)
        with house.app.app_context():
            db.session.execute(sa.text("update alembic_version set version_num = '0001_accounts'"))
            db.session.connection().connection.commit()
            db.session.remove()
        status, found = asked(f"{address}/readyz")
        assert (status, found["status"], found["database"]) == (503, "unavailable", "ok")
        assert "db upgrade" in found["migrations"]
        assert asked(f"{address}/healthz")[0] == 200


def test_a_product_without_database_and_queue_is_alive_and_says_what_it_lacks(house):
    nobody = f"127.0.0.1:{free_port()}"
    away = {"DATABASE_URL": f"postgresql://okaeri@{nobody}/okaeri", "REDIS_URL": f"redis://{nobody}/0"}
    with serving(house, **away, INSTANCE_PATH=str(house.folder / "files")) as address:
        assert asked(f"{address}/healthz") == (200, {"status": "ok"})
        status, found = asked(f"{address}/readyz")
        assert (status, found["status"]) == (503, "unavailable")
        assert found["database"] == found["migrations"] == "OperationalError"
        assert found["queue"] == "ConnectionError"
        assert nobody not in json.dumps(found)
