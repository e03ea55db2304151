"""What to mend first: lost yearly revenue x chance to recover / effort, with the ranks that could swap.

value_k = sum over lapsed respondents i of weight_i * revenue_i * share_ik * E[p_k], score_k = value_k /
effort_k. weight_i and revenue_i come from weighting.py; share_ik = clauses of i that mean k / coded clauses
of i. Money is in yen a year, effort in person-days. `python -m analysis priority` is the door to it.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from analysis.weighting import Customer, weights

Numbers = NDArray[np.float64]

RETURN_WINDOW = timedelta(days=180)
DEFAULT_EFFORT = 10.0
BOOTSTRAPS = 2_000
INTERVAL = (0.05, 0.95)
SWAPS_IN_A_BAND = 0.20
DRAWS_AT_ONCE = 4_000_000
LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class Beta:
    """What is known of the chance to win a customer back: `a` returns against `b` who stayed away."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def updated(self, outcomes: Iterable[bool | None]) -> "Beta":
        """Learn from what `returned` says; None (the window is still open) teaches nothing yet."""
        seen = Counter(outcomes)
        return Beta(self.a + seen[True], self.b + seen[False])


PRIORS = {"high": Beta(3, 7), "middle": Beta(1.5, 8.5), "low": Beta(0.5, 9.5)}


@dataclass(frozen=True, slots=True)
class Coding:
    """So many clauses of one respondent mean one reason."""

    customer: Hashable
    reason: str
    clauses: int = 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """One reason. `n`: people who name it; `count`: lapsed customers they speak for; `lost`: yen lost a year.

    `value` with its 90 % interval `low` to `high` is what mending should bring back (yen a year; `count`
    again where no revenue is known), `score` that per person-day. Neighbours with the same `band` could swap
    ranks. `rank` and `band` count from 1 and are None below the least number of people asked for.
    """

    reason: str
    n: int
    count: float
    lost: float
    chance: float
    effort: float
    effort_is_assumed: bool
    value: float
    low: float
    high: float
    score: float
    rank: int | None
    band: int | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one lapsed respondent adds to a reason: lost = weight * revenue * share. Unknown revenue is 0 yen."""

    customer: Hashable
    weight: float
    revenue: float
    share: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first. Not `in_yen`: no revenue is known, and the ranks go by `count`; the reader must be told."""

    items: tuple[Ranked, ...]
    in_yen: bool


def returned(
    answered_on: date, purchase_days: Iterable[date], today: date, window: timedelta = RETURN_WINDOW
) -> bool | None:
    """Whether a purchase followed the answer within the window; None while the window is open.

    Even an early return says None until then: returns would else be seen sooner than their absence, and every
    chance would look too good.
    """
    end = answered_on + window
    if today <= end:
        return None
    return any(answered_on < day <= end for day in purchase_days)


def rank_reasons(
    customers: Sequence[Customer],
    respondents: Sequence[Hashable],
    codings: Sequence[Coding],
    effort: Mapping[str, float] | None = None,
    recover: Mapping[str, Beta] | None = None,
    *,
    seed: int = 0,
    by: Literal["score", "value", "lost", "count"] = "score",
    least: int = 0,
    among: Collection[str] | None = None,
    emphasis: Mapping[Hashable, float] | None = None,
) -> Ranking:
    """Rank the reasons that lapsed respondents gave, best first, ties by name.

    `among`: rank these only; the others still take their share of what each respondent said. `emphasis`: how many
    times heavier a respondent weighs than by the numbers (unset: 1).
    `effort`: person-days (unset: 10). `recover`: chance to win back (unset: middle). `by`: what ranks go by.
    Reasons named by fewer than `least` people follow after all others, unranked. Respondents of unknown
    revenue add people but no yen. The interval and the bands come from 2,000 draws of the respondents with
    replacement, weights kept; the same seed gives the same result. A respondent without clauses, or a reason
    that is not to be mended (none), is simply not given in `codings`.
    """
    effort, recover = effort or {}, recover or {}
    speaking = weights(customers, respondents)
    reasons, shares = _shares(speaking, respondents, codings)
    if among is not None:
        kept = [k for k, reason in enumerate(reasons) if reason in among]
        reasons, shares = [reasons[k] for k in kept], shares[:, kept]
    if not reasons:
        return Ranking((), in_yen=True)
    revenue_of = {customer.id: customer.revenue or 0.0 for customer in customers}
    heavier = emphasis or {}
    weight = np.array([[weight * heavier.get(id_, 1.0)] for id_, weight in speaking.items()])
    revenue = np.array([[revenue_of.get(id_, 0.0)] for id_ in speaking]).clip(min=0.0)
    chance = np.array([recover.get(reason, PRIORS["middle"]).mean for reason in reasons])
    days = np.array([_days(reason, effort) for reason in reasons])

    count, lost = np.hsplit(_redrawn(np.hstack([(shares > 0) * weight, shares * weight * revenue]), seed), 2)
    in_yen = bool(lost[0].any())
    value = lost * chance if in_yen else count
    measures = {"count": count, "lost": lost, "value": value, "score": value / days}
    n = (shares > 0).sum(axis=0)
    low, high = np.quantile(value[1:], INTERVAL, axis=0)
    figures = {name: measure[0] for name, measure in measures.items()}
    figures |= {"n": n, "chance": chance, "effort": days, "low": low, "high": high}
    items = []
    for k, rank, band in _places(measures[by if in_yen else "count"], n >= least):
        row: dict[str, Any] = {name: column[k].item() for name, column in figures.items()}
        assumed = effort.get(reasons[k]) is None
        items.append(Ranked(reasons[k], effort_is_assumed=assumed, rank=rank, band=band, **row))
    return Ranking(tuple(items), in_yen)


def contributions(
    customers: Sequence[Customer], respondents: Sequence[Hashable], codings: Sequence[Coding], reason: str
) -> list[Contribution]:
    """Who adds how much to one reason's `lost`; their products sum up to it. Respondents who do not name it are left out."""
    speaking = weights(customers, respondents)
    reasons, shares = _shares(speaking, respondents, codings)
    if reason not in reasons:
        return []
    revenue_of = {customer.id: max(customer.revenue or 0.0, 0.0) for customer in customers}
    named = zip(speaking.items(), shares[:, reasons.index(reason)].tolist(), strict=True)
    return [
        Contribution(id_, weight, revenue_of.get(id_, 0.0), share) for (id_, weight), share in named if share
    ]


def run_door(in_path: str | Path, out_path: str | Path) -> None:
    """`python -m analysis priority IN.json OUT.json`; whatever is wrong is a ValueError of one line.

    Where no revenue is known, `value`, `low` and `high` count people, not yen, and standard error says so.
    """
    ranking = rank_reasons(**_question(_json(in_path)))
    if not ranking.in_yen:
        sys.stderr.write("no revenue is known: ranked by weighted count, values are people\n")
    shown = ("reason", "n", "value", "low", "high", "score", "rank", "band")
    rows = [{name: getattr(item, name) for name in shown} for item in ranking.items]
    try:
        Path(out_path).write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ValueError(f"cannot write {out_path}: {error.strerror}") from None


def _shares(
    speaking: Mapping[Hashable, float], respondents: Iterable[Hashable], codings: Iterable[Coding]
) -> tuple[list[str], Numbers]:
    """The reasons by name, and their shares in what each respondent said (rows follow `speaking`)."""
    asked = set(respondents)
    clauses: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for coding in codings:
        if coding.customer not in asked:
            raise ValueError(f"{coding.customer!r} has a reason but is not among the respondents")
        if coding.customer in speaking and coding.clauses > 0:
            clauses[coding.customer][coding.reason] += coding.clauses
    reasons = sorted({reason for said in clauses.values() for reason in said})
    column = {reason: k for k, reason in enumerate(reasons)}
    shares = np.zeros((len(speaking), len(reasons)))
    for i, id_ in enumerate(speaking):
        for reason, number in clauses.get(id_, {}).items():
            shares[i, column[reason]] = number
    return reasons, shares / shares.sum(axis=1, keepdims=True).clip(min=1)


def _redrawn(amounts: Numbers, seed: int) -> Numbers:
    """Column sums of `amounts` (respondents x columns): row 0 as observed, then 2,000 bootstraps."""
    random = np.random.default_rng(seed)
    n = len(amounts)
    rows = [amounts.sum(axis=0, keepdims=True)]
    at_once = max(1, DRAWS_AT_ONCE // n)
    for start in range(0, BOOTSTRAPS, at_once):
        size = min(at_once, BOOTSTRAPS - start)
        drawn = random.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n)
        rows.append(times @ amounts)
    return np.vstack(rows)


def _places(measure: Numbers, ranks: NDArray[np.bool_]) -> list[tuple[int, int | None, int | None]]:
    """(column, rank, band), best first, then what does not rank. `measure`: observed, then bootstraps."""
    order = sorted(range(measure.shape[1]), key=lambda k: (not ranks[k], -measure[0, k]))
    places: list[tuple[int, int | None, int | None]] = []
    band = 0
    for place, k in enumerate(order):
        if not ranks[k]:
            places.append((k, None, None))
            continue
        if place == 0 or _swaps(measure[1:, order[place - 1]], measure[1:, k]) <= SWAPS_IN_A_BAND:
            band += 1
        places.append((k, place + 1, band))
    return places


def _swaps(better: Numbers, worse: Numbers) -> float:
    """How often the order turns round; an exact tie is half a turn."""
    return float((worse > better).mean() + (worse == better).mean() / 2)


def _days(reason: str, effort: Mapping[str, float]) -> float:
    days = effort.get(reason)
    if days is not None and not days > 0:
        raise ValueError(f"the effort of {reason!r} must be above 0 person-days, not {days}")
    return DEFAULT_EFFORT if days is None else days


def _json(path: str | Path) -> Any:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON in UTF-8: {error}") from None


def _question(document: Any) -> dict[str, Any]:
    """The arguments of `rank_reasons` in IN.json; unknown fields are ignored."""
    if not isinstance(document, dict):
        raise ValueError("the file must hold one JSON object")
    customers = [_customer(row) for row in _list(document, "customers", dict)]
    if repeated := [id_ for id_, times in Counter(c.id for c in customers).items() if times > 1]:
        raise ValueError(f"customer {repeated[0]!r} stands in customers more than once")
    seed = document.get("seed", 0)
    return {
        "customers": customers,
        "respondents": [_id(id_) for id_ in _list(document, "respondents", (str, int))],
        "codings": [_coding(row) for row in _list(document, "codings", dict)],
        "effort": {reason: _number(days, f"effort of {reason}") for reason, days in _map(document, "effort")},
        "recover": {reason: _beta(chance, reason) for reason, chance in _map(document, "recover")},
        "seed": int(_number(seed, "seed")),
    }


def _customer(row: dict[str, Any]) -> Customer:
    id_ = _id(row.get("id"))
    revenue, cell, lapsed = row.get("revenue"), row.get("cell"), row.get("lapsed", True)
    if cell is not None and (not isinstance(cell, list) or [type(level) for level in cell] != [int] * 3):
        raise ValueError(f"the cell of customer {id_!r} must be three whole numbers [r, f, m]")
    if not isinstance(lapsed, bool):
        raise ValueError(f"lapsed of customer {id_!r} must be true or false")
    worth = None if revenue is None else _number(revenue, f"revenue of customer {id_!r}", least=-LARGEST)
    return Customer(id_, worth, None if cell is None else (cell[0], cell[1], cell[2]), lapsed)


def _coding(row: dict[str, Any]) -> Coding:
    id_, reason, clauses = _id(row.get("customer")), row.get("reason"), row.get("clauses", 1)
    if not isinstance(reason, str) or not reason:
        raise ValueError(f"a coding of customer {id_!r} has no reason")
    if type(clauses) is not int or not 0 <= clauses <= LARGEST:
        raise ValueError(f"clauses of customer {id_!r} and {reason} must be a whole number, 0 or more")
    return Coding(id_, reason, clauses)


def _beta(chance: Any, reason: str) -> Beta:
    if isinstance(chance, str) and chance in PRIORS:
        return PRIORS[chance]
    if not isinstance(chance, list) or len(chance) != 2:
        raise ValueError(f"recover of {reason} must be high, middle, low or [a, b]")
    a, b = (_number(part, f"recover of {reason}") for part in chance)
    if a <= 0 or b <= 0:
        raise ValueError(f"recover of {reason} must be two numbers above 0")
    return Beta(a, b)


def _id(value: Any) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"an id must be text or a whole number, not {value!r}")
    return value


def _number(value: Any, what: str, least: float = 0.0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= LARGEST:
        raise ValueError(f"{what} must be a number{', 0 or more' if least == 0 else ''}, not {value!r}")
    return float(value)


def _list(document: dict[str, Any], name: str, kind: type | tuple[type, ...]) -> list[Any]:
    rows = document.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, kind) for row in rows):
        raise ValueError(f"the file lacks {name}, or it is not a list of the right things")
    return rows


def _map(document: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """The pairs of an optional object; null values count as unset."""
    pairs = document.get(name) or {}
    if not isinstance(pairs, dict):
        raise ValueError(f"{name} must be an object of reasons")
    return [(reason, value) for reason, value in pairs.items() if value is not None]
