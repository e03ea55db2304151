"""Fresh databases for tests: built once by the migrations, then copied (SQLite) or emptied (PostgreSQL)."""

import shutil
from pathlib import Path
from typing import Any

import psycopg
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


# Empty every table that holds rows and let its numbers start at 1 again. Deleting a few rows is far cheaper than
# truncating or copying 50 tables; only a table that has grown is truncated.
_EMPTY = """
set session_replication_role = replica;
set lock_timeout = '5s';
do $$
declare
    one record;
begin
    for one in select oid, relname from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'alembic_version'
    loop
        if pg_relation_size(one.oid) > 1000000 then
            execute format('truncate %I cascade', one.relname);
        elsif pg_relation_size(one.oid) > 0 then
            execute format('delete from %I', one.relname);
        end if;
    end loop;
    for one in select sequencename from pg_sequences where schemaname = 'public' and last_value is not null
    loop
        perform setval(format('public.%I', one.sequencename), 1, false);
    end loop;
end $$;
"""
_SCHEMA = """
select table_name, column_name from information_schema.columns where table_schema = 'public'
union all select 'at', version_num from alembic_version order by 1, 2
"""


class PostgresStock:
    """One migrated database on a running server, emptied for each test; a copy of it where a test changed the schema or its version."""

    def __init__(self, folder: Path, server: str) -> None:
        self.server = server
        self._rows("postgres", "create database migrated")
        _migrate(folder, f"{server}/migrated")
        self.schema = self._rows("migrated", _SCHEMA)
        tables = {name for name, _column in self.schema} - {"alembic_version", "at"}
        if kept := [name for name in tables if self._rows("migrated", f"select 1 from {name} limit 1")]:
            raise RuntimeError(f"migrations leave rows in {kept}: emptying would lose them")
        self._copy()

    def _rows(self, database: str, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(f"{self.server}/{database}", autocommit=True) as connection:
            found = connection.execute(query)  # type: ignore[arg-type] # psycopg wants a literal
            return found.fetchall() if found.description else []

    def _copy(self) -> None:
        self._rows("postgres", "drop database if exists test with (force)")
        self._rows("postgres", "create database test template migrated strategy file_copy")

    def fresh(self, folder: Path) -> str:
        """Return the address of an empty, migrated database. Whoever is still connected to the last one is cut off."""
        try:
            is_whole = self._rows("test", _SCHEMA) == self.schema
            if is_whole:
                self._rows("test", _EMPTY)
        except psycopg.errors.LockNotAvailable:  # somebody still holds the last test's rows
            is_whole = False
        if not is_whole:
            self._copy()
        return f"{self.server}/test"
