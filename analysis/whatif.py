"""Where a ranking would turn: how far one estimate may move before two neighbours swap.

Pure arithmetic on figures of analysis.priority; nothing is drawn again. Effort in person-days, chances as shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turns:
    """One item's estimates at which it changes places with the next one above and below; None: never."""

    effort_up: float | None
    effort_down: float | None
    chance_up: float | None
    chance_down: float | None


def turns(value: float, effort: float, chance: float, above: float | None, below: float | None) -> Turns:
    """When an item of yen per person-day `value / effort` meets its neighbours' (`above`, `below`; None: no neighbour).

    With less effort than effort_up it passes the one above, with more than effort_down the one below passes it; with
    a greater chance than chance_up it rises, with a smaller one than chance_down it falls.
    """
    score = value / effort
    if score <= 0 or chance <= 0:
        return Turns(None, None, None, None)
    up = chance * above / score if above else None
    return Turns(
        effort_up=value / above if above else None,
        effort_down=value / below if below else None,
        chance_up=up if up is not None and up < 1 else None,
        chance_down=chance * below / score if below else None,
    )


def swap_factor(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """How many times heavier a group must weigh for two items to tie: outside + factor * inside, of each.

    None where no factor above 0 does it.
    """
    first_in, second_in = inside
    first_out, second_out = outside
    if first_in == second_in:
        return None
    factor = (second_out - first_out) / (first_in - second_in)
    return factor if factor > 0 else None
