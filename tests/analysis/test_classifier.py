"""Linear heads keep scikit-learn's promises and believe their prior until taught otherwise."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from analysis.classifier import Calibrator, LinearHeads, log_odds

CHANCE = np.random.default_rng(5)
X = csr_matrix(CHANCE.normal(size=(200, 6)))
Y = np.column_stack([X[:, 0].toarray()[:, 0] > 0, X[:, 1].toarray()[:, 0] > 0.5]).astype(int)


def test_heads_learn_several_labels_at_once():
    heads = LinearHeads(pull=0.1).fit(X, Y)
    assert (heads.predict(X) == Y).mean() > 0.95
    assert heads.predict_proba(X).shape == (200, 2)


def test_fit_gives_itself_and_the_same_every_time():
    heads = LinearHeads(pull=0.1)
    assert heads.fit(X, Y) is heads
    np.testing.assert_array_equal(heads.coef_, clone(heads).fit(X, Y).coef_)


def test_without_rows_the_prior_stays():
    prior = CHANCE.normal(size=(6, 2))
    heads = LinearHeads(prior=prior, bias=np.array([1.0, -1.0])).fit(X[:0], Y[:0])
    np.testing.assert_allclose(heads.coef_, prior, rtol=1e-5)
    np.testing.assert_allclose(heads.intercept_, [1.0, -1.0])


def test_the_harder_the_pull_the_more_of_the_prior_stays():
    prior = np.full((6, 2), 2.0)
    loose, tight = (LinearHeads(pull=pull, prior=prior).fit(X, Y).coef_ for pull in (0.1, 1000.0))
    assert np.abs(tight - prior).max() < 0.5 < np.abs(loose - prior).max()


def test_features_that_never_occurred_keep_their_prior():
    blind = X.toarray()
    blind[:, 3] = 0
    heads = LinearHeads(pull=0.1, prior=np.full((6, 2), 3.0)).fit(blind, Y)
    np.testing.assert_allclose(heads.coef_[3], 3.0)
    assert not np.allclose(heads.coef_[0], 3.0)


def test_a_row_of_weight_zero_teaches_nothing():
    weights = np.r_[np.ones(100), np.zeros(100)]
    wrong = Y.copy()
    wrong[100:] = 1 - wrong[100:]
    taught = LinearHeads(pull=0.1).fit(X, wrong, weights)
    np.testing.assert_allclose(taught.coef_, LinearHeads(pull=0.1).fit(X[:100], Y[:100]).coef_, atol=1e-2)


def test_untaught_heads_say_so():
    with pytest.raises(NotFittedError):
        LinearHeads().decision_function(X)


def test_calibrated_chances_come_true_as_often_as_they_say():
    evidence = CHANCE.normal(scale=2, size=(4000, 1))
    happened = CHANCE.random(4000) < 1 / (1 + np.exp(-0.5 * evidence[:, 0]))
    said = Calibrator().fit(evidence, happened).predict_proba(evidence)
    for low in (0.2, 0.4, 0.6):
        inside = (said >= low) & (said < low + 0.2)
        assert happened[inside].mean() == pytest.approx(said[inside].mean(), abs=0.05)


def test_certainty_has_finite_odds():
    assert np.isfinite(log_odds([0.0, 1.0])).all()
