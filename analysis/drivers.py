"""Which reasons go with low scores, each by itself and with the others held equal.

A low score is one of a detractor, 0 to 6. Shares and differences are fractions; the caller decides how few are too few.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from analysis.metrics import HIGHEST_DETRACTOR, difference_interval

LEVEL = 0.95
FEWEST_BESIDE = 10  # givers, and others, that a reason needs to be seen with the other reasons held equal


@dataclass(frozen=True, slots=True)
class Alike:
    """So many sheets that give the same reasons and the same score (None: no score)."""

    codes: frozenset[str]
    score: int | None
    count: int


@dataclass(frozen=True)
class Driver:
    """A reason: `low_n` of the `n` sheets that give it hold a low score, `other_low_n` of the `other_n` that do not.

    low, high: the 95 % interval of the difference; is_certain: it passes a test made stricter by the number of
    reasons looked at. beside: the difference with all other reasons held equal, None where that cannot be told.
    """

    code: str
    n: int
    low_n: int
    other_n: int
    other_low_n: int
    low: float
    high: float
    is_certain: bool
    beside: float | None = None
    beside_low: float = -1.0
    beside_high: float = 1.0

    @property
    def share(self) -> float:
        return self.low_n / self.n if self.n else 0.0

    @property
    def other_share(self) -> float:
        return self.other_low_n / self.other_n if self.other_n else 0.0

    @property
    def difference(self) -> float:
        return self.share - self.other_share


def drivers_of(sheets: Iterable[Alike], codes: Sequence[str]) -> list[Driver]:
    """The reasons among `codes` that a scored sheet gives, the one that goes with low scores most first.

    Sheets without a score and sheets without a reason are left out. Intervals: Newcombe, see `difference_interval`.
    """
    scored = [one for one in sheets if one.codes and one.score is not None]
    total, low_total = _counted(scored)
    beside = _beside(scored, codes)
    found = []
    for code in codes:
        n, low_n = _counted([one for one in scored if code in one.codes])
        if n == 0:
            continue
        counts = (low_n, n, low_total - low_n, total - n)
        low, high = difference_interval(*counts)
        strict_low, strict_high = difference_interval(*counts, level=1 - (1 - LEVEL) / len(codes))
        certain = bool(counts[3]) and (strict_low > 0 or strict_high < 0)
        held = beside.get(code, (None, -1.0, 1.0))
        found.append(Driver(code, n, low_n, counts[3], counts[2], low, high, certain, *held))
    return sorted(found, key=lambda one: (-one.difference, one.code))


def _counted(sheets: Iterable[Alike]) -> tuple[int, int]:
    """(sheets, those with a low score)."""
    n = low_n = 0
    for one in sheets:
        n += one.count
        low_n += one.count if _is_low(one) else 0
    return n, low_n


def _is_low(one: Alike) -> bool:
    return one.score is not None and one.score <= HIGHEST_DETRACTOR


def _beside(sheets: Sequence[Alike], codes: Sequence[str]) -> dict[str, tuple[float, float, float]]:
    """(difference, low, high) by reason with the others held equal: least squares on the 0/1 of a low score.

    Intervals from the heteroscedasticity-consistent variance HC1 of MacKinnon and White (1985), Journal of
    Econometrics 29:305-325. Empty where the reasons cannot be told apart.
    """
    total = sum(one.count for one in sheets)
    givers = {code: sum(one.count for one in sheets if code in one.codes) for code in codes}
    used = [code for code in codes if min(givers[code], total - givers[code]) >= FEWEST_BESIDE]
    if not used or total <= len(used) + 1:
        return {}
    design = np.array([[1.0, *(code in one.codes for code in used)] for one in sheets], dtype=float)
    times = np.array([one.count for one in sheets], dtype=float)
    low = np.array([_is_low(one) for one in sheets], dtype=float)
    squares = design.T @ (design * times[:, None])
    if np.linalg.matrix_rank(squares) < len(squares):
        return {}
    inverse = np.linalg.inv(squares)
    slopes = inverse @ (design.T @ (times * low))
    rest = low - design @ slopes
    spread = inverse @ (design.T @ (design * (times * rest**2)[:, None])) @ inverse
    z, factor = NormalDist().inv_cdf((1 + LEVEL) / 2), total / (total - len(squares))
    found = {}
    for place, code in enumerate(used, 1):
        half = z * sqrt(max(float(spread[place, place]) * factor, 0.0))
        slope = float(slopes[place])
        found[code] = (slope, slope - half, slope + half)
    return found
