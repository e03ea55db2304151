"""The database: model base, column types, and the only places that commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask, Response, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app import points

log = structlog.get_logger()
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
WRITING_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
# SQLite upgrades a reading transaction to a writing one only by failing at once, so whoever may write says so first.
_only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class Row:
    """What every table has: a number of its own."""

    id: Mapped[int] = mapped_column(primary_key=True)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def words(kind: type[StrEnum], name: str = "") -> sa.Enum:
    """A column type that stores an enumeration as its words, checked by the database.

    `name`: of the check, where a table has two columns of the kind.
    """
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def init_app(app: Flask) -> None:
    """Bind the database and let each request end in exactly one commit or rollback."""
    db.init_app(app)
    app.before_request(_begin_request)
    app.after_request(_end_request)
    app.teardown_request(_abandon_request)


def _begin_request() -> None:
    _only_reads.set(request.method not in WRITING_METHODS)


def _end_request(response: Response) -> Response:
    if request.method in WRITING_METHODS and response.status_code < 400:
        commit()
    else:
        db.session.rollback()
    return response


def _abandon_request(error: BaseException | None) -> None:
    db.session.rollback()
    db.session.info.pop("after_commit", None)
    _only_reads.set(False)


def after_commit(act: Callable[[], object]) -> None:
    """Have `act` called once the current transaction has been committed, and not at all otherwise."""
    db.session.info.setdefault("after_commit", []).append(act)


def commit() -> None:
    """Commit the session, then do what was to follow the commit.

    What follows cannot undo what is stored, so its failure is logged and not told to the one who was served:
    the row is the truth, and the sweep rings again.
    """
    acts = db.session.info.pop("after_commit", [])
    db.session.commit()
    if acts:
        points.reach("commit.before_bells")
    for act in acts:
        try:
            act()
        except Exception as error:
            log.error("after_commit_failed", exc_info=error)


def write(statement: sa.Executable, rows: Any) -> "sa.CursorResult[Any]":
    """Execute a change for one row or many now, ahead of what the session holds, which is then flushed once at the end.

    For rows whose owners are stored already.
    """
    return db.session.connection().execute(statement, rows)


def let_go() -> None:
    """End a transaction in which nothing was written yet, before slow work: SQLite has one writer."""
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("what was written would be lost")
    db.session.rollback()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """The commit that ends a job or a command, or one step of a long one."""
    token = _only_reads.set(False)
    try:
        yield
        commit()
    except BaseException:
        db.session.rollback()
        db.session.info.pop("after_commit", None)
        raise
    finally:
        _only_reads.reset(token)


@contextmanager
def apart() -> Iterator[sa.Connection]:
    """A short transaction of its own that stays even if the request fails (limits, audit of a refusal).

    SQLite has one writer, so the request's own transaction is let go first: call it before anything was written.
    """
    let_go()
    token = _only_reads.set(False)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        _only_reads.reset(token)


@sa.event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")


@sa.event.listens_for(Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _only_reads.get() else "BEGIN IMMEDIATE")
