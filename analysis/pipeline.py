"""The reader: texts in, readings out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from analysis.classifier import Numbers
from analysis.codebook import NONE
from analysis.dictionary import dictionary_hash, wording_hash
from analysis.encoder import Encoder, shared_encoder
from analysis.learning import Course, learn_decisions
from analysis.model import Model
from analysis.parsing import Parsed
from analysis.reasoning import Explainer, codes_by_clause
from analysis.rivals import rivals_in
from analysis.settled import as_settled, settled_labels
from analysis.tokenizer import shared_tokenizer
from analysis.training import batch_of, evidence_of
from analysis.types import ClauseReading, CodeDefinition, CodedText, Reading, ReasonGuess, Role, Span, Text

COMPETITOR = "competitor"
CHUNK, CHARACTERS = 512, 100_000  # texts in memory at a time, and their characters
BELIEVED = 0.75  # P(stated) from which a reason is believed in an answer of nothing but praise


class Reader:
    """Reads answers with the shipped model, or with one that has learnt people's decisions (`learn`)."""

    def __init__(self, model: Model | None = None):
        """`model`: the shipped one by default; FileNotFoundError if it was never built."""
        self.model = model or Model.load()
        encoder = shared_encoder()
        fits = (
            self.model.deep is not None
            and encoder is not None
            and encoder.name == self.model.facts["encoder"]
        )
        self.encoder = encoder if fits else None  # weights over another encoder's vectors would mean nothing
        self._quick = Explainer(self.model)
        self._deep = Explainer(self.model.deep) if self.model.deep else None

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What this reader is made of: enough to tell two runs apart, or to repeat one."""
        model = self.model
        return {
            **model.facts,
            "dictionary": dictionary_hash(),
            "wording": wording_hash(),
            "codes": list(model.codes),
            "threshold": model.threshold,
            "encoder": self.encoder.name if self.encoder else None,
        }

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """One reading for each text, in the same order; equal texts are read once."""
        distinct = list({(text.text, text.question): text for text in texts}.values())
        read: dict[tuple[str, str], Reading] = {}
        for chunk in _chunks(distinct):
            for text, reading in zip(chunk, self._read_chunk(chunk), strict=True):
                read[text.text, text.question] = reading
        found = [read[text.text, text.question] for text in texts]
        return [
            one if one.id == text.id else replace(one, id=text.id)
            for text, one in zip(texts, found, strict=True)
        ]

    def warm(self) -> None:
        """Load what the first reading would load: dictionary, roles and the encoder's weights."""
        self.read([Text("", "はい")])
        if self.encoder is not None:
            self.encoder(["はい"])

    def learn(self, coded: Sequence[CodedText], definitions: Sequence[CodeDefinition] = ()) -> "Reader":
        """A new reader that has also learnt people's decisions; labels it does not know become codes.

        `definitions` introduce a team's own codes by name, definition and examples. This reader stays as it is.
        """
        return Reader(learn_decisions(self.model, coded, definitions))

    def course(self, coded: Sequence[CodedText], definitions: Sequence[CodeDefinition] = ()) -> Course:
        """What `learn` would learn, taken apart: for many readers, each of which learns only some of the decisions."""
        return Course(self.model, coded, definitions)

    def _read_chunk(self, texts: Sequence[Text]) -> list[Reading]:
        """The quick model reads all, the deep one what the quick one is not sure of."""
        if self._deep is None or self.encoder is None:
            return [judged.settled().reading() for judged in _judged(self._quick, None, texts)]
        quick = list(_judged(self._quick, None, texts))
        unsure = [i for i, judged in enumerate(quick) if judged.confidence < self.model.sure]
        deep = _judged(self._deep, self.encoder, [texts[i] for i in unsure]) if unsure else iter(())
        again = dict(zip(unsure, deep, strict=True))
        return [again.get(i, judged).settled().reading() for i, judged in enumerate(quick)]


def _chunks(texts: Sequence[Text]) -> Iterator[list[Text]]:
    """The texts in order, so many at a time that a table of their clauses fits into memory."""
    chunk: list[Text] = []
    length = 0
    for text in texts:
        if chunk and (len(chunk) == CHUNK or length + len(text.text) > CHARACTERS):
            yield chunk
            chunk, length = [], 0
        chunk.append(text)
        length += len(text.text)
    if chunk:
        yield chunk


def _judged(explainer: Explainer, encoder: Encoder | None, texts: Sequence[Text]) -> Iterator["_Judged"]:
    """What the explainer's model makes of each text."""
    model = explainer.model
    batch = batch_of(texts, model.features, encoder)
    evidence, by_clause = evidence_of(batch, model.heads)
    main = model.main_probabilities(evidence)
    table = model.stated_probabilities(evidence, main)
    moods = model.polarities(evidence, table)
    if model.shift is not None:
        table, main = model.shift.moved(table, main, batch.answers)
        by_clause = model.shift.moved_clauses(by_clause, model.shift.of(batch.clauses))
    ends = np.searchsorted(batch.owner, np.arange(len(texts) + 1), side="left").tolist()
    for i, (text, parsed) in enumerate(zip(texts, batch.parsed, strict=True)):
        held = _held(model, parsed, table[i], main[i])
        sure = float(main[i][held[0] if held else -1])
        inside = by_clause[ends[i] : ends[i + 1]]
        yield _Judged(explainer, text, parsed, table[i], held, sure, inside, moods[i])


class _Judged(NamedTuple):
    """One answer's probabilities, what the model decides by them, and the log odds `inside` its clauses."""

    explainer: Explainer
    text: Text
    parsed: Parsed
    row: Numbers
    held: Sequence[int]  # main first
    confidence: float  # P that the main one is right
    inside: Numbers
    polarity: str

    def settled(self) -> "_Judged":
        """What a person decided about these words takes the place of what the model thinks."""
        model = self.explainer.model
        labels = settled_labels(model.settled, self.parsed, self.text.question)
        if labels is None:
            return self
        held, row, sure = as_settled(labels, model.codes, self.row)
        return self._replace(held=held, row=row, confidence=sure)

    def reading(self) -> Reading:
        """Everything about the answer, with its explanation."""
        codes, held = self.explainer.model.codes, self.held
        probabilities = self.row.tolist()
        stated = [k for k in held if codes[k] != NONE]
        return Reading(
            id=self.text.id,
            reasons=tuple([ReasonGuess(codes[k], probabilities[k]) for k in held]),
            probabilities=dict(zip(codes, probabilities[:-1], strict=True)),
            confidence=self.confidence,
            polarity="pos" if self.parsed.only_praise and not stated else self.polarity,
            clauses=tuple(_clauses(self.explainer, self.text, self.parsed, stated, self.inside)),
            unexplained=not held,
            masked=self.parsed.masked,
            rivals=_rivals(self.explainer.model, self.parsed, stated, self.inside),
        )


def _rivals(model: Model, parsed: Parsed, stated: Sequence[int], inside: Numbers) -> tuple[Span, ...]:
    """Names in the clauses that speak of a substitute, and the names the organisation registered."""
    place = model.codes.index(COMPETITOR)
    if place not in stated:
        return rivals_in(parsed, (), model.features) if shared_tokenizer().own.competitors else ()
    spoken = zip(parsed.clauses, codes_by_clause(parsed, stated, inside), strict=True)
    stretches = [(clause.start, clause.end) for clause, columns in spoken if place in columns]
    return rivals_in(parsed, stretches, model.features)


def _held(model: Model, parsed: Parsed, row: Numbers, main: Numbers) -> list[int]:
    """What the model decides; signs alone and pure praise are no reason, whatever it thinks."""
    none = model.codes.index(NONE)
    if not parsed.has_words:
        return [none]
    if parsed.only_praise and np.delete(row[:-1], none).max() < BELIEVED:
        return [none]
    return model.decide(row, main)


def _clauses(
    explainer: Explainer, text: Text, parsed: Parsed, stated: Sequence[int], inside: Numbers
) -> Iterator[ClauseReading]:
    """Clauses in the original's offsets; every stated code rests on one of them at least."""
    codes = explainer.model.codes
    spoken = codes_by_clause(parsed, stated, inside)
    for clause, columns in zip(parsed.clauses, spoken, strict=True):
        start, end = parsed.normal.original_span(clause.start, clause.end)
        role = Role.COUNTED if columns else clause.role
        words = explainer.because(parsed, clause.start, clause.end, columns)
        names = tuple([codes[k] for k in columns])
        yield ClauseReading(start, end, text.text[start:end], role, names, words)
