"""What all parts look at, how they share two cores, and how they write figures."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from typing import Any

from threadpoolctl import threadpool_limits

from analysis.codebook import codes
from analysis.corpus import CorpusRow, corpus_hash, read_corpus
from analysis.evaluation import Outcome, interval, outcome
from analysis.model import Model
from analysis.pipeline import Reader
from analysis.types import Reading

TESTING = "t"
CORES = 2


@dataclass(frozen=True)
class Scene:
    """The answers of the writers who never teach, and what the shipped model makes of them."""

    rows: Sequence[CorpusRow]

    @cached_property
    def reader(self) -> Reader:
        return Reader()

    @cached_property
    def quick(self) -> Reader:
        """The same reader without the sentence encoder."""
        return Reader(self.reader.model.with_parts(deep=None))

    @cached_property
    def readings(self) -> list[Reading]:
        return self.reader.read(self.rows)

    @cached_property
    def outcome(self) -> Outcome:
        return outcome(self.rows, self.readings, codes())


def testing_rows() -> list[CorpusRow]:
    return read_corpus(TESTING)


def source_line(part: str) -> str:
    """The command and the model that the tables of a part come from."""
    facts = Model.load().facts
    stale = (
        "" if facts["corpus"] == corpus_hash() else " **The corpus has changed since: `make model` first.**"
    )
    return f"`make eval PART={part}` · model {facts['model']}, taught by corpus {facts['corpus']}.{stale}"


def in_parallel(act: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    """`act` on every job, CORES at a time (environment), each process on one thread; results in the jobs' order."""
    workers = min(int(os.environ.get("CORES", CORES)), len(jobs))
    with ProcessPoolExecutor(workers, get_context("spawn"), threadpool_limits, (1,)) as pool:
        results = []
        for result in pool.map(act, jobs):
            results.append(result)
            sys.stderr.write(f"  {len(results)} of {len(jobs)}\n")
        return results


def two(value: float) -> str:
    return f"{value:.2f}"


def three(value: float) -> str:
    return f"{value:.3f}"


def signed(value: float) -> str:
    return f"{value:+.3f}"


def percent(value: float) -> str:
    return f"{round(100 * value)} %"


def between(values: Any, shown: Callable[[float], str] = three) -> str:
    """A bootstrap's 95 % interval."""
    low, high = interval(values)
    return f"{shown(low)} … {shown(high)}"


def listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
