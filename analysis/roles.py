"""What a clause does, by its words: resources/roles.json, kind of speech → regular expressions.

In a pattern `~` stands for up to four characters inside the sentence. Patterns are bounded, so matching is linear.
"""

import json
import re
from functools import lru_cache

from analysis.dictionary import RESOURCES
from analysis.needles import Needles, needles_of
from analysis.normalize import in_hiragana

GAP = r"[^。\n]{0,4}"
NOTHING = "nothing"  # of the whole answer: there is nothing to say


@lru_cache(maxsize=1)
def roles() -> dict[str, re.Pattern[str]]:
    """Kind of speech (wish, denied, good ...) → one compiled pattern over the text of a clause."""
    return {kind: re.compile("|".join(found)) for kind, found in _patterns().items() if kind != NOTHING}


def kinds_in(text: str) -> list[str]:
    """The kinds of `roles` that the clauses of normalised `text` may hold: no others."""
    names, needles = _sought()
    return [names[place] for place in needles(text)]


def says_nothing(text: str) -> bool:
    """Is the whole of a normalised answer 特になし, なんとなく言いたくない, ああああ or the like?"""
    whole = len(text.rstrip("。.!\n "))
    return any(match.end() - match.start() >= whole for match in _nothing().finditer(in_hiragana(text)))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[str]]:
    kinds = json.loads((RESOURCES / "roles.json").read_text(encoding="utf-8"))
    return {kind: [pattern.replace("~", GAP) for pattern in found] for kind, found in kinds.items()}


@lru_cache(maxsize=1)
def _nothing() -> re.Pattern[str]:
    return re.compile(in_hiragana("|".join(f"(?:{pattern})" for pattern in _patterns()[NOTHING])))


@lru_cache(maxsize=1)
def _sought() -> tuple[list[str], Needles]:
    return list(roles()), Needles([needles_of(pattern.pattern) for pattern in roles().values()])
