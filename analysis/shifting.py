"""How far people's decisions move what a model already thinks: a ridge logistic fit on top of its log odds.

The shift is linear in the features. How freely it may move is chosen by what predicts decisions left out: where topics
recur a lot, where an answer hardly resembles another little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, softmax

from analysis.classifier import Numbers, Rows, Wide, log_odds, wide

SCALES = (0.1, 0.3, 1.0, 3.0, 10.0)  # variance of the shift of a text whose features have length 1
Places = NDArray[np.intp]
BIAS = 0.02  # variance of a shift that all texts share
WORDS = 0.3  # share of the words where an encoder's vectors stand beside them
FOLDS = 5
MOST = 1000  # texts whose features span the space that shifts are looked for in
KEPT = 3000  # rows whose products are all kept, 8 bytes each; among more they are worked out when asked for


@dataclass(frozen=True)
class Thought:
    """What is thought of n answers, as log odds: `stated` and `main`, each (n, labels)."""

    stated: Numbers
    main: Numbers

    def part(self, rows: Places, columns: Places) -> "Thought":
        """Some answers and some labels of it."""
        return Thought(self.stated[np.ix_(rows, columns)], self.main[np.ix_(rows, columns)])

    @property
    def probabilities(self) -> "Thought":
        """The same as P(stated) and P(main reason)."""
        return Thought(expit(self.stated), softmax(self.main, axis=1))


@dataclass(frozen=True)
class Shift:
    """Learnt weights (features, labels) and bias (labels,). Columns beyond those of the model, before the last, are
    new codes."""

    coef: Numbers
    bias: Numbers

    def of(self, rows: Rows) -> Numbers:
        """By how much the log odds of each label rise, (n, labels)."""
        return np.asarray(rows @ self.coef) + self.bias

    def moved(self, stated: Numbers, main: Numbers, rows: Rows) -> tuple[Numbers, Numbers]:
        """P(stated) and P(main reason) after the shift, with a column for each new code."""
        shift = self.of(rows)
        before = with_fresh(stated, main, shift.shape[1] - stated.shape[1])
        after = Thought(before.stated + shift, before.main + shift).probabilities
        return after.stated, after.main

    def moved_clauses(self, odds: Numbers, shift: Numbers) -> Numbers:
        """Log odds of clauses (n, codes) after the shift (n, labels) of the same."""
        fresh = shift.shape[1] - 1 - odds.shape[1]
        return np.asarray(np.hstack([odds, np.zeros((len(odds), fresh))]) + shift[:, :-1])


def with_fresh(stated: Numbers, main: Numbers, fresh: int) -> Thought:
    """Probabilities as log odds; new codes, before the last column, start at 0 (their bias is learnt)."""
    at = stated.shape[1] - 1
    return Thought(
        np.insert(log_odds(stated), [at] * fresh, 0.0, axis=1),
        np.insert(np.log(np.maximum(main, 1e-4)), [at] * fresh, 0.0, axis=1),
    )


@dataclass(frozen=True)
class Span:
    """Some rows of features as `table` (n, r) of coordinates among themselves, which `turn` makes of their products
    with the `marks`."""

    table: Numbers
    marks: Wide
    turn: Numbers
    share: float

    def weights(self, shift: Numbers) -> Numbers:
        """What is (r, labels) among the coordinates as (features, labels)."""
        held = self.turn @ shift
        return np.vstack([self.share * (self.marks.sparse.T @ held), self.marks.dense.T @ held])


class Products:
    """The products between rows of features, worked out once for all choices among the rows."""

    def __init__(self, rows: Rows) -> None:
        self._rows = wide(rows)
        self._share = WORDS if self._rows.dense.shape[1] else 1.0
        self._table = self._of(self._rows, self._rows) if self._rows.shape[0] <= KEPT else None

    def span(self, places: Places) -> Span:
        """Coordinates that keep the products between these rows; of more than MOST an evenly spread choice spans the
        space."""
        count = len(places)
        marks = places[np.unique(np.linspace(0, count - 1, min(MOST, count)).astype(int))]
        values, vectors = np.linalg.eigh(self._between(marks, marks))
        kept = values > 1e-6 * values[-1]
        turn = vectors[:, kept] / np.sqrt(values[kept])
        return Span(self._between(places, marks) @ turn, self._rows[marks], turn, self._share)

    def _between(self, places: Places, marks: Places) -> Numbers:
        if self._table is None:
            return self._of(self._rows[places], self._rows[marks])
        return np.asarray(self._table[np.ix_(places, marks)])

    def _of(self, one: Wide, other: Wide) -> Numbers:
        return np.asarray(self._share * (one.sparse @ other.sparse.T).toarray() + one.dense @ other.dense.T)


def fit_shift(
    table: Numbers,
    before: Thought,
    truth: Thought,
    weights: Numbers,
    scale: Numbers,
    bias: Numbers,
    start: Numbers | None = None,
) -> Numbers:
    """Weights (r + 1, labels), the last row shared by all texts, that bring what is thought `before` to the truth.

    `truth` holds probabilities, `weights` are of the rows (n,), `scale` and `bias` (labels,) variances. `start`: the
    weights found under a neighbouring scale, from where the way is short.
    """
    rows = np.column_stack([table, np.ones(len(table))])
    strength = np.vstack([np.tile(1 / scale, (table.shape[1], 1)), 1 / bias])

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        shift = flat.reshape(strength.shape)
        moved = rows @ shift
        # As `surprise` and `probabilities` have it, but each power of e worked out once: this runs thousands of times.
        stated, main = before.stated + moved, before.main + moved
        main -= main.max(axis=1, keepdims=True)
        powers = np.exp(main)
        whole = powers.sum(axis=1, keepdims=True)
        surprised = np.logaddexp(0, stated) - truth.stated * stated - truth.main * (main - np.log(whole))
        slope = weights[:, None] * (expit(stated) - truth.stated + powers / whole - truth.main)
        pull = strength * shift
        return float(weights @ surprised.sum(axis=1)) + 0.5 * float(np.vdot(pull, shift)), (
            rows.T @ slope + pull
        ).ravel()

    first = np.zeros(strength.size) if start is None else start.ravel()
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return np.asarray(found.x).reshape(strength.shape)


def best_scale(table: Numbers, before: Thought, truth: Thought, scales: Sequence[float] = SCALES) -> float:
    """The scale whose shifts predict rows left out best; the smallest for a single row."""
    count, labels = before.main.shape
    lost = dict.fromkeys(scales, 0.0)
    every = np.arange(labels)
    for fold in range(min(FOLDS, count) if count > 1 else 0):
        out, rest = np.arange(fold, count, FOLDS), np.flatnonzero(np.arange(count) % FOLDS != fold)
        told, left = (before.part(rest, every), truth.part(rest, every)), truth.part(out, every)
        width, shift = np.ones(labels), None
        for scale in sorted(scales):
            shift = fit_shift(table[rest], *told, np.ones(len(rest)), scale * width, BIAS * width, shift)
            moved = table[out] @ shift[:-1] + shift[-1]
            after = Thought(before.stated[out] + moved, before.main[out] + moved)
            lost[scale] += float(surprise(after, left).sum())
    return min(scales, key=lambda scale: (lost[scale], scale))


def surprise(thought: Thought, truth: Thought) -> Numbers:
    """How unexpected the truth is for each answer: minus its log likelihood (n,)."""
    stated = np.logaddexp(0, thought.stated) - truth.stated * thought.stated
    main = truth.main * log_softmax(thought.main, axis=1)
    return np.asarray(stated.sum(axis=1) - main.sum(axis=1))
