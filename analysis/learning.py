"""People's decisions on top of the shipped model: its weights are the prior, decisions move them."""

import hashlib
from collections.abc import Sequence

import numpy as np

from analysis.classifier import LinearHeads
from analysis.codebook import NONE
from analysis.corpus import read_corpus
from analysis.encoder import Encoder, shared_encoder
from analysis.features import ReasonFeatures, answer_unit, clause_units
from analysis.model import HEADS, Model
from analysis.parsing import parse
from analysis.training import batch_of, evidence_of
from analysis.types import CodeDefinition, CodedText

WEIGHT = 4.0  # of one decision of a person, against 1 for a row of the corpus
PULL = 0.2  # toward the shipped weights
BACKGROUND = 200  # corpus answers that a new code is told apart from
FRESH_BIAS = -3.0


def learn_decisions(
    model: Model, coded: Sequence[CodedText], definitions: Sequence[CodeDefinition] = ()
) -> Model:
    """A model with the decisions learnt; codes that only occur here are added after `none`."""
    examples = [
        CodedText(f"{own.code}:{i}", text, "reason", (own.code,))
        for own in definitions
        for i, text in enumerate((own.name, own.definition, *own.examples))
        if text.strip()
    ]
    rows = [*coded, *examples]
    if not rows:
        return model
    fresh = sorted({label for row in rows for label in row.labels} - set(model.codes))
    background = _background(fresh)
    weights = np.array([WEIGHT] * len(rows) + [1.0] * len(background))
    features = _more_words(model.features, rows)

    def taught(stage: Model, encoder: Encoder | None) -> Model:
        grown = _with_codes(_with_words(stage, features), fresh)
        return grown.with_parts(heads=_updated_heads(grown, [*rows, *background], weights, encoder))

    encoder = shared_encoder()
    deep = taught(model.deep, encoder) if model.deep and encoder else None
    content = hashlib.sha256(
        repr([(row.text, row.question, row.labels) for row in rows]).encode()
    ).hexdigest()[:16]
    facts = model.facts | {"decisions": len(coded), "decisions_hash": content}
    return taught(model, None).with_parts(deep=deep, facts=facts)


def _background(fresh: Sequence[str]) -> list[CodedText]:
    """Corpus answers of other codes, evenly spread; none where no code is new."""
    rows = read_corpus() if fresh else []
    return list(rows[:: max(1, len(rows) // BACKGROUND)])


def _more_words(features: ReasonFeatures, rows: Sequence[CodedText]) -> ReasonFeatures:
    """The vocabulary grown by words that occur again and again in the decisions."""
    units = []
    for row in rows:
        parsed = parse(row.text, row.question)
        units += [answer_unit(parsed, row.question), *clause_units(parsed, row.question)]
    return features.extended(units, least=3)


def _with_words(model: Model, features: ReasonFeatures) -> Model:
    """The model over a vocabulary that has grown at its end; weights of new words start at zero."""
    known = len(model.features.names_)
    heads = dict(model.heads)
    for kind in HEADS:
        fresh = [known] * (len(features.names_) - known)  # an encoder's columns stay to their right
        coef = np.insert(heads[kind].coef_, fresh, 0.0, axis=0)
        heads[kind] = LinearHeads.restored(coef, heads[kind].intercept_)
    return model.with_parts(features=features, heads=heads)


def _with_codes(model: Model, fresh: Sequence[str]) -> Model:
    """Empty heads for new codes, before the column of UNEXPLAINED."""
    at = len(model.codes)
    heads = dict(model.heads)
    for kind in ("clause", "answer", "first"):
        heads[kind] = _padded(heads[kind], at=at, columns=len(fresh))
    return model.with_parts(codes=(*model.codes, *fresh), heads=heads)


def _padded(head: LinearHeads, at: int, columns: int) -> LinearHeads:
    wider = np.insert(head.coef_, [at] * columns, 0.0, axis=1)
    return LinearHeads.restored(wider, np.insert(head.intercept_, [at] * columns, FRESH_BIAS))


def _updated_heads(
    model: Model, rows: Sequence[CodedText], weights: np.ndarray, encoder: Encoder | None
) -> dict[str, LinearHeads]:
    batch = batch_of(rows, model.features, encoder)
    _, by_clause = evidence_of(batch, model.heads)
    names = model.codes
    stated = np.array([[int(name in row.labels) for name in names] + [int(not row.labels)] for row in rows])
    first = np.array(
        [[int(row.labels[:1] == (name,)) for name in names] + [int(not row.labels)] for row in rows]
    )
    inside = _clause_targets(stated[:, :-1], batch.owner, by_clause, names.index(NONE))
    tables = {
        "answer": (batch.answers, stated, weights),
        "first": (batch.answers, first, weights),
        "clause": (batch.clauses, inside, weights[batch.owner]),
    }
    heads = dict(model.heads)
    for kind, (matrix, target, weight) in tables.items():
        heads[kind] = LinearHeads(PULL, heads[kind].coef_, heads[kind].intercept_).fit(matrix, target, weight)
    return heads


def _clause_targets(stated: np.ndarray, owner: np.ndarray, by_clause: np.ndarray, none: int) -> np.ndarray:
    """Nobody said which clause states a decided code: the one that already speaks for it most."""
    target = np.zeros_like(by_clause, dtype=int)
    for i, k in zip(*np.nonzero(stated), strict=True):
        places = np.flatnonzero(owner == i)
        if len(places) and k != none:
            target[places[np.argmax(by_clause[places, k])], k] = 1
    return target
