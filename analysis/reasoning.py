"""Why a reading says what it says: which clause carries which code, and which words decided."""

from collections.abc import Sequence

import numpy as np

from analysis.model import Model
from analysis.normalize import in_hiragana
from analysis.parsing import Parsed
from analysis.tokenizer import KEPT, Word
from analysis.types import Role

CARRIED = 0.0  # log odds from which a clause carries a code by itself
WORDS = 4  # words named for each clause


def codes_by_clause(parsed: Parsed, stated: Sequence[int], inside: np.ndarray) -> list[list[int]]:
    """For each clause the columns among `stated` that it carries; `inside` = log odds (clauses, codes).

    A code without a sure clause rests on its likeliest one. Denied, conceded and praising clauses carry nothing
    unless there is no other.
    """
    carried: list[list[int]] = [[] for _ in parsed.clauses]
    if not carried:
        return carried
    open_places = [i for i, clause in enumerate(parsed.clauses) if clause.role is Role.PLAIN] or list(
        range(len(carried))
    )
    for column in stated:
        odds = inside[:, column].tolist()
        sure = [i for i in open_places if odds[i] > CARRIED]
        for i in sure or [max(open_places, key=odds.__getitem__)]:
            carried[i].append(column)
    return carried


class Explainer:
    """Names the words that decided; remembers how much each word speaks for each code of `model`."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._weights: dict[Word, list[float]] = {}

    def because(self, parsed: Parsed, start: int, end: int, columns: Sequence[int]) -> tuple[str, ...]:
        """The content words that weighed most, as written in `start:end` of the normalised text."""
        if not columns:
            return ()
        weights = {}
        for word in parsed.words_in(start, end):
            if word.is_content:
                speaks = self._weights.get(word) or self._weigh(word)
                weights[word.surface] = max([speaks[k] for k in columns])
        heavy = sorted([word for word in weights if weights[word] > 0], key=lambda word: -weights[word])
        return tuple(heavy[:WORDS])

    def _weigh(self, word: Word) -> list[float]:
        """How much a word speaks for each code: its lemma and the characters it consists of."""
        if len(self._weights) > KEPT:
            self._weights.clear()
        surface = in_hiragana(word.surface.lower())
        grams = [surface[i : i + n] for n in (2, 3) for i in range(len(surface) - n + 1)]
        features = self.model.features
        places = [features.index_.get(name) for name in ("w:" + word.lemma, *("c:" + gram for gram in grams))]
        known = [place for place in places if place is not None]
        head = self.model.clause_weights(known)
        speaks: list[float] = (head * features.idf_[known, None]).sum(axis=0).tolist()
        self._weights[word] = speaks
        return speaks
