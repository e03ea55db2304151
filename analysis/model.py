"""Everything that was learnt, as arrays and words: saved without pickle, loaded in a moment."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.classifier import Calibrator, LinearHeads, log_odds
from analysis.codebook import NONE, codes
from analysis.dictionary import RESOURCES
from analysis.features import ReasonFeatures

ARRAYS, WORDS = RESOURCES / "model.npz", RESOURCES / "model.json"
POLARITIES = ("neg", "neu", "pos", "mixed")
UNEXPLAINED = "unexplained"  # a head of its own: substance that no code covers
HEADS = ("clause", "answer", "first", "polarity")  # over the features
FLOOR = 0.2  # a likeliest code below this is a guess (8 in 100 right): better unexplained
MOOD = "mood"  # the polarity heads corrected by what is stated


@dataclass(frozen=True)
class Evidence:
    """Log odds for n answers: `answer` and `first` (n, codes + unexplained), `clause` (n, codes), `polarity` (n, 4)."""

    answer: np.ndarray
    first: np.ndarray
    clause: np.ndarray
    polarity: np.ndarray


@dataclass(frozen=True)
class Model:
    """Heads over one vocabulary. `codes` are the columns of the clause heads; the answer heads add UNEXPLAINED.

    `deep` also sees an encoder's vectors (of the same codes and vocabulary) and reads what this one reads with less
    confidence than `sure`.
    """

    codes: tuple[str, ...]
    features: ReasonFeatures
    heads: dict[str, LinearHeads]
    stated: Calibrator
    first: Calibrator
    threshold: float
    deep: "Model | None" = None
    sure: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)

    def stated_probabilities(self, evidence: Evidence) -> np.ndarray:
        """Calibrated P(stated), (n, codes + unexplained)."""
        table = stated_evidence(evidence)
        count, labels, width = table.shape
        return self.stated.predict_proba(table.reshape(-1, width)).reshape(count, labels)

    def polarities(self, evidence: Evidence, probabilities: np.ndarray) -> list[str]:
        """The polarity of each answer."""
        odds = self.heads[MOOD].decision_function(mood_evidence(evidence, probabilities[:, : len(codes())]))
        return [POLARITIES[k] for k in odds.argmax(axis=1)]

    def decide(self, probabilities: np.ndarray) -> list[int]:
        """Columns that hold in one row of `stated_probabilities`; [] = substance that no code covers."""
        none, unexplained = self.codes.index(NONE), len(self.codes)
        held = [k for k in range(unexplained) if k != none and probabilities[k] >= self.threshold]
        best = int(np.argmax(probabilities))
        if best == none:
            return [none]
        if best == unexplained or probabilities[best] < FLOOR:
            return []
        return held or [best]

    def first_probabilities(self, row: np.ndarray, first: np.ndarray, held: Sequence[int]) -> np.ndarray:
        """Calibrated P(main reason) for each of the `held` columns of one answer."""
        return self.first.predict_proba(first_evidence(row, first, held))

    def save(self, arrays: Path = ARRAYS, words: Path = WORDS) -> None:
        """Write the weights (npz, 16 bit) and everything in words (JSON)."""
        packed = {"idf": self.features.idf_} | self._packed("")
        if self.deep is not None:
            packed |= self.deep._packed("deep_")
        np.savez_compressed(arrays, **packed)
        plain = {
            "codes": self.codes,
            "threshold": self.threshold,
            "sure": self.sure,
            "deep_threshold": self.deep.threshold if self.deep else None,
            "facts": self.facts,
            "names": list(self.features.names_),
        }
        words.write_text(json.dumps(plain, ensure_ascii=False, indent=0), encoding="utf-8")

    @classmethod
    def load(cls, arrays: Path = ARRAYS, words: Path = WORDS) -> "Model":
        """Read what `save` wrote; FileNotFoundError with the command that makes it."""
        if not arrays.exists():
            raise FileNotFoundError(f"{arrays.name} is missing: run python -m analysis build")
        plain = json.loads(words.read_text(encoding="utf-8"))
        content = hashlib.sha256(arrays.read_bytes() + words.read_bytes()).hexdigest()[:16]
        with np.load(arrays, allow_pickle=False) as packed:
            features = ReasonFeatures().restored(plain["names"], packed["idf"])
            bare = cls(
                tuple(plain["codes"]),
                features,
                {},
                Calibrator(),
                Calibrator(),
                plain["threshold"],
                facts=plain["facts"] | {"model": content},
            )
            model = bare._unpacked(packed, "").with_parts(sure=plain["sure"])
            if plain["deep_threshold"] is None:
                return model
            deep = bare._unpacked(packed, "deep_").with_parts(threshold=plain["deep_threshold"])
        return model.with_parts(deep=deep)

    def _packed(self, prefix: str) -> dict[str, np.ndarray]:
        arrays = {
            f"{prefix}{name}_coef": self.heads[name].coef_.astype(np.float16) for name in (*HEADS, MOOD)
        }
        arrays |= {f"{prefix}{name}_bias": self.heads[name].intercept_ for name in (*HEADS, MOOD)}
        return arrays | {f"{prefix}stated": self.stated.packed, f"{prefix}first": self.first.packed}

    def _unpacked(self, packed: Mapping[str, np.ndarray], prefix: str) -> "Model":
        heads = {
            name: LinearHeads.restored(packed[f"{prefix}{name}_coef"], packed[f"{prefix}{name}_bias"])
            for name in (*HEADS, MOOD)
        }
        stated, first = (Calibrator.restored(packed[f"{prefix}{kind}"]) for kind in ("stated", "first"))
        return self.with_parts(heads=heads, stated=stated, first=first)

    def with_parts(self, **changes: Any) -> "Model":
        """A copy with some parts replaced."""
        return replace(self, **changes)


def stated_evidence(evidence: Evidence) -> np.ndarray:
    """What speaks for each label of each answer: (n, codes + unexplained, 7)."""
    count, labels = evidence.answer.shape
    clause = np.column_stack([evidence.clause, np.full(count, -4.0)])
    none = np.zeros((count, labels))
    none[:, [codes().index(NONE), labels - 1]] = 1.0
    rival = np.sort(evidence.answer, axis=1)[:, -1:]
    return np.stack(
        [
            evidence.answer,
            clause,
            evidence.first,
            np.maximum(evidence.answer, clause),
            np.broadcast_to(rival, (count, labels)),
            none * evidence.answer,
            none,
        ],
        axis=2,
    )


def mood_evidence(evidence: Evidence, probabilities: np.ndarray) -> np.ndarray:
    """What speaks for each polarity: its own log odds and what the answer states, of the eleven codes (n, 4 + 11)."""
    return np.column_stack([evidence.polarity, probabilities])


def first_evidence(row: np.ndarray, first: np.ndarray, held: Sequence[int]) -> np.ndarray:
    """What speaks for each held column being the main one: (held, 5)."""
    odds, main = log_odds(row), first
    table = []
    for k in held:
        others = [j for j in range(len(row)) if j != k]
        table.append(
            [odds[k], main[k], odds[k] - odds[others].max(), main[k] - main[others].max(), len(held) - 1.0]
        )
    return np.array(table, dtype=float)
