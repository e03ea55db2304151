"""How the model is made: lexicon → corpus (`build_model`) → people's decisions (`learn_decisions`)."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from analysis.classifier import Calibrator, LinearHeads, Numbers
from analysis.codebook import NONE, codes
from analysis.corpus import CorpusRow, clause_labels, corpus_hash
from analysis.dictionary import dictionary_hash, wording_hash
from analysis.features import ReasonFeatures, answer_unit, clause_units, whole_unit
from analysis.model import (
    HEADS,
    MOOD,
    POLARITIES,
    Evidence,
    Model,
    first_evidence,
    mood_evidence,
    stated_evidence,
)
from analysis.parsing import Parsed, parse
from analysis.types import Text

PULL = 0.03  # toward the lexicon
PHRASE = 0.6  # weight of a phrase against 1 of a written answer
FOLDS = 5
THRESHOLDS = tuple(round(0.25 + 0.025 * step, 3) for step in range(15))
_ROLES = ("m:role=praise", "m:role=negated", "m:role=conceded")


@dataclass(frozen=True)
class Batch:
    """Features of n answers and of their clauses; `owner` says to which answer each clause belongs."""

    parsed: tuple[Parsed, ...]
    answers: csr_matrix
    wholes: csr_matrix
    clauses: csr_matrix
    owner: np.ndarray


def batch_of(texts: Sequence[Text], features: ReasonFeatures) -> Batch:
    """Parse and describe `texts`."""
    parsed = tuple(parse(text.text, text.question) for text in texts)
    pairs = list(zip(parsed, (text.question for text in texts), strict=True))
    inside = [clause_units(one, question) for one, question in pairs]
    return Batch(
        parsed,
        features.transform([answer_unit(*pair) for pair in pairs]),
        features.transform([whole_unit(*pair) for pair in pairs]),
        features.transform([unit for units in inside for unit in units]),
        np.repeat(np.arange(len(texts)), [len(units) for units in inside]),
    )


def evidence_of(batch: Batch, heads: dict[str, LinearHeads]) -> tuple[Evidence, np.ndarray]:
    """Evidence about the answers, and the log odds of each clause (clauses, codes)."""
    by_clause = heads["clause"].decision_function(batch.clauses)
    best = np.full((len(batch.parsed), by_clause.shape[1]), -6.0)
    np.maximum.at(best, batch.owner, by_clause)
    answer, first = (
        heads["answer"].decision_function(batch.answers),
        heads["first"].decision_function(batch.answers),
    )
    return Evidence(answer, first, best, heads["polarity"].decision_function(batch.wholes)), by_clause


def build_model(rows: Sequence[CorpusRow], seed: int = 0, phrases: Sequence[CorpusRow] = ()) -> Model:
    """Learn from answers and phrases; calibration and threshold come from answers of writers the heads did not see."""
    names, taught = codes(), [*rows, *phrases]
    features = vocabulary_of(taught)
    batch, targets = batch_of(taught, features), targets_of(taught, names)
    weights = np.array([1.0] * len(rows) + [PHRASE] * len(phrases))
    left_out = cross_evidence(batch, targets, features, names, weights, groups_of(rows))
    heads = fit_heads(batch, targets, features, names, weights)
    targets = {kind: table[: len(rows)] for kind, table in targets.items() if kind != "clause"}
    model = Model(
        names,
        features,
        heads,
        _fit_stated(left_out, targets["answer"]),
        Calibrator(),
        0.4,
        _facts(rows, seed),
    )
    table = model.stated_probabilities(left_out)
    heads[MOOD] = fit_mood(left_out, table, targets["polarity"])
    model = model.with_parts(threshold=_best_threshold(model, table, targets["answer"]))
    return model.with_parts(first=_fit_first(model, table, left_out.first, targets["first"]))


def vocabulary_of(rows: Sequence[CorpusRow]) -> ReasonFeatures:
    """Features learnt from whole answers and their clauses."""
    units = []
    for row in rows:
        parsed = parse(row.text, row.question)
        units += [whole_unit(parsed, row.question), *clause_units(parsed, row.question)]
    return ReasonFeatures().fit(units)


def groups_of(rows: Sequence[CorpusRow]) -> list[str]:
    """What must not be split between teaching and testing: a writer, or a business while writers are few."""
    writers = [row.writer for row in rows]
    return writers if len(set(writers)) >= FOLDS else [row.business for row in rows]


def targets_of(rows: Sequence[CorpusRow], names: Sequence[str]) -> dict[str, np.ndarray]:
    """0/1 tables for every kind of head."""
    stated = np.array([[int(name in row.labels) for name in names] + [int(not row.labels)] for row in rows])
    first = np.array(
        [[int(row.labels[:1] == (name,)) for name in names] + [int(not row.labels)] for row in rows]
    )
    inside = [line for row in rows for line in clause_labels(row, parse(row.text, row.question), names)]
    polarity = np.array([[int(row.polarity == kind) for kind in POLARITIES] for row in rows])
    return {"answer": stated, "first": first, "clause": np.array(inside), "polarity": polarity}


def fit_heads(
    batch: Batch, targets: dict[str, Any], features: ReasonFeatures, names: Sequence[str], weights: np.ndarray
) -> dict[str, LinearHeads]:
    """All heads over the features; answers of weight 0 teach nothing, those without polarity no polarity."""
    known = weights * (targets["polarity"].sum(axis=1) > 0)
    tables = {
        "answer": (batch.answers, weights),
        "first": (batch.answers, weights),
        "polarity": (batch.wholes, known),
        "clause": (batch.clauses, weights[batch.owner]),
    }
    heads = {}
    for kind in HEADS:
        matrix, weight = tables[kind]
        prior, bias = lexicon_prior(kind, features, names, targets[kind].shape[1])
        head = LinearHeads(PULL, prior, bias).fit(
            matrix[weight > 0], targets[kind][weight > 0], weight[weight > 0]
        )
        head.coef_ = head.coef_.astype(np.float16).astype(np.float32)  # as it will be stored
        heads[kind] = head
    return heads


def lexicon_prior(
    kind: str, features: ReasonFeatures, names: Sequence[str], width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weights before anything was learnt: a code's own patterns speak for it, denied clauses against all."""
    prior: Numbers = np.zeros((len(features.names_), width))
    bias: Numbers = np.full(width, -2.5)
    place = features.index_
    if kind == "polarity":
        return prior, np.array([1.0, -1.0, -2.0, -2.0])
    for k, name in enumerate(names):
        if f"x:{name}" in place:
            prior[place[f"x:{name}"], k] = 6.0
        for role in _ROLES:
            if role in place:
                prior[place[role], k] = -9.0
    if kind != "clause":
        for mark in ("m:only-praise", "m:no-content"):
            if mark in place:
                prior[place[mark], list(names).index(NONE)] = 9.0
    return prior, bias


def cross_evidence(
    batch: Batch,
    targets: dict[str, Any],
    features: ReasonFeatures,
    names: Sequence[str],
    weights: np.ndarray,
    groups: Sequence[str],
) -> Evidence:
    """Evidence about the first len(groups) answers from heads that saw none of their group; what follows always teaches."""
    count = len(groups)
    parts: list[Numbers] = []
    folds = GroupKFold(min(FOLDS, len(set(groups))))
    for _, test in folds.split(np.zeros(count), groups=groups):
        left = weights.copy()
        left[test] = 0.0
        evidence, _ = evidence_of(batch, fit_heads(batch, targets, features, names, left))
        tables = [evidence.answer, evidence.first, evidence.clause, evidence.polarity]
        parts = parts or [np.zeros_like(table[:count]) for table in tables]
        for part, table in zip(parts, tables, strict=True):
            part[test] = table[test]
    answer, first, clause, polarity = parts
    return Evidence(answer, first, clause, polarity)


def _fit_stated(evidence: Evidence, target: np.ndarray) -> Calibrator:
    table = stated_evidence(evidence)
    return Calibrator(prior=[0.5, 0.5] + [0.0] * (table.shape[2] - 2)).fit(
        table.reshape(-1, table.shape[2]), target.reshape(-1)
    )


def fit_mood(evidence: Evidence, table: np.ndarray, target: np.ndarray) -> LinearHeads:
    """The heads that settle the polarity, from answers the others did not see."""
    return LinearHeads(pull=0.5).fit(mood_evidence(evidence, table[:, : len(codes())]), target)


def _best_threshold(model: Model, table: np.ndarray, target: np.ndarray) -> float:
    """The one threshold with the best macro-F1."""
    scores = []
    for threshold in THRESHOLDS:
        tried = model.with_parts(threshold=threshold)
        guess = np.zeros_like(target)
        for i, row in enumerate(table):
            guess[i, tried.decide(row)] = 1
        both = (guess * target)[:, :-1].sum(axis=0)
        scores.append(np.mean(2 * both / np.maximum((guess + target)[:, :-1].sum(axis=0), 1)))
    return THRESHOLDS[int(np.argmax(scores))]


def _fit_first(model: Model, table: np.ndarray, first: np.ndarray, target: np.ndarray) -> Calibrator:
    rows, outcomes = [], []
    for i, row in enumerate(table):
        held = model.decide(row) or [len(model.codes)]
        rows.append(first_evidence(row, first[i], held))
        outcomes.append(target[i, held])
    return Calibrator(prior=[0.5, 0.5, 0.0, 0.0, 0.0]).fit(np.concatenate(rows), np.concatenate(outcomes))


def _facts(rows: Sequence[CorpusRow], seed: int) -> dict[str, Any]:
    packages = ("numpy", "scipy", "scikit-learn", "fugashi", "unidic-lite")
    return {
        "seed": seed,
        "rows": len(rows),
        "writers": sorted({row.writer for row in rows}),
        "corpus": corpus_hash(),
        "dictionary": dictionary_hash(),
        "wording": wording_hash(),
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }
