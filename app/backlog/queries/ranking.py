"""What to mend first: the ranking of analysis.priority as backlog items."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from analysis.priority import Beta, Contribution, Ranked, Ranking, contributions, rank_reasons
from app.backlog.models import BacklogItem
from app.backlog.queries.inputs import Chance, Inputs, inputs_of
from app.reasons.queries.few import fewest_shown

By = Literal["value", "score", "lost", "count"]
VIEWS: tuple[By, ...] = ("value", "score", "lost", "count")
LEAST_PEOPLE = 10


@dataclass(frozen=True)
class RankedItem:
    """An item with its place. `figures` is None where nobody's words support it now."""

    item: BacklogItem
    figures: Ranked | None

    @property
    def people_needed(self) -> int:
        """How many more people's words it takes to be ranked."""
        return max(0, LEAST_PEOPLE - (self.figures.n if self.figures else 0))


@dataclass(frozen=True)
class RankedBacklog:
    """Items best first, ones below ten people after them. `respondents` speak for `base` lapsed customers."""

    items: Sequence[RankedItem]
    in_yen: bool
    respondents: int
    base: int


@dataclass(frozen=True)
class Supposed:
    """What somebody tries out: other efforts and chances by item id, and how much heavier some people weigh."""

    effort: Mapping[int, float] = field(default_factory=dict)
    chance: Mapping[int, float] = field(default_factory=dict)
    emphasis: Mapping[Hashable, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """Part of the sum behind an item: people who each speak for `weight` lapsed customers.

    shares: of what they said, how much is this item; revenue: their yen a year by these shares; lost: that by weight.
    """

    weight: float
    people: int
    shares: float
    revenue: float

    @property
    def lost(self) -> float:
        return self.weight * self.revenue


@dataclass(frozen=True)
class Working:
    """How the figures of one item come about: the sum step by step, and the chance as it was learnt."""

    steps: Sequence[Step]
    chance: Chance


def ranked_items(survey_id: int, today: date, by: By = "value", with_mended: bool = False) -> RankedBacklog:
    """Rank the items of a survey that are still to be mended; mended ones follow unranked, where asked for.

    Every figure is computed now, from purchases, answers and codings.
    """
    return rank_inputs(inputs_of(survey_id, today), survey_id, by, with_mended)


def rank_inputs(
    inputs: Inputs,
    survey_id: int,
    by: By = "value",
    with_mended: bool = False,
    supposed: Supposed | None = None,
) -> RankedBacklog:
    """The same from inputs at hand, as they are or as somebody supposes them."""
    supposed = supposed or Supposed()
    items = [item for item in inputs.items if not item.is_mended]
    ranking = _ranking(inputs, items, by, supposed)
    in_order, in_yen = _in_order(items, ranking), ranking.in_yen
    if with_mended and len(items) < len(inputs.items):
        # What is mended competes no longer: its figures stand, the places are those of the list.
        everything = _ranking(inputs, inputs.items, by, supposed)
        in_order, in_yen = _with_mended(in_order, inputs.items, everything), everything.in_yen
    fewest = fewest_shown(survey_id)
    shown = [
        one if one.figures is None or one.figures.n >= fewest else RankedItem(one.item, None)
        for one in in_order
    ]
    return RankedBacklog(shown, in_yen, len(inputs.people), len(inputs.base))


def _ranking(inputs: Inputs, items: Sequence[BacklogItem], by: By, supposed: Supposed) -> Ranking:
    believed = {number: chance.now for number, chance in inputs.chances.items()}
    return rank_reasons(
        inputs.base,
        list(inputs.people),
        inputs.codings,
        effort={**inputs.effort, **{str(item): days for item, days in supposed.effort.items()}},
        recover={**believed, **{str(item): _sure(share) for item, share in supposed.chance.items()}},
        by=by,
        least=LEAST_PEOPLE,
        among={str(item.id) for item in items},
        emphasis=supposed.emphasis,
    )


def _sure(share: float) -> Beta:
    """A chance of which only the mean counts; never quite 0 or 1."""
    share = min(max(share, 0.001), 0.999)
    return Beta(share, 1 - share)


def _in_order(items: Sequence[BacklogItem], ranking: Ranking) -> list[RankedItem]:
    by_id = {str(item.id): item for item in items}
    found = [figures for figures in ranking.items if figures.reason in by_id]
    ranked = [RankedItem(by_id.pop(figures.reason), figures) for figures in found]
    return ranked + [RankedItem(item, None) for item in by_id.values()]


def _with_mended(
    still_open: Sequence[RankedItem], items: Sequence[BacklogItem], everything: Ranking
) -> list[RankedItem]:
    """The open items in their places and the mended ones after them, all with the figures of one reckoning."""
    figures = {one.reason: one for one in everything.items}
    placed = []
    for row in still_open:
        now, place = figures.get(str(row.item.id)), row.figures
        if now is not None and place is not None:
            now = replace(now, rank=place.rank, band=place.band)
        placed.append(RankedItem(row.item, now))
    mended = _in_order([item for item in items if item.is_mended], everything)
    unplaced = [
        RankedItem(row.item, replace(row.figures, rank=None, band=None) if row.figures else None)
        for row in mended
    ]
    return placed + unplaced


def working_of(inputs: Inputs, item: BacklogItem) -> Working:
    """The sum behind `lost`, grouped by weight, the heaviest first."""
    found = contributions(inputs.base, list(inputs.people), inputs.codings, str(item.id))
    groups: dict[float, list[Contribution]] = {}
    for one in found:
        groups.setdefault(round(one.weight, 6), []).append(one)
    steps = [
        Step(
            weight=rows[0].weight,
            people=len(rows),
            shares=sum(row.share for row in rows),
            revenue=sum(row.share * row.revenue for row in rows),
        )
        for _weight, rows in sorted(groups.items(), reverse=True)
    ]
    return Working(steps, inputs.chances[str(item.id)])
