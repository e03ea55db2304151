"""One file on its way into the database, 500 rows at a time."""

import codecs
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.customers.importers.columns import REASON
from app.customers.importers.rows import IMPORTERS, Outcome, Row, RowImporter, Taken, rejected
from app.customers.models import ImportBatch, ImportState
from app.customers.tables import FIRST_ROW, LONGEST_CELL, Table, csv_lines
from app.db import db
from app.i18n import gettext as _

CHUNK = 500


@dataclass
class Chunk:
    """Some rows and what became of them. `count` includes blank rows."""

    rows: list[Row]
    taken: list[Taken]
    count: int

    @property
    def counts(self) -> Counter[Outcome]:
        return Counter(one.outcome for one in self.taken)

    @property
    def rejected(self) -> list[list[str]]:
        """Reason and original cells of each row that was not taken."""
        pairs = zip(self.rows, self.taken, strict=True)
        return [[one.reason, *row.cells] for row, one in pairs if one.outcome is Outcome.REJECTED]


@dataclass
class Walk:
    """The rows of a table in chunks, judged by the importer of its kind."""

    batch: ImportBatch
    table: Table
    importer: RowImporter
    position: int = 0
    is_over: bool = False

    @classmethod
    def begin(cls, batch: ImportBatch, table: Table) -> "Walk":
        """Start at the first row. Raises BadInput where the mapping does not fit."""
        return cls(batch, table, IMPORTERS[batch.kind](batch))

    def _next_rows(self) -> tuple[list[Row], int]:
        lines = list(islice(self.table.rows, CHUNK))
        rows = [Row(FIRST_ROW + self.position + place, cells) for place, cells in enumerate(lines) if cells]
        self.position += len(lines)
        self.is_over = len(lines) < CHUNK
        return rows, len(lines)

    def skip_to(self, done: int) -> None:
        """Pass over rows that an earlier run has taken; `done` is a multiple of the chunk or the end."""
        while self.position < done:
            rows, count = self._next_rows()
            self.importer.recall([row for row in rows if _misfit(row, self.table.header) is None])
            if not count:
                break

    def take_next(self, at: datetime, dry: bool) -> Chunk:
        """Judge and, unless `dry`, store the next rows; an empty chunk at the end."""
        return self.judge(*self._next_rows(), at, dry)

    def judge(self, rows: list[Row], count: int, at: datetime, dry: bool) -> Chunk:
        """Let the importer take the rows that have the shape of the header, and reject the others."""
        misfits = {
            row.number: misfit for row in rows if (misfit := _misfit(row, self.table.header)) is not None
        }
        fitting = [row for row in rows if row.number not in misfits]
        judged = iter(self.importer.take(fitting, at, dry) if fitting else [])
        taken = [misfits.get(row.number) or next(judged) for row in rows]
        return Chunk(rows, taken, count)

    def rest(self, at: datetime) -> Iterator[Chunk]:
        """A trial: all chunks that are left, judged and not stored."""
        while (chunk := self.take_next(at, dry=True)).count:
            yield chunk

    def take_chunk(self, at: datetime, rejected_path: Path) -> bool:
        """Store the next rows and count them on the batch; False once nothing is left to do.

        One transaction of the caller's. Whoever moves `done_count` first owns the rows, so two workers on one batch
        cannot take them twice; a batch that was cancelled meanwhile is left alone.
        """
        start = self.position
        rows, count = self._next_rows()
        if not self._claim(start, count, at):
            return False
        chunk = self.judge(rows, count, at, dry=False) if rows else Chunk([], [], count)
        size = self._keep_rejected(chunk, rejected_path)
        tally = chunk.counts
        added: dict[str, Any] = {
            f"{outcome.value}_count": getattr(ImportBatch, f"{outcome.value}_count") + tally[outcome]
            for outcome in Outcome
        }
        added["rejected_size"] = size
        if self.is_over:
            self.importer.finish(at)
            added |= {"state": ImportState.DONE, "finished_at": at}
        self._update(added)
        return not self.is_over

    def _claim(self, start: int, count: int, at: datetime) -> bool:
        mine = (ImportBatch.state == ImportState.RUNNING, ImportBatch.done_count == start)
        return self._update({"done_count": start + count, "touched_at": at}, *mine) == 1

    def _update(self, values: dict[str, Any], *conditions: sa.ColumnElement[bool]) -> int:
        change = sa.update(ImportBatch).where(ImportBatch.id == self.batch.id, *conditions).values(**values)
        found: Any = db.session.execute(change.execution_options(synchronize_session=False))
        return int(found.rowcount)

    def _keep_rejected(self, chunk: Chunk, path: Path) -> int:
        """Append to the rejected file behind what is committed; return its new size."""
        size = (
            db.session.scalar(sa.select(ImportBatch.rejected_size).where(ImportBatch.id == self.batch.id))
            or 0
        )
        lines = csv_lines(chunk.rejected)
        if not lines:
            return size
        if not size:
            lines = codecs.BOM_UTF8 + csv_lines([[REASON, *self.table.header]]) + lines
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.truncate(size)
            file.seek(size)
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        return size + len(lines)


def _misfit(row: Row, header: list[str]) -> Taken | None:
    """A row that no importer can be asked to take."""
    if any(cell.strip() for cell in row.cells[len(header) :]):
        return Taken(Outcome.REJECTED, _("%(row)d行目：見出しより列が多くあります。", row=row.number))
    for place, cell in enumerate(row.cells[: len(header)]):
        if len(cell) > LONGEST_CELL:
            return rejected(row, header[place], _("10,000文字を超えています。"))
    return None


@dataclass
class Trial:
    """What an import would do, from a walk that stores nothing.

    `first`: (row, what became of it, its values in the order of `headings`); `problems`: the first rejected rows.
    """

    importer: RowImporter
    first: list[tuple[Row, Taken, list[str]]] = field(default_factory=list)
    problems: list[Taken] = field(default_factory=list)
    counts: Counter[Outcome] = field(default_factory=Counter)
    tried_count: int = 0

    def add(self, chunk: Chunk, shown: int = 10) -> None:
        """Count a chunk, and keep its first rows and first problems for showing."""
        pairs = zip(chunk.rows, chunk.taken, strict=True)
        wanted = max(0, shown - len(self.first))
        self.first += [(row, one, self.importer.shown(row)) for row, one in islice(pairs, wanted)]
        problems = [one for one in chunk.taken if one.outcome is Outcome.REJECTED]
        self.problems += problems[: max(0, shown - len(self.problems))]
        self.counts += chunk.counts
        self.tried_count += chunk.count

    @property
    def headings(self) -> list[str]:
        return list(self.importer.headings)

    @property
    def changes_nothing(self) -> bool:
        """Was every row there already, as it is?"""
        return not (self.counts[Outcome.NEW] or self.counts[Outcome.CHANGED] or self.counts[Outcome.REJECTED])

    @property
    def more_problems(self) -> int:
        """Rejected rows that are not among `problems`."""
        return self.counts[Outcome.REJECTED] - len(self.problems)

    @property
    def takes_nothing(self) -> bool:
        """Was every row that was tried rejected?"""
        return 0 < self.tried_count == self.counts[Outcome.REJECTED]

    @property
    def startable_count(self) -> int:
        """Rows of the whole file, less those that were tried and rejected."""
        return self.importer.batch.total_count - self.counts[Outcome.REJECTED]
