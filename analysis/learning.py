"""People's decisions on top of the shipped model: they shift what it thinks, and what they decided stays decided."""

import hashlib
from collections.abc import Sequence

import numpy as np

from analysis.corpus import read_corpus
from analysis.encoder import Encoder, shared_encoder
from analysis.model import Model
from analysis.settled import settle
from analysis.shifting import BIAS, Shift, best_scale, fit_shift, span_of, with_fresh
from analysis.training import Batch, batch_of, evidence_of
from analysis.types import CodeDefinition, CodedText

BACKGROUND = 200  # corpus answers that a new code is told apart from
STILL = 0.25  # weight of one of them against 1 of a decision
AGAIN = 0.1  # more confidence asked of the quick model where people have decided
UNTOLD = 1.0  # how freely known codes may move (shifting.SCALES) where only new codes were described
FRESH = -3.0  # log odds of a new code before anything was learnt
FRESH_SCALE = 20.0  # how freely they may move
FRESH_BIAS = 25.0
FRESH_RAISE = (
    1.25,
    1.75,
)  # few examples among so many others: odds come out too low; without, with decisions


def learn_decisions(
    model: Model, coded: Sequence[CodedText], definitions: Sequence[CodeDefinition] = ()
) -> Model:
    """A model with the decisions learnt; codes that only occur here are added after the others.

    The order of the decisions makes no difference. Polarity is not touched. ValueError for a model that has learnt
    some before: all of them are learnt together, on the shipped model.
    """
    if "decisions" in model.facts:
        raise ValueError("this model has learnt decisions: learn all of them on the shipped one")
    examples = [
        CodedText("", text, "reason", (own.code,))
        for own in definitions
        for text in (own.name, own.definition, *own.examples)
        if text.strip()
    ]
    coded, examples = _ordered(coded), _ordered(examples)
    rows = [*coded, *examples]
    if not rows:
        return model
    fresh = sorted({label for row in rows for label in row.labels} - set(model.codes))
    ground = _background() if fresh else []
    encoder = shared_encoder()

    def taught(stage: Model, encoder: Encoder | None) -> Model:
        batch = batch_of([*rows, *ground], stage.features, encoder)
        return _taught(stage, batch, rows, len(coded), fresh).with_parts(settled=settled)

    settled = settle(examples) | settle(coded)
    deep = taught(model.deep, encoder) if model.deep and encoder else None
    content = repr([(row.text, row.question, row.labels) for row in rows]).encode("utf-8", "surrogatepass")
    facts = {"decisions": len(coded), "decisions_hash": hashlib.sha256(content).hexdigest()[:16]}
    sure = min(1.0, model.sure + AGAIN)
    return taught(model, None).with_parts(deep=deep, sure=sure, facts=model.facts | facts)


def _ordered(rows: Sequence[CodedText]) -> list[CodedText]:
    return sorted(rows, key=lambda row: (row.text, row.question, row.labels))


def _background() -> list[CodedText]:
    rows = read_corpus()
    return list(rows[:: max(1, len(rows) // BACKGROUND)])


def _taught(
    model: Model, batch: Batch, rows: Sequence[CodedText], decided: int, fresh: Sequence[str]
) -> Model:
    """The model with a shift. `batch` holds the rows, the first `decided` of them whole answers, and then corpus
    answers, which keep what was thought of them and are no example of a new code."""
    said, ground = len(rows), len(batch.parsed) - len(rows)
    evidence, _ = evidence_of(batch, model.heads)
    main = model.main_probabilities(evidence)
    before = with_fresh(model.stated_probabilities(evidence, main), main, len(fresh))
    new = slice(len(model.codes), len(model.codes) + len(fresh))
    before.stated[:, new] = before.main[:, new] = FRESH
    truth = before.probabilities
    truth.stated[said:, new] = truth.main[said:, new] = 0.0
    truth.main[said:] /= truth.main[said:].sum(axis=1, keepdims=True)
    names = [*model.codes, *fresh, None]
    truth.stated[:said] = [[name in row.labels if name else not row.labels for name in names] for row in rows]
    truth.main[:said] = [[name == (row.labels or (None,))[0] for name in names] for row in rows]
    span = span_of(batch.answers)
    old, known = np.delete(np.arange(len(names)), new), np.flatnonzero(~truth.main[:decided, new].any(axis=1))
    free = UNTOLD
    if len(known):
        free = best_scale(span.table[known], before.part(known, old), truth.part(known, old))
    scale, bias = np.full(len(names), free), np.full(len(names), BIAS)
    scale[new], bias[new] = FRESH_SCALE, FRESH_BIAS
    weights = np.array([1.0] * said + [STILL] * ground)
    shift = fit_shift(span.table, before, truth, weights, scale, bias)
    shift[-1, new] += FRESH + FRESH_RAISE[decided > 0]
    learnt = Shift((span.back @ shift[:-1]).astype(np.float32), shift[-1].astype(np.float32))
    return model.with_parts(codes=(*model.codes, *fresh), shift=learnt)
