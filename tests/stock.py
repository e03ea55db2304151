"""Fresh databases for tests: built once by the migrations, then copied."""

import shutil
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app
from app.config import Settings
from app.db import db

SECRET = "tests-only-secret-of-forty-characters-xx"


def settings_for(folder: Path, **changes: str) -> Settings:
    """Settings of one test: everything below `folder`."""
    environment = {
        "SECRET_KEY": SECRET,
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'okaeri.db'}",
        "PUBLIC_URL": "http://localhost",
        **changes,
    }
    return Settings.from_environment(environment)


def _migrate(folder: Path, url: str) -> None:
    app = create_app(settings_for(folder, DATABASE_URL=url), testing=True)
    with app.app_context():
        upgrade()
        db.engine.dispose()


class SqliteStock:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "migrated.db"
        _migrate(folder, f"sqlite:///{self.path}")

    def fresh(self, folder: Path) -> str:
        """Return the address of a new copy below `folder`."""
        shutil.copy(self.path, folder / "okaeri.db")
        return f"sqlite:///{folder / 'okaeri.db'}"

    def drop(self, url: str) -> None:
        """The folder goes with the test."""


class PostgresStock:
    """Copies of one migrated database on a running server."""

    def __init__(self, folder: Path, server: str) -> None:
        self.server = server
        self.engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        self.numbers = count(1)
        self._run("create database migrated")
        _migrate(folder, f"{server}/migrated")

    def _run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(sa.text(statement))

    def fresh(self, folder: Path) -> str:
        """Return the address of a new copy."""
        name = f"t{next(self.numbers)}"
        self._run(f"create database {name} template migrated strategy file_copy")
        return f"{self.server}/{name}"

    def drop(self, url: str) -> None:
        """Forget a copy."""
        self._run(f"drop database if exists {url.rsplit('/', 1)[1]} with (force)")
