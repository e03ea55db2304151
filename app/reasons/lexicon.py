"""The organisation's dictionary as this process reads with it, and what may be asked of words alone.

A tokenizer serves one thread at a time; this has its own, so that nobody who tends the dictionary waits for a reading.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import current_app

from analysis.clinic import Doubt, Suspicion, Voice, suspicions
from analysis.normalize import normalize
from analysis.own_words import (
    LONGEST,
    NOTHING_OWN,
    OwnDictionary,
    OwnKind,
    OwnWord,
    compiled_words,
    hash_of_words,
    spelled_word,
)
from analysis.tokenizer import Token, Tokenizer, class_of

__all__ = [
    "LONGEST",
    "Doubt",
    "Heard",
    "OwnDictionary",
    "OwnKind",
    "OwnWord",
    "Suspicion",
    "compiled",
    "cuts_of",
    "hash_of_words",
    "in_use",
    "is_one_word",
    "parts_of",
    "spelled_word",
    "suspicions_in",
    "take_up",
]

_ALONE = threading.RLock()


class _InUse:
    dictionary = NOTHING_OWN


@dataclass(frozen=True)
class Heard:
    """An answer as the clinic takes it; `hidden`: [start, end, …] of what must not be looked at; owner: its sheet."""

    answer_id: int
    owner: int
    text: str
    hidden: Sequence[Sequence[int]]


def in_use() -> OwnDictionary:
    """What this process reads with from now on."""
    return _InUse.dictionary


def take_up(dictionary: OwnDictionary) -> None:
    """Read with this dictionary from now on; readers made before keep theirs."""
    _InUse.dictionary = dictionary


def home() -> Path:
    """Where dictionaries are kept: with what else is the organisation's."""
    return Path(current_app.extensions["settings"].instance_path) / "dictionaries"


def compiled(words: Iterable[OwnWord], number: int, folder: Path) -> OwnDictionary:
    """A dictionary of these entries, made in `folder` unless it lies there. CalledProcessError where it cannot be."""
    return compiled_words(words, number, folder, _split_plainly)


def parts_of(text: str, dictionary: OwnDictionary) -> list[str]:
    """A text as it is cut."""
    with _ALONE:
        return [token.surface for token in _tokenizer(dictionary)(normalize(text).text)]


def is_one_word(text: str, words: Iterable[OwnWord] = ()) -> bool:
    """Is it read as one word, by our dictionary or by these entries?"""
    return text in {word.surface for word in words} or len(_split_plainly(text)) == 1


def cuts_of(text: str, dictionary: OwnDictionary) -> list[tuple[str, str, bool]]:
    """Everything about the words of a text that a reading could tell apart."""
    with _ALONE:
        tokens = _tokenizer(dictionary)(normalize(text).text)
    return [(token.surface, token.lemma, token.is_content) for token in tokens]


def suspicions_in(heard: Iterable[Heard], known: Iterable[str], dictionary: OwnDictionary) -> list[Suspicion]:
    """What people should look at in these answers; see analysis.clinic."""
    with _ALONE:
        tokenizer = _tokenizer(dictionary)
        voices = [Voice(one.answer_id, one.owner, _open_words(one, tokenizer)) for one in heard]
    return suspicions(voices, known)


def _open_words(one: Heard, tokenizer: Tokenizer) -> list[Token]:
    text = one.text
    for start, end, *_ in one.hidden:
        text = text[:start] + "。" * (end - start) + text[end:]
    return tokenizer(normalize(text).text)


def _split_plainly(text: str) -> list[tuple[str, str, str]]:
    with _ALONE:
        tokens = _tokenizer(NOTHING_OWN)(text)
    return [(one.surface, one.lemma, class_of(one)) for one in tokens]


@lru_cache(maxsize=3)
def _tokenizer(dictionary: OwnDictionary) -> Tokenizer:
    return Tokenizer(dictionary)
