"""`make run`: set up what is missing, then run web, worker and mailbox on this machine until stopped."""

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

from app.config import ROOT

BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 60


def _say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _free_port(wanted: int) -> int:
    """Return the wanted port if nobody listens there, else one that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
            except OSError:
                continue
    raise SystemExit("no free port on loopback")


def _environment(port: int) -> dict[str, str]:
    """The settings of a first try: loopback only, the mailbox on a free port."""
    env = dict(os.environ)
    env.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    if env.get("MAILBOX", "1") == "1" and "SMTP_PORT" not in env:
        env["SMTP_PORT"] = str(_free_port(1025))
    return env


def _processes(port: int, mailbox: bool) -> dict[str, list[str]]:
    flask = [str(BIN / "flask"), "--app", "wsgi"]
    web = ["gunicorn", "--workers", "1", "--threads", "8", "--worker-class", "gthread", "--no-control-socket"]
    found = {
        "web": [
            str(BIN / web[0]),
            *web[1:],
            "--log-level",
            "warning",
            "--bind",
            f"127.0.0.1:{port}",
            "wsgi:app",
        ],
        "worker": [*flask, "worker"],
    }
    if mailbox:
        found["mailbox"] = [*flask, "mailbox"]
    return found


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


def _prepare(env: dict[str, str]) -> None:
    """Bring the database to the newest version and make the demo's members."""
    for command in (["db", "upgrade"], ["demo", "prepare"]):
        subprocess.run([BIN / "flask", "--app", "wsgi", *command], cwd=ROOT, env=env, check=True)  # noqa: S603


def _demo_is_told(env: dict[str, str]) -> None:
    """Print the example survey link, once there is one."""
    command = [BIN / "flask", "--app", "wsgi", "demo", "example-link"]
    found = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    _say("\n見本のデータがそろいました。")
    if found.returncode == 0 and found.stdout.strip():
        _say(f"  回答ページの例   {found.stdout.strip()}")


def main() -> int:
    """Run everything until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m app.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = _free_port(parser.parse_args().port)
    env = _environment(port)
    _prepare(env)
    household = Household(env)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for name, command in _processes(port, env.get("MAILBOX", "1") == "1").items():
            household.start(name, command)
        if not _wait_until_up(env["PUBLIC_URL"]):
            _say("画面が立ち上がりませんでした。上の記録をご覧ください。")
            return 1
        _say(f"\nおかえり  {env['PUBLIC_URL']}")
        subprocess.run([BIN / "flask", "--app", "wsgi", "demo", "logins"], cwd=ROOT, env=env, check=True)  # noqa: S603
        _say("見本のデータを作っています。画面はもう使えます。止めるときは Ctrl-C を押します。")
        household.start("demo", [str(BIN / "flask"), "--app", "wsgi", "demo", "tell"])
        return household.watch({"demo": lambda: _demo_is_told(env)})
    except KeyboardInterrupt:
        return 0
    finally:
        household.stop()


if __name__ == "__main__":
    sys.exit(main())
