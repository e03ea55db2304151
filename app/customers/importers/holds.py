"""Why a row that an import brought must stay when the import is undone.

What refers to a row by a foreign key holds it, whichever feature that is; features say in words what theirs means
(`words_of_use`), speak for tables of their own (`speaks_for`), and add what no foreign key knows (`holds`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

import sqlalchemy as sa

from app.customers.models import (
    Customer,
    CustomerFact,
    ImportBatch,
    ImportChange,
    ImportKind,
    Purchase,
    StateSource,
    TimelineEntry,
)
from app.db import Base
from app.edits import Edit
from app.i18n import lazy_gettext as _l

Ids = sa.Select[int]
LATER_IMPORT, EDITED = "later_import", "edited"
CUSTOMER = cast(sa.Table, Customer.__table__)
PURCHASE = cast(sa.Table, Purchase.__table__)
# What each kind of file brings whole: rows that carry its number.
BROUGHT: dict[ImportKind, sa.Table] = {ImportKind.CUSTOMERS: CUSTOMER, ImportKind.PURCHASES: PURCHASE}
# Kinds of rows an import remembers that belong to a row of this table.
BELONGING: dict[str, tuple[str, ...]] = {
    "customer": ("customer", "state", "account", "contact", "consent", "customer_fact"),
    "purchase": ("purchase",),
}
# Tables that go with the row they refer to, or that a hold below speaks for.
_SPOKEN_FOR = {
    "account",
    "contact",
    "purchase",
    "consent",
    "customer_fact",
    "timeline_entry",
}
_WORDS: dict[str, Any] = {
    LATER_IMPORT: _l("あとの取り込みでも変わりました"),
    EDITED: _l("そのあと、メンバーが手を加えました"),
}


@dataclass(frozen=True)
class Hold:
    """One reason to stay: its word, and a query for the ids of the rows it holds."""

    word: str
    rows: Callable[[ImportBatch], Ids]


_HOLDS: dict[str, list[Hold]] = defaultdict(list)
Going = Callable[[Sequence[int], datetime], None]
GOING: dict[str, list[Going]] = defaultdict(list)


def words_of_use(table: str, sentence: Any) -> None:
    """Say in words why a row stays that rows of this table refer to."""
    _WORDS[table] = sentence


def speaks_for(*tables: str) -> None:
    """Let rows of these tables hold nothing by themselves: they go along, or a hold of their feature decides."""
    _SPOKEN_FOR.update(tables)


def holds(
    table: str, word: str, sentence: Any
) -> Callable[[Callable[[ImportBatch], Ids]], Callable[[ImportBatch], Ids]]:
    """Register a query for the rows of `table` (or entries of that kind) that an undo of a batch must leave."""

    def keep(rows: Callable[[ImportBatch], Ids]) -> Callable[[ImportBatch], Ids]:
        _WORDS[word] = sentence
        _HOLDS[table].append(Hold(word, rows))
        return rows

    return keep


def before_removal(table: str) -> Callable[[Going], Going]:
    """Register what must be done before rows of `table` go with the import that brought them."""

    def keep(act: Going) -> Going:
        GOING[table].append(act)
        return act

    return keep


def why(word: str) -> str:
    """A reason to stay in words."""
    return str(_WORDS.get(word, _l("ほかの記録で使われています")))


def holds_of(table: str) -> list[Hold]:
    """All reasons to stay, the ones people look for first."""
    edits = Hold(EDITED, lambda _batch: sa.select(Edit.subject_id).where(Edit.subject == table))
    return [*_uses(table), *_HOLDS[table], edits]


def _uses(name: str) -> Iterator[Hold]:
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table.name == name and key.column.primary_key and other.name not in _SPOKEN_FOR:
                yield Hold(other.name, partial(_referring, key.parent))


def _referring(column: sa.Column[Any], batch: ImportBatch) -> Ids:
    return sa.select(column).where(column.is_not(None))


def kept_of(batch: ImportBatch) -> sa.Select[int, str]:
    """(id, word) of what a batch brought and undo leaves, each with its first reason."""
    table = BROUGHT[batch.kind]
    brought, reasons = (
        table.c.import_batch_id == batch.id,
        [*holds_of(table.name), _changed_by_others(table.name)],
    )
    parts = [
        sa.select(table.c.id, sa.literal(place).label("place")).where(
            brought, table.c.id.in_(hold.rows(batch))
        )
        for place, hold in enumerate(reasons)
    ]
    each = sa.union_all(*parts).subquery()
    first = sa.func.min(each.c.place)
    word = sa.case(
        *((first == place, sa.literal(hold.word)) for place, hold in enumerate(reasons)), else_=sa.literal("")
    )
    return sa.select(each.c.id, word).group_by(each.c.id)


def _changed_by_others(table: str) -> Hold:
    number = ImportChange.row_id if BELONGING[table] == (table,) else ImportChange.owner_id
    others = sa.select(number).where(ImportChange.subject.in_(BELONGING[table]))
    return Hold(LATER_IMPORT, lambda batch: others.where(ImportChange.batch_id != batch.id))


@holds("customer", "purchase", _l("ほかで取り込んだ購入の記録があります"))
def _bought(batch: ImportBatch) -> Ids:
    return sa.select(Purchase.customer_id).where(Purchase.import_batch_id.is_distinct_from(batch.id))


@holds("customer", "state", _l("状態をメンバーか回答が決めています"))
def _state_said(batch: ImportBatch) -> Ids:
    return sa.select(Customer.id).where(Customer.state_source != StateSource.RULE)


@holds("customer", "history", _l("やりとりの記録があります"))
def _spoken_with(batch: ImportBatch) -> Ids:
    facts = sa.select(CustomerFact.customer_id).where(CustomerFact.source.not_in(("import", "purchase")))
    lines = sa.select(TimelineEntry.customer_id).where(TimelineEntry.kind != "state_changed")
    return sa.select(Customer.id).where(sa.or_(Customer.id.in_(facts), Customer.id.in_(lines)))


@holds("customer", EDITED, _WORDS[EDITED])
def _edited(batch: ImportBatch) -> Ids:
    ended = batch.finished_at or batch.touched_at
    return sa.select(Customer.id).where(Customer.changed_at > ended)
