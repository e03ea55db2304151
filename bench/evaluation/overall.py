"""The headline figures with their uncertainty, by code, by polarity, by confidence."""

import numpy as np

from analysis.codebook import codes
from analysis.evaluation import Outcome, by_column, redrawn
from analysis.model import POLARITIES
from bench.evaluation.scene import Scene, between, percent, three, two
from bench.tables import markdown_table

TITLE = "Overall"
FIGURES = {  # name → what it is, what was wanted
    "macro_f1": ("reasons, macro-F1 over eleven codes", "≥ 0.78"),
    "first_label": ("first label right", "≥ 0.75"),
    "first_label_surer_half": ("first label right, the surer half", "≥ 0.92"),
    "calibration_error": ("calibration error (ECE, ten bins)", "≤ 0.06"),
    "polarity_macro_f1": ("polarity, macro-F1 over four classes", "≥ 0.70"),
    "unexplained_f1": ("substance that no code covers, F1", "–"),
}


def run(scene: Scene) -> str:
    found = scene.outcome
    return "\n\n".join(
        [
            f"{len(scene.rows):,} answers of {len({row.writer for row in scene.rows})} writers about "
            f"{len({row.business for row in scene.rows})} businesses. 95 % intervals by bootstrap (1,000 draws): of "
            "answers, and of whole businesses, which says more about the next business.",
            headline(found, [row.business for row in scene.rows]),
            "Every reason by itself:",
            columns(codes(), "code", found.stated, found.said),
            "Polarity toward the company:",
            columns(POLARITIES, "class", found.mood, found.read_mood),
            "Coverage against accuracy: only the surest answers are counted.",
            coverage(found),
            "Reliability: does confidence come true?",
            reliability(found),
        ]
    )


def headline(found: Outcome, businesses: list[str]) -> str:
    now = found.figures()
    by_answer = found.figures(redrawn(range(len(found.right))))
    by_business = found.figures(redrawn(businesses))
    rows = [
        [words, three(now[name][0]), between(by_answer[name]), between(by_business[name]), wanted]
        for name, (words, wanted) in FIGURES.items()
    ]
    return markdown_table(("figure", "now", "95 %, answers", "95 %, businesses", "wanted this round"), rows)


def columns(names, kind, truth, guess) -> str:
    rows = [
        [name, str(count), two(precision), two(recall), two(score)]
        for name, (count, precision, recall, score) in zip(names, by_column(truth, guess), strict=True)
    ]
    return markdown_table((kind, "answers", "precision", "recall", "F1"), rows)


def coverage(found: Outcome) -> str:
    once = np.ones((1, len(found.right)))
    ranked = np.sort(found.sure)[::-1]
    rows = []
    for tenth in range(1, 11):
        last = max(1, len(ranked) * tenth // 10) - 1
        right = found.right_at(tenth / 10, once)[0]
        rows.append([percent(tenth / 10), f"≥ {ranked[last]:.2f}", three(right)])
    return markdown_table(("surest", "confidence", "first label right"), rows)


def reliability(found: Outcome) -> str:
    rows = [
        [f"{low:.1f}–{low + 0.1:.1f}", str(count), two(sure), two(right)]
        for low, count, sure, right in found.reliability()
    ]
    return markdown_table(("confidence", "answers", "mean confidence", "first label right"), rows)
