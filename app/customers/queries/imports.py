"""Uploaded files and what became of them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.customers.models import ImportBatch, ImportKind, ImportState
from app.db import db

HISTORY_SIZE = 50


def import_batches(kinds: Sequence[ImportKind]) -> Sequence[ImportBatch]:
    """The newest 50 files of these kinds, newest first."""
    mine = sa.select(ImportBatch).where(ImportBatch.kind.in_(kinds))
    return list(db.session.scalars(mine.order_by(ImportBatch.id.desc()).limit(HISTORY_SIZE)))


def imports_after(batch: ImportBatch) -> Sequence[ImportBatch]:
    """Files of the same kind taken after this one that found rows to be as they are already."""
    later = sa.select(ImportBatch).where(
        ImportBatch.kind == batch.kind,
        ImportBatch.id != batch.id,
        ImportBatch.started_at > batch.started_at,
        ImportBatch.state == ImportState.DONE,
        ImportBatch.unchanged_count > 0,
    )
    return list(db.session.scalars(later.order_by(ImportBatch.id).limit(HISTORY_SIZE)))


def imports_open() -> Sequence[ImportBatch]:
    """Files that are being taken, or taken back, now."""
    taking = ImportBatch.state.in_((ImportState.MAPPED, ImportState.RUNNING))
    undoing = sa.and_(ImportBatch.undo_asked_at.is_not(None), ImportBatch.undone_at.is_(None))
    return list(db.session.scalars(sa.select(ImportBatch).where(taking | undoing).order_by(ImportBatch.id)))


def last_mapping(kind: ImportKind, header: list[str]) -> dict[str, Any] | None:
    """How the columns were matched the last time a file of this kind had the same header."""
    started = (ImportState.MAPPED, ImportState.RUNNING, ImportState.DONE)
    mine = sa.select(ImportBatch.header, ImportBatch.mapping).where(
        ImportBatch.kind == kind, ImportBatch.state.in_(started)
    )
    rows = db.session.execute(mine.order_by(ImportBatch.id.desc()).limit(HISTORY_SIZE))
    return next((mapping for known, mapping in rows if known == header and mapping), None)
