"""What people's decisions about answers of a business do for the rest of its answers."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.codebook import codes
from analysis.corpus import CorpusRow
from analysis.evaluation import error_cut, outcome
from analysis.pipeline import Reader
from bench.evaluation.scene import Scene, in_parallel, percent, testing_rows, three
from bench.tables import markdown_table

TITLE = "Gain from local decisions"
LEAST = 20  # answers left to be tested on
SEEDS = range(3)


@dataclass(frozen=True)
class Trial:
    """`count` decisions about answers of `pool` (businesses), tested on what follows place `rest` in the same draw."""

    among: str
    pool: tuple[str, ...]
    count: int
    rest: int
    seed: int = 0


@dataclass(frozen=True)
class Gain:
    """Shares of wrong first labels and macro-F1, before and after, on `tested` answers."""

    tested: int
    error: tuple[float, float]
    macro_f1: tuple[float, float]


def run(scene: Scene) -> str:
    planned = trials(scene.rows)
    gains = dict(zip(planned, in_parallel(tried, planned), strict=True))
    rows = []
    for among, count in dict.fromkeys((trial.among, trial.count) for trial in planned):
        rows.append(line(among, count, [gains[t] for t in planned if (t.among, t.count) == (among, count)]))
    note = (
        "The labels of some answers are taught as a person's decisions (`Reader.learn`), the others are read before and "
        "after. Where several numbers of decisions stand for one kind, they are tested on the same answers. Wanted "
        "this round: errors cut by 15 % after 100 decisions."
    )
    heads = (
        "decisions",
        "among",
        "trials",
        "tested on",
        "error before",
        "after",
        "cut by",
        "macro-F1 before",
        "after",
    )
    return f"{note}\n\n{markdown_table(heads, rows)}"


def trials(rows: Sequence[CorpusRow]) -> list[Trial]:
    """All trials that leave at least LEAST answers to test on."""
    names = list(dict.fromkeys(row.business for row in rows))
    threes = [tuple(map(str, some)) for some in np.array_split(names, max(1, len(names) // 3))]
    planned = [Trial("one business", (name,), 20, 20) for name in names]
    planned += [Trial("three or four businesses", some, count, 100) for count in (20, 100) for some in threes]
    planned += [
        Trial("all businesses", tuple(names), count, 500, seed) for count in (20, 100, 500) for seed in SEEDS
    ]
    return [trial for trial in planned if len(drawn(rows, trial)) >= trial.rest + LEAST]


def drawn(rows: Sequence[CorpusRow], trial: Trial) -> list[CorpusRow]:
    """The answers of the trial's businesses in a drawn order."""
    own = [row for row in rows if row.business in trial.pool]
    random.Random(trial.seed).shuffle(own)
    return own


def parted(rows: Sequence[CorpusRow], trial: Trial) -> tuple[list[CorpusRow], list[CorpusRow]]:
    """What is decided and what is tested."""
    own = drawn(rows, trial)
    return own[: trial.count], own[trial.rest :]


def tried(trial: Trial) -> Gain:
    return gain_of(shared_reader(), testing_rows(), trial)


def gain_of(reader: Reader, rows: Sequence[CorpusRow], trial: Trial) -> Gain:
    """Teach, and read the rest before and after."""
    decided, rest = parted(rows, trial)
    found = [outcome(rest, one.read(rest), codes()).figures() for one in (reader, reader.learn(decided))]
    before, after = ({name: float(value[0]) for name, value in one.items()} for one in found)
    return Gain(
        len(rest),
        (1 - before["first_label"], 1 - after["first_label"]),
        (before["macro_f1"], after["macro_f1"]),
    )


@lru_cache(maxsize=1)
def shared_reader() -> Reader:
    return Reader()


def line(among: str, count: int, gains: Sequence[Gain]) -> list[str]:
    before, after = (float(np.mean([gain.error[side] for gain in gains])) for side in (0, 1))
    f1 = [three(float(np.mean([gain.macro_f1[side] for gain in gains]))) for side in (0, 1)]
    tested = f"{np.mean([gain.tested for gain in gains]):.0f} each"
    shown = f1 if among == "all businesses" else ["–", "–"]
    return [
        str(count), among, str(len(gains)), tested, three(before), three(after), percent(error_cut(before, after)), *shown
    ]  # fmt: skip
