"""Is a theme news, or what the known reasons and every other business's customers say as well?

Judged by theme, not by answer: one reading is easily wrong, thirty together hardly. A theme is news where its answers
are, on average, badly explained and unlike what the corpus holds, or where it is far more frequent here than there.
"""

from collections.abc import Sequence

import numpy as np

from analysis.embedding import Background
from analysis.types import Reading

OPEN = 1.35  # mean of P(stated) of the main reason + familiarity up to which a theme is news
LIFT = 8.0  # times as frequent here as in the corpus, from which it is news however well it is explained
ALONE = 0.6  # mean P(stated) of the main reason that takes its place where no background is at hand
MANY = 8  # members from which being frequent says something
FEW = 20  # added to the answers looked at: among a handful everything is frequent
INSIDE = 0.25  # quantile of the members' closeness that bounds a theme when the corpus is counted


UNSAID = 0.5  # mean P of the main reason of a theme's answers up to which known reasons leave it unsaid


def explained(reading: Reading) -> float:
    """P(stated) of the main reason, 0 where no reason holds: how well an answer is explained."""
    return reading.reasons[0].probability if reading.reasons else 0.0


def is_news(vectors: np.ndarray, explained: np.ndarray, total: int, background: Background | None) -> bool:
    """Is the theme of these members news? `vectors` (m, d) centred, `explained` (m,), `total`: answers looked at."""
    if background is None:
        return float(explained.mean()) <= ALONE
    if float((explained + background.familiarity(vectors)).mean()) <= OPEN:
        return True
    return len(vectors) >= MANY and lift(vectors, total, background) >= LIFT


def lift(vectors: np.ndarray, total: int, background: Background) -> float:
    """How many times as frequent a theme is among `total` answers as in the background.

    A row of the background belongs to it when it is as near to its centroid as three quarters of the members are to
    that of the others; one row is added, so that the never heard stays finite.
    """
    whole = vectors.sum(axis=0)
    others = whole - vectors
    closeness = np.sum(vectors * others, axis=1) / np.maximum(np.linalg.norm(others, axis=1), 1e-9)
    near = background.rows @ whole / max(float(np.linalg.norm(whole)), 1e-9)
    there = (np.count_nonzero(near >= np.quantile(closeness, INSIDE)) + 1) / len(background.rows)
    return float((1 - INSIDE) * len(vectors) / (total + FEW) / there)


def is_unsaid(explained: Sequence[float]) -> bool:
    """Do known reasons leave most of a theme unsaid? Stricter than news: for people who look for a new reason."""
    return float(np.mean(explained)) <= UNSAID
