"""`make run`: set up what is missing, then run web, worker and mailbox on this machine until stopped.

On loopback with the demo's data, unless told otherwise: --host opens it to the network, --empty starts a product of
one's own in a folder of its own.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from app.config import ROOT, BadSettings, Settings, is_loopback
from app.network import LOOPBACK, is_everywhere, listening_host, own_address, qr_lines

BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 60


def _say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _free_port(wanted: int, host: str = LOOPBACK) -> int:
    """Return the wanted port if nobody listens there, else one that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return int(probe.getsockname()[1])
            except OSError:
                continue
    raise SystemExit(f"okaeri: this machine cannot listen on {host}")


def _environment(host: str, port: int, empty: bool) -> dict[str, str]:
    """The settings of a first try: found where it listens, the mailbox on a free port, one's own data apart."""
    env = dict(os.environ)
    shown = own_address() if is_everywhere(host) else host
    env.setdefault("PUBLIC_URL", f"http://{shown}:{port}")
    # Whatever the public address is, this one works too.
    env["TRUSTED_HOSTS"] = ",".join(filter(None, (env.get("TRUSTED_HOSTS"), shown)))
    if empty and not env.keys() & {"INSTANCE_PATH", "DATABASE_URL"}:
        env["INSTANCE_PATH"] = str(ROOT / "instance" / "own")
    if env.get("MAILBOX", "1") == "1" and "SMTP_PORT" not in env:
        env["SMTP_PORT"] = str(_free_port(1025))
    return env


def _processes(host: str, port: int, mailbox: bool) -> dict[str, list[str]]:
    web = ["--workers", "1", "--threads", "8", "--worker-class", "gthread", "--no-control-socket"]
    # What a proxy says of the visitor is believed only where TRUSTED_PROXIES says so (app/security.py).
    web += ["--log-level", "warning", "--forwarded-allow-ips", "", "--bind", f"{host}:{port}", "wsgi:app"]
    found = {"web": [str(BIN / "gunicorn"), *web], "worker": _flask("worker")}
    if mailbox:
        found["mailbox"] = _flask("mailbox")
    return found


def _flask(*words: str) -> list[str]:
    return [str(BIN / "flask"), "--app", "wsgi", *words]


def _run(env: dict[str, str], *words: str) -> str:
    """Run a command of ours to its end and return what it prints; its own words say why if it fails."""
    done = subprocess.run(_flask(*words), cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout.strip("\n")


def _wait_until_up(address: str) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310 - our own loopback address
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


class Household:
    """Child processes that live and end together; a worker or mailbox that dies is started again."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.commands: dict[str, Sequence[str]] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str]) -> None:
        self.commands[name] = command
        self.running[name] = subprocess.Popen(command, cwd=ROOT, env=self.env)  # noqa: S603 - our own commands

    def watch(self, once: dict[str, Callable[[], None]]) -> int:
        """Wait until the web process ends; `once` names children that are meant to end, and what follows then."""
        while self.running["web"].poll() is None:
            for name, process in list(self.running.items()):
                if process.poll() is None:
                    continue
                if name in once:
                    del self.running[name]
                    once[name]()
                else:
                    time.sleep(1)
                    self.start(name, self.commands[name])
            time.sleep(0.3)
        return self.running["web"].returncode

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _prepare(env: dict[str, str], empty: bool) -> None:
    """Bring the database to the newest version and make the demo's members, unless it is to be one's own."""
    if empty:
        _run(env, "setup", "check")
    _run(env, "db", "upgrade")
    if not empty:
        _run(env, "demo", "prepare")


def _demo_is_told(env: dict[str, str]) -> None:
    """Print the example survey link, once there is one."""
    _say("\n見本のデータがそろいました。")
    link = _run(env, "demo", "example-link")
    if link:
        _say(f"  回答ページの例   {link}")


def _welcome(env: dict[str, str], host: str, port: int) -> None:
    """Say where it is, how to get in, and what being open means."""
    _say(f"\nおかえり  {env['PUBLIC_URL']}")
    if not is_loopback(host):
        _say(qr_lines(env["PUBLIC_URL"]))
        _say(
            "同じネットワークの端末から開けます。暗号化されないので、信頼できるネットワークだけでお使いください。"
        )
        if is_loopback(urlsplit(env["PUBLIC_URL"]).hostname or ""):
            _say(
                "このコンピューターのアドレスが分かりませんでした。PUBLIC_URL=http://アドレス:ポート を付けて始めてください。"
            )
        if env.get("MAILBOX", "1") == "1" and env.get("MAILBOX_OPEN") != "1":
            here = f"http://{LOOPBACK}:{port}" if is_everywhere(host) else ""
            _say(
                f"届いたメールの画面は、このコンピューターからだけ開けます（{here or 'HOST なしで始めたとき'}）。"
            )
    link = _run(env, "setup", "link")
    if link:
        _say(f"はじめの設定（一度だけ使えるリンク）\n  {link}")


def _tell_demo(env: dict[str, str], household: Household) -> dict[str, Callable[[], None]]:
    """Begin the demo's story where the data is the demo's; return what follows its end."""
    logins = _run(env, "demo", "logins")
    if not logins:
        return {}
    _say(f"{logins}\n見本のデータを作っています。画面はもう使えます。")
    household.start("demo", _flask("demo", "tell"))
    return {"demo": lambda: _demo_is_told(env)}


def main() -> int:
    """Run everything until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m app.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", type=listening_host, default=LOOPBACK)
    parser.add_argument("--empty", action="store_true", help="one's own data instead of the demo's")
    wanted = parser.parse_args()
    port = _free_port(wanted.port, wanted.host)
    env = _environment(wanted.host, port, wanted.empty)
    try:
        settings = Settings.from_environment(env)
    except BadSettings as refused:
        sys.stderr.write(f"okaeri: {refused}\n")
        return 2
    # The demo's passwords are known to everybody.
    _prepare(env, wanted.empty or settings.production)
    household = Household(env)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for name, command in _processes(wanted.host, port, settings.mailbox).items():
            household.start(name, command)
        if not _wait_until_up(f"http://{LOOPBACK if is_everywhere(wanted.host) else wanted.host}:{port}"):
            _say("画面が立ち上がりませんでした。上の記録をご覧ください。")
            return 1
        _welcome(env, wanted.host, port)
        follows = _tell_demo(env, household)
        _say("止めるときは Ctrl-C を押します。")
        return household.watch(follows)
    except KeyboardInterrupt:
        return 0
    finally:
        household.stop()


if __name__ == "__main__":
    sys.exit(main())
