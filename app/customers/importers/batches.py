"""An import from the upload to its end, as its row in the database sees it."""

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import audit, jobs
from app.accounts.models import Member
from app.customers.importers import uploads
from app.customers.importers.columns import FIELDS, REASON, check_columns, guess_columns
from app.customers.importers.rows import IMPORTERS
from app.customers.importers.runs import Trial, Walk
from app.customers.models import ImportBatch, ImportKind, ImportState
from app.customers.queries import last_mapping
from app.customers.tables import Table, as_csv, read_table
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _

TRIED_ROWS = 20_000
OPEN = (ImportState.MAPPED, ImportState.RUNNING)


def receive_upload(
    kind: ImportKind, file_name: str, content: bytes, member: Member | None, at: datetime
) -> ImportBatch:
    """Read a file once from end to end and keep it. Raises BadInput where it cannot be read or holds no row."""
    file_name = file_name.replace("\x00", "")  # PostgreSQL takes no NUL
    name = " ".join(file_name.replace("\\", "/").split("/")[-1].split())[-255:] or "file.csv"
    plain = as_csv(content)
    table = read_table(plain, name)
    count = sum(1 for _row in table.rows)
    if not count:
        raise BadInput(_("「%(file)s」には見出しの行しかありません。", file=name))
    batch = ImportBatch(
        kind=kind,
        file_name=name,
        file_hash=hashlib.sha256(content).hexdigest(),
        encoding=table.encoding if plain is content else "xlsx",
        header=table.header,
        total_count=count,
        member_id=member.id if member else None,
        created_at=at,
        touched_at=at,
    )
    db.session.add(batch)
    db.session.flush()
    path = uploads.path_of(batch)
    uploads.rejected_path_of(batch).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    path.touch(0o600)
    path.write_bytes(plain)
    audit.record("uploaded", "import_batch", batch.id, batch.member_id, at, kind=kind.value, rows=count)
    return batch


def suggest_mapping(batch: ImportBatch) -> dict[str, Any]:
    """How the columns may be matched: as chosen for this file, as for the last one like it, or by their names."""
    if batch.mapping:
        return batch.mapping
    known = [column for column in batch.header if column != REASON]
    found = last_mapping(batch.kind, batch.header) or last_mapping(batch.kind, known)
    return found or (guess_columns(batch.kind, known) if batch.kind in FIELDS else {})


def choose_mapping(batch: ImportBatch, mapping: dict[str, Any], at: datetime) -> None:
    """Keep a mapping on a file that was not started. Raises BadInput where it does not fit the header."""
    if batch.state is not ImportState.UPLOADED:
        raise BadInput(_("この取り込みは、もう始まっています。"))
    batch.mapping = check_columns(batch.kind, batch.header, mapping) if batch.kind in FIELDS else mapping
    batch.touched_at = at
    IMPORTERS[batch.kind](batch)


def table_of(batch: ImportBatch) -> Table:
    """The uploaded table. Raises BadInput where the file is gone."""
    path = uploads.path_of(batch)
    if not batch.file_hash or not path.exists():  # a command's file was read in place
        raise BadInput(_("アップロードされたファイルが見つかりません。もう一度取り込んでください。"))
    return read_table(path, batch.file_name)


def language_of(batch_id: int) -> str:
    """The language of whoever started the import: what is refused is written for them. "" for a command's."""
    started_by = sa.select(Member.locale).join(ImportBatch, ImportBatch.member_id == Member.id)
    return db.session.scalar(started_by.where(ImportBatch.id == batch_id)) or ""


def try_import(batch: ImportBatch, at: datetime, most: int = TRIED_ROWS) -> Trial:
    """What the import would do, from the first `most` rows; stores nothing."""
    walk = Walk.begin(batch, table_of(batch))
    trial = Trial(walk.importer)
    for chunk in walk.rest(at):
        trial.add(chunk)
        if trial.tried_count >= most:
            break
    return trial


def start_import(batch: ImportBatch, mapping: dict[str, Any], at: datetime) -> None:
    """Let a worker take the rows. Raises BadInput where it was started before or the mapping does not fit."""
    choose_mapping(batch, mapping, at)
    db.session.flush()
    waiting = (ImportBatch.id == batch.id, ImportBatch.state == ImportState.UPLOADED)
    if not _move(ImportState.MAPPED, at, *waiting, started_at=at):
        raise BadInput(_("この取り込みは、もう始まっています。"))
    db.session.refresh(batch)
    audit.record("started", "import_batch", batch.id, batch.member_id, at)
    jobs.ring("run_import", batch.id)


def cancel_import(batch: ImportBatch, member: Member | None, at: datetime) -> bool:
    """Stop after the rows being taken now, and have taken back what was taken. False where it had ended already."""
    asked = {"undo_asked_at": at} if batch.logged else {}
    stopped = _move(
        ImportState.CANCELLED,
        at,
        ImportBatch.id == batch.id,
        ImportBatch.state.in_(OPEN),
        ended=True,
        **asked,
    )
    db.session.refresh(batch)
    if stopped:
        audit.record("cancelled", "import_batch", batch.id, member.id if member else None, at)
        jobs.ring(
            "undo_import" if batch.logged else "follow_purchases", *([batch.id] if batch.logged else [])
        )
    return stopped


def open_walk(batch_id: int, at: datetime) -> Walk | None:
    """For the worker: the walk of a started batch from where an earlier one stopped; None where there is none."""
    if not _move(ImportState.RUNNING, at, ImportBatch.id == batch_id, ImportBatch.state.in_(OPEN)):
        return None
    batch = db.session.get_one(ImportBatch, batch_id, populate_existing=True)
    walk = Walk.begin(batch, table_of(batch))
    walk.skip_to(batch.done_count)
    return walk


def fail_import(batch_id: int, sentence: str, at: datetime) -> None:
    """Close a batch that cannot go on, with the reason."""
    open_still = (ImportBatch.id == batch_id, ImportBatch.state.in_(OPEN))
    if _move(ImportState.FAILED, at, *open_still, ended=True, problem=sentence):
        jobs.ring("follow_purchases")


def begin_in_terminal(
    kind: ImportKind, table: Table, file_name: str, mapping: dict[str, Any], at: datetime
) -> ImportBatch:
    """A batch for a file that a command reads in place; not added to the session, so that a trial leaves nothing."""
    batch = ImportBatch(
        kind=kind,
        state=ImportState.RUNNING,
        file_name=file_name[-255:],
        file_hash="",
        encoding=table.encoding,
        header=table.header,
        done_count=0,
        created_at=at,
        touched_at=at,
        started_at=at,
    )
    if kind in FIELDS:
        known = [column for column in table.header if column != REASON]
        mapping = check_columns(kind, table.header, mapping or guess_columns(kind, known))
    batch.mapping = mapping
    return batch


def _move(
    state: ImportState, at: datetime, *conditions: sa.ColumnElement[bool], ended: bool = False, **values: Any
) -> bool:
    """Change the state where the conditions hold, in one statement."""
    values |= {"state": state, "touched_at": at} | ({"finished_at": at} if ended else {})
    change = sa.update(ImportBatch).where(*conditions).values(**values)
    found: Any = db.session.execute(change.execution_options(synchronize_session=False))
    return bool(found.rowcount)
