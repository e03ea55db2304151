"""Linear heads that start from what is already known, and the calibration over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, log_softmax, logit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

Numbers = NDArray[np.floating]
Rows = Any  # a dense table, a scipy sparse matrix (untyped) or Wide


@dataclass(frozen=True)
class Wide:
    """A sparse table with a dense one to its right: kept apart, because each has its own fast product."""

    sparse: csr_matrix
    dense: Numbers

    @property
    def shape(self) -> tuple[int, int]:
        return self.sparse.shape[0], self.sparse.shape[1] + self.dense.shape[1]

    def __getitem__(self, rows: NDArray[Any]) -> "Wide":
        return Wide(self.sparse[rows], self.dense[rows])

    def __matmul__(self, weights: Numbers) -> Numbers:
        edge = self.sparse.shape[1]
        product: Numbers = self.sparse @ weights[:edge] + self.dense @ weights[edge:]
        return product


def wide(rows: Rows) -> Wide:
    """Any kind of table as a sparse and a dense part, of 64 bits."""
    if isinstance(rows, Wide):
        return Wide(csr_matrix(rows.sparse, dtype=float), np.asarray(rows.dense, dtype=float))
    sparse = csr_matrix(rows, dtype=float)
    return Wide(sparse, np.zeros((sparse.shape[0], 0)))


class LinearHeads(ClassifierMixin, BaseEstimator):
    """One logistic head for each label, pulled toward prior weights instead of toward zero.

    The less is taught, the more of the prior stays. `X` (n, features), sparse or dense; `Y` (n, labels) of 0 and 1.
    """

    def __init__(
        self, pull: float = 1.0, prior: Numbers | None = None, bias: Numbers | None = None, rounds: int = 150
    ):
        self.pull = pull
        self.prior = prior  # (features, labels)
        self.bias = bias  # (labels,)
        self.rounds = rounds

    def fit(self, X: Rows, Y: ArrayLike, sample_weight: ArrayLike | None = None) -> "LinearHeads":
        """Learn all heads; without rows the prior stays as it is."""
        X, Y = wide(X), np.asarray(Y, dtype=float)
        prior = (
            np.zeros((X.shape[1], Y.shape[1])) if self.prior is None else np.asarray(self.prior, dtype=float)
        )
        bias = np.zeros(Y.shape[1]) if self.bias is None else np.asarray(self.bias, dtype=float)
        weights = np.ones(len(Y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        edge = X.sparse.shape[1]
        words = np.unique(X.sparse.indices)  # the other words keep their prior
        active = np.concatenate([words, np.arange(edge, X.shape[1])])
        within, across = Wide(X.sparse[:, words], X.dense), X.sparse[:, words].T.tocsr()
        start = np.vstack([prior[active], bias])
        with threadpool_limits(1):  # many small steps: on a busy machine threads only wait for each other
            columns = [self._head(within, across, Y[:, k], weights, start[:, k]) for k in range(Y.shape[1])]
        heads = np.column_stack(columns)
        self.coef_ = prior.astype(np.float32)
        self.coef_[active] = heads[:-1]
        self.intercept_ = heads[-1].astype(np.float32)
        return self

    @classmethod
    def restored(cls, coef: Numbers, intercept: Numbers) -> "LinearHeads":
        """Heads that were learnt before: (features, labels) and (labels,)."""
        heads = cls()
        heads.coef_, heads.intercept_ = (
            np.asarray(coef, dtype=np.float32),
            np.asarray(intercept, dtype=np.float32),
        )
        return heads

    def decision_function(self, X: Rows) -> Numbers:
        """Log odds (n, labels)."""
        check_is_fitted(self, "coef_")
        odds: Numbers = np.asarray(X @ self.coef_) + self.intercept_
        return odds

    def predict_proba(self, X: Rows) -> Numbers:
        """P of each label by itself (n, labels), not calibrated."""
        return np.asarray(expit(self.decision_function(X)))

    def predict(self, X: Rows) -> NDArray[np.int64]:
        """0 or 1 for each label (n, labels)."""
        return (self.decision_function(X) > 0).astype(np.int64)

    def _head(self, X: Wide, across: csr_matrix, y: Numbers, weights: Numbers, start: Numbers) -> Numbers:
        """Weights and bias of one label; `across` is the sparse part of `X` transposed, `start` the prior and its bias."""
        if not len(y):
            return start
        strength = np.append(np.full(len(start) - 1, self.pull), self.pull * 0.05)

        def loss(w: Numbers) -> tuple[float, Numbers]:
            odds, gap = X @ w[:-1] + w[-1], w - start
            slope = weights * (expit(odds) - y)
            gradient = np.concatenate([across @ slope, X.dense.T @ slope, [slope.sum()]]) + strength * gap
            fit = np.sum(weights * (np.logaddexp(0, odds) - y * odds))
            return float(fit + 0.5 * np.sum(strength * gap**2)), gradient

        options = {"maxiter": self.rounds, "ftol": 1e-6}
        return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x)


class Calibrator(ClassifierMixin, BaseEstimator):
    """A small logistic model over evidence (n, k) that turns it into probabilities one can trust."""

    def __init__(self, pull: float = 1.0, prior: Sequence[float] | None = None):
        self.pull = pull
        self.prior = prior

    def fit(self, X: ArrayLike, y: ArrayLike) -> "Calibrator":
        """Learn from evidence `X` and outcomes `y` (n,) of 0 and 1."""
        rows = np.asarray(X, dtype=float)
        prior = np.zeros((rows.shape[1], 1)) if self.prior is None else np.reshape(self.prior, (-1, 1))
        heads = LinearHeads(self.pull, prior).fit(rows, np.reshape(y, (-1, 1)))
        self.coef_, self.intercept_ = heads.coef_[:, 0], heads.intercept_[0]
        return self

    @classmethod
    def restored(cls, packed: Numbers) -> "Calibrator":
        """What `packed` gave."""
        calibrator = cls()
        calibrator.coef_, calibrator.intercept_ = packed[:-1], packed[-1]
        return calibrator

    @property
    def packed(self) -> Numbers:
        """Weights and bias in one row."""
        return np.append(self.coef_, self.intercept_)

    def predict_proba(self, X: ArrayLike) -> Numbers:
        """P (n,)."""
        check_is_fitted(self, "coef_")
        return np.asarray(expit(np.asarray(X) @ self.coef_ + self.intercept_))


class Choice(ClassifierMixin, BaseEstimator):
    """Which one of several candidates holds: a conditional logit (McFadden 1974).

    `X` (n, candidates, k): what speaks for each candidate, weighed alike for all; `y` (n,): the one that held. Every
    candidate has a bias of its own.
    """

    def __init__(self, pull: float = 1.0):
        self.pull = pull

    def fit(self, X: ArrayLike, y: ArrayLike) -> "Choice":
        """Learn the weights (k,) and a bias (candidates,)."""
        rows, right = np.asarray(X, dtype=float), np.asarray(y, dtype=int)
        count, width, depth = rows.shape
        held = np.eye(width)[right]

        def loss(w: Numbers) -> tuple[float, Numbers]:
            odds = log_softmax(rows @ w[:depth] + w[depth:], axis=1)
            gap = np.exp(odds) - held
            slope = np.concatenate([np.einsum("nck,nc->k", rows, gap), gap.sum(axis=0)])
            fit = -odds[np.arange(count), right].sum()
            return float(fit + 0.5 * self.pull * w @ w), slope + self.pull * w

        start = np.concatenate([np.full(depth, 1 / depth), np.zeros(width)])
        found = minimize(loss, start, jac=True, method="L-BFGS-B").x
        self.coef_, self.bias_ = found[:depth], found[depth:]
        return self

    @classmethod
    def restored(cls, coef: Numbers, bias: Numbers) -> "Choice":
        """One that was learnt before."""
        choice = cls()
        choice.coef_, choice.bias_ = np.asarray(coef), np.asarray(bias)
        return choice

    def predict_proba(self, X: ArrayLike) -> Numbers:
        """P (n, candidates), each row adding up to 1."""
        check_is_fitted(self, "coef_")
        rows = np.asarray(X, dtype=float)
        return np.asarray(softmax(rows @ self.coef_ + self.bias_, axis=1))


def log_odds(probabilities: ArrayLike) -> Numbers:
    """Log odds, kept finite."""
    return np.asarray(logit(np.clip(probabilities, 1e-4, 1 - 1e-4)))
