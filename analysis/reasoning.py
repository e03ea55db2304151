"""Why a reading says what it says: which clause carries which code, and which words decided."""

from collections.abc import Sequence

import numpy as np

from analysis.clauses import Clause
from analysis.lexicon import in_hiragana
from analysis.model import Model
from analysis.parsing import Parsed
from analysis.types import Role

SURE = 0.0  # log odds from which a clause carries a code by itself
WORDS = 3  # words named for each clause, beside patterns


def codes_by_clause(parsed: Parsed, stated: Sequence[int], inside: np.ndarray) -> list[list[int]]:
    """For each clause the columns among `stated` that it carries; `inside` = log odds (clauses, codes).

    A code without a sure clause rests on its likeliest one. Denied, conceded and praising clauses carry nothing
    unless there is no other.
    """
    carried: list[list[int]] = [[] for _ in parsed.clauses]
    open_places = [i for i, clause in enumerate(parsed.clauses) if clause.role is Role.PLAIN] or list(
        range(len(carried))
    )
    for column in stated:
        sure = [i for i in open_places if inside[i, column] > SURE]
        for i in sure or [max(open_places, key=lambda i: inside[i, column])]:
            carried[i].append(column)
    return carried


def because_of(model: Model, parsed: Parsed, clause: Clause, columns: Sequence[int]) -> tuple[str, ...]:
    """Matched patterns and the content words that weighed most, as written in the (normalised) clause."""
    if not columns:
        return ()
    codes = {model.codes[k] for k in columns}
    text = parsed.normal.text
    found = [
        text[hit.start : hit.end].strip("、。 \n")
        for hit in parsed.hits_in(clause.start, clause.end)
        if hit.code in codes
    ]
    weights = {}
    for token in parsed.tokens_in(clause.start, clause.end):
        if token.is_content and not any(token.surface in words for words in found):
            weights[token.surface] = max(_weight(model, token.lemma, token.surface, k) for k in columns)
    heavy = sorted((word for word in weights if weights[word] > 0), key=lambda word: -weights[word])
    return tuple(dict.fromkeys([*filter(None, found), *heavy[:WORDS]]))


def _weight(model: Model, lemma: str, surface: str, column: int) -> float:
    """How much a word speaks for a code: its lemma and the characters it consists of."""
    surface = in_hiragana(surface.lower())
    names = ["w:" + lemma, *("c:" + surface[i : i + n] for n in (2, 3) for i in range(len(surface) - n + 1))]
    places = [model.features.index_[name] for name in names if name in model.features.index_]
    head = model.heads["clause"].coef_
    return float(sum(head[place, column] * model.features.idf_[place] for place in places))
