"""How well a reader reads answers whose labels are known."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from analysis.corpus import CorpusRow
from analysis.model import POLARITIES
from analysis.types import Reading

UNEXPLAINED = "(unexplained)"


def measure(rows: Sequence[CorpusRow], readings: Sequence[Reading], codes: Sequence[str]) -> dict[str, Any]:
    """Figures in 0..1: F1 by code, macro-F1 over `codes`, first label, the surer half, calibration, polarity."""
    said = [[guess.code for guess in reading.reasons] for reading in readings]
    truth = np.array([[code in row.labels for code in codes] for row in rows])
    guess = np.array([[code in names for code in codes] for names in said])
    by_code = f1_score(truth, guess, average=None, zero_division=0)
    right = np.array([first_of(row.labels) == first_of(names) for row, names in zip(rows, said, strict=True)])
    sure = np.array([reading.confidence for reading in readings])
    half = np.argsort(-sure, kind="stable")[: max(1, len(rows) // 2)]
    return {
        "rows": len(rows),
        "macro_f1": float(by_code.mean()),
        "f1": {code: round(float(value), 3) for code, value in zip(codes, by_code, strict=True)},
        "first_label": float(right.mean()),
        "first_label_surer_half": float(right[half].mean()),
        "calibration_error": calibration_error(sure, right),
        "unexplained_f1": float(
            f1_score([not row.labels for row in rows], [not names for names in said], zero_division=0)
        ),
        "polarity_macro_f1": float(
            f1_score(
                [row.polarity for row in rows],
                [reading.polarity for reading in readings],
                labels=POLARITIES,
                average="macro",
                zero_division=0,
            )
        ),
    }


def first_of(labels: Sequence[str]) -> str:
    """The main label, or UNEXPLAINED."""
    return labels[0] if labels else UNEXPLAINED


def calibration_error(sure: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over equal bins."""
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(sure[place == b].mean() - right[place == b].mean()) * np.mean(place == b)
        for b in range(bins)
        if np.any(place == b)
    ]
    return float(sum(gaps))
