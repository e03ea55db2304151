"""What an import wrote over, put back: only where what it wrote still stands."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy as sa

from app.customers.importers.holds import BELONGING, EDITED, LATER_IMPORT, holds_of
from app.customers.models import (
    Account,
    Consent,
    Contact,
    Customer,
    CustomerFact,
    ImportBatch,
    ImportChange,
    Purchase,
)
from app.customers.services import plain
from app.db import Base, Instant, db

CHUNK = 1_000
GONE = object()
Values = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """A kind of row that imports change: its table, its key, and whether it goes back as a whole or not at all."""

    table: sa.Table
    key: str = "id"
    whole: bool = False


def subject_of(model: type[Base], key: str = "id", whole: bool = False) -> Subject:
    return Subject(cast(sa.Table, model.__table__), key, whole)


SUBJECTS: dict[str, Subject] = {
    "customer": subject_of(Customer),
    "state": subject_of(Customer, whole=True),
    "account": subject_of(Account, "customer_id"),
    "contact": subject_of(Contact),
    "consent": subject_of(Consent),
    "customer_fact": subject_of(CustomerFact),
    "purchase": subject_of(Purchase),
}


@dataclass
class Change:
    """All that one import did to one row, folded: the values before (None: brought) and after, as JSON keeps them."""

    row_id: int
    owner_id: int
    before: Values | None
    after: Values
    log_ids: list[int] = field(default_factory=list)


@dataclass
class Verdict:
    """What becomes of one changed row: values to write, or to be removed, and why something of it stays."""

    change: Change
    values: Values = field(default_factory=dict)
    is_removed: bool = False
    kept: str = ""
    stuck: list[str] = field(default_factory=list)


def verdicts(batch: ImportBatch, name: str, for_update: bool) -> Iterator[list[Verdict]]:
    """What becomes of the rows of one kind, a thousand at a time. Changes nothing; `for_update` holds the rows."""
    last = 0
    while changes := _changes(batch.id, name, last):
        last = changes[-1].row_id
        yield _judged(batch, name, changes, for_update)


def _changes(batch_id: int, name: str, after_id: int) -> list[Change]:
    mine = (ImportChange.batch_id == batch_id, ImportChange.subject == name, ImportChange.kept == "")
    ids = sa.select(ImportChange.row_id).where(*mine, ImportChange.row_id > after_id).distinct()
    some = ids.order_by(ImportChange.row_id).limit(CHUNK).subquery()
    columns = (
        ImportChange.id,
        ImportChange.row_id,
        ImportChange.owner_id,
        ImportChange.before,
        ImportChange.after,
    )
    logs = sa.select(*columns).where(*mine, ImportChange.row_id.in_(sa.select(some.c.row_id)))
    found: dict[int, Change] = {}
    for row in db.session.execute(logs.order_by(ImportChange.row_id, ImportChange.id)):
        change = found.setdefault(row.row_id, Change(row.row_id, row.owner_id, row.before, {}))
        if change.before is not None and row.before is not None:
            change.before = {**row.before, **change.before}
        change.after = {**change.after, **(row.after or {})}
        change.log_ids.append(row.id)
    return list(found.values())


def _judged(batch: ImportBatch, name: str, changes: list[Change], for_update: bool) -> list[Verdict]:
    ids = [change.row_id for change in changes]
    subject = SUBJECTS[name]
    now = _standing(name, ids, {column for change in changes for column in change.after}, for_update)
    later = _changed_later(batch.id, name, ids, changes[0].log_ids[0])
    held = {number: word for word, rows in _held(batch, name, ids) for number in rows}
    found = []
    for change in changes:
        row = now.get(change.row_id)
        if row is None:
            continue
        verdict = _judge(change, row, subject.whole, held.get(change.row_id, ""))
        if change.row_id in later and change.before is None:
            verdict = Verdict(change, kept=LATER_IMPORT)
        elif verdict.kept == EDITED and change.row_id in later:
            verdict.kept = LATER_IMPORT
        found.append(verdict)
    return found


def _judge(change: Change, row: Values, whole: bool, held: str) -> Verdict:
    if held:
        return Verdict(change, kept=held)
    if change.before is None:
        same = all(row[name] == value for name, value in change.after.items())
        return Verdict(change, is_removed=same, kept="" if same else EDITED)
    verdict = Verdict(change)
    for name, after in change.after.items():
        value, is_stuck = _back(row[name], change.before[name], after)
        if value != row[name]:
            verdict.values[name] = value
        if is_stuck:
            verdict.stuck.append(name)
    if verdict.stuck:
        verdict.kept = EDITED
        verdict.values = {} if whole else verdict.values
    return verdict


def _back(now: Any, before: Any, after: Any) -> tuple[Any, bool]:
    """The value to put back, and whether something else stands there by now. Of a dict each entry goes by itself."""
    if now == after:
        return before, False
    if not all(isinstance(one, dict) for one in (now, before, after)):
        return now, now != before
    value, is_stuck = dict(now), False
    for name in {*before, *after}:
        was, is_now = before.get(name, GONE), now.get(name, GONE)
        if was == after.get(name, GONE):
            continue
        if is_now != after.get(name, GONE):
            is_stuck |= is_now != was
        elif was is GONE:
            del value[name]
        else:
            value[name] = was
    return value, is_stuck


def _standing(name: str, ids: Sequence[int], columns: set[str], for_update: bool) -> dict[int, Values]:
    """These columns of the rows as they stand, as JSON would keep them."""
    subject = SUBJECTS[name]
    key = subject.table.c[subject.key]
    query = sa.select(key.label("row_key"), *(subject.table.c[column] for column in sorted(columns)))
    rows = db.session.execute((query.with_for_update() if for_update else query).where(key.in_(ids)))
    return {row["row_key"]: {column: plain(row[column]) for column in columns} for row in rows.mappings()}


def _changed_later(batch_id: int, name: str, ids: Sequence[int], since: int) -> set[int]:
    logs = sa.select(ImportChange.row_id).where(
        ImportChange.subject == name,
        ImportChange.row_id.in_(ids),
        ImportChange.batch_id != batch_id,
        ImportChange.id > since,
    )
    return set(db.session.scalars(logs))


def _held(batch: ImportBatch, name: str, ids: Sequence[int]) -> Iterator[tuple[str, Iterable[int]]]:
    """(word, ids) of rows that people's work needs as the import left them, such as the consent a mail stands on.

    That a customer was invited is no reason to keep the telephone number a file has put there.
    """
    key = SUBJECTS[name].table.c[SUBJECTS[name].key]
    for hold in [] if name in BELONGING else holds_of(name):
        yield hold.word, db.session.scalars(sa.select(key).where(key.in_(ids), key.in_(hold.rows(batch))))


def put_back(name: str, found: Iterable[Verdict]) -> None:
    """Write what was judged: values before, and brought rows gone; what another import wrote over is forgotten."""
    subject = SUBJECTS[name]
    key = subject.table.c[subject.key]
    by_names: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    removed = []
    for verdict in found:
        if verdict.is_removed:
            removed.append(verdict.change.row_id)
        if verdict.values:
            values = {column: revived(subject.table.c[column], one) for column, one in verdict.values.items()}
            by_names[tuple(values)].append({"row_key": verdict.change.row_id, **values})
        if verdict.kept == LATER_IMPORT:
            _hand_on(name, verdict)
    for rows in by_names.values():
        change = sa.update(subject.table).where(key == sa.bindparam("row_key"))
        db.session.connection().execute(change, rows)
    if removed:
        db.session.execute(sa.delete(subject.table).where(key.in_(removed)))


def _hand_on(name: str, verdict: Verdict) -> None:
    """Let the later import that wrote over a value know what stood before this one: its own undo leads there."""
    change = verdict.change
    if change.before is None:
        return
    later = sa.select(ImportChange).where(
        ImportChange.subject == name,
        ImportChange.row_id == change.row_id,
        ImportChange.id > change.log_ids[-1],
        ImportChange.before.is_not(sa.null()),
    )
    logs = list(db.session.scalars(later.order_by(ImportChange.id)))
    for column in verdict.stuck:
        log = next((one for one in logs if column in (one.before or {})), None)
        if log is not None and log.before is not None:
            value, _stuck = _back(log.before[column], change.before[column], change.after[column])
            log.before = {**log.before, column: value}
    db.session.flush()


def revived(column: sa.Column[Any], value: Any) -> Any:
    """A value as the column takes it, from what JSON kept."""
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    return column.type.python_type(value) if isinstance(column.type, sa.Enum) else value
