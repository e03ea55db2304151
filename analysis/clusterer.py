"""Themes: answers that say the same thing, found without knowing what to look for.

Every text becomes a vector in one fixed space (hashed words and character n-grams, weighted by how rare they are in the
background corpus), so centroids of different runs can be compared. Average-link clustering cuts the tree at one
distance; groups that fall apart when some of the texts are left out are noise, and noise stays noise.
Up to BLOCK distinct texts are clustered at once (memory grows with its square); of more, a seeded sample forms the
themes, the rest joins the nearest one, and what joins none is clustered again, at most ROUNDS times.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.base import BaseEstimator, ClusterMixin
from threadpoolctl import threadpool_limits

from analysis.codebook import NONE
from analysis.embedding import embed
from analysis.labeler import central_quotes, name_theme
from analysis.matcher import match_themes
from analysis.parsing import Parsed, parse
from analysis.types import Text, Theme

BLOCK = 1500
ROUNDS = 4
DISTANCE = 0.78  # cosine distance at which the tree is cut
JOIN = 0.42  # cosine similarity to a centroid from which a text joins its theme
STABLE = 0.6  # mean Jaccard of a theme with its best match in the resamples


class ThemeClusterer(ClusterMixin, BaseEstimator):
    """Average-link clustering of unit vectors; `labels_` is -1 for noise, else 0 (largest), 1 ..."""

    def __init__(
        self,
        distance: float = DISTANCE,
        smallest: int = 3,
        resamples: int = 12,
        stable: float = STABLE,
        seed: int = 0,
    ):
        self.distance = distance
        self.smallest = smallest
        self.resamples = resamples
        self.stable = stable
        self.seed = seed

    def fit(self, X: np.ndarray, y: None = None) -> "ThemeClusterer":
        """Learn `labels_` (n,) and `stability_` (themes,) from unit vectors `X` (n, d)."""
        with threadpool_limits(1):
            gaps = np.clip(1.0 - np.asarray(X @ X.T, dtype=float), 0.0, 2.0)
        groups = [group for group in self._cut(gaps, np.arange(len(gaps))) if len(group) >= self.smallest]
        scores = self._stability(gaps, groups)
        kept = [(group, score) for group, score in zip(groups, scores, strict=True) if score >= self.stable]
        kept.sort(key=lambda pair: (-len(pair[0]), min(pair[0])))
        self.labels_ = np.full(len(gaps), -1)
        for place, (group, _) in enumerate(kept):
            self.labels_[list(group)] = place
        self.stability_ = np.array([score for _, score in kept])
        return self

    def _cut(self, gaps: np.ndarray, chosen: np.ndarray) -> list[set[int]]:
        """The tree over the `chosen` rows cut at the distance: sets of places in the whole."""
        if len(chosen) < 2:
            return [{int(place)} for place in chosen]
        part = gaps[np.ix_(chosen, chosen)]
        np.fill_diagonal(part, 0.0)
        cut = fcluster(linkage(squareform(part, checks=False), "average"), self.distance, "distance")
        groups: dict[int, set[int]] = {}
        for place, number in zip(chosen.tolist(), cut.tolist(), strict=True):
            groups.setdefault(number, set()).add(place)
        return list(groups.values())

    def _stability(self, gaps: np.ndarray, groups: Sequence[set[int]]) -> np.ndarray:
        """For each group its mean best Jaccard over resamples of four fifths of the texts."""
        chance = np.random.default_rng(self.seed)
        scores = np.zeros(len(groups))
        for _ in range(self.resamples if groups else 0):
            chosen = np.sort(chance.permutation(len(gaps))[: max(2, round(len(gaps) * 0.8))])
            found, inside = self._cut(gaps, chosen), set(chosen.tolist())
            homes = {place: other for other in found for place in other}
            for g, group in enumerate(groups):
                rest = group & inside
                rivals = {id(homes[place]): homes[place] for place in rest}.values()
                scores[g] += max((len(rest & other) / len(rest | other) for other in rivals), default=1.0)
        return scores / max(1, self.resamples)


def find_themes(texts: Sequence[Text], seed: int = 0, known: Sequence[Theme] = ()) -> list[Theme]:
    """Themes of `texts`, largest first; those that continue a `known` theme keep its id.

    Works on any number of texts (none: no themes). A theme needs three different texts, two among fewer than 15,
    more among many (one in 200). Texts that say nothing (特になし) belong to no theme.
    """
    distinct: dict[str, list[str]] = {}
    for text in texts:
        parsed = parse(text.text)
        if parsed.has_words and not _says_nothing(parsed):
            distinct.setdefault(parsed.normal.text, []).append(text.id)
    words = list(distinct)
    vectors = embed(words)
    groups = _grouped(vectors, smallest=smallest_theme(len(words)), seed=seed)
    themes = [_theme(vectors[group], [words[i] for i in group], distinct) for group in groups]
    return match_themes(sorted(themes, key=lambda theme: (-theme.size, theme.id)), known)


def _theme(vectors: np.ndarray, members: Sequence[str], ids: dict[str, list[str]]) -> Theme:
    """One theme of the texts `members`; `ids` says who wrote each."""
    middle = _centroid(vectors)
    quotes = central_quotes(members, vectors @ middle)
    everybody = tuple(id for text in members for id in ids[text])
    number = hashlib.sha256("\n".join(sorted(everybody)).encode()).hexdigest()[:12]
    shown = tuple(ids[text][0] for text in quotes)
    centroid = tuple(round(float(x), 5) for x in middle)
    return Theme(number, name_theme(members), len(everybody), everybody, shown, centroid)


def smallest_theme(count: int) -> int:
    """How many of `count` different texts must agree: two of a few, three, one in 200 of a whole block."""
    return 2 if count < 15 else max(3, min(count, BLOCK) // 200)


def _says_nothing(parsed: Parsed) -> bool:
    whole = len(parsed.normal.text.rstrip("。.!\n "))
    return any(hit.code == NONE and hit.end - hit.start >= whole for hit in parsed.hits)


def _grouped(vectors: np.ndarray, smallest: int, seed: int) -> list[list[int]]:
    """Groups of rows of `vectors`, by blocks."""
    chance = np.random.default_rng(seed)
    rest = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0)
    groups: list[list[int]] = []
    for _ in range(ROUNDS):
        whole = len(rest) <= BLOCK
        block = rest if whole else np.sort(chance.choice(rest, BLOCK, replace=False))
        labels = ThemeClusterer(smallest=smallest, seed=seed).fit(vectors[block]).labels_
        fresh = [block[labels == number].tolist() for number in range(labels.max(initial=-1) + 1)]
        if whole or not fresh:
            return groups + fresh
        rest = _join(vectors, np.setdiff1d(rest, block[labels >= 0]), fresh)
        groups += fresh
    return groups


def _join(vectors: np.ndarray, rest: np.ndarray, groups: list[list[int]]) -> np.ndarray:
    """Add each of `rest` to the group whose centroid is near enough; return those that join none."""
    middles = np.stack([_centroid(vectors[group]) for group in groups])
    near = vectors[rest] @ middles.T
    best = near.argmax(axis=1)
    for place, group in zip(rest[near.max(axis=1) >= JOIN], best[near.max(axis=1) >= JOIN], strict=True):
        groups[group].append(int(place))
    return np.asarray(rest[near.max(axis=1) < JOIN])


def _centroid(vectors: np.ndarray) -> np.ndarray:
    middle = vectors.mean(axis=0)
    return np.asarray(middle / max(float(np.linalg.norm(middle)), 1e-9))
