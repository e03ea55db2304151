"""Themes: are six emerging themes of one business found among its other answers? And what is found in real answers?

python -m bench.themes            three written sets (tests/analysis/themes_*.jsonl) beside plain methods
python -m bench.themes fukui CSV… all themes of the column 不便さの内容, five random members each, as Markdown
The first two tuned the thresholds, the third was only measured.
"""

import csv
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import normalize as unit_rows
from threadpoolctl import threadpool_limits

from analysis.clusterer import find_themes
from analysis.codebook import NONE
from analysis.embedding import embed, shared_background
from analysis.normalize import normalize
from analysis.novelty import explained
from analysis.pipeline import Reader
from analysis.tokenizer import shared_tokenizer
from analysis.types import Text, Theme
from app.config import ROOT

SETS = {
    "furniture (tuned on)": "themes_furniture",
    "bank (tuned on)": "themes_bank",
    "meals (untouched)": "themes_meals",
}
NOISE = -1
COLUMN = "不便さの内容"


def read_set(name: str) -> tuple[list[Text], list[str | None]]:
    """Answers of one invented business and the theme each was written for."""
    lines = (ROOT / "tests" / "analysis" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Text(row["id"], row["text"]) for row in rows], [row["theme"] for row in rows]


def labels_of(texts: Sequence[Text], themes: Sequence[Theme]) -> list[int]:
    home = {member: place for place, theme in enumerate(themes) for member in theme.members}
    return [home.get(text.id, NOISE) for text in texts]


def scores(gold: Sequence[str | None], labels: Sequence[int]) -> dict[str, float]:
    """Themes found (best one-to-one F1 of at least 0.5), their mean F1 over all six, and purity.

    `purity`: share of the answers in found themes that belong with most of their theme, ordinary answers counting as
    one more kind; `strict`: the same where an ordinary answer never belongs; `matched`: strict, in matched themes only.
    """
    names, found = sorted({name for name in gold if name}), sorted(set(labels) - {NOISE})
    table = np.zeros((len(names), max(1, len(found))))
    pairs, sizes, counts = Counter(zip(gold, labels, strict=True)), Counter(gold), Counter(labels)
    for i, name in enumerate(names):
        for j, number in enumerate(found):
            table[i, j] = 2 * pairs[name, number] / (sizes[name] + counts[number])
    rows, columns = linear_sum_assignment(-table)
    best = table[rows, columns]
    hits = [found[j] for j, score in zip(columns, best, strict=True) if score >= 0.5]
    return {
        "themes": len(found),
        "found": len(hits),
        "F1": float(best.sum() / len(names)),
        "purity": _purity(pairs, counts, found, [*names, None]),
        "strict": _purity(pairs, counts, found, names),
        "matched": _purity(pairs, counts, hits, names),
    }


def _purity(pairs: Counter, counts: Counter, found: Sequence[int], names: Sequence[str | None]) -> float:
    inside = sum(max(pairs[name, number] for name in names) for number in found)
    return inside / max(1, sum(counts[number] for number in found))


def baselines(texts: Sequence[Text]) -> dict[str, np.ndarray]:
    """What a notebook would do: words or the encoder's vectors under KMeans and HDBSCAN; k is told (6 + 6)."""
    tokenizer = shared_tokenizer()
    plain = [normalize(text.text).text for text in texts]
    words = [[token.lemma for token in tokenizer(text) if token.is_content] for text in plain]
    table = TfidfVectorizer(analyzer=lambda row: row, sublinear_tf=True).fit_transform(words)
    spaces = {
        "TF-IDF + SVD": unit_rows(
            TruncatedSVD(min(50, table.shape[1] - 1), random_state=0).fit_transform(table)
        ),
        "encoder": embed(plain),
    }
    found = {}
    for name, space in spaces.items():
        found[f"{name} + KMeans"] = KMeans(12, n_init=10, random_state=0).fit_predict(space)
        found[f"{name} + HDBSCAN"] = HDBSCAN(min_cluster_size=5, copy=True).fit_predict(space)
    return found


def identity(texts: Sequence[Text], steps: int = 5) -> tuple[float, float, list[Theme]]:
    """Shares of themes and of their answers that keep their id as the answers arrive in five parts; the last themes."""
    order = list(texts)
    random.Random(0).shuffle(order)
    known: list[Theme] = []
    kept, themes, stayed, answers = 0, 0, 0, 0
    for step in range(1, steps + 1):
        fresh = find_themes(order[: len(order) * step // steps], known=known)
        now = {theme.id for theme in fresh}
        home = {member: theme.id for theme in fresh for member in theme.members}
        for old in known:
            kept, themes = kept + (old.id in now), themes + 1
            still = [home[member] for member in old.members if member in home]
            stayed, answers = stayed + still.count(old.id), answers + len(still)
        known = fresh
    return kept / max(1, themes), stayed / max(1, answers), known


def measure() -> None:
    """Print all sets."""
    reader = Reader()
    for title, name in SETS.items():
        texts, gold = read_set(name)
        readings = reader.read(texts)
        known = {reading.id: explained(reading) for reading in readings}
        unexplained = [text for text in texts if known[text.id] == 0.0]
        rows = {
            "the door": labels_of(texts, find_themes(texts, explained=known)),
            "the door --all": labels_of(texts, find_themes(texts)),
            "only unexplained answers": labels_of(texts, find_themes(unexplained)),
            **{method: list(labels) for method, labels in baselines(texts).items()},
        }
        print(
            f"\n### {title}\n\n| | themes | found of 6 | mean F1 | purity | strict | in matched |\n|---|---|---|---|---|---|---|"
        )
        for method, labels in rows.items():
            s = scores(gold, labels)
            print(
                f"| {method} | {s['themes']} | {s['found']} | {s['F1']:.2f} | {s['purity']:.2f} | {s['strict']:.2f} | {s['matched']:.2f} |"
            )
        print(f"\nNovelty of answers, AUC: {_auc(texts, gold, known):.2f}. ", end="")
        themes, answers, last = identity(texts)
        after = scores(gold, labels_of(texts, last))
        print(
            f"Ids kept in five steps: {themes:.0%} of themes, {answers:.0%} of answers; after them ", end=""
        )
        print(f"(--all) {after['found']} found, F1 {after['F1']:.2f}, purity {after['purity']:.2f}.")


def _auc(texts: Sequence[Text], gold: Sequence[str | None], known: dict[str, float]) -> float:
    background = shared_background()
    familiar = (
        background.familiarity(embed([normalize(text.text).text for text in texts])) if background else 0.0
    )
    score = -(np.array([known[text.id] for text in texts]) + familiar)
    return float(roc_auc_score([theme is not None for theme in gold], score))


def read_column(paths: Sequence[str]) -> list[Text]:
    """Every answer in the column, of several files."""
    texts = []
    for path in paths:
        with Path(path).open(encoding="utf-8-sig", newline="") as source:
            for number, row in enumerate(csv.DictReader(source)):
                if (row.get(COLUMN) or "").strip():
                    texts.append(Text(f"{Path(path).stem}-{number}", row[COLUMN], "improve"))
    return texts


def show(paths: Sequence[str]) -> None:
    """All themes with sizes and five random members each."""
    answers = read_column(paths)
    silent = {one.id for one in Reader().read(answers) if one.reasons and one.reasons[0].code == NONE}
    texts = [text for text in answers if text.id not in silent]
    began = time.process_time()
    themes = find_themes(texts)
    seconds = time.process_time() - began
    inside = sum(theme.size for theme in themes)
    words = {text.id: " ".join(text.text.split()) for text in texts}
    print(f"# 福井県観光アンケート「{COLUMN}」のテーマ\n")
    print(
        f"{len(answers):,} answers, of which {len(silent):,} say nothing; {len(themes)} themes hold {inside:,} of the others; ",
        end="",
    )
    print(f"{seconds:.0f} s of CPU to find them.")
    print(
        "Printed by `python -m bench.themes fukui`; the members are drawn by chance (seeded), not chosen.\n"
    )
    for theme in themes:
        print(f"## {theme.name} ({theme.size})\n")
        chance = random.Random(theme.id)
        for member in chance.sample(theme.members, min(5, theme.size)):
            print(f"- {words[member][:120]}")
        print(f"\n境目の声: {' ／ '.join(words[one][:60] for one in theme.borderline) or '–'}\n")


def main() -> int:
    arguments = sys.argv[1:]
    with threadpool_limits(1):
        if arguments[:1] == ["fukui"]:
            folder = ROOT.parent / "shared" / "data" / "fukui"
            show(arguments[1:] or sorted(str(path) for path in folder.glob("fukui_20????.csv")))
        else:
            measure()
    return 0


if __name__ == "__main__":
    sys.exit(main())
