"""Everything that was learnt, as arrays and words: saved without pickle, loaded in a moment."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import log_expit

from analysis.classifier import Calibrator, Choice, LinearHeads, log_odds
from analysis.codebook import NONE, codes
from analysis.dictionary import RESOURCES
from analysis.features import ReasonFeatures
from analysis.shifting import Shift

ARRAYS, WORDS = RESOURCES / "model.npz", RESOURCES / "model.json"
POLARITIES = ("neg", "neu", "pos", "mixed")
UNEXPLAINED = "unexplained"  # a head of its own: substance that no code covers
HEADS = ("clause", "answer", "first", "polarity")  # over the features
NO_CLAUSE = -4.0  # log odds
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
    confidence than `sure`. `settled`: what people decided about some words, by a hash of them (settled.py);
    `shift`: how far their decisions move the rest, new codes included.
    """

    codes: tuple[str, ...]
    features: ReasonFeatures
    heads: dict[str, LinearHeads]
    stated: Calibrator
    main: Choice
    threshold: float
    deep: "Model | None" = None
    sure: float = 0.0
    settled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shift: Shift | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def stated_probabilities(self, evidence: Evidence, main: np.ndarray | None = None) -> np.ndarray:
        """Calibrated P(stated), (n, codes + unexplained); `main`: the `main_probabilities`, if they are at hand."""
        table = stated_evidence(evidence, self.main_probabilities(evidence) if main is None else main)
        count, labels, width = table.shape
        return self.stated.predict_proba(table.reshape(-1, width)).reshape(count, labels)

    def polarities(self, evidence: Evidence, probabilities: np.ndarray) -> list[str]:
        """The polarity of each answer."""
        odds = self.heads[MOOD].decision_function(mood_evidence(evidence, probabilities[:, : len(codes())]))
        return [POLARITIES[k] for k in odds.argmax(axis=1)]

    def main_probabilities(self, evidence: Evidence) -> np.ndarray:
        """Calibrated P(main reason), (n, codes + unexplained); each row adds up to 1."""
        return self.main.predict_proba(main_evidence(evidence))

    def decide(self, stated: np.ndarray, main: np.ndarray) -> list[int]:
        """Columns that hold in one answer, main first; [] = substance that no code covers.

        `stated` and `main` are its rows of the probabilities. No reason and unexplained stand alone.
        """
        none, unexplained = self.codes.index(NONE), len(self.codes)
        best = int(np.argmax(main))
        if best == unexplained:
            return []
        beside = [k for k in range(unexplained) if k not in {none, best} and stated[k] >= self.threshold]
        return [best] if best == none else [best, *sorted(beside, key=lambda k: -main[k])]

    def clause_weights(self, places: Sequence[int]) -> np.ndarray:
        """How much some features of a clause speak for each code, (places, codes)."""
        weights = self.heads["clause"].coef_[places]
        return weights if self.shift is None else self.shift.moved_clauses(weights, self.shift.coef[places])

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
            "settled": self.settled,
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
                Choice(),
                plain["threshold"],
                facts=plain["facts"] | {"model": content},
            )
            settled = {key: tuple(labels) for key, labels in plain.get("settled", {}).items()}
            bare = bare.with_parts(settled=settled)
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
        if self.shift is not None:
            arrays |= {f"{prefix}shift_coef": self.shift.coef, f"{prefix}shift_bias": self.shift.bias}
        return arrays | {
            f"{prefix}stated": self.stated.packed,
            f"{prefix}main_coef": self.main.coef_,
            f"{prefix}main_bias": self.main.bias_,
        }

    def _unpacked(self, packed: Mapping[str, np.ndarray], prefix: str) -> "Model":
        heads = {
            name: LinearHeads.restored(packed[f"{prefix}{name}_coef"], packed[f"{prefix}{name}_bias"])
            for name in (*HEADS, MOOD)
        }
        main = Choice.restored(packed[f"{prefix}main_coef"], packed[f"{prefix}main_bias"])
        model = self.with_parts(heads=heads, stated=Calibrator.restored(packed[f"{prefix}stated"]), main=main)
        if f"{prefix}shift_coef" not in packed:
            return model
        return model.with_parts(shift=Shift(packed[f"{prefix}shift_coef"], packed[f"{prefix}shift_bias"]))

    def with_parts(self, **changes: Any) -> "Model":
        """A copy with some parts replaced."""
        return replace(self, **changes)


def main_evidence(evidence: Evidence) -> np.ndarray:
    """What speaks for each label being the main one: log P of three heads, (n, codes + unexplained, 3)."""
    table = np.stack([evidence.first, evidence.answer, _clause_columns(evidence)], axis=2)
    return np.asarray(log_expit(table))


def stated_evidence(evidence: Evidence, main: np.ndarray) -> np.ndarray:
    """What speaks for each label of each answer: (n, codes + unexplained, 8). `main`: P(main reason)."""
    count, labels = evidence.answer.shape
    clause = _clause_columns(evidence)
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
            log_odds(main),
        ],
        axis=2,
    )


def mood_evidence(evidence: Evidence, probabilities: np.ndarray) -> np.ndarray:
    """What speaks for each polarity: its own log odds and what the answer states, of the eleven codes (n, 4 + 11)."""
    return np.column_stack([evidence.polarity, probabilities])


def _clause_columns(evidence: Evidence) -> np.ndarray:
    """Log odds by the likeliest clause, with a column for UNEXPLAINED, which no clause states."""
    return np.column_stack([evidence.clause, np.full(len(evidence.clause), NO_CLAUSE)])
