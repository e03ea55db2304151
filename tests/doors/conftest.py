"""A migrated database, and its doors as other people's scripts open them: each a process of its own."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.db import db, unit_of_work
from tests import factories, processes
from tests.processes import Done
from tests.stock import SECRET, settings_for


@dataclass(frozen=True)
class House:
    """A database with an organisation; `folder` is the caller's own, `app` looks at the same database."""

    app: Flask
    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Little more than DATABASE_URL. An SQLite file has its queue beside it; PostgreSQL's lies where it is told."""
        own = {"HOME": str(self.folder), "TMPDIR": str(self.folder), "PATH": os.environ["PATH"]}
        told = {} if self.url.startswith("sqlite") else {"INSTANCE_PATH": str(self.folder / "files")}
        return {**own, **told, "DATABASE_URL": self.url, "SECRET_KEY": SECRET}

    def door(self, *words: str | Path) -> Done:
        """Run `flask --app wsgi …` from the project's root."""
        return processes.flask(words, self.environment, self.folder / "own")

    def write(self, name: str, content: bytes | str) -> Path:
        """Put a file into the caller's folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def counts(self) -> dict[str, int]:
        """How many rows each table holds."""
        with self.app.app_context():
            tables = db.metadata.sorted_tables
            return {
                one.name: db.session.scalar(sa.select(sa.func.count()).select_from(one)) or 0
                for one in tables
            }


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """On SQLite, unless the test is parametrized with another kind of database."""
    stock = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_stock")
    url = stock.fresh(tmp_path)
    app = create_app(settings_for(tmp_path / "own", DATABASE_URL=url), testing=True)
    with app.app_context(), unit_of_work():
        db.session.add(factories.organisation())
    yield House(app, url, tmp_path)
    with app.app_context():
        db.engine.dispose()


def refused(answer: Done) -> str:
    """The one line of a door that refuses."""
    assert (answer.returncode, answer.stdout) == (2, ""), answer.stderr
    lines = answer.stderr.splitlines()
    assert len(lines) == 1, answer.stderr
    return lines[0]
