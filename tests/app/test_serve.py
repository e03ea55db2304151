"""`make run`: on loopback unless told otherwise; empty if asked for; never over somebody's demo."""

import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from app.accounts.models import Organisation, Role
from app.config import ROOT
from app.db import db, unit_of_work
from app.network import LOOPBACK, listening_host, own_address, qr_lines
from tests.browser.product import free_port, wait_until

LAST_WORDS = "止めるときは Ctrl-C を押します。"


def environment(folder, **changes):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "INSTANCE_PATH": str(folder), **changes}


@contextmanager
def serving(folder, *words, **changes):
    """Run it until it says how to stop it; yield its port and what it said."""
    port, said = free_port(), folder / "said"
    command = [sys.executable, "-m", "app.serve", "--port", str(port), *words]
    with said.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(folder, **changes), stdout=out, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: LAST_WORDS in said.read_text() or process.poll() is not None, 90)
        yield port, said.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def status_of(port, path, host):
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=20)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_open_to_the_network_it_says_where_how_to_begin_and_what_stays_here(tmp_path):
    with serving(tmp_path, "--empty", "--host", "0.0.0.0") as (port, said):
        public = f"http://{own_address()}:{port}"
        assert f"おかえり  {public}\n" in said
        assert qr_lines(public) in said
        assert "届いたメールの画面は、このコンピューターからだけ開けます" in said
        assert "asagiri.example" not in said
        link = re.search(rf"{public}(/setup/\S+)", said)[1]
        assert status_of(port, link, own_address()) == 200
        assert status_of(port, link, LOOPBACK) == 200
        assert status_of(port, link, "evil.example") == 400
    assert (tmp_path / "okaeri.db").exists()


def rows(path):
    """All that a database holds."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_an_empty_start_refuses_the_demos_database(app, tmp_path):
    with app.app_context(), unit_of_work():
        db.session.get(Organisation, 1).is_demo = True
    before = rows(tmp_path / "okaeri.db")
    command = [sys.executable, "-m", "app.serve", "--empty", "--port", str(free_port())]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(tmp_path, DATABASE_URL=app.extensions["settings"].database_url),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "this database holds the demo" in done.stderr
    assert rows(tmp_path / "okaeri.db") == before


def test_bad_settings_end_it_with_one_line(tmp_path):
    command = [sys.executable, "-m", "app.serve", "--port", str(free_port())]
    given = environment(tmp_path, OKAERI_ENV="production", SECRET_KEY="x")
    done = subprocess.run(
        command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (2, "okaeri: SECRET_KEY needs at least 32 characters\n")


@pytest.mark.parametrize(
    ("wanted", "host"),
    [("0.0.0.0", "0.0.0.0"), ("192.168.1.5", "192.168.1.5"), ("mybox", LOOPBACK), ("", LOOPBACK)],
)
def test_a_machines_name_opens_nothing(wanted, host):
    assert listening_host(wanted) == host


@pytest.mark.parametrize(
    ("address", "host", "is_open", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8000", False, 200),
        ("192.168.1.9", "192.168.1.5:8000", False, 404),
        ("127.0.0.1", "192.168.1.5:8000", False, 404),
        ("192.168.1.9", "127.0.0.1:8000", False, 404),
        ("192.168.1.9", "192.168.1.5:8000", True, 200),
    ],
)
def test_the_mailbox_stays_on_this_machine_unless_it_is_opened(app, sign_in, address, host, is_open, status):
    app.config["TRUSTED_HOSTS"] = None
    app.extensions["settings"] = replace(app.extensions["settings"], mailbox_open=is_open)
    browser = sign_in(Role.ADMINISTRATOR)
    with browser.session_transaction() as kept:
        token = kept["member_session"]
    with browser.session_transaction(base_url=f"http://{host}") as kept:
        kept["member_session"] = token
    asked = {"base_url": f"http://{host}", "environ_overrides": {"REMOTE_ADDR": address}}
    assert browser.get("/mailbox", **asked).status_code == status
