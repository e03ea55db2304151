"""The reader: texts in, readings out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.classifier import Numbers
from analysis.codebook import NONE
from analysis.dictionary import dictionary_hash, wording_hash
from analysis.encoder import Encoder, shared_encoder
from analysis.learning import learn_decisions
from analysis.model import Model
from analysis.parsing import Parsed
from analysis.reasoning import because_of, codes_by_clause
from analysis.training import batch_of, evidence_of
from analysis.types import ClauseReading, CodeDefinition, CodedText, Reading, ReasonGuess, Role, Text

CHUNK = 512  # texts in memory at a time
SURE = 0.75  # P(stated) from which a reason is believed in an answer of nothing but praise


class Reader:
    """Reads answers with the shipped model, or with one that has learnt people's decisions (`learn`)."""

    def __init__(self, model: Model | None = None):
        """`model`: the shipped one by default; FileNotFoundError if it was never built."""
        self.model = model or Model.load()
        self.encoder = shared_encoder() if self.model.deep else None

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
        for start in range(0, len(distinct), CHUNK):
            chunk = distinct[start : start + CHUNK]
            for text, reading in zip(chunk, self._read_chunk(chunk), strict=True):
                read[text.text, text.question] = reading
        return [replace(read[text.text, text.question], id=text.id) for text in texts]

    def warm(self) -> None:
        """Load what the first reading would load: dictionary, lexicon and the encoder's weights."""
        self.read([Text("", "はい")])
        if self.encoder is not None:
            self.encoder(["はい"])

    def learn(self, coded: Sequence[CodedText], definitions: Sequence[CodeDefinition] = ()) -> "Reader":
        """A new reader that has also learnt people's decisions; labels it does not know become codes.

        `definitions` introduce a team's own codes by name, definition and examples. This reader stays as it is.
        """
        return Reader(learn_decisions(self.model, coded, definitions))

    def _read_chunk(self, texts: Sequence[Text]) -> list[Reading]:
        """The quick model reads all, the deep one what the quick one is not sure of."""
        readings = self._read_with(self.model, None, texts)
        if self.model.deep is None or self.encoder is None:
            return readings
        unsure = [i for i, reading in enumerate(readings) if reading.confidence < self.model.sure]
        again = self._read_with(self.model.deep, self.encoder, [texts[i] for i in unsure]) if unsure else []
        for i, reading in zip(unsure, again, strict=True):
            readings[i] = reading
        return readings

    def _read_with(self, model: Model, encoder: Encoder | None, texts: Sequence[Text]) -> list[Reading]:
        batch = batch_of(texts, model.features, encoder)
        evidence, by_clause = evidence_of(batch, model.heads)
        table = model.stated_probabilities(evidence)
        moods = model.polarities(evidence, table)
        readings = []
        for i, (text, parsed) in enumerate(zip(texts, batch.parsed, strict=True)):
            inside = by_clause[batch.owner == i]
            readings.append(_reading(model, text, parsed, table[i], evidence.first[i], inside, moods[i]))
        return readings


def _reading(
    model: Model, text: Text, parsed: Parsed, row: Numbers, first: Numbers, inside: Numbers, polarity: str
) -> Reading:
    """One answer from its probabilities, its log odds of being first and those of its clauses."""
    codes = model.codes
    held = _held(model, parsed, row)
    chances = model.first_probabilities(row, first, held or [len(codes)])
    order = np.argsort(-chances, kind="stable").tolist() if held else []
    reasons = tuple(ReasonGuess(codes[held[j]], float(row[held[j]])) for j in order)
    stated = [held[j] for j in order if codes[held[j]] != NONE]
    return Reading(
        id=text.id,
        reasons=reasons,
        probabilities={code: float(p) for code, p in zip(codes, row[:-1], strict=True)},
        confidence=float(chances.max()),
        polarity="pos" if parsed.only_praise and not stated else polarity,
        clauses=tuple(_clauses(model, text, parsed, stated, inside)),
        unexplained=not held,
        masked=parsed.masked,
    )


def _held(model: Model, parsed: Parsed, row: Numbers) -> list[int]:
    """What the model decides; signs alone and pure praise are no reason, whatever it thinks."""
    none = model.codes.index(NONE)
    believed = np.delete(row[:-1], none).max() >= SURE
    if not parsed.has_words or (parsed.only_praise and not believed):
        return [none]
    return model.decide(row)


def _clauses(
    model: Model, text: Text, parsed: Parsed, stated: Sequence[int], inside: Numbers
) -> Iterator[ClauseReading]:
    """Clauses in the original's offsets; every stated code rests on one of them at least."""
    spoken = codes_by_clause(parsed, stated, inside)
    for clause, columns in zip(parsed.clauses, spoken, strict=True):
        start, end = parsed.normal.original_span(clause.start, clause.end)
        role = Role.COUNTED if columns else clause.role
        words = because_of(model, parsed, clause, columns)
        names = tuple(model.codes[k] for k in columns)
        yield ClauseReading(start, end, text.text[start:end], role, names, words)
