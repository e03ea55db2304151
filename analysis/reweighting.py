"""What all lapsed customers would say: those who answered speak for those of their cell who did not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from analysis.metrics import share_interval
from analysis.weighting import Cell, merged_cells


class Cuts(NamedTuple):
    """The highest value of the first third and of the second; None where a third is empty."""

    first: Any
    second: Any


@dataclass(frozen=True, slots=True)
class Heard:
    """So many people with one weight who give the same reasons."""

    weight: float
    codes: frozenset[str]
    count: int


@dataclass(frozen=True)
class WeightedShare:
    """A reason among n people who give one: `count` of them as they are, `weighted` as the whole base would be.

    Both with their 95 % interval; the weighted one's is as wide as that of `effective_n` people of one weight.
    """

    code: str
    count: int
    n: int
    low: float
    high: float
    weighted: float
    weighted_low: float
    weighted_high: float
    effective_n: float

    @property
    def share(self) -> float:
        return self.count / self.n if self.n else 0.0

    @property
    def difference(self) -> float:
        """How much larger the share is in the whole base."""
        return self.weighted - self.share


def third_cuts(counts: Mapping[Any, int]) -> Cuts:
    """Where `metrics.terciles` cuts values that occur so many times: 1 up to `first`, 2 up to `second`, else 3."""
    n, below = sum(counts.values()), 0
    first = second = None
    for value in sorted(counts):
        third = min(int(3 * (below + counts[value] / 2) / n), 2)
        first = value if third == 0 else first
        second = value if third == 1 else second
        below += counts[value]
    return Cuts(first, second)


def cell_weights(base: Mapping[Cell, int], heard: Mapping[Cell, int]) -> dict[Cell, tuple[float, Cell]]:
    """(weight of each respondent, group the cell was joined to) by cell, as `weighting.weights` gives them.

    `base`: lapsed customers by cell; `heard`: those of them who answered. A group nobody answered from weighs 0.
    """
    groups = merged_cells({cell: heard.get(cell, 0) for cell in base})
    lapsed_in: dict[Cell, int] = {}
    heard_in: dict[Cell, int] = {}
    for cell, group in groups.items():
        lapsed_in[group] = lapsed_in.get(group, 0) + base[cell]
        heard_in[group] = heard_in.get(group, 0) + heard.get(cell, 0)
    return {
        cell: (lapsed_in[group] / heard_in[group] if heard_in[group] else 0.0, group)
        for cell, group in groups.items()
    }


def weighted_shares(people: Iterable[Heard], codes: Sequence[str]) -> list[WeightedShare]:
    """Each reason's share as it is and as weighted, the largest weighted first.

    Effective n = (sum of weights) squared / sum of squared weights: Kish (1965), Survey Sampling; the interval is
    Wilson's with it, as in Franco, Little, Louis and Slud (2019), Journal of Survey Statistics and Methodology 7:334-364.
    """
    giving = [one for one in people if one.codes]
    n = sum(one.count for one in giving)
    whole = sum(one.count * one.weight for one in giving)
    squares = sum(one.count * one.weight**2 for one in giving)
    effective = whole * whole / squares if squares else 0.0
    found = []
    for code in codes:
        mine = [one for one in giving if code in one.codes]
        if not mine:
            continue
        count = sum(one.count for one in mine)
        weighted = min(sum(one.count * one.weight for one in mine) / whole, 1.0) if whole else 0.0
        interval = share_interval(weighted * effective, effective)
        found.append(WeightedShare(code, count, n, *share_interval(count, n), weighted, *interval, effective))
    return sorted(found, key=lambda one: (-one.weighted, -one.count, one.code))
