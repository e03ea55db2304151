"""One spelling for every text, in linear time, with a way back to the original.

NFKC is quadratic on long runs of combining marks (Python 3.11), so length and runs are capped first. The text is
then normalised piece by piece (a character and the marks that belong to it), which yields the offsets.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LIMIT = 4000  # characters of one answer that are read
MARKS = 8  # combining marks kept in a row
REPEATS = 3  # the same character in a row: すごーーーーい reads like すごーーーい

_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_JOINS = frozenset("ﾞﾟ") | {chr(c) for c in (*range(0x1160, 0x1200), *range(0xFFC2, 0xFFDD))}
_LONG = re.compile(rf"(.)\1{{{REPEATS}}}", re.DOTALL)
_RUN = re.compile(r"(.)\1*", re.DOTALL)
_PLACES = tuple(range(LIMIT))
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_PLAIN = re.compile(r"[\n -~、。「」・ー一-鿌々ぁ-ゔァ-ヴ]*\Z")


@dataclass(frozen=True)
class Normal:
    """`text` and, for each of its characters and its end, the offset in the original (`origin`, one longer)."""

    text: str
    origin: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original that `text[start:end]` came from."""
        return self.origin[start], self.origin[end]


def in_hiragana(text: str) -> str:
    """`text` with katakana as hiragana, character by character: ナントナク and なんとなく are one word."""
    return text.translate(_HIRAGANA)


def normalize(text: str) -> Normal:
    """Normalise the first LIMIT characters of `text`: NFKC, entities, control characters, long repeats."""
    text = text[:LIMIT]
    if "&" not in text and _PLAIN.match(text):
        written, origin = text, _PLACES[: len(text)]
    else:
        pieces = [(start, _rewrite(piece)) for start, piece in _pieces(text)]
        written = "".join(piece for _, piece in pieces)
        origin = tuple(start for start, piece in pieces for _ in piece)
    if _LONG.search(written):
        places = [i for run in _RUN.finditer(written) for i in range(*run.span())[:REPEATS]]
        written, origin = "".join([written[i] for i in places]), tuple([origin[i] for i in places])
    return Normal(written[:LIMIT], (*origin[:LIMIT], len(text)))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, piece): an entity, or a character with the marks that belong to it, at most MARKS of them."""
    if "&" not in text and not any(map(unicodedata.combining, text)) and _JOINS.isdisjoint(text):
        yield from enumerate(text)
        return
    entities = {match.start(): match for match in _ENTITY.finditer(text)} if "&" in text else {}
    position = 0
    while position < len(text):
        if position in entities:
            match = entities[position]
            yield position, html.unescape(match.group())
            position = match.end()
            continue
        end = position + 1
        while end < len(text) and _belongs(text[end]):
            end += 1
        yield position, text[position : min(end, position + 1 + MARKS)]
        position = end


def _belongs(char: str) -> bool:
    return char > "\u02ff" and (char in _JOINS or unicodedata.combining(char) != 0)


@lru_cache(maxsize=4096)
def _rewrite(piece: str) -> str:
    if _PLAIN.match(piece):
        return piece
    if piece in "\r\t\u3000\xa0\ufeff\u200b":
        return "" if piece in "\r\ufeff\u200b" else " "
    kept = unicodedata.normalize("NFKC", piece)
    return "".join(char for char in kept if char == "\n" or unicodedata.category(char)[0] != "C")
