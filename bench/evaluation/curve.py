"""The learning curve: the quick model taught by an eighth, a quarter, half and all of the writers."""

import random
from collections.abc import Sequence
from functools import partial

import numpy as np

from analysis.codebook import codes
from analysis.corpus import CorpusRow, read_corpus
from analysis.evaluation import outcome
from analysis.types import Reading
from bench.evaluation.scene import Scene, in_parallel, signed, three
from bench.evaluation.teaching import Lesson, readings_after
from bench.tables import markdown_table

TITLE = "Learning curve"
SHARES = {"1/8": 8, "1/4": 4, "1/2": 2}
DRAWS = 2
Scores = tuple[float, float]


def run(scene: Scene) -> str:
    writers = sorted({row.writer for row in read_corpus()})
    lessons = {share: [Lesson(some) for some in draws(writers, part)] for share, part in SHARES.items()}
    flat = [lesson for some in lessons.values() for lesson in some]
    read = dict(zip(flat, in_parallel(readings_after, flat[::-1])[::-1], strict=True))
    score = partial(scores, scene.rows)
    found = {share: [score(read[lesson]) for lesson in some] for share, some in lessons.items()}
    found["all"] = [score(scene.quick.read(scene.rows))]
    taught = lessons | {"all": [Lesson()]}
    rows = [line(share, taught[share], some, len(writers)) for share, some in found.items()]
    note = (
        "The quick model alone (no sentence encoder), phrases included. Shares are drawn by writer (seed 0), "
        f"{DRAWS} draws without a common writer; means, and each draw in brackets. All = the shipped quick model."
    )
    heads = ("writers", "number", "answers", "macro-F1", "first label")
    return "\n\n".join([note, markdown_table(heads, rows), last_doubling(found)])


def draws(writers: Sequence[str], part: int, count: int = DRAWS, seed: int = 0) -> list[tuple[str, ...]]:
    """`count` disjoint samples of 1/part of the writers, at least one each."""
    order = list(writers)
    random.Random(seed).shuffle(order)
    size = max(1, len(order) // part)
    return [tuple(sorted(order[size * place : size * (place + 1)])) for place in range(count)]


def scores(rows: Sequence[CorpusRow], readings: Sequence[Reading]) -> Scores:
    now = outcome(rows, readings, codes()).figures()
    return float(now["macro_f1"][0]), float(now["first_label"][0])


def line(share: str, lessons: Sequence[Lesson], found: Sequence[Scores], everybody: int) -> list[str]:
    number = len(lessons[0].writers) or everybody
    answers = np.mean([len(lesson.rows()) for lesson in lessons])
    cells = []
    for values in zip(*found, strict=True):
        each = f" ({', '.join(map(three, values))})" if len(values) > 1 else ""
        cells.append(three(float(np.mean(values))) + each)
    return [share, str(number), f"{answers:,.0f}", *cells]


def last_doubling(found: dict[str, list[Scores]]) -> str:
    half, whole = (np.mean(found[share], axis=0) for share in ("1/2", "all"))
    f1, first = (signed(float(gain)) for gain in whole - half)
    return f"The last doubling gained {f1} macro-F1 and {first} of first labels."
