"""The ranked list as people read it: rows that share a band stand together."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.backlog.queries import RankedItem


@dataclass(frozen=True)
class Band:
    """Neighbours whose order could swap, at places `first` to `last`; None for those outside the ranking."""

    rows: Sequence[RankedItem]
    first: int | None
    last: int | None

    @property
    def is_ranked(self) -> bool:
        return self.first is not None


def bands(ranked: Sequence[RankedItem]) -> list[Band]:
    """Group ranked items by band, best first; the unranked ones form the last group."""
    groups: dict[int | None, list[RankedItem]] = {}
    for row in ranked:
        groups.setdefault(row.figures.band if row.figures else None, []).append(row)
    unranked = groups.pop(None, [])
    found = [Band(rows, _place(rows[0]), _place(rows[-1])) for rows in groups.values()]
    return found + ([Band(unranked, None, None)] if unranked else [])


def _place(row: RankedItem) -> int | None:
    return row.figures.rank if row.figures else None


def rough(value: float | None, digits: int = 2) -> float | None:
    """Keep two significant digits: 516,400 yen becomes 520,000. More would claim to know more than we do."""
    return None if value is None else float(f"{value:.{digits}g}")


def exact(value: float | None) -> float | int | None:
    """12.0 as 12, 2.5 as 2.5: as a person would write it into a field."""
    return int(value) if value is not None and value == int(value) else value
