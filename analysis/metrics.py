"""Shares, scores and differences, each with the width it deserves.

Counts are whole numbers, levels lie between 0 and 1, shares and differences are fractions (0.29, not 29);
only the NPS and its interval run from -100 to 100. Senseless input raises ValueError with one plain line.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

SMALL = 30
HIGHEST_DETRACTOR = 6
LOWEST_PROMOTER = 9


@dataclass(frozen=True)
class Nps:
    """`score` = 100 (promoters - detractors) / n, None where nobody answered; `small`: n < 30."""

    n: int
    promoters: int
    passives: int
    detractors: int
    score: float | None
    low: float
    high: float
    small: bool


@dataclass(frozen=True)
class Rise:
    """`p`: how often chance alone would make the share rise at least this much."""

    before: float
    after: float
    p: float
    more_than_chance: bool


def share_interval(count: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of count / n; nothing asked (n = 0), nothing known: (0, 1).

    Wilson (1927), JASA 22:209-212.
    """
    _check_count(count, n)
    if n == 0:
        return 0.0, 1.0
    z = _z(level)
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return (0.0 if count == 0 else middle - half), (1.0 if count == n else middle + half)


def difference_interval(
    count: int, n: int, other_count: int, other_n: int, level: float = 0.95
) -> tuple[float, float]:
    """The interval of count / n - other_count / other_n for two separate groups.

    Newcombe (1998), Statistics in Medicine 17:873-890, method 10 (hybrid score, no continuity correction).
    """
    if n == 0 or other_n == 0:
        _check_count(count, n)
        _check_count(other_count, other_n)
        return -1.0, 1.0
    low, high = share_interval(count, n, level)
    other_low, other_high = share_interval(other_count, other_n, level)
    share, other = count / n, other_count / other_n
    down = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return share - other - down, share - other + up


def nps(scores: Iterable[int], level: float = 0.95) -> Nps:
    """The NPS of answers from 0 to 10, one per person. See `nps_of_counts` for the interval."""
    counts = Counter(scores)
    if wrong := [score for score in counts if score not in range(11)]:
        raise ValueError(f"a score must be a whole number from 0 to 10, not {wrong[0]!r}")
    return nps_of_counts([counts[score] for score in range(11)], level)


def nps_of_counts(counts: Sequence[int], level: float = 0.95) -> Nps:
    """The NPS of a histogram: how many answered 0, 1 ... 10.

    Interval: adjusted Wald for the trinomial. 3/4 of a promoter, 3/2 passives and 3/4 of a detractor are
    added before the ordinary interval is taken. Rocks (2016), "Interval Estimation for the Net Promoter
    Score", The American Statistician 70:365-372 (arXiv:1601.07235), who found it the best of the simple ones.
    """
    if len(counts) != 11 or any(count < 0 for count in counts):
        raise ValueError("a histogram needs eleven counts, none below 0")
    detractors = sum(counts[: HIGHEST_DETRACTOR + 1])
    promoters = sum(counts[LOWEST_PROMOTER:])
    return _nps(sum(counts), promoters, detractors, level, independent=sum(counts))


def nps_by_respondent(pairs: Iterable[tuple[Hashable, int]], level: float = 0.95) -> Nps:
    """The NPS of (respondent, score) pairs where one person may answer several times.

    A respondent of None is somebody unknown, each time another. The score counts answers, the interval counts
    people: answers of one person resemble each other, so the linearised (Taylor) variance is taken over the
    sums by respondent, with the usual m / (m - 1) for m people. Its ratio to the variance of as many
    independent answers shrinks n to an effective n (never above n, never below 1), and the adjusted Wald of
    `nps_of_counts` is taken with that; so the two agree exactly where everybody answers once. Effective
    sample sizes in such intervals: Franco, Little, Louis and Slud (2019), Journal of Survey Statistics and
    Methodology 7:334-364. `small` still counts answers.
    """
    people, scores = _numbered(pairs)
    plain = nps(scores.tolist(), level)
    n, m = len(scores), int(people.max(initial=-1)) + 1
    if n == m:
        return plain
    signs = (scores >= LOWEST_PROMOTER).astype(float) - (scores <= HIGHEST_DETRACTOR)
    distances = signs - signs.mean()
    alone = float((distances**2).sum()) * n / (n - 1)
    if m == 1 or alone == 0:  # the sums by person show nothing: each person is worth one answer
        independent = float(m)
    else:
        by_person = float((np.bincount(people, distances) ** 2).sum()) * m / (m - 1)
        independent = max(n * alone / max(by_person, alone), 1.0)
    return _nps(n, plain.promoters, plain.detractors, level, independent)


def nps_of_people(people: Mapping[tuple[int, int, int], int], level: float = 0.95) -> Nps:
    """`nps_by_respondent` of how many people gave so many promoters', passives' and detractors' scores."""
    promoters, passives, detractors = (
        sum(gave[place] * count for gave, count in people.items()) for place in range(3)
    )
    n, m = promoters + passives + detractors, sum(people.values())
    if n == m:
        return _nps(n, promoters, detractors, level, independent=n)
    mean = (promoters - detractors) / n
    alone = (promoters + detractors - n * mean**2) * n / (n - 1)
    if m == 1 or n in (promoters, passives, detractors):
        independent = float(m)
    else:
        sums = sum(count * (gave[0] - gave[2] - sum(gave) * mean) ** 2 for gave, count in people.items())
        independent = max(n * alone / max(sums * m / (m - 1), alone), 1.0)
    return _nps(n, promoters, detractors, level, independent)


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """How far two reviewers agree beyond chance: 1 always, 0 as chance would, below 0 less than that.

    `first[i]` and `second[i]` judge the same thing. None where it cannot be told: nothing judged, or both
    gave one and the same code throughout. Cohen (1960), Educational and Psychological Measurement 20:37-46.
    """
    if len(first) != len(second):
        raise ValueError(f"two reviewers must judge the same things, not {len(first)} and {len(second)}")
    n = len(first)
    used, used_by_other = Counter(first), Counter(second)
    by_chance = sum(used[code] * used_by_other[code] for code in used)
    if n * n == by_chance:
        return None
    agreed = sum(one == other for one, other in zip(first, second, strict=True))
    return (agreed * n - by_chance) / (n * n - by_chance)


def kappa_interval(first: Sequence[bool], second: Sequence[bool], level: float = 0.95) -> tuple[float, float]:
    """The interval of the kappa of two reviewers who said yes or no to the same things; nothing known: (-1, 1).

    All kappas the counts (both yes, one of them, both no) do not contradict, by the chi-square of the model in which
    both say yes equally often. It stays wide where few said yes, also where the two agreed throughout, which the
    usual standard error does not. Donner and Eliasziw (1992), Statistics in Medicine 11:1511-1519.
    """
    if len(first) != len(second):
        raise ValueError(f"two reviewers must judge the same things, not {len(first)} and {len(second)}")
    n = len(first)
    both = sum(one and other for one, other in zip(first, second, strict=True))
    split = sum(one != other for one, other in zip(first, second, strict=True))
    yes = (2 * both + split) / (2 * n) if n else 0.0
    spread = yes * (1 - yes)
    if spread == 0:
        return -1.0, 1.0
    lowest = max(-yes / (1 - yes), -(1 - yes) / yes)
    middle = 1 - split / (2 * n * spread)
    limit = _z(level) ** 2

    def distance(kappa: float) -> float:
        expected = (yes**2 + kappa * spread, 2 * spread * (1 - kappa), (1 - yes) ** 2 + kappa * spread)
        counts = (both, split, n - both - split)
        terms = zip(counts, (n * share for share in expected), strict=True)
        return sum(
            (count - want) ** 2 / want if want > 1e-12 else (count > 0) * 1e12 for count, want in terms
        )

    return _edge(distance, middle, lowest, limit), _edge(distance, middle, 1.0, limit)


def terciles(values: Sequence[float]) -> list[int]:
    """The third each value falls in: 1 the lowest, 2, 3 the highest.

    Equal values always share a third: that of their middle rank, (values below + half of the equal ones) / n. So
    thirds may hold unequally many, and where all values are equal all fall in the middle one.
    """
    counts = Counter(values)
    n, below, third = len(values), 0, {}
    for value in sorted(counts):
        third[value] = 1 + min(int(3 * (below + counts[value] / 2) / n), 2)
        below += counts[value]
    return [third[value] for value in values]


def rfm_cells(customers: Sequence[tuple[float, float, float]]) -> list[tuple[int, int, int]]:
    """The RFM cell of each customer, from (days since the last purchase, purchases, amount): thirds, 3 the best.

    Recency is turned round: who bought latest stands in 3. Each of the three is cut for itself among the customers
    given (see `terciles` for ties).
    """
    columns = list(zip(*customers, strict=True)) or [(), (), ()]
    days, purchases, amounts = columns
    recency = terciles([-one for one in days])
    return list(zip(recency, terciles(purchases), terciles(amounts), strict=True))


def rise_test(before: int, before_n: int, after: int, after_n: int, level: float = 0.95) -> Rise:
    """Whether the share after / after_n is higher than before / before_n by more than chance.

    Fisher's exact test, one-sided: valid however few the answers are. Who looks at many reasons at once finds
    some rise by luck; a stricter `level` is then in order. Nothing asked in a period: p = 1.
    """
    from scipy.stats import fisher_exact  # a second of start-up that other callers need not pay

    _check_count(before, before_n)
    _check_count(after, after_n)
    if not 0 < level < 1:
        raise ValueError(f"a level must lie between 0 and 1, not {level}")
    if before_n == 0 or after_n == 0:
        return Rise(before / max(before_n, 1), after / max(after_n, 1), 1.0, False)
    table = [[after, after_n - after], [before, before_n - before]]
    p = min(float(fisher_exact(table, alternative="greater").pvalue), 1.0)
    return Rise(before / before_n, after / after_n, p, p < 1 - level)


def _nps(n: int, promoters: int, detractors: int, level: float, independent: float) -> Nps:
    """`independent`: the number of independent answers that n answers are worth."""
    if n == 0:
        return Nps(0, 0, 0, 0, score=None, low=-100.0, high=100.0, small=True)
    worth = independent / n
    for_it = (promoters * worth + 0.75) / (independent + 3)
    against = (detractors * worth + 0.75) / (independent + 3)
    middle = for_it - against
    half = _z(level) * sqrt((for_it + against - middle**2) / (independent + 3))
    return Nps(
        n=n,
        promoters=promoters,
        passives=n - promoters - detractors,
        detractors=detractors,
        score=100 * (promoters - detractors) / n,
        low=100 * max(middle - half, -1.0),
        high=100 * min(middle + half, 1.0),
        small=n < SMALL,
    )


def _edge(distance: Callable[[float], float], inside: float, outside: float, limit: float) -> float:
    """Where the distance grows past the limit on the way out; the outer end where it never does."""
    if distance(outside) <= limit:
        return outside
    for _step in range(60):
        middle = (inside + outside) / 2
        if distance(middle) <= limit:
            inside = middle
        else:
            outside = middle
    return inside


def _numbered(pairs: Iterable[tuple[Hashable, int]]) -> tuple[np.ndarray, np.ndarray]:
    """People numbered from 0 as they appear, each unknown one a person of its own; and the scores."""
    numbers: dict[Hashable, int] = {}
    people: list[int] = []
    scores: list[int] = []
    for respondent, score in pairs:
        key = (len(scores),) if respondent is None else (respondent, "known")
        people.append(numbers.setdefault(key, len(numbers)))
        scores.append(score)
    return np.array(people, dtype=np.int64), np.array(scores)


def _z(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"a level must lie between 0 and 1, not {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def _check_count(count: float, n: float) -> None:
    if not 0 <= count <= n:
        raise ValueError(f"a count must lie between 0 and n = {n}, not {count}")
