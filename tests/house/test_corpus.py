"""The corpus keeps its own rules: whole rows, no answer twice, and writers and businesses that only test."""

from collections import Counter

import pytest

from analysis.corpus import CORPUS
from bench.corpus import faults, near_duplicates, read

FILES = sorted(CORPUS.glob("*.jsonl"))
ROWS = [row for path in FILES for row in read(path)]


def of(kind):
    """The rows of the writers who teach (w), tune (u) or test (t)."""
    return [row for row in ROWS if row["writer"].startswith(kind)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_is_whole_and_stands_in_its_writers_file(path):
    wrong = [(row["id"], fault) for row in read(path) for fault in faults(row)]
    assert wrong == []
    assert {row["writer"] for row in read(path)} == {path.stem}


def test_no_answer_stands_there_twice_or_nearly_so():
    assert [number for number, count in Counter(row["id"] for row in ROWS).items() if count > 1] == []
    assert list(near_duplicates(ROWS)) == []


def test_a_near_duplicate_would_be_found():
    row = next(row for row in ROWS if len(row["text"]) > 40)
    twin = row | {"id": "twin", "text": row["text"][:-1] + "よ"}
    assert list(near_duplicates([row, twin])) == [(row["id"], "twin")]


def test_whole_businesses_are_kept_for_testing():
    taught = {row["business"] for row in of("w") + of("u")}
    assert taught & {row["business"] for row in of("t")} == set()
    assert len({row["business"] for row in ROWS}) >= 40
