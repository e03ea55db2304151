"""The labelled answers that teach: resources/corpus/*.jsonl. Writers w01, w02 ... teach, t01, t02 ... only test."""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.codebook import NONE
from analysis.dictionary import RESOURCES
from analysis.parsing import Parsed
from analysis.types import CodedText

CORPUS = RESOURCES / "corpus"
_MOODS = {
    "praise": "pos",
    "none": "neu",
    "lifestyle": "neu",
    "forgotten": "neu",
    "competitor": "",
}  # "" = open


@dataclass(frozen=True)
class CorpusRow(CodedText):
    """One written answer; `stated` pairs each labelled stretch (exact substring) with its codes."""

    writer: str = ""
    business: str = ""
    polarity: str = "neu"
    stated: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_corpus(writers: str = "w", folder: Path = CORPUS) -> list[CorpusRow]:
    """Rows of all files whose name starts with `writers`, in the order of their names."""
    rows = []
    for path in sorted(folder.glob(f"{writers}*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                rows.append(_row(json.loads(line)))
    return rows


def read_phrases(path: Path = RESOURCES / "phrases.json") -> list[CorpusRow]:
    """Short plain phrases for each code, as one-clause rows without a question: what people say directly.

    `praise` there is praise without a reason: none, pos.
    """
    listed = json.loads(path.read_text(encoding="utf-8"))
    return [
        _phrase(text, NONE if kind == "praise" else kind, _MOODS.get(kind, "neg"), f"{kind}-{place}")
        for kind, texts in listed.items()
        for place, text in enumerate(texts.split("/"))
        if text
    ]


def _phrase(text: str, code: str, polarity: str, name: str) -> CorpusRow:
    stated = () if code == NONE else ((text, (code,)),)
    return CorpusRow(
        id=name,
        text=text,
        question="other",
        labels=(code,),
        writer="phrases",
        polarity=polarity,
        stated=stated,
    )


def corpus_hash(writers: str = "w", folder: Path = CORPUS) -> str:
    """Hash over what `read_corpus` reads; a second reader's labels do not change it until they are resolved."""
    rows = [tuple(vars(row).items()) for row in read_corpus(writers, folder)]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def clause_labels(row: CorpusRow, parsed: Parsed, codes: Sequence[str]) -> list[list[int]]:
    """For each clause of `parsed` a 0/1 row over `codes`: does it share half of itself or of a labelled stretch?"""
    spans = list(_stated_spans(row, parsed))
    table = []
    for clause in parsed.clauses:
        found: set[str] = set()
        for start, end, stated in spans:
            shared = min(end, clause.end) - max(start, clause.start)
            if shared > 0 and 2 * shared >= min(end - start, clause.end - clause.start):
                found.update(stated)
        table.append([int(code in found) for code in codes])
    return table


def _stated_spans(row: CorpusRow, parsed: Parsed) -> Iterable[tuple[int, int, tuple[str, ...]]]:
    for text, codes in row.stated:
        start = row.text.find(text)
        origin = parsed.normal.origin
        yield bisect_left(origin, start), bisect_left(origin, start + len(text)), codes


def _row(fields: dict[str, Any]) -> CorpusRow:
    resolved = fields.get("resolved")  # where two readers differed and a third decided
    labels = tuple(fields["labels"] if resolved is None else resolved)
    stated = tuple(
        (clause["text"], tuple(code for code in clause["codes"] if code in labels))
        for clause in fields["clauses"]
    )
    return CorpusRow(
        id=fields["id"],
        text=fields["text"],
        question=fields["question"],
        labels=labels,
        writer=fields["writer"],
        business=fields["business"],
        polarity=fields["polarity"],
        stated=stated,
    )
