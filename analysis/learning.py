"""People's decisions on top of the shipped model: they shift what it thinks, and what they decided stays decided."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from analysis.classifier import Numbers
from analysis.corpus import read_corpus
from analysis.encoder import Encoder, shared_encoder
from analysis.model import Model
from analysis.parsing import parse
from analysis.settled import keys_of, settle
from analysis.shifting import BIAS, Places, Products, Shift, best_scale, fit_shift, with_fresh
from analysis.training import batch_of, evidence_of
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
    return Course(model, coded, definitions).learnt()


class Course:
    """Decisions and definitions taken apart once, for models that learn all of them, or only some of the decisions."""

    def __init__(
        self, model: Model, coded: Sequence[CodedText], definitions: Sequence[CodeDefinition] = ()
    ) -> None:
        if "decisions" in model.facts:
            raise ValueError("this model has learnt decisions: learn all of them on the shipped one")
        examples = [
            CodedText("", text, "reason", (own.code,))
            for own in definitions
            for text in (own.name, own.definition, *own.examples)
            if text.strip()
        ]
        self._decided = len(coded)
        self._rows = [*_ordered(coded), *_ordered(examples)]
        self._keys = [keys_of(parse(row.text, row.question), row.question) for row in self._rows]
        ground = _background() if _fresh(model, self._rows) else []
        texts, encoder = [*self._rows, *ground], shared_encoder()
        self._model = model
        with threadpool_limits(1):
            self._quick = _Stage.of(model, texts, None) if texts else None
            self._deep = _Stage.of(model.deep, texts, encoder) if texts and model.deep and encoder else None

    def learnt(self, keeps: Callable[[CodedText], bool] = lambda decision: True) -> Model:
        """What `learn_decisions` makes of the definitions and of the decisions that `keeps` holds for."""
        kept = [place for place in range(self._decided) if keeps(self._rows[place])]
        decided, model = len(kept), self._model
        kept += range(self._decided, len(self._rows))
        rows, keys = [self._rows[place] for place in kept], [self._keys[place] for place in kept]
        if not rows or self._quick is None:
            return model
        fresh = _fresh(model, rows)
        ground = range(len(self._rows), len(self._quick.main)) if fresh else ()
        places = np.array([*kept, *ground])
        settled = settle(rows[decided:], keys[decided:]) | settle(rows[:decided], keys[:decided])

        def taught(stage: _Stage) -> Model:
            return _taught(stage, places, rows, decided, fresh).with_parts(settled=settled)

        with threadpool_limits(1):  # many small steps: on a busy machine threads only wait for each other
            deep = taught(self._deep) if self._deep else None
            quick = taught(self._quick)
        content = repr([(row.text, row.question, row.labels) for row in rows])
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        facts = {"decisions": decided, "decisions_hash": digest}
        sure = min(1.0, model.sure + AGAIN)
        return quick.with_parts(deep=deep, sure=sure, facts=model.facts | facts)


@dataclass(frozen=True)
class _Stage:
    """One of the two models, what it thinks of each text before it learns, and the texts' features."""

    model: Model
    stated: Numbers
    main: Numbers
    products: Products

    @classmethod
    def of(cls, model: Model, texts: Sequence[CodedText], encoder: Encoder | None) -> "_Stage":
        batch = batch_of(texts, model.features, encoder)
        evidence, _ = evidence_of(batch, model.heads)
        main = model.main_probabilities(evidence)
        return cls(model, model.stated_probabilities(evidence, main), main, Products(batch.answers))


def _fresh(model: Model, rows: Sequence[CodedText]) -> list[str]:
    """The codes that only occur here."""
    return sorted({label for row in rows for label in row.labels} - set(model.codes))


def _ordered(rows: Sequence[CodedText]) -> list[CodedText]:
    return sorted(rows, key=lambda row: (row.text, row.question, row.labels))


def _background() -> list[CodedText]:
    rows = read_corpus()
    return list(rows[:: max(1, len(rows) // BACKGROUND)])


def _taught(
    stage: _Stage, places: Places, rows: Sequence[CodedText], decided: int, fresh: Sequence[str]
) -> Model:
    """The model with a shift. At `places` of the stage stand the rows, the first `decided` of them whole answers, and
    then corpus answers, which keep what was thought of them and are no example of a new code."""
    said, ground, model = len(rows), len(places) - len(rows), stage.model
    before = with_fresh(stage.stated[places], stage.main[places], len(fresh))
    new = slice(len(model.codes), len(model.codes) + len(fresh))
    before.stated[:, new] = before.main[:, new] = FRESH
    truth = before.probabilities
    truth.stated[said:, new] = truth.main[said:, new] = 0.0
    truth.main[said:] /= truth.main[said:].sum(axis=1, keepdims=True)
    names = [*model.codes, *fresh, None]
    truth.stated[:said] = [[name in row.labels if name else not row.labels for name in names] for row in rows]
    truth.main[:said] = [[name == (row.labels or (None,))[0] for name in names] for row in rows]
    span = stage.products.span(places)
    old, known = np.delete(np.arange(len(names)), new), np.flatnonzero(~truth.main[:decided, new].any(axis=1))
    free = UNTOLD
    if len(known):
        free = best_scale(span.table[known], before.part(known, old), truth.part(known, old))
    scale, bias = np.full(len(names), free), np.full(len(names), BIAS)
    scale[new], bias[new] = FRESH_SCALE, FRESH_BIAS
    weights = np.array([1.0] * said + [STILL] * ground)
    shift = fit_shift(span.table, before, truth, weights, scale, bias)
    shift[-1, new] += FRESH + FRESH_RAISE[decided > 0]
    learnt = Shift(span.weights(shift[:-1]).astype(np.float32), shift[-1].astype(np.float32))
    return model.with_parts(codes=(*model.codes, *fresh), shift=learnt)
