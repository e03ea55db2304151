"""What the database holds, and imports taken back by the worker."""

from typing import Any

import sqlalchemy as sa

from app import clock, jobs
from app.customers import importers
from app.customers.models import ImportBatch
from app.db import db, unit_of_work

UNTOLD = {"import_batch", "import_change", "audit_log", "edit", "member", "session", "rate_limit"}


def standing(*untold: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the books kept about imports (and `untold`), as the database holds it."""
    db.session.rollback()
    tables = [table for table in db.metadata.sorted_tables if table.name not in UNTOLD.union(untold)]
    return {
        table.name: sorted(
            (
                tuple(value for name, value in row.items() if name != "revision")
                for row in db.session.execute(sa.select(table)).mappings()
            ),
            key=repr,
        )
        for table in tables
    }


def undone(batch: ImportBatch) -> ImportBatch:
    """The batch, taken back by the worker."""
    with unit_of_work():
        importers.ask_undo(db.session.get_one(ImportBatch, batch.id), None, clock.now())
    jobs.drain()
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(ImportBatch, batch.id)


def outcome(batch: ImportBatch) -> tuple[int, int, int]:
    """(removed, restored, kept)."""
    return batch.removed_count, batch.restored_count, batch.kept_count
