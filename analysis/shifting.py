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
from threadpoolctl import threadpool_limits

from analysis.classifier import Numbers, Rows, Wide, log_odds, wide

SCALES = (0.1, 0.3, 1.0, 3.0, 10.0)  # variance of the shift of a text whose features have length 1
Places = NDArray[np.intp]
BIAS = 0.02  # variance of a shift that all texts share
WORDS = 0.3  # share of the words where an encoder's vectors stand beside them
FOLDS = 5
MOST = 1000  # texts whose features span the space that shifts are looked for in


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
    """Rows of features as `table` (n, r) of coordinates among themselves; `back` (features, r) leads to weights."""

    table: Numbers
    back: Numbers


def span_of(rows: Rows) -> Span:
    """Coordinates that keep the products between the rows; of more than MOST an evenly spread choice spans the space."""
    split = wide(rows)
    count = split.shape[0]
    marks = split[np.unique(np.linspace(0, count - 1, min(MOST, count)).astype(int))]
    share = WORDS if split.dense.shape[1] else 1.0
    with threadpool_limits(1):
        values, vectors = np.linalg.eigh(_products(marks, marks, share))
        kept = values > 1e-6 * values[-1]
        turn = vectors[:, kept] / np.sqrt(values[kept])
        back = np.vstack([share * (marks.sparse.T @ turn), marks.dense.T @ turn])
        return Span(_products(split, marks, share) @ turn, back)


def _products(one: Wide, other: Wide, share: float) -> Numbers:
    return np.asarray(share * (one.sparse @ other.sparse.T).toarray() + one.dense @ other.dense.T)


def fit_shift(
    table: Numbers, before: Thought, truth: Thought, weights: Numbers, scale: Numbers, bias: Numbers
) -> Numbers:
    """Weights (r + 1, labels), the last row shared by all texts, that bring what is thought `before` to the truth.

    `truth` holds probabilities, `weights` are of the rows (n,), `scale` and `bias` (labels,) variances.
    """
    rows = np.column_stack([table, np.ones(len(table))])
    strength = np.vstack([np.tile(1 / scale, (table.shape[1], 1)), 1 / bias])

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        shift = flat.reshape(strength.shape)
        moved = rows @ shift
        after = Thought(before.stated + moved, before.main + moved)
        found = after.probabilities
        slope = weights[:, None] * (found.stated - truth.stated + found.main - truth.main)
        fit = float(weights @ surprise(after, truth)) + 0.5 * float(np.sum(strength * shift**2))
        return fit, (rows.T @ slope + strength * shift).ravel()

    with threadpool_limits(1):
        options = {"maxiter": 100}
        found = minimize(loss, np.zeros(strength.size), jac=True, method="L-BFGS-B", options=options)
    return np.asarray(found.x).reshape(strength.shape)


def best_scale(table: Numbers, before: Thought, truth: Thought, scales: Sequence[float] = SCALES) -> float:
    """The scale whose shifts predict rows left out best; the smallest for a single row."""
    count, labels = before.main.shape
    lost = dict.fromkeys(scales, 0.0)
    every = np.arange(labels)
    for fold in range(min(FOLDS, count) if count > 1 else 0):
        out, rest = np.arange(fold, count, FOLDS), np.flatnonzero(np.arange(count) % FOLDS != fold)
        told, left = (before.part(rest, every), truth.part(rest, every)), truth.part(out, every)
        for scale in scales:
            width = np.ones(labels)
            shift = fit_shift(table[rest], *told, np.ones(len(rest)), scale * width, BIAS * width)
            moved = table[out] @ shift[:-1] + shift[-1]
            after = Thought(before.stated[out] + moved, before.main[out] + moved)
            lost[scale] += float(surprise(after, left).sum())
    return min(scales, key=lambda scale: (lost[scale], scale))


def surprise(thought: Thought, truth: Thought) -> Numbers:
    """How unexpected the truth is for each answer: minus its log likelihood (n,)."""
    stated = np.logaddexp(0, thought.stated) - truth.stated * thought.stated
    main = truth.main * log_softmax(thought.main, axis=1)
    return np.asarray(stated.sum(axis=1) - main.sum(axis=1))
