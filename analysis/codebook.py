"""The fixed top level of reasons (resources/codebook.json); labels may be renamed outside, codes never."""

import json
from dataclasses import dataclass
from functools import lru_cache

from analysis.dictionary import RESOURCES

NONE = "none"


@dataclass(frozen=True)
class CodebookEntry:
    """`label` and `definition` in Japanese, `seal` one character, `recoverability` high, middle or low."""

    code: str
    label: str
    seal: str
    recoverability: str
    definition: str


@lru_cache(maxsize=1)
def codebook() -> tuple[CodebookEntry, ...]:
    """All entries in their fixed order; `none` last."""
    entries = json.loads((RESOURCES / "codebook.json").read_text(encoding="utf-8"))
    return tuple(CodebookEntry(**entry) for entry in entries)


def codes() -> tuple[str, ...]:
    """The eleven codes in order."""
    return tuple(entry.code for entry in codebook())
