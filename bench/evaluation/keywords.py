"""Keyword rules, to compare with: keywords.json, code → group → regular expressions over text in hiragana.

In a pattern `~` stands for up to eight characters inside the sentence.
"""

import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from analysis.codebook import NONE
from analysis.normalize import in_hiragana, normalize

GAP = r"[^。\n]{0,8}?"


@lru_cache(maxsize=1)
def keywords() -> list[tuple[str, re.Pattern[str]]]:
    """(code, one compiled pattern) for every group."""
    codes = json.loads((Path(__file__).parent / "keywords.json").read_text(encoding="utf-8"))
    return [
        (code, re.compile(in_hiragana("|".join(f"(?:{pattern})" for pattern in patterns)).replace("~", GAP)))
        for code, groups in codes.items()
        for patterns in groups.values()
    ]


def codes_by_keywords(text: str) -> list[str]:
    """Every code with a hit, most hits first, then the earliest; `none` where nothing is hit."""
    plain = in_hiragana(normalize(text).text)
    hits = sorted(
        (hit.start(), hit.end(), code) for code, pattern in keywords() for hit in pattern.finditer(plain)
    )
    ranked = [code for code, _ in Counter(code for *_, code in hits).most_common()]
    return [code for code in ranked if code != NONE] or [NONE]
