"""Which reasons are given on the same sheet, and whether more often than chance would bring them together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.drivers import LEVEL, Alike
from analysis.metrics import difference_interval, share_interval


@dataclass(frozen=True)
class Pair:
    """`both` sheets give two reasons, `first_n` and `second_n` give one or both of them; `n` give any reason.

    is_more: together more often than chance, by a test made stricter by the number of pairs looked at.
    """

    first: str
    second: str
    both: int
    first_n: int
    second_n: int
    n: int
    is_more: bool

    @property
    def expected(self) -> float:
        """Sheets with both if giving one said nothing of the other."""
        return self.first_n * self.second_n / self.n if self.n else 0.0

    @property
    def times(self) -> float | None:
        """How many times as often as that; None where nothing is expected."""
        return self.both / self.expected if self.expected else None

    @property
    def share(self) -> float:
        """Of those who give the first, how many give the second, too."""
        return self.both / self.first_n if self.first_n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share of those who give the first that give the second, too."""
        return share_interval(self.both, self.first_n)

    @property
    def fewest(self) -> int:
        """The smallest group above 0 that the pair makes: both, the first alone, the second alone."""
        groups = (self.both, self.first_n - self.both, self.second_n - self.both)
        return min((group for group in groups if group), default=0)


def pairs_of(sheets: Iterable[Alike], codes: Sequence[str]) -> list[Pair]:
    """Every pair of `codes`, most often together first. Only sheets that give a reason are looked at.

    Among those, having one reason makes every other a little rarer; so what is more than chance here is so indeed, and
    nothing is said of what is less.
    """
    given = [one for one in sheets if one.codes]
    n = sum(one.count for one in given)
    single = {code: sum(one.count for one in given if code in one.codes) for code in codes}
    pairs = list(combinations([code for code in codes if single[code]], 2))
    found = []
    for first, second in pairs:
        both = sum(one.count for one in given if first in one.codes and second in one.codes)
        found.append(
            Pair(
                first,
                second,
                both,
                single[first],
                single[second],
                n,
                _is_more(both, single, n, first, second, len(pairs)),
            )
        )
    return sorted(found, key=lambda pair: (-pair.both, pair.first, pair.second))


def _is_more(both: int, single: dict[str, int], n: int, first: str, second: str, looked_at: int) -> bool:
    with_n, other_n = single[first], n - single[first]
    if other_n == 0:
        return False
    level = 1 - (1 - LEVEL) / looked_at
    return difference_interval(both, with_n, single[second] - both, other_n, level)[0] > 0
