"""Which theme of today is which theme of yesterday."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from analysis.types import Theme

ALIKE = 0.5  # mean of centroid similarity and shared members from which it is the same theme


def match_themes(themes: Sequence[Theme], known: Sequence[Theme]) -> list[Theme]:
    """`themes` with the ids of the `known` ones they continue (one to one); the others keep their own id."""
    if not themes or not known:
        return list(themes)
    scores = np.array([[likeness(theme, old) for old in known] for theme in themes])
    taken = {}
    for i, j in zip(*linear_sum_assignment(-scores), strict=True):
        if scores[i, j] >= ALIKE:
            taken[i] = known[j].id
    free = set(taken.values())
    return [
        replace(theme, id=taken.get(i, theme.id if theme.id not in free else f"{theme.id}-2"))
        for i, theme in enumerate(themes)
    ]


def likeness(theme: Theme, old: Theme) -> float:
    """0..1: centroids and members alike; where no member was seen before, the centroids alone decide."""
    near = float(np.dot(theme.centroid, old.centroid)) if len(theme.centroid) == len(old.centroid) else 0.0
    both = set(theme.members) & set(old.members)
    shared = len(both) / min(len(theme.members), len(old.members)) if both else None
    return near if shared is None else (near + shared) / 2
