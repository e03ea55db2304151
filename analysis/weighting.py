"""What a lapsed customer was worth (yen a year), and how many lapsed customers each respondent speaks for."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

Cell = tuple[int, int, int]

YEAR = timedelta(days=365)
LEAST_RESPONDENTS = 5
R, F, M = range(3)


@dataclass(frozen=True, slots=True)
class Customer:
    """`revenue`: yen in the last year it bought, None = unknown. `cell`: RFM terciles, None = unknown."""

    id: Hashable
    revenue: float | None = None
    cell: Cell | None = None
    is_lapsed: bool = True


def yearly_revenue(purchases: Iterable[tuple[date, float]], yearly_fee: float | None = None) -> float | None:
    """Yen of the 365 days up to the last purchase, never below 0; under a contract its yearly fee.

    `purchases`: (day, yen), cancellations negative; one made after the last purchase stays outside that year,
    as on the customers' rows (app.customers.services.purchases). None where nothing was ever bought.
    """
    if yearly_fee is not None:
        return max(0.0, yearly_fee)
    rows = list(purchases)
    last = max((day for day, yen in rows if yen > 0), default=None)
    if last is None:
        return None
    return max(0.0, sum(yen for day, yen in rows if last - YEAR < day <= last))


def rfm_cells(recency: ArrayLike, frequency: ArrayLike, amount: ArrayLike) -> list[Cell]:
    """Terciles 1-3 of three measures, one cell per customer; equal values never part.

    Give the lapsed customers only: the terciles are those of the people whose loss is weighed.
    """
    columns = [_tercile(np.asarray(measure, dtype=float)) for measure in (recency, frequency, amount)]
    return [(int(r), int(f), int(m)) for r, f, m in zip(*columns, strict=True)]


def merged_cells(cells: Mapping[Cell, int]) -> dict[Cell, Cell]:
    """Give every cell the name of the group it joins, so that each group has 5 respondents where that can be.

    `cells`: respondents per cell, empty cells with 0. A cell that is too small joins its neighbour along F
    (of two, the one with fewer respondents). A line along F that is too small as a whole joins the next line
    along R, cell by cell; where R is used up as well, M gives way in the same manner.
    """
    groups: dict[Cell, Cell] = {}
    for levels_m in _pooled(cells, M):
        plane = {cell: n for cell, n in cells.items() if cell[M] in levels_m}
        for levels_r in _pooled(plane, R):
            line = {cell: n for cell, n in plane.items() if cell[R] in levels_r}
            for levels_f in _pooled(line, F):
                name = (levels_r[0], levels_f[0], levels_m[0])
                groups |= {cell: name for cell in line if cell[F] in levels_f}
    return groups


def weights(customers: Iterable[Customer], respondents: Iterable[Hashable]) -> dict[Hashable, float]:
    """Lapsed customers in a respondent's cell / respondents in it; 1 where cell or customer is unknown.

    Respondents known not to have lapsed are left out: what they say has cost nothing yet.
    """
    known = {customer.id: customer for customer in customers}
    answered = [known.get(id_) or Customer(id_) for id_ in dict.fromkeys(respondents)]
    speaking = [customer for customer in answered if customer.is_lapsed]
    lapsed = Counter(customer.cell for customer in known.values() if customer.is_lapsed and customer.cell)
    heard = Counter(customer.cell for customer in speaking)
    groups = merged_cells({cell: heard[cell] for cell in lapsed})
    lapsed_in: Counter[Cell] = Counter()
    heard_in: Counter[Cell] = Counter()
    for cell, group in groups.items():
        lapsed_in[group] += lapsed[cell]
        heard_in[group] += heard[cell]
    weight = {cell: lapsed_in[group] / heard_in[group] for cell, group in groups.items() if heard_in[group]}
    return {customer.id: weight[customer.cell] if customer.cell else 1.0 for customer in speaking}


def _pooled(cells: Mapping[Cell, int], axis: int) -> list[tuple[int, ...]]:
    """The levels along one axis in neighbouring groups, each with 5 respondents where there are as many."""
    heard: dict[int, int] = {}
    for cell, n in cells.items():
        heard[cell[axis]] = heard.get(cell[axis], 0) + n
    groups: list[tuple[int, ...]] = [(level,) for level in sorted(heard)]
    sizes = [heard[level] for level in sorted(heard)]
    while len(groups) > 1 and min(sizes) < LEAST_RESPONDENTS:
        smallest = sizes.index(min(sizes))
        beside = [i for i in (smallest - 1, smallest + 1) if 0 <= i < len(sizes)]
        first, second = sorted((smallest, min(beside, key=sizes.__getitem__)))
        groups[first : second + 1] = [groups[first] + groups[second]]
        sizes[first : second + 1] = [sizes[first] + sizes[second]]
    return groups


def _tercile(measure: NDArray[np.float64]) -> NDArray[np.int64]:
    if not measure.size:
        return np.zeros(0, dtype=np.int64)
    return np.searchsorted(np.quantile(measure, [1 / 3, 2 / 3]), measure, side="left") + 1
