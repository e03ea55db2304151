"""One answer taken apart once: masked, normalised, tokenised, cut into clauses."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from analysis.clauses import Clause, split_clauses
from analysis.masking import blanked_text, find_personal
from analysis.normalize import Normal, normalize
from analysis.roles import kinds_in
from analysis.tokenizer import Token, Tokenizer, Word, shared_tokenizer
from analysis.types import Role, Span


@dataclass(frozen=True)
class Parsed:
    """`masked` counts in the original; words and clauses count in `normal.text`."""

    normal: Normal
    masked: tuple[Span, ...]
    words: Sequence[Word]
    starts: Sequence[int]  # of the words
    clauses: tuple[Clause, ...]

    @property
    def tokens(self) -> list[Token]:
        """The words with their places."""
        return [
            Token(word, start, start + word.length)
            for word, start in zip(self.words, self.starts, strict=True)
        ]

    def words_in(self, start: int, end: int) -> Sequence[Word]:
        """Words that begin in `start:end`."""
        return self.words[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    @cached_property
    def has_words(self) -> bool:
        """Is there anything but signs, numbers and blanks?"""
        return any(
            word.pos not in {"補助記号", "記号", "空白"} and "数詞" not in word.detail for word in self.words
        )

    @property
    def only_praise(self) -> bool:
        """Is every clause praise?"""
        return bool(self.clauses) and all(clause.role is Role.PRAISE for clause in self.clauses)

    @property
    def stating(self) -> tuple[Clause, ...]:
        """Clauses that may state a reason: neither denied, conceded nor praising."""
        return tuple(clause for clause in self.clauses if clause.role is Role.PLAIN)


def parse(text: str, question: str = "reason") -> Parsed:
    """Take `text` (original spelling) apart; the same text again costs nothing.

    Asked what they use today, people praise somebody else: there praise is no role of its own.
    """
    return taken_apart(text, question, shared_tokenizer())


@lru_cache(maxsize=1_024)
def taken_apart(text: str, question: str, tokenizer: Tokenizer) -> Parsed:
    """`parse` with a tokenizer; masking asks the one of the process."""
    masked = tuple(find_personal(text))
    normal = normalize(blanked_text(text, masked) if masked else text)
    words, ends = tokenizer.placed(normal.text)
    if any(word.pos == "空白" for word in words):
        kept = [i for i, word in enumerate(words) if word.pos != "空白"]
        words, ends = [words[i] for i in kept], [ends[i] for i in kept]
    clauses = split_clauses(normal.text, words, ends, kinds_in(normal.text))
    if question == "current":
        clauses = [one._replace(role=Role.PLAIN) if one.role is Role.PRAISE else one for one in clauses]
    starts = [end - word.length for word, end in zip(words, ends, strict=True)]
    return Parsed(normal, masked, words, starts, tuple(clauses))
