"""What if: the ranking with other efforts, chances and a segment that weighs more, and where the order turns."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from analysis.priority import contributions
from analysis.whatif import Turns, swap_factor, turns
from app.backlog.queries import RankedBacklog, RankedItem, Supposed, inputs_of, rank_inputs, segment_members
from app.backlog.queries.inputs import Inputs
from app.customers.models import Segment

BY: Final = "score"
SAME_CHANCE = 0.0005  # the slider shows a tenth of a per cent


@dataclass(frozen=True)
class Moved:
    """One item in the supposed order: `place` now, `before` without the supposition, and where it would turn."""

    row: RankedItem
    place: int
    before: int
    turns: Turns | None

    @property
    def rise(self) -> int:
        """Places gained; below 0: lost."""
        return self.before - self.place


@dataclass(frozen=True)
class Swap:
    """Two neighbours that tie once the segment weighs `factor` times as much."""

    first: RankedItem
    second: RankedItem
    factor: float


@dataclass(frozen=True)
class Supposition:
    """The order as it is, as it would be, and what it would take to change it further.

    effort, chance: the estimates by item id that differ from what stands.
    """

    real: RankedBacklog
    effort: Mapping[int, float]
    chance: Mapping[int, float]
    rows: Sequence[Moved]
    swaps: Sequence[Swap]


def suppose(
    survey_id: int,
    today: date,
    effort: Mapping[int, float],
    chance: Mapping[int, float],
    segment: Segment | None,
    factor: float,
) -> Supposition:
    """Rank by yen per person-day, with these efforts, chances (shares) and this weight of a segment's people."""
    inputs = inputs_of(survey_id, today)
    members = {f"c{number}" for number in segment_members(segment)} if segment else set()
    heavier: dict[Hashable, float] = dict.fromkeys(members, factor)
    real = rank_inputs(inputs, survey_id, BY)
    standing = {row.item.id: row.figures for row in real.items if row.figures}
    effort = {one: days for one, days in effort.items() if one in standing and days != standing[one].effort}
    chance = {
        one: share
        for one, share in chance.items()
        if one in standing and abs(share - standing[one].chance) >= SAME_CHANCE
    }
    supposed = rank_inputs(inputs, survey_id, BY, supposed=Supposed(effort, chance, heavier))
    before = {row.item.id: place for place, row in enumerate(real.items, 1)}
    rows = [
        Moved(row, place, before[row.item.id], _turns(supposed.items, place - 1))
        for place, row in enumerate(supposed.items, 1)
    ]
    return Supposition(real, effort, chance, rows, _swaps(inputs, supposed.items, members) if segment else ())


def _score(rows: Sequence[RankedItem], place: int) -> float | None:
    figures = rows[place].figures if 0 <= place < len(rows) else None
    return figures.score if figures and figures.rank else None


def _turns(rows: Sequence[RankedItem], place: int) -> Turns | None:
    figures = rows[place].figures
    if figures is None or figures.rank is None:
        return None
    above, below = _score(rows, place - 1), _score(rows, place + 1)
    return turns(figures.value, figures.effort, figures.chance, above, below)


def _swaps(inputs: Inputs, rows: Sequence[RankedItem], members: set[str]) -> list[Swap]:
    """The neighbours that the segment's weight could turn round."""
    ranked = [row for row in rows if row.figures and row.figures.rank]
    parts = [_parts(inputs, row, members) for row in ranked]
    found = []
    for first, second, one, other in zip(ranked, ranked[1:], parts, parts[1:], strict=False):
        factor = swap_factor((one[0], other[0]), (one[1], other[1]))
        if factor is not None:
            found.append(Swap(first, second, factor))
    return found


def _parts(inputs: Inputs, row: RankedItem, members: set[str]) -> tuple[float, float]:
    """An item's score as the segment's part and the rest."""
    figures = row.figures
    assert figures is not None
    inside = outside = 0.0
    for one in contributions(inputs.base, list(inputs.people), inputs.codings, str(row.item.id)):
        yen = one.weight * one.revenue * one.share * figures.chance / figures.effort
        if one.customer in members:
            inside += yen
        else:
            outside += yen
    return inside, outside
