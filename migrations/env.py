"""Alembic's environment: the product's own database, on the product's own connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.db import Instant, db


def render_type(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column types as plain SQLAlchemy, so that old migrations never need today's code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return 'sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")'
    return False


context_settings: dict[str, Any] = {
    "target_metadata": db.metadata,
    "render_as_batch": True,
    "render_item": render_type,
    "compare_type": True,
    "transaction_per_migration": True,
}


def run_offline() -> None:
    context.configure(url=str(db.engine.url), literal_binds=True, **context_settings)
    with context.begin_transaction():
        context.run_migrations()


@contextmanager
def references_unchecked(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes many a table by writing it anew: with references checked, whatever refers to the old one would go
    along with it. The switch takes effect between transactions only."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        lost = driver.execute("PRAGMA foreign_key_check").fetchall()
        assert not lost, f"references that lead nowhere: {lost[:5]}"
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run_online() -> None:
    with db.engine.connect() as connection:
        context.configure(connection=connection, **context_settings)
        with references_unchecked(connection), context.begin_transaction():
            context.run_migrations()


assert current_app, "migrations run inside the application: flask db …"
run_offline() if context.is_offline_mode() else run_online()
