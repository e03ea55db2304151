"""The code a letter carries instead of a link: eight characters that are read and typed without mistakes.

Seven are random, the eighth checks them: it differs after any single wrong character and after most swaps of two.
"""

import unicodedata
from enum import StrEnum
from random import Random

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_LONGEST_TYPED = 40
_DASHES = str.maketrans(dict.fromkeys("-‐‑‒–—―−ーｰ・. 　_"))


class CodeFault(StrEnum):
    """What is wrong with a typed code."""

    LENGTH = "length"
    LETTER = "letter"
    CHECK = "check"


def make_code(rng: Random) -> str:
    """Return a new code. `rng` must be secrets.SystemRandom() wherever the code leads to somebody's sheet."""
    drawn = "".join(rng.choice(LETTERS) for _place in range(LENGTH - 1))
    return drawn + _check_letter(drawn)


def check_code(text: str) -> str | None:
    """Return the code as it is stored, or None where the text is none.

    Full-width and small letters, hyphens and blanks are accepted.
    """
    return None if fault_of(text) else _plain(text)


def fault_of(text: str) -> CodeFault | None:
    """What is wrong with a typed code, or None where it is one that could have been made."""
    typed = _plain(text)
    if len(typed) != LENGTH:
        return CodeFault.LENGTH
    if any(letter not in LETTERS for letter in typed):
        return CodeFault.LETTER
    return None if typed[-1] == _check_letter(typed[:-1]) else CodeFault.CHECK


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_LONGEST_TYPED]).translate(_DASHES).upper()


def spaced_code(code: str) -> str:
    """K3RT7M2X -> K3RT-7M2X, as it is printed."""
    return f"{code[:4]}-{code[4:]}"


def _check_letter(drawn: str) -> str:
    """A sum with weights that have no factor in common with the 30 letters, so that no single slip goes unseen."""
    weights = (1, 7, 11, 13, 17, 19, 23)
    total = sum(weight * LETTERS.index(letter) for weight, letter in zip(weights, drawn, strict=True))
    return LETTERS[total % len(LETTERS)]
