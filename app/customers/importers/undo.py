"""Taking an import back: exactly what it brought, unless people have worked on it since.

Previewed by the same judgement that carries it out. Carried out by a job, in one transaction; what stays is kept in
ImportChange with its reason.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import audit, clock, jobs
from app.accounts.models import Member
from app.customers import services
from app.customers.importers.holds import BELONGING, BROUGHT, GOING, kept_of
from app.customers.importers.restoring import CHUNK, Verdict, put_back, verdicts
from app.customers.models import (
    Customer,
    CustomerFact,
    ImportBatch,
    ImportChange,
    ImportKind,
    ImportState,
    Purchase,
    TimelineEntry,
)
from app.db import db
from app.errors import BadInput, EditClash
from app.i18n import gettext as _

TRIED = 20_000
SHOWN = 50
Ids = sa.Select[int]


class Undo(ABC):
    """What undoing one kind of file needs to know.

    subjects: kinds of rows that are put back, in this order; counted: those that speak for a row of the file;
    last: kinds of rows it brought that go after all others, where nothing refers to them.
    """

    subjects: Sequence[str] = ()
    counted: Sequence[str] = ()
    last: Sequence[str] = ()

    @abstractmethod
    def named(self, ids: Sequence[int]) -> dict[int, tuple[str, int | None]]:
        """How people call these rows of the file's kind, and the customer each belongs to."""

    def before_removal(self, batch: ImportBatch, gone: Ids, at: datetime) -> set[int]:
        """Do what must precede the removal of these rows; return the customers that are touched by it."""
        return set()

    def finish(self, batch: ImportBatch, owners: set[int], at: datetime) -> None:  # noqa: B027 - some kinds have nothing to do here
        """Bring what follows from the rows up to date. `owners`: whose rows were removed or put back."""


class UndoOfCustomers(Undo):
    subjects = ("state", "customer", "account", "contact", "consent", "customer_fact")
    counted = subjects[1:]

    def named(self, ids: Sequence[int]) -> dict[int, tuple[str, int | None]]:
        rows = db.session.execute(sa.select(Customer.id, Customer.key).where(Customer.id.in_(ids)))
        return {row.id: (row.key, row.id) for row in rows}

    def finish(self, batch: ImportBatch, owners: set[int], at: datetime) -> None:
        services.recount_purchases(sorted(owners))
        _keep_grievances(sorted(owners), batch.created_at)
        services.follow_purchases(clock.day_of(at), at)


def _keep_grievances(customer_ids: Sequence[int], since: datetime) -> None:
    """What answers have complained of since stays, though the file's own word for it is gone."""
    for start in range(0, len(customer_ids), CHUNK):
        grieved = sa.select(CustomerFact.customer_id).where(
            CustomerFact.customer_id.in_(customer_ids[start : start + CHUNK]),
            CustomerFact.kind == "grievance",
            CustomerFact.at >= since,
        )
        back = sa.update(Customer).where(Customer.id.in_(grieved)).values(has_grievance=True)
        db.session.execute(back.execution_options(synchronize_session=False))


class UndoOfPurchases(Undo):
    subjects = ("state", "purchase")
    counted = ("purchase",)

    def named(self, ids: Sequence[int]) -> dict[int, tuple[str, int | None]]:
        rows = sa.select(Purchase.id, Purchase.order_key, Customer.id.label("owner"), Customer.key)
        rows = rows.join(Customer, Customer.id == Purchase.customer_id).where(Purchase.id.in_(ids))
        return {
            row.id: (_("%(order)s（%(customer)s）", order=row.order_key, customer=row.key), row.owner)
            for row in db.session.execute(rows)
        }

    def before_removal(self, batch: ImportBatch, gone: Ids, at: datetime) -> set[int]:
        return set(
            db.session.scalars(sa.select(Purchase.customer_id).where(Purchase.id.in_(gone)).distinct())
        )

    def finish(self, batch: ImportBatch, owners: set[int], at: datetime) -> None:
        services.recount_purchases(sorted(owners))
        services.follow_purchases(clock.day_of(at), at)


UNDOS: dict[ImportKind, Undo] = {
    ImportKind.CUSTOMERS: UndoOfCustomers(),
    ImportKind.PURCHASES: UndoOfPurchases(),
}


def register_undo(kind: ImportKind, table: sa.Table, undo: Undo) -> None:
    """Let imports of this kind, whose rows stand in `table`, be undone so."""
    BROUGHT[kind], UNDOS[kind], BELONGING[table.name] = table, undo, tuple(undo.subjects)


@dataclass(frozen=True)
class Kept:
    """A row that stays: what people call it, its customer if it has one, the word of the reason."""

    name: str
    customer_id: int | None
    word: str


@dataclass
class UndoPlan:
    """What an undo would do. `kept` are the first that stay, `words` counts their reasons.

    is_whole: False where only the first changed rows were looked at.
    """

    removed_count: int = 0
    restored_count: int = 0
    kept_count: int = 0
    kept: list[Kept] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    is_whole: bool = True


@dataclass
class _Tally:
    """Which rows of the file's kind are put back whole, and which keep something."""

    restored: set[int] = field(default_factory=set)
    kept: dict[int, str] = field(default_factory=dict)

    def add(self, found: Iterable[Verdict]) -> None:
        for verdict in found:
            if verdict.kept:
                self.kept.setdefault(verdict.change.owner_id, verdict.kept)
            elif verdict.values or verdict.is_removed:
                self.restored.add(verdict.change.owner_id)


def preview_undo(batch: ImportBatch, most: int = TRIED) -> UndoPlan:
    """What undoing would do now; changes nothing."""
    undo, table, plan = UNDOS[batch.kind], BROUGHT[batch.kind], UndoPlan()
    brought = sa.select(sa.func.count()).select_from(table).where(table.c.import_batch_id == batch.id)
    held = kept_of(batch).subquery()
    word = held.c[1]
    for reason, count in db.session.execute(sa.select(word, sa.func.count()).group_by(word)):
        plan.words[reason] = count
    first = sa.select(held).order_by(held.c[0]).limit(SHOWN)
    ids = {number: str(reason) for number, reason in db.session.execute(first)}
    plan.removed_count = (db.session.scalar(brought) or 0) - plan.words.total()
    tally, looked_at = _Tally(), 0
    for found in _all(batch, undo.counted, for_update=False):
        tally.add(found)
        looked_at += len(found)
        if looked_at >= most:
            plan.is_whole = False
            break
    plan.restored_count = len(tally.restored - tally.kept.keys())
    plan.words.update(tally.kept.values())
    plan.kept_count = plan.words.total()
    names = {**ids, **dict(list(tally.kept.items())[: max(0, SHOWN - len(ids))])}
    plan.kept = _named(undo, names.items())
    return plan


def _all(batch: ImportBatch, subjects: Sequence[str], for_update: bool) -> Iterator[list[Verdict]]:
    for subject in subjects:
        yield from verdicts(batch, subject, for_update)


def _named(undo: Undo, rows: Iterable[tuple[int, str]]) -> list[Kept]:
    words = dict(rows)
    names = undo.named(list(words))
    return [Kept(*names[number], word) for number, word in words.items() if number in names]


def kept_rows(batch: ImportBatch) -> list[Kept]:
    """The first rows that stayed when an import was undone, with the reason of each."""
    main = BROUGHT[batch.kind].name
    number = sa.case((ImportChange.subject == main, ImportChange.row_id), else_=ImportChange.owner_id)
    rows = sa.select(number, sa.func.min(ImportChange.kept)).where(
        ImportChange.batch_id == batch.id, ImportChange.kept != ""
    )
    found = db.session.execute(rows.group_by(number).order_by(number).limit(SHOWN))
    return _named(UNDOS[batch.kind], [(number, str(word)) for number, word in found])


def ask_undo(batch: ImportBatch, member: Member | None, at: datetime) -> None:
    """Have an ended import taken back. Raises BadInput where it cannot be, EditClash where somebody has asked before."""
    if not batch.logged:
        raise BadInput(_("この取り込みは、前の値を控える前のものなので、取り消せません。"))
    ended = ImportBatch.state.in_((ImportState.DONE, ImportState.FAILED))
    asked: Any = db.session.execute(
        sa.update(ImportBatch)
        .where(ImportBatch.id == batch.id, ended, ImportBatch.undo_asked_at.is_(None))
        .values(undo_asked_at=at, touched_at=at)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(batch)
    if not asked.rowcount:
        raise EditClash(
            _("この取り込みは、もう取り消してあります。")
            if batch.undo_asked_at
            else _("まだ取り込んでいるあいだは、「やめる」で止めてください。")
        )
    audit.record("asked_undo", "import_batch", batch.id, member.id if member else None, at)
    jobs.ring("undo_import", batch.id)


def carry_out_undo(batch_id: int, at: datetime) -> bool:
    """Take back what an import brought and changed, in the caller's transaction. False where it was done before."""
    waiting = (ImportBatch.undo_asked_at.is_not(None), ImportBatch.undone_at.is_(None))
    claim = sa.update(ImportBatch).where(ImportBatch.id == batch_id, *waiting).values(undone_at=at)
    claimed: Any = db.session.execute(claim.execution_options(synchronize_session=False))
    if not claimed.rowcount:
        return False
    batch = db.session.get_one(ImportBatch, batch_id, populate_existing=True)
    undo, tally = UNDOS[batch.kind], _Tally()
    _keep_brought(batch)
    owners = _restore(batch, undo, tally, at)
    batch.removed_count, touched = _remove_brought(batch, undo, at)
    for subject in undo.last:
        for found in verdicts(batch, subject, for_update=True):
            _announce(subject, [one.change.row_id for one in found if one.is_removed], at)
            put_back(subject, found)
    _tell(batch, tally)
    undo.finish(batch, owners | touched, at)
    db.session.flush()
    db.session.expire_all()
    return True


def _keep_brought(batch: ImportBatch) -> None:
    """Note which of the brought rows stay. They are held first, so that nothing new can come to refer to them."""
    table = BROUGHT[batch.kind]
    brought = sa.select(table.c.id).where(table.c.import_batch_id == batch.id).with_for_update()
    db.session.execute(sa.select(sa.func.count()).select_from(brought.subquery()))
    held = kept_of(batch).subquery()
    number, word = held.c
    rows = sa.select(sa.literal(batch.id), sa.literal(table.name), number, number, word)
    names = ["batch_id", "subject", "row_id", "owner_id", "kept"]
    db.session.execute(sa.insert(ImportChange).from_select(names, rows, include_defaults=False))


def _restore(batch: ImportBatch, undo: Undo, tally: _Tally, at: datetime) -> set[int]:
    """Put back what was changed; returns the customers or responses whose rows were."""
    owners: set[int] = set()
    for subject in undo.subjects:
        for found in verdicts(batch, subject, for_update=True):
            put_back(subject, found)
            if subject == "state":
                _forget_moves([verdict for verdict in found if verdict.values])
            if subject in undo.counted:
                tally.add(found)
            owners |= {one.change.owner_id for one in found if one.values or one.is_removed}
            for verdict in found:
                if verdict.kept and subject in undo.counted:
                    mark = sa.update(ImportChange).where(ImportChange.id.in_(verdict.change.log_ids))
                    db.session.execute(
                        mark.values(kept=verdict.kept).execution_options(synchronize_session=False)
                    )
    return owners


def _forget_moves(found: Sequence[Verdict]) -> None:
    """A state that is put back was never moved: its line in the history goes, and that the customer returned."""
    if not found:
        return
    ids = [verdict.change.row_id for verdict in found]
    instants = {datetime.fromisoformat(verdict.change.after["state_at"]) for verdict in found}
    for model, kind in ((TimelineEntry, "state_changed"), (CustomerFact, "returned")):
        lines = sa.delete(model).where(model.customer_id.in_(ids), model.kind == kind, model.at.in_(instants))
        db.session.execute(lines.execution_options(synchronize_session=False))
    counted = sa.update(Customer).where(Customer.id.in_(ids)).values(revision=Customer.revision + 1)
    db.session.execute(counted.execution_options(synchronize_session=False))


def _remove_brought(batch: ImportBatch, undo: Undo, at: datetime) -> tuple[int, set[int]]:
    """Remove what was brought and is not kept: (how many, the customers touched by it)."""
    table = BROUGHT[batch.kind]
    kept = sa.select(ImportChange.row_id).where(
        ImportChange.batch_id == batch.id, ImportChange.subject == table.name, ImportChange.kept != ""
    )
    gone = sa.select(table.c.id).where(table.c.import_batch_id == batch.id, table.c.id.not_in(kept))
    touched = undo.before_removal(batch, gone, at)
    if GOING[table.name]:
        _announce(table.name, list(db.session.scalars(gone)), at)
    found: Any = db.session.execute(sa.delete(table).where(table.c.id.in_(gone)))
    return int(found.rowcount), touched


def _announce(table: str, ids: Sequence[int], at: datetime) -> None:
    """Let the features to the right put their own house in order before these rows go."""
    for start in range(0, len(ids), CHUNK):
        for act in GOING[table]:
            act(ids[start : start + CHUNK], at)


def _tell(batch: ImportBatch, tally: _Tally) -> None:
    """Write down what became of it, and let go of what is no longer needed."""
    mine = ImportChange.batch_id == batch.id
    main = BROUGHT[batch.kind].name
    stayed = sa.select(sa.func.count()).where(
        mine, ImportChange.subject == main, ImportChange.kept != "", ImportChange.after.is_(sa.null())
    )
    batch.restored_count = len(tally.restored - tally.kept.keys())
    batch.kept_count = (db.session.scalar(stayed) or 0) + len(tally.kept)
    if batch.state is not ImportState.CANCELLED:
        batch.state = ImportState.UNDONE
    db.session.execute(sa.delete(ImportChange).where(mine, ImportChange.kept == ""))
    audit.record(
        "undone",
        "import_batch",
        batch.id,
        None,
        batch.undone_at or batch.touched_at,
        removed=batch.removed_count,
        restored=batch.restored_count,
        kept=batch.kept_count,
    )


def give_up_undo(batch_id: int, sentence: str, at: datetime) -> None:
    """Say why an undo could not be carried out, and let people ask again."""
    waiting = (ImportBatch.id == batch_id, ImportBatch.undone_at.is_(None))
    change = (
        sa.update(ImportBatch).where(*waiting).values(undo_asked_at=None, problem=sentence, touched_at=at)
    )
    db.session.execute(change.execution_options(synchronize_session=False))
