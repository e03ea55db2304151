"""Rows of purchases: one order each, summed up on the customers at the end of every chunk."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app import clock
from app.customers import cells, services
from app.customers.cells import BadCell
from app.customers.importers.columns import PURCHASE_FIELDS, check_columns
from app.customers.importers.rows import Outcome, Row, RowImporter, Taken, rejected
from app.customers.models import Customer, ImportBatch, Purchase
from app.db import db
from app.i18n import gettext as _

READERS: dict[str, Callable[[str], Any]] = {
    "key": cells.key,
    "order_key": lambda text: cells.key(text, 70),
    "bought_on": cells.day,
    "amount": cells.yen,
    "item": lambda text: cells.one_line(text, 200),
}
LABELS = {field.name: field.label for field in PURCHASE_FIELDS}


@dataclass(frozen=True)
class Order:
    """What one row says."""

    row: Row
    key: str
    order_key: str
    bought_on: date
    amount: int
    item: str

    @property
    def values(self) -> dict[str, Any]:
        return {"bought_on": self.bought_on, "amount": self.amount, "item": self.item}


class PurchaseImporter(RowImporter):
    """Upserts purchases by customer and order number.

    Without an order number, orders are told apart by day, amount and their place among equals. A cancellation (a
    negative amount) may carry the number of its order.
    """

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        mapping = check_columns(batch.kind, batch.header, batch.mapping)
        self.columns: dict[str, str] = {name: mapping[name] for name in READERS if name in mapping}
        self.places = {name: batch.header.index(column) for name, column in self.columns.items()}
        self.headings = [str(LABELS[name]) for name in self.columns]
        self.seen: dict[int, tuple[int, int]] = {}
        self.equals: Counter[int] = Counter()

    def shown(self, row: Row) -> list[str]:
        found, _problems = self._cells(row, date.max)
        return [
            f"{found[name]:,}" if isinstance(found.get(name), int) else str(found.get(name, row.cells[place]))
            for name, place in self.places.items()
        ]

    def recall(self, rows: list[Row]) -> None:
        for row in rows:
            order = self._read(row, date.max)
            if isinstance(order, Order):
                self._clash(order)

    def take(self, rows: list[Row], at: datetime, dry: bool) -> list[Taken]:
        orders = [self._read(row, clock.day_of(at)) for row in rows]
        read = [order for order in orders if isinstance(order, Order)]
        ids = _customer_ids({order.key for order in read})
        known = _known(
            {ids[order.key] for order in read if order.key in ids}, {order.order_key for order in read}
        )
        new: list[dict[str, Any]] = []
        changed: list[tuple[dict[str, Any], dict[str, Any]]] = []
        taken: list[Taken] = []
        for order in orders:
            if isinstance(order, Taken):
                taken.append(order)
            elif (refused := self._clash(order) if order.key in ids else self._unknown(order)) is not None:
                taken.append(refused)
            else:
                place = (ids[order.key], order.order_key)
                outcome = _compare(order, known.get(place))
                if outcome is Outcome.NEW:
                    new.append({"customer_id": place[0], "order_key": place[1], **order.values})
                elif outcome is Outcome.CHANGED:
                    changed.append((known[place], order.values))
                taken.append(Taken(outcome))
        if not dry:
            self._store(new, changed)
        return taken

    def finish(self, at: datetime) -> None:
        services.follow_purchases(clock.day_of(at), at, self.batch.id)

    def _store(self, new: list[dict[str, Any]], changed: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
        """Insert, update (as it was, the values it gets now), and sum up; what was written over is kept."""
        number = self.batch.id
        if new:
            db.session.execute(sa.insert(Purchase), [{**row, "import_batch_id": number} for row in new])
        if changed:
            db.session.execute(sa.update(Purchase), [{"id": was["id"], **now} for was, now in changed])
            services.note_changes(
                number,
                "purchase",
                (
                    (was["id"], was["customer_id"], was, now)
                    for was, now in changed
                    if was["import_batch_id"] != number
                ),
            )
        if new or changed:
            owners = [row["customer_id"] for row in new] + [was["customer_id"] for was, _now in changed]
            services.recount_purchases(owners)

    def _cells(self, row: Row, today: date) -> tuple[dict[str, Any], list[Taken]]:
        found: dict[str, Any] = {}
        problems = []
        for name, place in self.places.items():
            try:
                found[name] = READERS[name](row.cells[place])
                if found[name] in ("", None) and name not in ("item", "order_key"):
                    raise BadCell(_("空です。"))
                if name == "bought_on" and found[name] > today:
                    raise BadCell(_("「%(day)s」は、まだ来ていない日です。", day=found[name]))
            except BadCell as error:
                problems.append(rejected(row, self.columns[name], error.sentence))
        return found, problems

    def _read(self, row: Row, today: date) -> Order | Taken:
        found, problems = self._cells(row, today)
        if problems:
            return Taken(Outcome.REJECTED, "\n".join(problem.reason for problem in problems))
        number = found.get("order_key") or self._made_number(found)
        if found["amount"] < 0:
            number = f"{number}/取消"
        return Order(row, found["key"], number, found["bought_on"], found["amount"], found.get("item", ""))

    def _made_number(self, found: dict[str, Any]) -> str:
        same = hash((found["key"], found["bought_on"], found["amount"]))
        self.equals[same] += 1
        return f"{found['bought_on']:%Y%m%d}-{found['amount']}-{self.equals[same]}"

    def _unknown(self, order: Order) -> Taken:
        sentence = _(
            "「%(key)s」という顧客がいません。先に顧客のファイルを取り込んでください。", key=order.key
        )
        return rejected(order.row, self.columns["key"], sentence)

    def _clash(self, order: Order) -> Taken | None:
        """Remember the row. Same order as an earlier row: unchanged if it says the same, else rejected."""
        digest = hash((order.bought_on, order.amount, order.item))
        number, known = self.seen.setdefault(hash((order.key, order.order_key)), (order.row.number, digest))
        if number == order.row.number:
            return None
        if known == digest:
            return Taken(Outcome.UNCHANGED)
        sentence = _(
            "「%(key)s」は%(number)d行目にもあり、内容が違います。1注文を1行にまとめてください。",
            key=order.order_key,
            number=number,
        )
        return rejected(order.row, self.columns.get("order_key", self.columns["key"]), sentence)


def _customer_ids(keys: set[str]) -> dict[str, int]:
    rows = db.session.execute(sa.select(Customer.key, Customer.id).where(Customer.key.in_(keys)))
    return {row.key: row.id for row in rows}


def _known(customer_ids: set[int], order_keys: set[str]) -> dict[tuple[int, str], dict[str, Any]]:
    columns = (
        Purchase.id,
        Purchase.customer_id,
        Purchase.order_key,
        Purchase.bought_on,
        Purchase.amount,
        Purchase.item,
        Purchase.import_batch_id,
    )
    mine = sa.select(*columns).where(
        Purchase.customer_id.in_(customer_ids), Purchase.order_key.in_(order_keys)
    )
    return {(row.customer_id, row.order_key): dict(row._mapping) for row in db.session.execute(mine)}


def _compare(order: Order, known: dict[str, Any] | None) -> Outcome:
    if known is None:
        return Outcome.NEW
    same = all(known[name] == value for name, value in order.values.items())
    return Outcome.UNCHANGED if same else Outcome.CHANGED
