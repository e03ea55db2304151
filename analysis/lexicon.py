"""Patterns that speak for a reason: resources/lexicon.json, code → group → regular expressions.

In a pattern `~` stands for up to eight characters inside the sentence. Patterns are bounded, so matching is linear.
A hit is evidence, not a decision: the classifier weighs it against everything else.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from analysis.dictionary import RESOURCES
from analysis.needles import Needles, is_anchored, needles_of

Matches = Callable[[str], Iterable[re.Match[str]]]

GAP = r"[^。\n]{0,8}?"
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


@dataclass(frozen=True, slots=True)
class Hit:
    """`group` of `code` matched `text[start:end]`."""

    code: str
    group: str
    start: int
    end: int

    @property
    def middle(self) -> int:
        return (self.start + self.end) // 2


@lru_cache(maxsize=1)
def lexicon() -> dict[tuple[str, str], re.Pattern[str]]:
    """(code, group) → one compiled pattern over text in hiragana."""
    codes = json.loads((RESOURCES / "lexicon.json").read_text(encoding="utf-8"))
    return {
        (code, group): re.compile(
            in_hiragana("|".join(f"(?:{pattern})" for pattern in patterns)).replace("~", GAP)
        )
        for code, groups in codes.items()
        for group, patterns in groups.items()
    }


@lru_cache(maxsize=1)
def roles() -> dict[str, re.Pattern[str]]:
    """Kind of speech (wish, denied, good ...) → one compiled pattern over the text of a clause."""
    kinds = json.loads((RESOURCES / "roles.json").read_text(encoding="utf-8"))
    return {
        kind: re.compile("|".join(patterns).replace("~", r"[^。\n]{0,4}")) for kind, patterns in kinds.items()
    }


def in_hiragana(text: str) -> str:
    """`text` with katakana as hiragana, character by character: ナントナク and なんとなく are one word."""
    return text.translate(_HIRAGANA)


def find_hits(text: str) -> list[Hit]:
    """All hits in normalised `text`, by place."""
    return search(text)[0]


def search(text: str) -> tuple[list[Hit], list[str]]:
    """All hits in normalised `text`, by place, and the kinds of `roles` that its clauses may hold: no others."""
    text = in_hiragana(text)
    sought, needles = _sought()
    hits, kinds = [], []
    for place in needles(text):
        code, group, matches = sought[place]
        if matches is None:
            kinds.append(group)
            continue
        for match in matches(text):
            hits.append(Hit(code, group, match.start(), match.end()))
    hits.sort(key=_order)
    return hits, kinds


def _order(hit: Hit) -> tuple[int, int, str, str]:
    return hit.start, hit.end, hit.code, hit.group


@lru_cache(maxsize=1)
def _sought() -> tuple[list[tuple[str, str, Matches | None]], Needles]:
    """The lexicon's patterns and, without one, the kinds of `roles`; the needles of all of them."""
    sought: list[tuple[str, str, Matches | None]] = [
        (code, group, _matches(pattern)) for (code, group), pattern in lexicon().items()
    ]
    sets = [needles_of(pattern.pattern) for pattern in lexicon().values()]
    sets += [frozenset(map(in_hiragana, needles_of(pattern.pattern))) for pattern in roles().values()]
    return [*sought, *(("", kind, None) for kind in roles())], Needles(sets)


def _matches(pattern: re.Pattern[str]) -> Matches:
    """All matches in a text; where only its beginning can match, nothing else is tried."""
    if is_anchored(pattern.pattern):
        return lambda text: filter(None, [pattern.match(text)])
    return pattern.finditer
