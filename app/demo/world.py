"""What the chapters of the story share: its people, its days, its members, and the product's services around them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app import clock
from app.accounts.models import Member, Role
from app.customers import importers
from app.customers.models import ImportBatch, ImportKind, ImportState
from app.customers.queries import lapse_rule_in_force
from app.db import db, unit_of_work
from app.demo.calendar import Calendar
from app.demo.files import CUSTOMER_COLUMNS, ORDER_COLUMNS, customers_csv, orders_csv
from app.demo.lives import Life, lives
from app.demo.people import Person, people
from app.demo.purchases import Purchase, purchases


@dataclass(frozen=True)
class File:
    """A file the shop system hands over, with its columns matched."""

    kind: ImportKind
    name: str
    content: bytes
    mapping: dict[str, Any]


@dataclass(frozen=True)
class World:
    """Everything that follows from the day on which the story is told."""

    today: date

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.today)

    @cached_property
    def crowd(self) -> list[Person]:
        return people(self.today)

    @cached_property
    def fates(self) -> dict[str, Life]:
        return lives(self.crowd, self.today)

    @cached_property
    def lines(self) -> list[Purchase]:
        return purchases(self.crowd, self.fates, self.today)

    def member(self, role: Role, place: int = 0) -> Member:
        """A member of the demo with this role, in the order in which they were added."""
        found = db.session.scalars(sa.select(Member).where(Member.role == role).order_by(Member.id)).all()
        return found[min(place, len(found) - 1)]

    def newcomers(self, after: date, until: date) -> list[Person]:
        """Who joined in these days, the last one included."""
        return [person for person in self.crowd if after < person.joined_on <= until]

    def orders(self, after: date, until: date) -> list[Purchase]:
        """What was ordered in these days, the last one included."""
        return [line for line in self.lines if after < line.bought_on <= until]


def customer_file(name: str, newcomers: list[Person]) -> File:
    return File(ImportKind.CUSTOMERS, name, customers_csv(newcomers), CUSTOMER_COLUMNS)


def order_file(name: str, lines: list[Purchase]) -> File:
    return File(ImportKind.PURCHASES, name, orders_csv(lines), ORDER_COLUMNS)


def take(world: World, file: File, at: datetime) -> Iterator[int]:
    """Import a file by the product's own door, 500 rows in each transaction; yields how many rows are taken.

    Goes on where an earlier telling was cut off. `at`: the instant the import is told of.
    """
    with unit_of_work():
        batch = db.session.scalar(sa.select(ImportBatch).where(ImportBatch.file_name == file.name))
        if batch is None:
            batch = importers.receive_upload(
                file.kind, file.name, file.content, world.member(Role.EDITOR), at
            )
            importers.start_import(batch, file.mapping, at)
        walk = None if batch.state is ImportState.DONE else importers.open_walk(batch.id, at)
        _hold_still(world, batch.id)
    more = walk is not None
    while walk is not None and more:
        with unit_of_work():
            more = walk.take_chunk(at, importers.rejected_path_of(batch))
            _hold_still(world, batch.id)
        yield walk.position


def settle(world: World) -> None:
    """Mark the lapse rule as applied today, so that its daily renewal does not take the past for the present."""
    rule = lapse_rule_in_force()
    if rule is not None:
        rule.applied_on = world.today


def _hold_still(world: World, batch_id: int) -> None:
    """Let no worker believe that this import of long ago was left behind."""
    settle(world)
    mine = sa.update(ImportBatch).where(ImportBatch.id == batch_id).values(touched_at=clock.now())
    db.session.execute(mine.execution_options(synchronize_session=False))


@contextmanager
def no_bells() -> Iterator[None]:
    """Let nothing be queued: the story does each piece of work itself, at its own time."""
    bell = current_app.extensions["huey_run"]
    current_app.extensions["huey_run"] = lambda *_call: None
    try:
        yield
    finally:
        current_app.extensions["huey_run"] = bell
