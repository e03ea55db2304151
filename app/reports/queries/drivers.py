"""Which reasons of a survey go with low scores, and which are given together; of few people nothing is told."""

from dataclasses import dataclass

from analysis.drivers import Driver, drivers_of
from analysis.together import Pair, pairs_of
from app.reasons.models import Reason
from app.reasons.queries.few import fewest_shown
from app.reports.queries.tally import Tally, tally_of

MOST_SHOWN = 12
TELLING = 10  # below so many sheets a row is grey and never named in a sentence


@dataclass(frozen=True)
class Drivers:
    """n: sheets that give a reason and a score. withheld: reasons of an anonymous survey that too few give."""

    rows: tuple[tuple[Driver, Reason | None], ...]
    n: int
    withheld: int

    @property
    def worst(self) -> tuple[Driver, Reason | None] | None:
        """The reason that goes with low scores most, where that is more than chance."""
        return next(
            (row for row in self.rows if row[0].is_certain and row[0].low > 0 and row[0].n >= TELLING), None
        )


@dataclass(frozen=True)
class Together:
    """reasons: those compared, most often given first; n: sheets that give a reason; shown: pairs given by enough."""

    reasons: tuple[tuple[str, Reason | None], ...]
    counts: dict[str, int]
    pairs: tuple[Pair, ...]
    n: int
    withheld: int

    @property
    def closest(self) -> Pair | None:
        """The pair that comes together most above chance."""
        sure = [pair for pair in self.pairs if pair.is_more and pair.both >= TELLING]
        return max(sure, key=lambda pair: (pair.times or 0.0, pair.both), default=None)

    def pair(self, one: str, other: str) -> Pair | None:
        return next((pair for pair in self.pairs if {pair.first, pair.second} == {one, other}), None)


def drivers(survey_id: int, tally: Tally | None = None) -> Drivers:
    """The reasons of a survey by how far they go with low scores."""
    tally = tally or tally_of(survey_id)
    reasons, fewest = dict(tally.reasons), fewest_shown(survey_id)
    found = drivers_of(tally.sheets, tally.codes)
    shown = [one for one in found if _smallest(one) >= fewest]
    return Drivers(tuple((one, reasons[one.code]) for one in shown), tally.scored, len(found) - len(shown))


def _smallest(one: Driver) -> int:
    """The smallest group above 0 that a row tells of."""
    groups = (one.low_n, one.n - one.low_n, one.other_low_n, one.other_n - one.other_low_n)
    return min(group for group in groups if group)


def together(survey_id: int, tally: Tally | None = None) -> Together:
    """The reasons of a survey that are given on the same sheets, the twelve given most often."""
    tally = tally or tally_of(survey_id)
    fewest = fewest_shown(survey_id)
    counts = {code: tally.count(code) for code in tally.codes}
    reasons = tuple((code, reason) for code, reason in tally.reasons if counts[code] >= fewest)[:MOST_SHOWN]
    found = pairs_of(tally.sheets, [code for code, _reason in reasons])
    shown = tuple(pair for pair in found if pair.fewest >= fewest)
    return Together(reasons, counts, shown, tally.n, len(found) - len(shown))
