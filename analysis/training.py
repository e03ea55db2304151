"""How the model is made of the corpus. What people decide comes on top of it (learning.py)."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from joblib import Parallel, cpu_count, delayed
from sklearn.model_selection import GroupKFold

from analysis.classifier import Calibrator, Choice, LinearHeads, Rows, Wide
from analysis.codebook import codes
from analysis.corpus import CorpusRow, clause_labels, corpus_hash
from analysis.dictionary import dictionary_hash, wording_hash
from analysis.encoder import Encoder
from analysis.features import ReasonFeatures, answer_unit, clause_units, whole_unit
from analysis.model import (
    HEADS,
    MOOD,
    POLARITIES,
    Evidence,
    Model,
    main_evidence,
    mood_evidence,
    stated_evidence,
)
from analysis.parsing import Parsed, parse
from analysis.types import Text

PULL = 0.03  # toward nothing
PHRASE = 0.6  # weight of a phrase against 1 of a written answer
FOLDS = 5
THRESHOLDS = tuple(round(0.25 + 0.025 * step, 3) for step in range(15))
START = -2.5  # log odds of a label before anything was learnt
MOODS = (1.0, -1.0, -2.0, -2.0)  # of each polarity


@dataclass(frozen=True)
class Batch:
    """Features of n answers and of their clauses; `owner` says to which answer each clause belongs."""

    parsed: tuple[Parsed, ...]
    answers: Rows
    wholes: Rows
    clauses: Rows
    owner: np.ndarray


def batch_of(texts: Sequence[Text], features: ReasonFeatures, encoder: Encoder | None = None) -> Batch:
    """Parse and describe `texts`; with an encoder its vectors stand to the right of the vocabulary.

    Only the whole answer is encoded, and its vector stands beside its clauses too: encoding each part costs three
    times as much and reads no better.
    """
    parsed = tuple(parse(text.text, text.question) for text in texts)
    pairs = list(zip(parsed, (text.question for text in texts), strict=True))
    inside = [clause_units(one, question) for one, question in pairs]
    owner = np.repeat(np.arange(len(texts)), [len(units) for units in inside])
    wholes = [whole_unit(*pair) for pair in pairs]
    answers = features.transform([answer_unit(*pair) for pair in pairs])
    clauses = features.transform([unit for units in inside for unit in units])
    if encoder is None:
        return Batch(parsed, answers, features.transform(wholes), clauses, owner)
    vectors = encoder([unit.text for unit in wholes])
    table = Wide(features.transform(wholes), vectors)
    return Batch(parsed, Wide(answers, vectors), table, Wide(clauses, vectors[owner]), owner)


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


def build_model(
    rows: Sequence[CorpusRow],
    seed: int = 0,
    phrases: Sequence[CorpusRow] = (),
    encoder: Encoder | None = None,
) -> Model:
    """Learn from answers and phrases; calibration and threshold come from answers of writers the heads did not see.

    With an encoder the model has a second, deeper one for what the first is not sure of.
    """
    names, taught = codes(), [*rows, *phrases]
    features = vocabulary_of(taught)
    model, left_out = _build(rows, taught, features, batch_of(taught, features), seed)
    if encoder is None:
        return model
    deep, deep_left_out = _build(rows, taught, features, batch_of(taught, features, encoder), seed)
    deep = deep.with_parts(facts=deep.facts | {"encoder": encoder.name})
    sure = sure_enough(model, left_out, deep, deep_left_out, targets_of(rows, names)["first"])
    return model.with_parts(deep=deep, sure=sure, facts=deep.facts)


def _build(
    rows: Sequence[CorpusRow], taught: Sequence[CorpusRow], features: ReasonFeatures, batch: Batch, seed: int
) -> tuple[Model, Evidence]:
    """A model over the tables of `batch`, and the evidence about `rows` from heads that did not see their writer."""
    names = codes()
    targets = targets_of(taught, names)
    weights = np.array([1.0] * len(rows) + [PHRASE] * (len(taught) - len(rows)))
    left_out = cross_evidence(batch, targets, weights, groups_of(rows))
    heads = fit_heads(batch, targets, weights)
    targets = {kind: table[: len(rows)] for kind, table in targets.items() if kind != "clause"}
    model = _calibrated(
        Model(names, features, heads, Calibrator(), Choice(), 0.4, facts=_facts(rows, seed)),
        left_out,
        targets,
    )
    return model, left_out


def _calibrated(model: Model, left_out: Evidence, targets: dict[str, np.ndarray]) -> Model:
    """The model with everything that is learnt from `left_out`, evidence of heads that did not see the writer."""
    main = Choice().fit(main_evidence(left_out), targets["first"].argmax(axis=1))
    model = model.with_parts(main=main)
    chances = model.main_probabilities(left_out)
    model = model.with_parts(stated=_fit_stated(left_out, chances, targets["answer"]))
    stated = model.stated_probabilities(left_out, chances)
    mood = fit_mood(left_out, stated, targets["polarity"])
    model = model.with_parts(heads=model.heads | {MOOD: mood})
    return model.with_parts(threshold=_best_threshold(model, stated, chances, targets["answer"]))


def sure_enough(
    model: Model, evidence: Evidence, deep: Model, deep_evidence: Evidence, first: np.ndarray
) -> float:
    """The confidence from which the quick model decides, so that most first reasons of both together are right.

    `first` (n, codes + unexplained) says which one is right; the evidence comes from heads that did not see the writer.
    """
    chances = model.main_probabilities(evidence)
    quick, sure = chances.argmax(axis=1), chances.max(axis=1)
    slow = deep.main_probabilities(deep_evidence).argmax(axis=1)
    places = np.arange(len(first))
    loss = first[places, slow].astype(float) - first[places, quick]
    order = np.argsort(-sure, kind="stable")
    lost = np.cumsum(loss[order])
    best = int(np.argmin(lost))
    return float(sure[order[best]]) if lost[best] <= 0 else 1.0


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


def fit_heads(batch: Batch, targets: dict[str, Any], weights: np.ndarray) -> dict[str, LinearHeads]:
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
        bias = np.array(MOODS) if kind == "polarity" else np.full(targets[kind].shape[1], START)
        taught = weight > 0
        head = LinearHeads(PULL, bias=bias).fit(matrix[taught], targets[kind][taught], weight[taught])
        head.coef_ = head.coef_.astype(np.float16).astype(np.float32)  # as it will be stored
        heads[kind] = head
    return heads


def cross_evidence(
    batch: Batch, targets: dict[str, Any], weights: np.ndarray, groups: Sequence[str]
) -> Evidence:
    """Evidence about the first len(groups) answers from heads that saw none of their group; what follows always teaches."""
    count = len(groups)
    folds = GroupKFold(min(FOLDS, len(set(groups)))).split(np.zeros(count), groups=groups)
    tests = [test for _, test in folds]
    found = Parallel(n_jobs=min(cpu_count(), len(tests)))(
        delayed(_fold_evidence)(batch, targets, weights, test) for test in tests
    )
    places = np.argsort(np.concatenate(tests), kind="stable")
    return Evidence(*(np.concatenate(tables)[places] for tables in zip(*found, strict=True)))


def _fold_evidence(
    batch: Batch, targets: dict[str, Any], weights: np.ndarray, test: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Evidence about the `test` answers from heads that were taught by all others."""
    left = weights.copy()
    left[test] = 0.0
    evidence, _ = evidence_of(batch, fit_heads(batch, targets, left))
    return tuple(
        table[test] for table in (evidence.answer, evidence.first, evidence.clause, evidence.polarity)
    )


def _fit_stated(evidence: Evidence, main: np.ndarray, target: np.ndarray) -> Calibrator:
    table = stated_evidence(evidence, main)
    return Calibrator(prior=[0.5, 0.5] + [0.0] * (table.shape[2] - 2)).fit(
        table.reshape(-1, table.shape[2]), target.reshape(-1)
    )


def fit_mood(evidence: Evidence, table: np.ndarray, target: np.ndarray) -> LinearHeads:
    """The heads that settle the polarity, from answers the others did not see."""
    return LinearHeads(pull=0.5).fit(mood_evidence(evidence, table[:, : len(codes())]), target)


def _best_threshold(model: Model, stated: np.ndarray, main: np.ndarray, target: np.ndarray) -> float:
    """The one threshold with the best macro-F1."""
    scores = []
    for threshold in THRESHOLDS:
        tried = model.with_parts(threshold=threshold)
        guess = np.zeros_like(target)
        for i, pair in enumerate(zip(stated, main, strict=True)):
            guess[i, tried.decide(*pair)] = 1
        both = (guess * target)[:, :-1].sum(axis=0)
        scores.append(np.mean(2 * both / np.maximum((guess + target)[:, :-1].sum(axis=0), 1)))
    return THRESHOLDS[int(np.argmax(scores))]


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
