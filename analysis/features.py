"""What the classifier sees of a clause or of a whole answer.

Names of features: `c:` character n-gram, `w:` lemma, `b:` pair of lemmas, `m:` mark (question,
role, length, place; of a short text its words with the question).
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin

from analysis.columns import Columns
from analysis.normalize import in_hiragana
from analysis.parsing import Parsed
from analysis.tokenizer import Word

_LIMITS = (3, 8, 14, 30, 90)  # characters
_LENGTHS = (*(f"length=<={limit}" for limit in _LIMITS), "length=long")
SHORT = 14  # characters: up to here an answer is read with its question
_DIGITS = re.compile(r"[0-9]+")
_BLOCKS = {"c": 0, "w": 1, "b": 1, "m": 2}
_WEIGHTS = (1.0, 1.0, 0.35)  # character block, word block (unit length each), single marks


class Unit(NamedTuple):
    """A stretch of text with what was found in it."""

    text: str
    words: Sequence[Word]
    marks: Sequence[str]


def answer_unit(parsed: Parsed, question: str) -> Unit:
    """The whole answer without what it denies, concedes or praises (all of it, if nothing else is there)."""
    clauses = parsed.clauses
    kept = parsed.stating or clauses
    marks = ["question=" + question, _length(parsed.normal.text)]
    marks += ["has=" + role for role in {clause.role for clause in clauses}]
    if parsed.only_praise:
        marks.append("only-praise")
    if not parsed.has_words:
        marks.append("no-content")
    if any(clause.wish for clause in clauses):
        marks.append("wish")
    words = [word for clause in kept for word in parsed.words_in(clause.start, clause.end)]
    return Unit("\n".join([clause.text for clause in kept]), words, _crossed(parsed, words, marks, question))


def whole_unit(parsed: Parsed, question: str) -> Unit:
    """Everything the answer says, praise included: what its polarity is read from."""
    marks = ["question=" + question, _length(parsed.normal.text)]
    marks += ["has=" + role for role in {clause.role for clause in parsed.clauses}]
    marks += ["tone=" + tone for tone in {clause.tone for clause in parsed.clauses}]
    if any(clause.wish for clause in parsed.clauses):
        marks.append("wish")
    return Unit(parsed.normal.text, parsed.words, marks)


def clause_units(parsed: Parsed, question: str) -> list[Unit]:
    """One unit for each clause, with its role and its place."""
    units, before, last = [], "start", len(parsed.clauses) - 1
    for i, clause in enumerate(parsed.clauses):
        place = "only" if not last else "last" if i == last else f"at={min(i, 2)}"
        marks = ["question=" + question, "role=" + clause.role, "link=" + clause.link]
        marks += ["before=" + before, "place=" + place]
        if clause.wish:
            marks.append("wish")
        words = parsed.words_in(clause.start, clause.end)
        units.append(Unit(clause.text, words, _crossed(parsed, words, marks, question)))
        before = clause.link
    return units


def feature_names(unit: Unit) -> set[str]:
    """Everything that holds of `unit`."""
    text = _DIGITS.sub("0", in_hiragana(unit.text.lower()))
    names = {
        "c:" + text[i : i + n]
        for n in (1, 2, 3)
        for i in range(len(text) - n + 1)
        if not text[i : i + n].isspace()
    }
    lemmas = [word.lemma for word in unit.words if word.pos != "補助記号"]
    names.update("w:" + lemma for lemma in lemmas)
    names.update(f"b:{one} {other}" for one, other in pairwise(lemmas))
    names.update("m:" + mark for mark in unit.marks)
    return names


class ReasonFeatures(TransformerMixin, BaseEstimator):
    """Units → sparse rows: a tf-idf block of characters and one of words, each of length 1, and plain marks."""

    def __init__(self, least: int = 3, most: int = 80_000):
        self.least = least
        self.most = most

    def fit(self, units: Iterable[Unit], y: None = None) -> "ReasonFeatures":
        """Learn the vocabulary: features in at least `least` units (an answer gives two or more), the `most` frequent of them."""
        counts: Counter[str] = Counter()
        total = 0
        for unit in units:
            counts.update(sorted(feature_names(unit)))
            total += 1
        kept = sorted(
            (name for name, count in counts.items() if count >= self.least),
            key=lambda name: (-counts[name], name),
        )
        return self._learn(kept[: self.most], [counts[name] for name in kept[: self.most]], total)

    def transform(self, units: Sequence[Unit]) -> csr_matrix:
        """Rows in the order of `units`, float32: what `feature_names` names, found without making the names."""
        rows, flat = self._columns.of(units)
        starts = np.searchsorted(rows, np.arange(len(units) + 1))
        return self._weigh(flat, rows, starts, len(units))

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self.names_.tolist())

    def _weigh(self, flat: np.ndarray, rows: np.ndarray, starts: np.ndarray, count: int) -> csr_matrix:
        values, place = self.scale_[flat], rows * len(_WEIGHTS) + self.block_[flat]
        norms = np.sqrt(np.bincount(place, values**2, minlength=count * len(_WEIGHTS)))
        share = np.reshape(_WEIGHTS / np.maximum(norms.reshape(count, len(_WEIGHTS)), 1e-9), -1)
        share[2 :: len(_WEIGHTS)] = _WEIGHTS[2]
        values = (values * share[place]).astype(np.float32)
        return csr_matrix((values, flat, starts), shape=(count, len(self.names_)))

    def restored(self, names: Sequence[str], idf: np.ndarray) -> "ReasonFeatures":
        """This estimator with a vocabulary that was learnt before."""
        self.names_, self.idf_ = np.array(names, dtype=object), np.asarray(idf, dtype=np.float32)
        return self._index()

    def _learn(self, names: Sequence[str], counts: Sequence[int], total: int) -> "ReasonFeatures":
        return self.restored(names, np.log((1 + total) / (1 + np.array(counts, dtype=float))) + 1)

    def _index(self) -> "ReasonFeatures":
        self.__dict__.pop("_columns", None)
        self.index_ = {name: place for place, name in enumerate(self.names_)}
        self.block_ = np.array([_BLOCKS[name[0]] for name in self.names_], dtype=np.int8)
        self.scale_ = np.where(self.block_ == 2, np.float32(1), self.idf_)
        return self


def _crossed(parsed: Parsed, words: Sequence[Word], marks: Sequence[str], question: str) -> list[str]:
    """The marks of a short answer hold its words with the question: 電話 as a wish is not 電話 as a reason."""
    if len(parsed.normal.text) > SHORT:
        return list(marks)
    return [*marks, *{f"{question} {word.lemma}" for word in words if word.is_content}]


def _length(text: str) -> str:
    return _LENGTHS[bisect_left(_LIMITS, len(text))]
