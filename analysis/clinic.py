"""What a dictionary may lack, found in the answers themselves: words cut in two, unknown words, short ones, variants.

Neighbours that behave as one word: more often side by side than chance would have it (Dunning's log-likelihood ratio,
Computational Linguistics 19, 1993) and seldom apart. Counts are of owners (sheets), never of occurrences.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise
from typing import NamedTuple

from analysis.normalize import in_hiragana
from analysis.tokenizer import Token

FEWEST, FEWEST_VARIANT = 3, 2  # owners
UNLIKELY = 10.83  # log-likelihood ratio that chance reaches once in a thousand
TOGETHER, AT_LEAST = 0.6, 0.4  # of the occurrences of the one neighbour, and of the other
PASSES = 3  # up to eight parts become one
LONG_ENOUGH, MOST_COMPARED = (
    5,
    600,
)  # katakana words compared letter by letter: characters, and how many words
SHOWN = 3  # answers named for each
_WORD = re.compile(r"[ぁ-ゖァ-ヺー一-鿌々〆A-Za-z][ぁ-ゖァ-ヺー一-鿌々〆A-Za-z0-9]+")
_KATAKANA = re.compile(r"[ァ-ヺー]+")
_KANA_OR_LETTER = re.compile(r"[ぁ-ゖァ-ヺA-Za-z]")
_POLITE = frozenset("おご御さ様")
_SMALL = str.maketrans("ぁぃぅぇぉゎ", "あいうえおわ")


class Doubt(StrEnum):
    """joined: neighbours that are one word; unknown: in no dictionary; short: one character that is hardly a word;
    variant: another spelling of a commoner word."""

    JOINED = "joined"
    UNKNOWN = "unknown"
    SHORT = "short"
    VARIANT = "variant"


class Voice(NamedTuple):
    """The words of one answer; owner: the sheet it stands on."""

    answer_id: int
    owner: int
    tokens: Sequence[Token]


@dataclass(frozen=True)
class Suspicion:
    """`parts`: how it is cut today; `other`: the commoner spelling of a variant, named by `other_count` owners."""

    doubt: Doubt
    surface: str
    count: int
    answer_ids: tuple[int, ...]
    parts: tuple[str, ...] = ()
    other: str = ""
    other_count: int = 0


class _Piece(NamedTuple):
    text: str
    parts: tuple[str, ...]
    start: int
    end: int
    can_join: bool
    token: Token


class _Seen:
    """Who says a word, and the first answers that hold it."""

    def __init__(self) -> None:
        self.owners: dict[str, set[int]] = defaultdict(set)
        self.answers: dict[str, list[int]] = defaultdict(list)

    def add(self, text: str, voice: Voice) -> None:
        self.owners[text].add(voice.owner)
        found = self.answers[text]
        if len(found) < SHOWN and voice.answer_id not in found:
            found.append(voice.answer_id)

    def count(self, text: str) -> int:
        return len(self.owners[text])

    def suspicion(self, doubt: Doubt, text: str, parts: tuple[str, ...] = ()) -> Suspicion:
        return Suspicion(doubt, text, self.count(text), tuple(self.answers[text]), parts)


def suspicions(voices: Sequence[Voice], known: Iterable[str] = ()) -> list[Suspicion]:
    """What people should look at, by kind and most often said first. `known`: what they have decided on already."""
    rows = [[_piece(token) for token in voice.tokens] for voice in voices]
    for _pass in range(PASSES):
        pairs = _one_word(rows)
        if not pairs:
            break
        rows = [_merged(row, pairs) for row in rows]
    seen, pieces = _Seen(), dict[str, _Piece]()
    for voice, row in zip(voices, rows, strict=True):
        for piece in row:
            seen.add(piece.text, voice)
            pieces.setdefault(piece.text, piece)
    found = [
        *_joined(pieces, seen),
        *_unknown(pieces, seen),
        *_short(rows, pieces, seen),
        *_variants(pieces, seen),
    ]
    settled = set(known)
    order = list(Doubt)
    fresh = {(one.doubt, one.surface): one for one in found if one.surface not in settled}
    return sorted(fresh.values(), key=lambda one: (order.index(one.doubt), -one.count, one.surface))


def _piece(token: Token) -> _Piece:
    is_noun = token.pos in {"名詞", "接尾辞", "接頭辞"} or token.word.is_unknown
    plain = "数詞" not in token.detail and "助動詞" not in token.detail and "人名" not in token.detail
    fits = _WORD.fullmatch(token.surface * 2) is not None and token.surface not in _POLITE
    return _Piece(token.surface, (token.surface,), token.start, token.end, is_noun and plain and fits, token)


def _one_word(rows: Sequence[Sequence[_Piece]]) -> set[tuple[str, str]]:
    """Neighbours that behave as one word."""
    single, double = Counter[str](), Counter[tuple[str, str]]()
    for row in rows:
        single.update(piece.text for piece in row)
        double.update((one.text, other.text) for one, other in _neighbours(row))
    total = single.total()
    return {
        (one, other)
        for (one, other), both in double.items()
        if both >= FEWEST
        and both >= TOGETHER * min(single[one], single[other])
        and both >= AT_LEAST * max(single[one], single[other])
        and log_likelihood(both, single[one], single[other], total) >= UNLIKELY
    }


def _neighbours(row: Sequence[_Piece]) -> Iterator[tuple[_Piece, _Piece]]:
    for one, other in pairwise(row):
        if one.can_join and other.can_join and one.end == other.start:
            yield one, other


def log_likelihood(both: int, one: int, other: int, total: int) -> float:
    """Dunning's ratio for two words counted `one` and `other` times of `total`, `both` times side by side."""
    table = ((both, one - both), (other - both, total - one - other + both))
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    parts = (
        count * math.log(count * total / (rows[i] * columns[j]))
        for i, row in enumerate(table)
        for j, count in enumerate(row)
        if count > 0
    )
    return 2 * sum(parts)


def _merged(row: Sequence[_Piece], pairs: set[tuple[str, str]]) -> list[_Piece]:
    merged: list[_Piece] = []
    for piece in row:
        last = merged[-1] if merged else None
        joins = last is not None and last.can_join and piece.can_join and last.end == piece.start
        if last is not None and joins and (last.text, piece.text) in pairs:
            parts = (*last.parts, *piece.parts)
            merged[-1] = last._replace(text=last.text + piece.text, parts=parts, end=piece.end)
        else:
            merged.append(piece)
    return merged


def _joined(pieces: dict[str, _Piece], seen: _Seen) -> Iterator[Suspicion]:
    for text, piece in pieces.items():
        if len(piece.parts) > 1 and seen.count(text) >= FEWEST:
            yield seen.suspicion(Doubt.JOINED, text, piece.parts)


def _unknown(pieces: dict[str, _Piece], seen: _Seen) -> Iterator[Suspicion]:
    for text, piece in pieces.items():
        is_word = len(piece.parts) == 1 and piece.token.word.is_unknown and _WORD.fullmatch(text)
        if is_word and seen.count(text) >= FEWEST:
            yield seen.suspicion(Doubt.UNKNOWN, text)


def _short(rows: Sequence[Sequence[_Piece]], pieces: dict[str, _Piece], seen: _Seen) -> Iterator[Suspicion]:
    """Single kana and letters read as nouns, with the neighbour they mostly stand beside."""
    beside: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for row in rows:
        for one, other in _neighbours(row):
            for piece in (one, other):
                beside[piece.text][(*one.parts, *other.parts)] += 1
    for text, piece in pieces.items():
        is_noun = piece.token.pos == "名詞" and "数詞" not in piece.token.detail
        if not (is_noun and _KANA_OR_LETTER.fullmatch(text)) or seen.count(text) < FEWEST:
            continue
        parts, times = next(iter(beside[text].most_common(1)), ((), 0))
        whole = "".join(parts) if times >= FEWEST else text
        yield Suspicion(
            Doubt.SHORT, whole, seen.count(text), tuple(seen.answers[text]), parts if whole != text else ()
        )


def _variants(pieces: dict[str, _Piece], seen: _Seen) -> Iterator[Suspicion]:
    """Rarer spellings of a word that are read as another one today."""
    nouns = [text for text, piece in pieces.items() if _may_vary(text, piece, seen)]
    alike: dict[str, list[str]] = defaultdict(list)
    for text in nouns:
        alike[_key(text)].append(text)
    found = {pair for group in alike.values() for pair in combinations(group, 2)}
    found |= set(_misspelt(nouns, seen))
    for pair in found:
        one, other = sorted(pair, key=lambda text: (seen.count(text), text))
        if _lemma(pieces[one]) != _lemma(pieces[other]):
            doubt = seen.suspicion(
                Doubt.VARIANT, one, pieces[one].parts if len(pieces[one].parts) > 1 else ()
            )
            yield Suspicion(
                doubt.doubt, one, doubt.count, doubt.answer_ids, doubt.parts, other, seen.count(other)
            )


def _may_vary(text: str, piece: _Piece, seen: _Seen) -> bool:
    return len(text) >= 2 and piece.can_join and seen.count(text) >= FEWEST_VARIANT


def _lemma(piece: _Piece) -> str:
    return piece.token.lemma if len(piece.parts) == 1 else piece.text


def _key(text: str) -> str:
    """The same for spellings of one word: kana, a long sound at the end, small vowels, ヴァ and バ, capitals."""
    plain = in_hiragana(text.casefold()).replace("・", "").translate(_SMALL)
    for one, other in (("ゔあ", "ば"), ("ゔい", "び"), ("ゔえ", "べ"), ("ゔお", "ぼ"), ("ゔ", "ぶ")):
        plain = plain.replace(one, other)
    return plain.rstrip("ー") or plain


def _misspelt(nouns: Sequence[str], seen: _Seen) -> Iterator[tuple[str, str]]:
    """Long katakana words that differ by one letter from one three times as common."""
    long = [text for text in nouns if len(text) >= LONG_ENOUGH and _KATAKANA.fullmatch(text)]
    long = sorted(long, key=lambda text: (-seen.count(text), text))[:MOST_COMPARED]
    for one, other in combinations(long, 2):
        if seen.count(one) >= 3 * seen.count(other) and is_one_apart(one, other):
            yield one, other


def is_one_apart(one: str, other: str) -> bool:
    """Does one letter more, less, changed or swapped with its neighbour make the one the other?"""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or one == other:
        return False
    start = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[:start] + short[start : start + 2][::-1] + short[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped == long
