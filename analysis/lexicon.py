"""Patterns that speak for a reason: resources/lexicon.json, code → group → regular expressions.

In a pattern `~` stands for up to eight characters inside the sentence. Patterns are bounded, so matching is linear.
A hit is evidence, not a decision: the classifier weighs it against everything else.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from analysis.dictionary import RESOURCES

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


def in_hiragana(text: str) -> str:
    """`text` with katakana as hiragana, character by character: ナントナク and なんとなく are one word."""
    return text.translate(_HIRAGANA)


def find_hits(text: str) -> list[Hit]:
    """All hits in normalised `text`, by place."""
    text = in_hiragana(text)
    hits = []
    for (code, group), pattern in lexicon().items():
        for match in pattern.finditer(text):
            hits.append(Hit(code, group, match.start(), match.end()))
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.code, hit.group))
