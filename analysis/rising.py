"""Which themes are rising: the latest period against the time before, one exact test per theme, corrected for their number.

Given how many answers fell into both periods, a theme that keeps its share falls into the later one as often as an
answer does: its count there is binomial, n = its answers of both periods, p = the later period's share of all answers
(the exact conditional test of two Poisson rates, Przyborowski and Wilenski 1940). Looking at many themes at once some always seem to rise: Benjamini and Hochberg's (1995) correction keeps the
expected share of false ones among those reported at `level`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, false_discovery_control

LEVEL = 0.05
FEWEST = 5  # answers in the later period, below which nothing is said


@dataclass(frozen=True)
class Rise:
    """A theme's answers `before` and `lately`; `times` as large a share as before (both counts plus a half, so that a
    new theme stays finite); `chance`: corrected p value; `is_rising`: beyond chance, and enough of them."""

    theme: str
    before: int
    lately: int
    times: float
    chance: float
    is_rising: bool


def find_rising(
    counts: Mapping[str, tuple[int, int]], before: int, lately: int, level: float = LEVEL
) -> list[Rise]:
    """Rises of all themes, the surest first. `counts`: theme → answers (before, lately); `before` and `lately` also
    count all answers of the two periods, those without a theme included. ValueError where a theme outgrows them."""
    if any(min(pair) < 0 or pair[0] > before or pair[1] > lately for pair in counts.values()):
        raise ValueError("a theme cannot have more answers than its period")
    if not counts or before + lately == 0:
        return []
    share = lately / (before + lately)
    chances = [float(binom.sf(late - 1, early + late, share)) for early, late in counts.values()]
    corrected = false_discovery_control(np.minimum(chances, 1.0))
    rises = [
        Rise(
            theme,
            early,
            late,
            _times(early, late, before, lately),
            float(p),
            bool(p <= level and late >= FEWEST),
        )
        for (theme, (early, late)), p in zip(counts.items(), corrected, strict=True)
    ]
    return sorted(rises, key=lambda rise: (not rise.is_rising, rise.chance, -rise.lately, rise.theme))


def _times(early: int, late: int, before: int, lately: int) -> float:
    return (late + 0.5) / (lately + 1) / ((early + 0.5) / (before + 1))
