"""How well answers are read whose labels are known; how sure one can be of such a figure."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from analysis.classifier import Numbers
from analysis.corpus import CorpusRow
from analysis.model import POLARITIES
from analysis.types import Reading

UNEXPLAINED = "(unexplained)"
BINS = 10
TIMES = 1000  # draws of a bootstrap
LENGTHS = {"1-8": 8, "9-30": 30, "31-90": 90, "91-250": 250}  # characters at most
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Outcome:
    """n answers as written and as read: `stated` and `said` (n, codes), the same of UNEXPLAINED and of the polarity.

    `right`: is the first label right? `sure`: the confidence in it.
    """

    stated: Truths
    said: Truths
    unexplained: Truths
    left_unexplained: Truths
    mood: Truths  # (n, 4)
    read_mood: Truths
    right: Truths
    sure: Numbers

    def figures(self, weights: Numbers | None = None) -> dict[str, Numbers]:
        """The headline figures, each (m,), for m ways to weigh the answers (m, n); by default every answer once."""
        many = np.ones((1, len(self.right))) if weights is None else weights
        total = many.sum(axis=1)
        return {
            "macro_f1": f1(self.stated, self.said, many).mean(axis=1),
            "first_label": many @ self.right / total,
            "first_label_surer_half": self.right_at(0.5, many),
            "calibration_error": sum((abs(gap) for gap in self._gaps(many)), np.zeros(len(many))) / total,
            "unexplained_f1": f1(self.unexplained[:, None], self.left_unexplained[:, None], many)[:, 0],
            "polarity_macro_f1": f1(self.mood, self.read_mood, many).mean(axis=1),
        }

    def right_at(self, share: float, weights: Numbers) -> Numbers:
        """How often the first label is right among the `share` of answers one is surest of, (m,)."""
        order = np.argsort(-self.sure, kind="stable")
        kept = weights[:, order]
        room = np.maximum(1.0, np.floor(weights.sum(axis=1) * share + 1e-9))
        before = np.cumsum(kept, axis=1) - kept
        kept = np.clip(room[:, None] - before, 0.0, kept)
        found: Numbers = kept @ self.right[order] / room
        return found

    def reliability(self) -> list[tuple[float, int, float, float]]:
        """For each tenth of confidence that occurs: its lower edge, answers, mean confidence, share right."""
        place = bins_of(self.sure)
        return [
            (b / BINS, int(inside.sum()), float(self.sure[inside].mean()), float(self.right[inside].mean()))
            for b in range(BINS)
            if (inside := place == b).any()
        ]

    def _gaps(self, weights: Numbers) -> list[Numbers]:
        place = bins_of(self.sure)
        return [weights @ ((self.sure - self.right) * (place == b)) for b in range(BINS)]


def outcome(rows: Sequence[CorpusRow], readings: Sequence[Reading], codes: Sequence[str]) -> Outcome:
    """What came of reading `rows`."""
    said = [[guess.code for guess in reading.reasons] for reading in readings]
    sure = [reading.confidence for reading in readings]
    return outcome_of_labels(rows, said, codes, sure, [reading.polarity for reading in readings])


def outcome_of_labels(
    rows: Sequence[CorpusRow],
    said: Sequence[Sequence[str]],
    codes: Sequence[str],
    sure: Sequence[float] = (),
    moods: Sequence[str] = (),
) -> Outcome:
    """The same from labels alone, main first; a method without confidence or polarity leaves those out."""
    return Outcome(
        stated=np.array([[code in row.labels for code in codes] for row in rows]),
        said=np.array([[code in names for code in codes] for names in said]),
        unexplained=np.array([not row.labels for row in rows]),
        left_unexplained=np.array([not names for names in said]),
        mood=np.array([[row.polarity == kind for kind in POLARITIES] for row in rows]),
        read_mood=np.array([[mood == kind for kind in POLARITIES] for mood in moods or [""] * len(rows)]),
        right=np.array(
            [first_of(row.labels) == first_of(names) for row, names in zip(rows, said, strict=True)]
        ),
        sure=np.array(sure or [0.0] * len(rows)),
    )


def measure(rows: Sequence[CorpusRow], readings: Sequence[Reading], codes: Sequence[str]) -> dict[str, Any]:
    """Figures in 0..1: F1 by code, macro-F1 over `codes`, first label, the surer half, calibration, polarity."""
    found = outcome(rows, readings, codes)
    by_code = f1(found.stated, found.said)[0]
    by_name = {code: round(float(value), 3) for code, value in zip(codes, by_code, strict=True)}
    headline = {name: float(value[0]) for name, value in found.figures().items()}
    return {"rows": len(rows), "f1": by_name} | headline


def f1(truth: Truths, guess: Truths, weights: Numbers | None = None) -> Numbers:
    """F1 of each column (m, columns), 0 where nothing is to be found and nothing was; `weights` (m, n)."""
    many = np.ones((1, len(truth))) if weights is None else weights
    both = many @ (truth & guess)
    either = many @ truth + many @ guess
    return np.asarray(2 * both / np.maximum(either, 1e-9))


def by_column(truth: Truths, guess: Truths) -> list[tuple[int, float, float, float]]:
    """For each column how many there are, precision, recall, F1."""
    precision, recall, score, count = precision_recall_fscore_support(
        truth, guess, average=None, zero_division=0
    )
    return [
        (int(n), float(p), float(r), float(f))
        for n, p, r, f in zip(count, precision, recall, score, strict=True)
    ]


def first_of(labels: Sequence[str]) -> str:
    """The main label, or UNEXPLAINED."""
    return labels[0] if labels else UNEXPLAINED


def bins_of(sure: Numbers, bins: int = BINS) -> NDArray[np.int64]:
    """Which of `bins` equal stretches of 0..1 each confidence lies in."""
    return np.minimum((np.asarray(sure) * bins).astype(np.int64), bins - 1)


def calibration_error(sure: np.ndarray, right: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over equal bins."""
    place = bins_of(sure, bins)
    gaps = [abs(float(np.sum((sure - right)[place == b]))) for b in range(bins)]
    return sum(gaps) / len(sure)


def redrawn(groups: Sequence[Hashable], times: int = TIMES, seed: int = 0) -> Numbers:
    """Weights (times, n) of a bootstrap: groups drawn with replacement, the answers of a group together."""
    numbers = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(len(numbers), [1 / len(numbers)] * len(numbers), size=times)
    return np.asarray(drawn[:, [numbers[group] for group in groups]], dtype=float)


def interval(values: Numbers, level: float = 0.95) -> tuple[float, float]:
    """The middle `level` of bootstrapped values."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def length_class(text: str) -> str:
    """Which of LENGTHS a text belongs to; longer ones to the last."""
    return next((name for name, most in LENGTHS.items() if len(text) <= most), list(LENGTHS)[-1])


def confusions(
    rows: Sequence[CorpusRow], readings: Sequence[Reading], most: int = 10
) -> list[tuple[tuple[str, str], list[CorpusRow]]]:
    """The `most` frequent wrong (first label, first label read), with the answers they happened to."""
    found: dict[tuple[str, str], list[CorpusRow]] = {}
    for row, reading in zip(rows, readings, strict=True):
        pair = first_of(row.labels), first_of([guess.code for guess in reading.reasons])
        if pair[0] != pair[1]:
            found.setdefault(pair, []).append(row)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:most]


def error_cut(before: float, after: float) -> float:
    """The share of errors that went away; negative where there are more than before."""
    return (before - after) / before if before else 0.0
