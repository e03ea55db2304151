"""Words as terms that both databases index alike, and a search turned the same way.

A term is spelled in the letters a to p (four for every 16 bits of UTF-16), so that neither database's idea of what a
Japanese word is, or of capitals and accents, has a say. An answer has one term for every character with its neighbour
(a piece of a word is found), a break, and one for the dictionary form of every word that carries meaning
(申し込み finds 申込み). Nothing is found across a break.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from app.reasons import engine

BREAK, LEMMA = "x", "z"
LONGEST_LEMMA = 40
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_QUOTES = str.maketrans("“”„＂", '""""')
_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')


@dataclass(frozen=True)
class Phrase:
    """Terms that stand in a row; `open_end`: the last one is only the beginning of a term."""

    terms: tuple[str, ...]
    open_end: bool = False

    def is_in(self, terms: str) -> bool:
        end = "" if self.open_end else " "
        return f" {' '.join(self.terms)}{end}" in f" {terms} "


# One thing that is looked for: any of these phrases will do.
Needle = tuple[Phrase, ...]


def terms_of(stretches: Iterable[str]) -> str:
    """The terms of an answer; its stretches have something between them that is not to be found."""
    spelled = [engine.spelled(one) for one in stretches]
    pairs = (" ".join(_pairs(one)) for one in spelled)
    lemmas = (" ".join(_lemmas(one)) for one in spelled)
    return f" {BREAK} ".join(one for one in (*pairs, *lemmas) if one)


def needles_of(search: str) -> list[Needle]:
    """What was typed: several words are all to be found, "…" exactly so; [] where nothing can be looked for."""
    found: list[Needle] = []
    for exact, word in _PARTS.findall(search.translate(_QUOTES)):
        spelled = engine.spelled(exact or word)
        if phrase := _phrase(spelled):
            lemmas = () if exact else tuple(_lemmas(spelled))
            found.append((phrase, Phrase(lemmas)) if lemmas else (phrase,))
    return found


def are_in(needles: Iterable[Needle], text: str) -> bool:
    """Does a text hold one of the things looked for?"""
    terms = terms_of([text])
    return any(phrase.is_in(terms) for needle in needles for phrase in needle)


def as_match(needles: Iterable[Needle], column: str = "") -> str:
    """The search as SQLite's FTS5 reads it; over all columns, or one."""
    wanted = " AND ".join(f"({' OR '.join(map(_matched, needle))})" for needle in needles)
    return f"{{{column}}} : ({wanted})" if column else wanted


def as_tsquery(needles: Iterable[Needle]) -> str:
    """The search as PostgreSQL's to_tsquery reads it."""
    return " & ".join(f"({' | '.join(map(_followed, needle))})" for needle in needles)


def _matched(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.terms)}"{" *" if phrase.open_end else ""}'


def _followed(phrase: Phrase) -> str:
    return f"({' <-> '.join(phrase.terms)}{':*' if phrase.open_end else ''})"


def _phrase(spelled: str) -> Phrase | None:
    """A word as its pairs. The last character alone begins one more pair, which says nothing new unless it stands alone."""
    terms = _pairs(spelled)
    if not terms:
        return None
    alone = len(_pieces(spelled)[-1]) == 1
    return Phrase(tuple(terms), open_end=True) if alone else Phrase(tuple(terms[:-1]))


def _pairs(spelled: str) -> list[str]:
    return [_term(piece[at : at + 2]) for piece in _pieces(spelled) for at in range(len(piece))]


def _pieces(spelled: str) -> list[str]:
    """Runs of letters, digits and signs; punctuation and blanks stand between."""
    runs = groupby(spelled, lambda character: unicodedata.category(character)[0] in "LNMS")
    return ["".join(characters) for is_kept, characters in runs if is_kept]


def _lemmas(spelled: str) -> list[str]:
    return [LEMMA + _term(lemma[:LONGEST_LEMMA]) for lemma in engine.lemmas_of(spelled)]


def _term(characters: str) -> str:
    return characters.encode("utf-16-be", "surrogatepass").hex().translate(_LETTERS)
