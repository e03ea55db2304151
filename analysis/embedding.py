"""Texts → unit vectors in one fixed space: the seam behind which a better encoder can stand.

Contract: normalised texts in; float32 rows of length 1 (0 where nothing is left to compare) and DIMENSIONS out; the
same text always gives the same vector.
"""

from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np

from analysis.dictionary import word_list
from analysis.lexicon import in_hiragana
from analysis.model import Model
from analysis.tokenizer import shared_tokenizer

DIMENSIONS = 768


def embed(texts: Sequence[str]) -> np.ndarray:
    """Vectors of normalised `texts`, (n, DIMENSIONS)."""
    rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for name, weight in _weighted(text).items():
            place, sign = _slot(name)
            row[place] += sign * weight
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norms > 0, norms, 1.0)


def _weighted(text: str) -> dict[str, float]:
    """Words and character pairs of content words, each with its weight."""
    rarity, unknown = background_rarity()
    weights: dict[str, float] = {}
    for token in shared_tokenizer()(text):
        if not token.is_content or token.lemma in word_list("wishing"):
            continue
        weights["w:" + token.lemma] = rarity.get("w:" + token.lemma, unknown)
        surface = in_hiragana(token.surface.lower())
        for i in range(len(surface) - 1):
            pair = "c:" + surface[i : i + 2]
            weights[pair] = max(weights.get(pair, 0.0), 0.5 * rarity.get(pair, unknown))
    return weights


@lru_cache(maxsize=1)
def background_rarity() -> tuple[dict[str, float], float]:
    """Inverse document frequency in the shipped model, and the one of a word it does not know."""
    features = Model.load().features
    rarity = {
        name: float(idf) for name, idf in zip(features.names_, features.idf_, strict=True) if name[0] in "wc"
    }
    return rarity, max(rarity.values(), default=1.0)


@lru_cache(maxsize=200_000)
def _slot(name: str) -> tuple[int, float]:
    number = crc32(name.encode())
    return number % DIMENSIONS, 1.0 if number & 0x10000 else -1.0
