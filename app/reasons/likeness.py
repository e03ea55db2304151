"""The part of the engine's door that themes go through: what they are called, what they are like, whether they grow."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from app.reasons.engine import ALONE, FoundTheme, OwnCode, Words

NAMING = 2  # parts of a definition that say how like a reason a theme is


def describe_theme(theme_id: int | None, words: Sequence[Words]) -> FoundTheme:
    """These answers as one theme: its name in their own words, its typical and its borderline voices."""
    from analysis.labeler import borderline_quotes, central_quotes, name_theme

    texts, vectors = _vectors(words)
    with ALONE:
        middle = _middle(vectors)
        distinct = dict(
            zip(reversed(texts), reversed(words), strict=True)
        )  # of equal texts the first one speaks
        once = [place for place, text in enumerate(texts) if distinct[text] is words[place]]
        members, nearness = [texts[place] for place in once], vectors[once] @ middle
        typical = central_quotes(members, nearness)
        edge = [text for text in borderline_quotes(members, nearness) if text not in typical]
        name = name_theme(members, middle)
    return FoundTheme(
        theme_id,
        name,
        tuple(one.answer_id for one in words),
        tuple(distinct[text].answer_id for text in typical),
        tuple(round(float(x), 5) for x in middle),
        tuple(distinct[text].answer_id for text in edge),
    )


def nearest_of(words: Sequence[Words], centroids: Sequence[Sequence[float]]) -> list[int]:
    """For each answer the place of the centroid nearest to it."""
    import numpy as np

    vectors = _vectors(words)[1]
    return [int(place) for place in (vectors @ np.asarray(centroids, dtype=float).T).argmax(axis=1)]


def nearer_to(words: Sequence[Words], picked: Set[int]) -> set[int]:
    """The ids of the picked answers, and of those nearer to them than to the rest."""
    chosen = [one.answer_id in picked for one in words]
    vectors = _vectors(words)[1]
    own, rest = (
        _middle(vectors[[place for place, one in enumerate(chosen) if one is side]]) for side in (True, False)
    )
    closer = vectors @ own > vectors @ rest
    return {one.answer_id for one, picks, near in zip(words, chosen, closer, strict=True) if picks or near}


def nearest_reasons(
    centroids: Sequence[Sequence[float]], reasons: Sequence[OwnCode]
) -> list[tuple[str, float] | None]:
    """For each theme the reason most like it, and how like (cosine).

    Of what a reason's definition and examples name, the NAMING parts nearest to the theme count.
    """
    import numpy as np

    spaces = []
    for one in reasons:
        parts = [one.label, *re.split("[、。・]", one.definition), *one.examples]
        spaces.append((one.code, _vectors([Words(0, part) for part in parts if part.strip()])[1]))
    found: list[tuple[str, float] | None] = []
    for centroid in centroids:
        middle = np.asarray(centroid, dtype=float)
        scores = [
            (code, float(np.sort(vectors @ middle)[-NAMING:].mean()))
            for code, vectors in spaces
            if vectors.shape[1] == len(middle)
        ]
        found.append(max(scores, key=lambda pair: pair[1], default=None))
    return found


@dataclass(frozen=True)
class Growth:
    """Answers of a theme `before` and `lately`; `is_certain`: its share grew by more than chance, all themes seen."""

    before: int
    lately: int
    is_certain: bool


def growths(counts: Mapping[int, tuple[int, int]], before: int, lately: int) -> dict[int, Growth]:
    """By theme id; `counts`: its answers (before, lately), `before` and `lately`: all answers of the two periods."""
    from analysis.rising import find_rising

    found = find_rising({str(number): pair for number, pair in counts.items()}, before, lately)
    return {int(rise.theme): Growth(rise.before, rise.lately, rise.is_rising) for rise in found}


def _vectors(words: Sequence[Words]) -> tuple[list[str], Any]:
    """The texts in the one spelling that is read, and what they mean (n, d)."""
    from analysis.embedding import embed
    from analysis.parsing import parse

    with ALONE:
        texts = [parse(one.text).normal.text for one in words]
        return texts, embed(texts)


def _middle(vectors: Any) -> Any:
    import numpy as np

    middle = vectors.mean(axis=0)
    return middle / max(float(np.linalg.norm(middle)), 1e-9)
