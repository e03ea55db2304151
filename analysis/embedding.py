"""Texts → unit vectors in which themes are looked for: what is meant, what it is about, and the words themselves.

Contract: normalised texts in; float32 rows of length 1 (0 where nothing is left to compare) out; the same text always
gives the same vector. Meanings are measured from the middle of our own corpus, so that what all complaints share does
not make two of them alike. Without an encoder, or without its background, the words alone do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np

from analysis.dictionary import RESOURCES, word_list
from analysis.encoder import Encoder, shared_encoder
from analysis.model import Model
from analysis.normalize import in_hiragana, normalize
from analysis.tokenizer import Token, shared_tokenizer
from analysis.types import Text

DIMENSIONS = 768  # of words; meaning has as many as the encoder
SHARES = (0.5, 0.4, 0.1)  # of meaning, topic and words in how alike two texts are
BACKGROUND = RESOURCES / "background.npz"
KEPT = 3000  # corpus answers kept as what customers say everywhere
NEIGHBOURS = 3


@dataclass(frozen=True)
class Background:
    """What customers say everywhere: `middle` (d,) of all vectors and `topic` (d,) of their topics, the vectors centred
    on it as `rows` (KEPT, d), and `ranks` (101,): quantiles of how near the answers of other writers come to the rows."""

    encoder: str
    middle: np.ndarray
    topic: np.ndarray
    rows: np.ndarray
    ranks: np.ndarray

    def nearness(self, vectors: np.ndarray) -> np.ndarray:
        """Mean cosine of each centred vector with its nearest rows, (n,)."""
        near = np.partition(vectors @ self.rows.T, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
        return np.asarray(near.mean(axis=1))

    def familiarity(self, vectors: np.ndarray) -> np.ndarray:
        """0..1 for each centred vector: the share of ordinary answers by strangers that are less familiar."""
        return np.searchsorted(self.ranks, self.nearness(vectors)) / len(self.ranks)

    def save(self, path: Path = BACKGROUND) -> None:
        """Write it (npz, rows in 8 bit)."""
        packed = np.round(self.rows * 127).astype(np.int8)
        middle, topic, ranks = (x.astype(np.float32) for x in (self.middle, self.topic, self.ranks))
        name = np.array(self.encoder)
        np.savez_compressed(path, encoder=name, rows=packed, middle=middle, topic=topic, ranks=ranks)


def build_background(encoder: Encoder, taught: Sequence[Text], strangers: Sequence[Text]) -> Background:
    """From the corpus that teaches and the answers of writers held out; evenly spread, nothing drawn by chance."""
    places = np.linspace(0, len(taught) - 1, min(KEPT, len(taught))).astype(int)
    texts = [normalize(taught[place].text).text for place in places]
    vectors = encoder(texts)
    middle, topic = vectors.mean(axis=0), embed_topics(texts, encoder).mean(axis=0)
    known = Background(encoder.name, middle, topic, centred(vectors, middle), np.zeros(1))
    others = centred(encoder([normalize(text.text).text for text in strangers]), middle)
    return replace(known, ranks=np.quantile(known.nearness(others), np.linspace(0, 1, 101)))


@lru_cache(maxsize=1)
def shared_background() -> Background | None:
    """The shipped background; None where there is none, or where another encoder stands in."""
    encoder = shared_encoder()
    if encoder is None or not BACKGROUND.exists():
        return None
    with np.load(BACKGROUND, allow_pickle=False) as packed:
        rows = unit(packed["rows"].astype(np.float32))
        names = ("middle", "topic", "ranks")
        found = Background(str(packed["encoder"]), rows=rows, **{name: packed[name] for name in names})
    return found if found.encoder == encoder.name else None


def embed(texts: Sequence[str]) -> np.ndarray:
    """Vectors of normalised `texts` in one fixed space, so that centroids of different runs can be compared."""
    encoder, background = shared_encoder(), shared_background()
    if encoder is None or background is None:
        return embed_words(texts)
    return centred(encoder(texts), background.middle)


def joined(texts: Sequence[str], meaning: np.ndarray) -> np.ndarray:
    """Vectors for grouping these texts with each other; `meaning` is what `embed` says of them.

    Up to half of what they have in common is taken away: in a furniture shop everybody speaks of furniture, and that
    makes no theme. Among a few texts it may well be one.
    """
    encoder, background = shared_encoder(), shared_background()
    words = embed_words(texts)
    if encoder is None or background is None:
        return words
    topics = centred(embed_topics(texts, encoder), background.topic)
    share = 0.5 * len(texts) / (len(texts) + 50)
    spaces = (*(centred(space, share * space.mean(axis=0)) for space in (meaning, topics)), words)
    return np.hstack([space * part**0.5 for space, part in zip(spaces, SHARES, strict=True)])


def centred(vectors: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Unit vectors measured from a middle; blank texts stay zero."""
    return unit(np.where(~vectors.any(axis=1, keepdims=True), 0.0, vectors - middle))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1; zero rows stay zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1.0), dtype=np.float32)


def embed_topics(texts: Sequence[str], encoder: Encoder) -> np.ndarray:
    """What texts are about: the vectors of their content words one by one, rare words first (n, encoder.dimensions).

    Weights are squared inverse document frequencies of the corpus (after Arora et al. 2017): 通帳 and 帳面 meet here
    although the sentences around them differ.
    """
    rarity, unknown = background_rarity()
    tokens = [_content(text) for text in texts]
    words = sorted({token.surface for row in tokens for token in row})
    vectors = dict(zip(words, encoder(words), strict=True))
    rows = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    for place, found in enumerate(tokens):
        for token in found:
            rows[place] += vectors[token.surface] * rarity.get("w:" + token.lemma, unknown) ** 2
    return unit(rows)


def _content(text: str) -> list[Token]:
    wishing = word_list("wishing")
    return [token for token in shared_tokenizer()(text) if token.is_content and token.lemma not in wishing]


def embed_words(texts: Sequence[str]) -> np.ndarray:
    """Hashed words and character pairs of normalised `texts`, (n, DIMENSIONS)."""
    rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for name, weight in _weighted(text).items():
            place, sign = _slot(name)
            row[place] += sign * weight
    return unit(rows)


def _weighted(text: str) -> dict[str, float]:
    """Words and character pairs of content words, each with its weight."""
    rarity, unknown = background_rarity()
    weights: dict[str, float] = {}
    for token in _content(text):
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
