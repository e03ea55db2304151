"""Many trees over the same texts: which texts met in them, how surely, and who settles where.

How often two texts fell into one group says how alike they are (evidence accumulation, Fred and Jain 2005).
"""

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.decomposition import TruncatedSVD

TOGETHER = 0.5  # share of the trees in which the texts of a group meet, on average
COHERENT = 0.12  # mean cosine of a group's texts; below it they only share what sets them apart from others
BELONGS, LEAVES = 0.8, 0.5  # nearness, as a share of what is usual in a group: joins from, leaves below


def latent_space(vectors: np.ndarray, width: int, seed: int) -> np.ndarray:
    """The texts in the `width` directions in which they differ most; as they are where they are few."""
    if width >= min(vectors.shape):
        return vectors
    return np.asarray(TruncatedSVD(width, random_state=seed).fit_transform(vectors))


def meetings(trees: np.ndarray) -> np.ndarray:
    """In how many of the `trees` (t, n) two texts met, and how many saw both, (2, n, n)."""
    count = trees.shape[1]
    table = np.zeros((2, count, count), dtype=np.float32)
    for tree in trees:
        there = np.flatnonzero(tree >= 0)
        homes = tree[there]
        table[0][np.ix_(there, there)] += homes[:, None] == homes[None]
        table[1][np.ix_(there, there)] += 1
    return table


def meeting_groups(table: np.ndarray) -> np.ndarray:
    """Group numbers (n,) from 0: texts that met in a large enough share of the trees that saw both."""
    shares = table[0] / np.maximum(table[1], 1)
    return average_link(1.0 - shares.astype(float), 1 - TOGETHER) - 1


def settled(vectors: np.ndarray, groups: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The same groups, without members far from the others and with whatever is as near to them as members are.

    Nearness is the mean cosine with the (other) members as a share of what is usual in that group.
    """
    own = np.zeros((len(vectors), len(groups)), dtype=np.float32)
    for place, group in enumerate(groups):
        own[group, place] = 1.0
    for _ in range(2 if groups else 0):
        near = (vectors @ (vectors.T @ own) - own) / np.maximum(own.sum(axis=0) - own, 1.0)
        usual = (near * own).sum(axis=0) / np.maximum(own.sum(axis=0), 1.0)
        near = near / np.maximum(usual, COHERENT)
        best = np.eye(len(groups), dtype=bool)[near.argmax(axis=1)] & (near >= BELONGS)
        stays = (own > 0) & (near >= LEAVES) & ~best.any(axis=1, keepdims=True)
        own = (best | stays).astype(np.float32)
    return [np.flatnonzero(column) for column in own.T]


def average_link(gaps: np.ndarray, distance: float) -> np.ndarray:
    np.fill_diagonal(gaps, 0.0)
    return np.asarray(fcluster(linkage(squareform(gaps, checks=False), "average"), distance, "distance"))


def coherence(vectors: np.ndarray) -> float:
    """Mean cosine of two different texts."""
    count = len(vectors)
    return float((np.square(vectors.sum(axis=0)).sum() - count) / max(count * (count - 1), 1))


def stability(group: np.ndarray, resamples: Sequence[np.ndarray]) -> float:
    """Mean over the resamples of the Jaccard of a group with its best match."""
    scores = []
    for groups in resamples:
        numbers, shared = np.unique(groups[group], return_counts=True)
        sizes = np.array([np.count_nonzero(groups == number) for number in numbers])
        scores.append(float((shared / (len(group) + sizes - shared)).max()))
    return float(np.mean(scores))
