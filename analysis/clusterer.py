"""Themes: answers that say the same thing, found without knowing what to look for.

Average-link trees are grown many times: over four fifths of the texts at a time, each in spaces of several widths
(latent semantic analysis of the texts themselves). How often two texts met says how alike they are (evidence.py), and
one cut over that gives the groups. Groups that four fifths of the texts do not give again are noise, and noise stays
noise. Up to BLOCK distinct texts are clustered at once (memory grows with its square); of more, a seeded sample forms
the themes, the rest joins the nearest one, and what joins none is clustered again, at most ROUNDS times.
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from threadpoolctl import threadpool_limits

from analysis.embedding import embed, joined, shared_background, unit
from analysis.evidence import (
    COHERENT,
    average_link,
    coherence,
    latent_space,
    meeting_groups,
    meetings,
    settled,
    stability,
)
from analysis.labeler import borderline_quotes, central_quotes, name_theme
from analysis.matcher import match_themes
from analysis.novelty import is_news
from analysis.parsing import parse
from analysis.roles import says_nothing
from analysis.types import Text, Theme

BLOCK = 1500
ROUNDS = 4
DISTANCE = 0.75  # cosine distance at which each tree is cut
NARROW = 0.65  # the distance for themes inside one reason, where all texts are near each other
JOIN = 0.42  # cosine similarity to a centroid from which a text joins its theme
STABLE = 0.6  # mean Jaccard of a group with its best match in the resamples
WIDTHS = (0.75, 1.0, 1.25, 1.5)  # of the trees' spaces, times the square root of the number of texts
NARROWEST = 12  # dimensions
WIDER = 0.13  # added to the distance where few texts keep all dimensions: there everything is farther apart
TREES = 12  # of a resample
EARLIER = 6  # as many more trees of a resample count as the themes of an earlier time


class ThemeClusterer(ClusterMixin, BaseEstimator):
    """Average-link clustering of unit vectors, many times over; `labels_` is -1 for noise, else 0 (largest), 1 ..."""

    def __init__(
        self,
        distance: float = DISTANCE,
        smallest: int = 3,
        resamples: int = 4,
        stable: float = STABLE,
        seed: int = 0,
    ):
        self.distance = distance
        self.smallest = smallest
        self.resamples = resamples
        self.stable = stable
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> "ThemeClusterer":
        """Learn `labels_` (n,) and `stability_` (themes,) from unit vectors `X` (n, d).

        `y` (n,): groups of an earlier time, -1 for none. They count as some more trees, so that answers stay where
        they were unless there is reason to move.
        """
        self.labels_, self.stability_ = np.full(len(X), -1), np.zeros(0)
        if len(X) < 2:
            return self
        with threadpool_limits(1):
            trees = self._trees(np.asarray(X, dtype=np.float32))
            earlier = np.repeat(np.reshape(y, (1, -1)), EARLIER, axis=0) if y is not None else trees[:0]
            table, again = np.zeros((2, len(X), len(X)), dtype=np.float32), []
            for part in np.split(trees, self.resamples):
                met = meetings(np.vstack([part, earlier]))
                again.append(meeting_groups(met))
                table += met
            self._keep(np.asarray(X, dtype=np.float32), meeting_groups(table), again)
        return self

    def _keep(self, X: np.ndarray, whole: np.ndarray, again: Sequence[np.ndarray]) -> None:
        """Of the groups `whole` (n,) keep those that are large, coherent and found `again` in the resamples."""
        found = [np.flatnonzero(whole == number) for number in range(whole.max() + 1)]
        large = [g for g in found if len(g) >= self.smallest and coherence(X[g]) >= COHERENT]
        scored = [(group, stability(group, again)) for group in large]
        kept = [pair for pair in scored if pair[1] >= self.stable]
        places = settled(X, [group for group, _ in kept])
        pairs = [(g, score) for g, (_, score) in zip(places, kept, strict=True) if len(g) >= self.smallest]
        pairs.sort(key=lambda pair: (-len(pair[0]), pair[0][0]))
        for place, (group, _) in enumerate(pairs):
            self.labels_[group] = place
        self.stability_ = np.array([score for _, score in pairs])

    def _trees(self, vectors: np.ndarray) -> np.ndarray:
        """Group numbers from each tree, (resamples * TREES, n); -1 where a text was left out."""
        count = len(vectors)
        widths = [max(NARROWEST, round(width * count**0.5)) for width in WIDTHS]
        space, chance = latent_space(vectors, max(widths), self.seed), np.random.default_rng(self.seed)
        trees = np.full((self.resamples * TREES, count), -1)
        for number, tree in enumerate(trees):
            chosen = np.sort(chance.permutation(count)[: max(2, round(count * 0.8))])
            width = widths[number % len(widths)]
            part = unit(space[chosen, :width])
            gaps = np.clip(1.0 - np.asarray(part @ part.T, dtype=float), 0.0, 2.0)
            tree[chosen] = average_link(gaps, self.distance + (WIDER if width >= count else 0.0))
        return trees


def find_themes(
    texts: Sequence[Text],
    seed: int = 0,
    known: Sequence[Theme] = (),
    explained: Mapping[str, float] | None = None,
    distance: float = DISTANCE,
) -> list[Theme]:
    """Themes of `texts`, largest first; those that continue a `known` theme keep its id.

    Works on any number of texts (none: no themes). A theme needs three different texts, two among fewer than 15,
    more among many. Texts that say nothing (特になし) belong to no theme. With `explained` (text id →
    P(main reason), 0 where none holds; see novelty.explained) only themes that are news are returned. A smaller
    `distance` (NARROW) gives the narrower themes inside one reason.
    """
    distinct: dict[str, list[str]] = {}
    for text in texts:
        parsed = parse(text.text)
        if parsed.has_words and not says_nothing(parsed.normal.text):
            distinct.setdefault(parsed.normal.text, []).append(text.id)
    words = list(distinct)
    vectors = embed(words)
    earlier = _earlier(words, distinct, known)
    groups = _grouped(
        words, vectors, earlier, ThemeClusterer(distance, smallest_theme(len(words)), seed=seed)
    )
    if explained is not None:
        known_well = np.array([np.mean([explained[id] for id in distinct[text]]) for text in words])
        background = shared_background()
        groups = [g for g in groups if is_news(vectors[g], known_well[g], len(words), background)]
    themes = [_theme(vectors[group], [words[i] for i in group], distinct) for group in groups]
    return match_themes(sorted(themes, key=lambda theme: (-theme.size, theme.id)), known)


def _theme(vectors: np.ndarray, members: Sequence[str], ids: dict[str, list[str]]) -> Theme:
    """One theme of the texts `members`; `ids` says who wrote each."""
    middle = _centroid(vectors)
    everybody = tuple(id for text in members for id in ids[text])
    number = hashlib.sha256("\n".join(sorted(everybody)).encode()).hexdigest()[:12]
    typical = central_quotes(members, vectors @ middle)
    edge = [text for text in borderline_quotes(members, vectors @ middle) if text not in typical]
    return Theme(
        id=number,
        name=name_theme(members, middle),
        size=len(everybody),
        members=everybody,
        quotes=tuple(ids[text][0] for text in typical),
        centroid=tuple(round(float(x), 5) for x in middle),
        borderline=tuple(ids[text][0] for text in edge),
    )


def smallest_theme(count: int) -> int:
    """How many of `count` different texts must agree: two of a few, three, eight of a whole block."""
    return 2 if count < 15 else max(3, round(min(count, BLOCK) ** 0.5 / 5))


def _earlier(words: Sequence[str], ids: dict[str, list[str]], known: Sequence[Theme]) -> np.ndarray | None:
    """The place among the `known` themes of each text, -1 for new ones; None where nothing is known of any."""
    home = {member: place for place, theme in enumerate(known) for member in theme.members}
    places = [next((home[id] for id in ids[text] if id in home), -1) for text in words]
    return np.array(places) if any(place >= 0 for place in places) else None


def _grouped(
    words: Sequence[str], vectors: np.ndarray, earlier: np.ndarray | None, clusterer: ThemeClusterer
) -> list[list[int]]:
    """Groups of rows of `vectors`, by blocks."""
    chance = np.random.default_rng(clusterer.seed)
    rest = np.flatnonzero(vectors.any(axis=1))
    groups: list[list[int]] = []
    for _ in range(ROUNDS):
        whole = len(rest) <= BLOCK
        block = rest if whole else np.sort(chance.choice(rest, BLOCK, replace=False))
        if not len(block):
            return groups
        before = earlier[block] if earlier is not None else None
        labels = clusterer.fit(joined([words[int(i)] for i in block], vectors[block]), before).labels_
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
