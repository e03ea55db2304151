"""Databases that keep what they commit: SQLite in a file, and a PostgreSQL server that can be killed and comes again."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.measuring import tree_of
from tests.servers import postgres
from tests.stock import PostgresStock, SqliteStock

PATIENCE_SECONDS = 60


@dataclass
class Database:
    """A migrated database: its address, and the server's first process where there is one."""

    name: str
    url: str
    pid: int = 0
    restarted: "subprocess.Popen[bytes] | None" = None

    @property
    def pids(self) -> tuple[int, ...]:
        return (self.pid,) if self.pid else ()

    def stop(self, kill: bool) -> list[str]:
        """End the server: killed as by a power cut, or told to shut down at once. Return the command it ran by."""
        command = Path(f"/proc/{self.pid}/cmdline").read_text().rstrip("\0").split("\0")
        for pid in sorted(tree_of(self.pids)) if kill else self.pids:
            try:
                os.kill(pid, signal.SIGKILL if kill else signal.SIGINT)
            except ProcessLookupError:
                continue
        self._wait_for_end()
        return command

    def _wait_for_end(self) -> None:
        """Until it is gone, and nobody takes its number for a living server's."""
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:  # somebody else's child
            deadline = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < deadline and Path(f"/proc/{self.pid}").exists():
                time.sleep(0.02)

    def start(self, command: list[str]) -> None:
        """Start it again where it lay, as the same person."""
        home = Path(command[command.index("-D") + 1]).parent
        rights = (
            {"user": home.owner(), "group": home.group(), "extra_groups": []} if os.geteuid() == 0 else {}
        )
        with (home / "log").open("ab") as log:
            self.restarted = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, **rights)  # type: ignore[call-overload] # only root may change the person
        self.pid = self.restarted.pid
        try:
            wait_for_postgres(self.url)
        except psycopg.OperationalError as error:
            raise RuntimeError((home / "log").read_text()[-2000:]) from error


def wait_for_postgres(url: str) -> None:
    """Wait until the server takes connections: it listens a moment before it is ready."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _postmaster(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("show data_directory").fetchone()
    assert found is not None
    return int(Path(found[0], "postmaster.pid").read_text().split()[0])


def on_sqlite(folder: Path) -> Database:
    """A fresh SQLite file below `folder`."""
    stock = folder / "stock"
    stock.mkdir()
    return Database("SQLite", SqliteStock(stock).fresh(folder))


@contextmanager
def on_postgres(folder: Path) -> Iterator[Database]:
    """A fresh database on a PostgreSQL server of its own, fsync on."""
    with postgres(durable=True) as server:
        wait_for_postgres(f"{server}/postgres")
        url = PostgresStock(folder, server).fresh(folder)
        database = Database("PostgreSQL", url, _postmaster(url))
        try:
            yield database
        finally:
            if database.restarted is not None and database.restarted.poll() is None:
                database.stop(kill=False)
