"""Names of the competitors an answer names: what is written like a name in a clause about a substitute.

Rival firms are too many and too new for a list, so a name is known by how it is written: in brackets, as a proper noun
of the dictionary, or as a run of katakana or Latin letters that no other answer uses, where one is named (さん, という,
に替えた). Those an organisation registered are known by name, wherever they stand; its own products are never rivals.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from analysis.dictionary import RESOURCES
from analysis.features import ReasonFeatures
from analysis.normalize import in_hiragana
from analysis.parsing import Parsed
from analysis.tokenizer import shared_tokenizer
from analysis.types import Span

KIND = "rival"
LONGEST = 20  # characters of a name in brackets
_QUOTED = re.compile(r"[「『]([^「」『』。、!?\n]{2,20})[」』]")
_NAMED = r"(?= ?(?:さん|という|ちゅう|っていう|って(?:店|会社|サービス|ところ)|社|系|の(?:ほう|方)|[にへ](?:変|替|換|乗|移|切|し|入)))"
_WRITTEN = re.compile(
    rf"(?:[ァ-ヴー・]{{3,}}[一-龠]{{0,2}}|[A-Za-z][A-Za-z0-9]+(?:[ .&'-][A-Za-z0-9]+)*){_NAMED}"
)
_PROPER = ("固有名詞-一般", "固有名詞-組織")
_SPEECH = re.compile(r"[いうくすつぬむるただよねか]$")  # 「もう使ってない」 is something said, no name


def rivals_in(
    parsed: Parsed, stretches: Iterable[tuple[int, int]], features: ReasonFeatures
) -> tuple[Span, ...]:
    """Names in these stretches of the normalised text, which speak of a substitute, and registered ones anywhere.

    As spans of the original, in order and without overlaps.
    """
    registered, ours = (_tokens_of(parsed, names) for names in _own_names())
    written = {pair for stretch in stretches for pair in _candidates(parsed, *stretch, features)}
    free = [pair for pair in written if not any(_overlap(pair, other) for other in (*registered, *ours))]
    found: list[tuple[int, int]] = []
    for one, other in sorted((*free, *registered), key=lambda pair: (pair[0], -pair[1])):
        if not found or one >= found[-1][1]:
            found.append((one, other))
    return tuple(Span(*parsed.normal.original_span(*pair), KIND) for pair in found)


def _own_names() -> tuple[frozenset[str], frozenset[str]]:
    """(competitors, products) of the organisation's dictionary."""
    own = shared_tokenizer().own
    return own.competitors, own.products


def _tokens_of(parsed: Parsed, names: frozenset[str]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in parsed.tokens if one.surface in names] if names else []


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _candidates(parsed: Parsed, start: int, end: int, features: ReasonFeatures) -> Iterator[tuple[int, int]]:
    text = parsed.normal.text
    for match in _QUOTED.finditer(text, start, end):
        if not _SPEECH.search(match[1]):
            yield match.span(1)
    for match in _WRITTEN.finditer(text, start, end):
        if match[0] in _companies() or not _is_used_elsewhere(match[0], features):
            yield match.span()
    for token in parsed.tokens:
        inside = start <= token.start < end
        if inside and (token.detail.startswith(_PROPER) or token.surface in _companies()):
            yield token.start, token.end


@lru_cache(maxsize=1)
def _companies() -> frozenset[str]:
    """Firms so well known that other answers name them too."""
    return frozenset((RESOURCES / "companies.txt").read_text(encoding="utf-8").split())


def _is_used_elsewhere(written: str, features: ReasonFeatures) -> bool:
    """Does the corpus use the word, or one of its beginnings that are words of their own?"""
    names = (written, written.rstrip("・"), in_hiragana(written.lower()))
    return any(f"w:{name}" in features.index_ for name in names)
