"""What may not start does not; what runs keeps its cookies, hosts and headers right on http and behind https."""

import http.client
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import create_app
from app.accounts.limits import GUESSES, GUESSES_WINDOW_SECONDS, network_of
from app.config import ROOT, BadSettings, Settings
from app.db import db, unit_of_work
from tests import factories
from tests.browser.product import free_port, wait_until
from tests.stock import SECRET, SqliteStock, settings_for

BIN = Path(sys.executable).parent
HTTPS = "https://okaeri.example"
SECONDS_OF_GUESSING = 10
PRODUCTION = {
    "OKAERI_ENV": "production", "SECRET_KEY": SECRET, "PUBLIC_URL": HTTPS, "MAILBOX": "0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set in production"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY needs at least 32 characters"),
        ({"SECRET_KEY": "a1" * 20}, "SECRET_KEY is too easy to guess"),
        ({"SECRET_KEY": "changeme-0123456789-abcdefghijklmnop"}, "SECRET_KEY is too easy to guess"),
        ({"SECRET_KEY": "replace this with something random ok"}, "SECRET_KEY is too easy to guess"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG must be off in production"),
        ({"PUBLIC_URL": "http://okaeri.example"}, "PUBLIC_URL must start with https:// in production"),
        ({"MAILBOX": "1"}, "set MAILBOX=0"),
    ],
)
def test_production_refuses_what_is_unsafe(tmp_path, changes, sentence):
    with pytest.raises(BadSettings, match=re.escape(sentence)):
        Settings.from_environment({**PRODUCTION, "INSTANCE_PATH": str(tmp_path), **changes})


@pytest.mark.parametrize("address", [HTTPS, "http://127.0.0.1:8000", "http://localhost", "http://[::1]:80"])
def test_production_starts_on_https_and_on_loopback(tmp_path, address):
    given = {**PRODUCTION, "INSTANCE_PATH": str(tmp_path), "PUBLIC_URL": address}
    assert Settings.from_environment(given).production


def environment(folder, **changes):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"INSTANCE_PATH": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'okaeri.db'}"}
    return {**kept, **PRODUCTION, **own, **changes}


@pytest.mark.parametrize(("command", "code"), [("gunicorn", 3), ("flask", 2)])
def test_a_refused_start_ends_with_one_clear_line(tmp_path, command, code):
    words = {
        "gunicorn": ["--no-control-socket", "--bind", f"127.0.0.1:{free_port()}", "wsgi:app"],
        "flask": ["--app", "wsgi", "db", "upgrade"],
    }[command]
    done = subprocess.run(
        [BIN / command, *words],
        cwd=ROOT,
        env=environment(tmp_path, SECRET_KEY="short"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if line.startswith("okaeri:")]
    assert (done.returncode, ours) == (code, ["okaeri: SECRET_KEY needs at least 32 characters"])
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def cookie_of(folder, address):
    """The header that keeps the session, and the other headers, of a product at this address."""
    folder.mkdir()
    SqliteStock(folder).fresh(folder)
    answer = (
        create_app(settings_for(folder, PUBLIC_URL=address)).test_client().get("/sign-in", base_url=address)
    )
    assert answer.status_code == 200
    return answer.headers["Set-Cookie"], answer.headers


def test_cookies_are_for_this_host_and_https_alone_as_soon_as_the_address_is_https(tmp_path):
    cookie, headers = cookie_of(tmp_path / "https", HTTPS)
    assert cookie.startswith("__Host-okaeri=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert f"; {part}" in cookie
    assert "Domain" not in cookie
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie, headers = cookie_of(tmp_path / "http", "http://127.0.0.1:8000")
    assert cookie.startswith("okaeri=")
    assert "Secure" not in cookie
    assert "Strict-Transport-Security" not in headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@contextmanager
def gunicorn(folder, **changes):
    """A production product with one member, on plain http as a proxy meets it; yields its port."""
    SqliteStock(folder).fresh(folder)
    app = create_app(settings_for(folder), testing=True)
    with app.app_context():
        with unit_of_work():
            db.session.add_all([factories.organisation(), factories.member(email="a@asagiri.example")])
        db.engine.dispose()
    port = free_port()
    command = [BIN / "gunicorn", "--no-control-socket", "--threads", "2", "--bind", f"127.0.0.1:{port}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "wsgi:app"], cwd=ROOT, env=environment(folder, **changes), stdout=log, stderr=log
        )
        try:
            wait_until(lambda: _answers(port))
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def _answers(port):
    try:
        return ask(port, "GET", "/healthz")[0] == 200
    except OSError:
        return False


def ask(port, method, path, body=None, **headers):
    """One request over a socket, as a proxy that speaks TLS to the visitor hands it on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    given = {"Host": "okaeri.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.1"}
    connection.request(method, path, body, {**given, **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), text


def guess(port, address, times=1):
    """The answer to the last of so many guesses, all within one window of the limit."""
    if (left := GUESSES_WINDOW_SECONDS - time.time() % GUESSES_WINDOW_SECONDS) < SECONDS_OF_GUESSING:
        time.sleep(left)
    return [ask(port, "GET", f"/s/guess{n}", **{"X-Forwarded-For": address})[0] for n in range(times)][-1]


def test_behind_a_proxy_members_sign_in_over_https_and_visitors_are_told_apart(tmp_path):
    with gunicorn(tmp_path, TRUSTED_PROXIES="1") as port:
        status, headers, text = ask(port, "GET", "/sign-in")
        assert status == 200
        cookie = headers["Set-Cookie"].split(";")[0]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)[1]
        form = f"email=a%40asagiri.example&password={factories.PASSWORD.replace(' ', '+')}&csrf_token={token}"
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        assert ask(port, "POST", "/sign-in", form, **(sent | {"Cookie": "__Host-okaeri=planted"}))[0] == 400
        status, headers, _text = ask(port, "POST", "/sign-in", form, **sent)
        assert (status, headers["Location"]) == (302, "/")
        assert headers["Set-Cookie"].startswith("__Host-okaeri=")
        assert ask(port, "GET", "/sign-in", Host="evil.example")[0] == 400
        assert guess(port, "203.0.113.7", GUESSES + 1) == 429
        assert guess(port, "203.0.113.8") == 404


def test_without_a_trusted_proxy_nobody_chooses_their_own_address(tmp_path):
    with gunicorn(tmp_path) as port:
        assert guess(port, "203.0.113.7", GUESSES + 1) == 429
        assert guess(port, "203.0.113.8") == 429


def test_of_ipv6_a_whole_home_counts_as_one():
    assert (
        network_of("2001:db8:1:2:3::1") == network_of("2001:db8:1:2:ffff::9") != network_of("2001:db8:1:3::1")
    )
    assert network_of("203.0.113.1") != network_of("203.0.113.2")
