"""Cutting a long list into pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db import db

PAGE_SIZE = 50


@dataclass(frozen=True)
class Page:
    """One page of a longer list: `rows`, and where they stand in the whole (1-based first and last)."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int

    @classmethod
    def cut(cls, rows: Sequence[Any], number: int, size: int = PAGE_SIZE) -> "Page":
        """A page of a list that is already here."""
        number = _within(number, len(rows), size)
        return cls(rows[(number - 1) * size : number * size], number, size, len(rows))

    @classmethod
    def of(
        cls, query: "sa.Select[*tuple[Any, ...]]", number: int, size: int = PAGE_SIZE, scalars: bool = True
    ) -> "Page":
        """A page of a query: one count, one limited select. `scalars`: rows are objects, not tuples."""
        total = (
            db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
        )
        number = _within(number, total, size)
        found = db.session.execute(query.limit(size).offset((number - 1) * size))
        return cls(list(found.scalars() if scalars else found), number, size, total)

    @property
    def first(self) -> int:
        return min(self.total, (self.number - 1) * self.size + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.number * self.size)

    @property
    def before(self) -> int | None:
        """The number of the page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The number of the next page, None on the last."""
        return self.number + 1 if self.last < self.total else None


def _within(number: int, total: int, size: int) -> int:
    return max(1, min(number, -(-total // size)))
