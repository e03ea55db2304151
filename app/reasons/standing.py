"""Themes as they stand when new ones have been found: no database, no engine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ThemeStanding:
    """A theme as it stands: `heir` took it in, `family` names all that were split from one; `placed` by people."""

    theme_id: int
    heir: int
    family: int
    is_decided: bool
    is_made: bool  # by merging, splitting or naming: it stays while its answers are open
    members: frozenset[int]
    placed: frozenset[int]
    centroid: tuple[float, ...]
