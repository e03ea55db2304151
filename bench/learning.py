"""What people's decisions teach: errors before and after 20, 100 and 500 of them, and codes that a team makes itself.

python -m bench.learning

Two kinds of answers. Those of the writers who never teach: hard, of many businesses, hardly any topic twice. And three
sets of one business each (tests/analysis/themes_*.jsonl), where topics recur as they do in a real survey; learning.json
says which of the eleven reasons their team files each answer under, and describes each topic as a code of its own.
For 500 decisions one of them has the answers of four more writers (meals.jsonl), who saw none of the others' work.
Furniture and bank helped to choose the constants of learning.py; meals was looked at in early trials.
"""

import json
import random
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis import learning, pipeline
from analysis.codebook import codes
from analysis.corpus import read_corpus
from analysis.encoder import shared_encoder
from analysis.evaluation import calibration_error, first_of
from analysis.pipeline import Reader
from analysis.types import CodeDefinition, CodedText, Reading
from app.config import ROOT
from bench.tables import markdown_table

SETS = ("furniture", "bank", "meals")
DRAWS = 3
EXAMPLES = 5
HEADS = (
    "decisions from",
    "n",
    "draws",
    "first label wrong",
    "",
    "cut",
    "labels wrong (1 − F1)",
    "",
    "cut",
    "ECE",
    "",
    "learnt in",
)
OWN_HEADS = (
    "own codes of",
    "taught by",
    "recall",
    "precision",
    "F1",
    "F1, worst code",
    "ordinary first label wrong",
    "",
)


class Remembered:
    """The shared encoder, that reads no text twice in one benchmark."""

    def __init__(self) -> None:
        self.inner = shared_encoder()
        self.name, self.dimensions = self.inner.name, self.inner.dimensions
        self.known: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        fresh = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known |= dict(zip(fresh, self.inner(fresh), strict=True))
        return np.array([self.known[text] for text in texts], dtype=np.float32).reshape(-1, self.dimensions)


@dataclass(frozen=True)
class Figures:
    """Errors of one reading of some answers."""

    first: float
    labels: float
    calibration: float

    @classmethod
    def of(cls, rows: Sequence[CodedText], readings: Sequence[Reading]) -> "Figures":
        said = [tuple(guess.code for guess in reading.reasons) for reading in readings]
        right = np.array(
            [first_of(row.labels) == first_of(found) for row, found in zip(rows, said, strict=True)]
        )
        both = sum(
            len(set(_labels(row.labels)) & set(_labels(found))) for row, found in zip(rows, said, strict=True)
        )
        all_ = sum(
            len(_labels(row.labels)) + len(_labels(found)) for row, found in zip(rows, said, strict=True)
        )
        sure = np.array([reading.confidence for reading in readings])
        return cls(1 - float(right.mean()), 1 - 2 * both / all_, calibration_error(sure, right))


def _labels(found: Sequence[str]) -> Sequence[str]:
    return found or (first_of(found),)


Draw = tuple[list[CodedText], list[CodedText]]  # decided, the rest


def drawn(rows: Sequence[CodedText], n: int, seed: int) -> Draw:
    """n decisions by chance, and the others."""
    order = list(rows)
    random.Random(seed).shuffle(order)
    return order[:n], order[n:]


def by(rows: Sequence[Any], *fields: str) -> list[list[Any]]:
    """Rows grouped by some fields."""
    groups: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        groups.setdefault(tuple(getattr(row, field) for field in fields), []).append(row)
    return list(groups.values())


def draws_of(groups: Iterable[Sequence[CodedText]], n: int) -> list[Draw]:
    """DRAWS of every group that leaves something to measure."""
    return [drawn(rows, n, seed) for rows in groups if len(rows) >= n + 20 for seed in range(DRAWS)]


def gains(reader: Reader, name: str, n: int, draws: Sequence[Draw]) -> list[str]:
    """One line of the table: means over the draws."""
    before, after, seconds = [], [], []
    for decided, rest in draws:
        before.append(Figures.of(rest, reader.read(rest)))
        began = time.process_time()
        taught = reader.learn(decided)
        seconds.append(time.process_time() - began)
        after.append(Figures.of(rest, taught.read(rest)))
    cells = [name, str(n), str(len(draws))]
    for field in ("first", "labels", "calibration"):
        was, now = (float(np.mean([getattr(one, field) for one in side])) for side in (before, after))
        cells += [f"{was:.3f}", f"{now:.3f}"] + ([f"{1 - now / was:+.1%}"] if field != "calibration" else [])
    return [*cells, f"{np.mean(seconds):.1f} s"]


@dataclass(frozen=True)
class LocalSet:
    """Answers of one business: `filed` under the eleven reasons, and `own` under the team's codes where one fits."""

    filed: list[CodedText]
    own: list[CodedText]
    definitions: list[CodeDefinition]


def local_set(name: str) -> LocalSet:
    """One of SETS."""
    told = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))[name]
    lines = (ROOT / "tests" / "analysis" / f"themes_{name}.jsonl").read_text(encoding="utf-8").splitlines()
    filed, own = [], []
    for row in map(json.loads, lines):
        theme = row["theme"]
        labels = (told["codes"][theme]["filed"],) if theme else tuple(told["ordinary"][row["id"]])
        filed.append(CodedText(row["id"], row["text"], "reason", labels))
        own.append(CodedText(row["id"], row["text"], "reason", (theme,) if theme else labels))
    definitions = [
        CodeDefinition(code, one["name"], one["definition"]) for code, one in told["codes"].items()
    ]
    return LocalSet(filed, own, definitions)


def long_set() -> list[CodedText]:
    """The answers about meals with those of four more writers."""
    lines = Path(__file__).with_name("meals.jsonl").read_text(encoding="utf-8").splitlines()
    more = [
        CodedText(row["id"], row["text"], "reason", tuple(row["labels"])) for row in map(json.loads, lines)
    ]
    return local_set("meals").filed + more


def own_codes(reader: Reader, name: str, n: int) -> list[str]:
    """How well the rest of a team's own topics is found: after n decisions, or (n = 0) by sentence and EXAMPLES alone."""
    chosen = local_set(name)
    names, found = [one.code for one in chosen.definitions], []
    for seed in range(DRAWS):
        decided, rest = drawn(chosen.own, n, seed)
        definitions = [] if n else chosen.definitions
        if not n:
            definitions, rest = with_examples(chosen, seed)
        readings = reader.learn(decided, definitions).read(rest)
        found.append(own_figures(names, rest, readings, reader.read(rest)))
    way = f"{n} decisions" if n else f"a sentence and {EXAMPLES} examples each"
    return [name, way, *(f"{value:.2f}" for value in np.mean(found, axis=0))]


def with_examples(chosen: LocalSet, seed: int) -> tuple[list[CodeDefinition], list[CodedText]]:
    """The definitions with EXAMPLES answers each, and the answers left."""
    order = drawn(chosen.own, 0, seed)[1]
    examples = {
        one.code: [row for row in order if one.code in row.labels][:EXAMPLES] for one in chosen.definitions
    }
    used = {row.id for rows in examples.values() for row in rows}
    definitions = [
        CodeDefinition(one.code, one.name, one.definition, tuple(row.text for row in examples[one.code]))
        for one in chosen.definitions
    ]
    return definitions, [row for row in order if row.id not in used]


def own_figures(
    names: Sequence[str], rest: Sequence[CodedText], readings: Sequence[Reading], before: Sequence[Reading]
) -> list[float]:
    """Recall, precision and F1 of all own codes together, the worst code's F1, and what it costs the other answers."""
    truth = np.array([[name in row.labels for name in names] for row in rest])
    said = np.array(
        [[any(guess.code == name for guess in one.reasons) for name in names] for one in readings]
    )
    hits, sizes, calls = (truth & said).sum(axis=0), truth.sum(axis=0), said.sum(axis=0)
    other = np.flatnonzero(~truth.any(axis=1))
    costs = [
        float(
            np.mean([first_of(rest[i].labels) != first_of([g.code for g in one[i].reasons]) for i in other])
        )
        for one in (before, readings)
    ]
    worst = float(np.min(2 * hits / np.maximum(sizes + calls, 1)))
    total = hits.sum()
    return [
        float(total / sizes.sum()),
        float(total / max(1, calls.sum())),
        float(2 * total / (sizes.sum() + calls.sum())),
        worst,
        *costs,
    ]


def main() -> int:
    """Print both tables."""
    encoder = Remembered()
    learning.shared_encoder = pipeline.shared_encoder = lambda: encoder
    reader, tested = Reader(), read_corpus("t")
    lines = [
        gains(reader, f"{name}, one business", n, draws_of([local_set(name).filed], n))
        for name in SETS
        for n in (20, 100)
    ]
    lines += [
        *(gains(reader, "meals, five writers", n, draws_of([long_set()], n)) for n in (20, 100, 500)),
        gains(
            reader,
            "test writers, one business of one writer",
            20,
            draws_of(by(tested, "writer", "business"), 20),
        ),
        gains(reader, "test writers, one business", 50, draws_of(by(tested, "business"), 50)),
        gains(reader, "test writers, one writer", 100, draws_of(by(tested, "writer"), 100)),
        *(gains(reader, "test writers, all", n, draws_of([tested], n)) for n in (100, 500)),
    ]
    print(markdown_table(HEADS, lines))
    print()
    print(markdown_table(OWN_HEADS, [own_codes(reader, name, n) for name in SETS for n in (0, 20, 100)]))
    print(f"\n{len(codes())} shipped codes; {len(tested)} answers of test writers.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
