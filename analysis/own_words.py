"""An organisation's own dictionary: words it made one, synonyms, stop words, competitors and its products.

It is compiled into a MeCab dictionary of its own, which is loaded beside ours, so the shipped model reads the same as
ever where it is empty. A word wins over every split of itself, also over a split into other words of ours.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from analysis.dictionary import COST, Line, compile_lines, dictionary_hash, own_words
from analysis.normalize import normalize

LONGEST = 40  # characters
CHEAPEST = -32_000  # MeCab keeps costs in 16 bits
NOUN, NAME = "名詞,普通名詞,一般,*", "名詞,固有名詞,一般,*"
_FIT = re.compile(r"[^\s,\"'\\`]{1,40}")


class OwnKind(StrEnum):
    """stop: carries no meaning of its own; product: a name of the organisation's own, never a rival."""

    WORD = "word"
    SYNONYM = "synonym"
    STOP = "stop"
    COMPETITOR = "competitor"
    PRODUCT = "product"


class OwnWord(NamedTuple):
    """One entry, spelled as `spelled_word` spells it; `target`: what a synonym is read as."""

    surface: str
    kind: str
    target: str = ""


# The words of a text as (surface, lemma, `pos1,pos2,pos3,pos4`).
Split = Callable[[str], Sequence[tuple[str, str, str]]]


@dataclass(frozen=True)
class OwnDictionary:
    """Entries, the file they were compiled into, and the number of this version."""

    words: tuple[OwnWord, ...] = ()
    compiled: Path | None = None
    number: int = 0
    lemma_pairs: tuple[tuple[str, str], ...] = ()

    @cached_property
    def hash(self) -> str:
        """Of the entries; empty without any."""
        return hash_of_words(self.words)

    @cached_property
    def lemmas(self) -> dict[str, str]:
        """Surface → lemma of the compiled words."""
        return dict(self.lemma_pairs)

    @cached_property
    def stops(self) -> frozenset[str]:
        return self._of(OwnKind.STOP)

    @cached_property
    def competitors(self) -> frozenset[str]:
        return self._of(OwnKind.COMPETITOR)

    @cached_property
    def products(self) -> frozenset[str]:
        return self._of(OwnKind.PRODUCT)

    def _of(self, kind: OwnKind) -> frozenset[str]:
        mine = (word.surface for word in self.words if word.kind == kind)
        return frozenset(form for surface in mine for form in _spellings(surface))


NOTHING_OWN = OwnDictionary()


def spelled_word(text: str) -> str:
    """A word in the spelling that is read; "" where it cannot be one."""
    spelled = normalize(text).text.strip()
    return spelled if len(spelled) <= LONGEST and _FIT.fullmatch(spelled) else ""


def hash_of_words(words: Iterable[OwnWord]) -> str:
    """Of the entries in any order; empty without any."""
    found = sorted(map(list, words))
    return hashlib.sha256(json.dumps(found, ensure_ascii=False).encode()).hexdigest()[:16] if found else ""


def compiled_words(words: Iterable[OwnWord], number: int, folder: Path, split: Split) -> OwnDictionary:
    """The dictionary of these entries, compiled into `folder` unless it lies there already.

    `split`: cuts a text as our dictionary alone does. CalledProcessError where the tool refuses.
    """
    every = tuple(sorted(words))
    if not every:
        return OwnDictionary(number=number)
    lines = _lines(every, split)
    kept = tuple((line.surface, line.lemma or line.surface) for line in lines)
    if not lines:
        return OwnDictionary(every, None, number, kept)
    content = repr((lines, dictionary_hash())).encode()
    target = folder / f"own-{hashlib.sha256(content).hexdigest()[:16]}.dic"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as aside:
            compile_lines(lines, Path(aside) / target.name)
            os.replace(Path(aside) / target.name, target)  # so that whatever is found there is whole
    return OwnDictionary(every, target, number, kept)


def _lines(words: Sequence[OwnWord], split: Split) -> list[Line]:
    """What goes into the table: every entry in its spellings, but for stop words that are one word anyhow."""
    made = {word.surface for word in words if word.kind != OwnKind.SYNONYM}
    costs = {surface: COST for surface, _ in own_words()}
    found: dict[str, Line] = {}
    for word in sorted(words, key=lambda one: (len(one.surface), one.surface)):
        if word.kind == OwnKind.STOP and len(split(word.surface)) == 1:
            continue
        pos, lemma = _reading_of(word, made, split)
        for form in _spellings(word.surface):
            costs[form] = cost = max(CHEAPEST, _cheapest_split(form, costs) + COST)
            found[form] = Line(form, pos, lemma, cost)
    return list(found.values())


def _reading_of(word: OwnWord, made: set[str], split: Split) -> tuple[str, str]:
    """(word class, lemma): a synonym takes those of what it stands for."""
    if word.kind == OwnKind.COMPETITOR:
        return NAME, word.surface
    if word.kind != OwnKind.SYNONYM or word.target in made:
        return NOUN, word.target or word.surface
    parts = split(word.target)
    if len(parts) != 1:
        return NOUN, word.target
    _, lemma, pos = parts[0]
    return (pos if pos.startswith("名詞,普通名詞") else NOUN), lemma


def _spellings(surface: str) -> list[str]:
    """A word with Latin letters also in small letters and in capitals, as people write names."""
    return list(dict.fromkeys((surface, surface.casefold(), surface.upper())))


def _cheapest_split(surface: str, costs: dict[str, int]) -> int:
    """The cost of the cheapest way through `surface` over words of ours, characters between them at no cost."""
    best = [0] * (len(surface) + 1)
    for end in range(1, len(surface) + 1):
        ways = [
            best[start] + costs[surface[start:end]] for start in range(end) if surface[start:end] in costs
        ]
        best[end] = min([best[end - 1], *ways])
    return best[-1]
