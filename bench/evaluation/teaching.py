"""Models taught with less, or with a part of the reading taken out: each in a process of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

from joblib import parallel_config

from analysis import training
from analysis.corpus import CorpusRow, read_corpus, read_phrases
from analysis.parsing import Parsed, parse
from analysis.pipeline import Reader
from analysis.types import Reading, Role
from bench.evaluation.scene import testing_rows


@dataclass(frozen=True)
class Lesson:
    """What the quick model learns from: some writers (none named: all), with or without phrases, without a part."""

    writers: tuple[str, ...] = ()
    phrases: bool = True
    without: str = ""

    def rows(self) -> list[CorpusRow]:
        return [row for row in read_corpus() if not self.writers or row.writer in self.writers]


def readings_after(lesson: Lesson) -> list[Reading]:
    """What a quick model that had this lesson makes of the testing answers."""
    return taught_readings(
        lesson.rows(), read_phrases() if lesson.phrases else [], testing_rows(), lesson.without
    )


def taught_readings(
    rows: Sequence[CorpusRow], phrases: Sequence[CorpusRow], tested: Sequence[CorpusRow], without: str = ""
) -> list[Reading]:
    """Teach and read with a part taken out of both."""
    with parallel_config("sequential"), taken_out(without):  # other processes would still have the part
        return Reader(training.build_model(rows, 0, phrases)).read(tested)


@contextmanager
def taken_out(part: str) -> Iterator[None]:
    """Inside, nothing is taught or read with this part."""
    with ExitStack() as stack:
        for name, other in PARTS.get(part, {}).items():
            stack.enter_context(patch.object(training, name, other))
        yield


def changed_parse(change: Callable[[Parsed], Parsed]) -> Callable[..., Parsed]:
    return lambda text, question="reason": change(parse(text, question))


def no_roles(parsed: Parsed) -> Parsed:
    """Denied, conceded and praising clauses count like any other."""
    return replace(parsed, clauses=tuple(one._replace(role=Role.PLAIN) for one in parsed.clauses))


def no_cuts(parsed: Parsed) -> Parsed:
    """The answer as one plain clause."""
    text = parsed.normal.text
    last = parsed.clauses[-1:]
    return replace(
        parsed,
        clauses=tuple(one._replace(start=0, end=len(text), text=text, role=Role.PLAIN) for one in last),
    )


PARTS: dict[str, dict[str, object]] = {  # what analysis.training is made to use instead
    "cutting into clauses": {"parse": changed_parse(no_cuts)},
    "roles of clauses": {"parse": changed_parse(no_roles)},
}
