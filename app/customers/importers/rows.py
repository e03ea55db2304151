"""What an import of one kind of file must know how to do."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.customers.models import ImportBatch, ImportKind
from app.i18n import gettext as _


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Row:
    """A row of the file: its number as a spreadsheet shows it, and at least as many cells as the header has names."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Taken:
    """What became of a row; `reason` is a sentence naming row and column."""

    outcome: Outcome
    reason: str = ""


def rejected(row: Row, column: str, sentence: str) -> Taken:
    """18行目「登録日」：「2026/2/30」は日付ではありません。"""
    where = _("%(row)d行目「%(column)s」：", row=row.number, column=column)
    return Taken(Outcome.REJECTED, f"{where}{sentence}")


class RowImporter(ABC):
    """Takes the rows of one file, 500 at a time, into the database.

    Made with the batch (saved or, for a trial, not saved): its `header`, `mapping`, `file_name`. Raises BadInput in the
    constructor where the mapping does not fit the header. `headings` names what `shown` gives.
    """

    headings: Sequence[str]

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.headings = batch.header

    @abstractmethod
    def take(self, rows: list[Row], at: datetime, dry: bool) -> list[Taken]:
        """Say for each row what becomes of it, and store it unless `dry`. The caller commits after each call.

        No row is blank, longer than the header or holds a cell beyond 10,000 characters. The same file taken again
        must come out unchanged.
        """

    def shown(self, row: Row) -> list[str]:
        """The values of a row as they are stored, for the preview; of a rejected row what can be read of it."""
        return row.cells

    def recall(self, rows: list[Row]) -> None:  # noqa: B027 - most kinds have nothing to do here
        """Remember rows that an earlier run has taken, where later rows are judged by them."""

    def finish(self, at: datetime) -> None:  # noqa: B027 - most kinds have nothing to do here
        """Do what follows the last row, in the transaction that closes the batch. May happen twice."""


IMPORTERS: dict[ImportKind, Callable[[ImportBatch], RowImporter]] = {}


def register_row_importer(kind: ImportKind, make: Callable[[ImportBatch], RowImporter]) -> None:
    """Let files of this kind be taken by `make(batch)`."""
    IMPORTERS[kind] = make
