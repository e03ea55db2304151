"""One answer taken apart once: masked, normalised, tokenised, cut into clauses, searched for patterns."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from analysis.clauses import Clause, split_clauses
from analysis.lexicon import Hit, find_hits
from analysis.masking import blanked_text, find_personal
from analysis.normalize import Normal, normalize
from analysis.tokenizer import Token, shared_tokenizer
from analysis.types import Role, Span


@dataclass(frozen=True)
class Parsed:
    """`masked` counts in the original; tokens, clauses and hits count in `normal.text`."""

    normal: Normal
    masked: tuple[Span, ...]
    tokens: tuple[Token, ...]
    clauses: tuple[Clause, ...]
    hits: tuple[Hit, ...]

    def tokens_in(self, start: int, end: int) -> Sequence[Token]:
        """Tokens that begin in `start:end`."""
        starts = self._token_starts
        return self.tokens[bisect_left(starts, start) : bisect_left(starts, end)]

    def hits_in(self, start: int, end: int) -> Sequence[Hit]:
        """Hits whose middle lies in `start:end`."""
        middles = self._hit_middles
        return self.hits[bisect_left(middles, start) : bisect_left(middles, end)]

    @cached_property
    def _token_starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    @cached_property
    def _hit_middles(self) -> list[int]:
        return [hit.middle for hit in self.hits]

    @property
    def has_words(self) -> bool:
        """Is there anything but signs, numbers and blanks?"""
        return any(
            token.pos not in {"補助記号", "記号", "空白"} and "数詞" not in token.detail
            for token in self.tokens
        )

    @property
    def only_praise(self) -> bool:
        """Is every clause praise?"""
        return bool(self.clauses) and all(clause.role is Role.PRAISE for clause in self.clauses)

    @property
    def stating(self) -> tuple[Clause, ...]:
        """Clauses that may state a reason: neither denied, conceded nor praising."""
        return tuple(clause for clause in self.clauses if clause.role is Role.PLAIN)


@lru_cache(maxsize=4_096)
def parse(text: str, question: str = "reason") -> Parsed:
    """Take `text` (original spelling) apart; the same text again costs nothing.

    Asked what they use today, people praise somebody else: there praise is no role of its own.
    """
    masked = tuple(find_personal(text))
    normal = normalize(blanked_text(text, masked))
    tokens = tuple(token for token in shared_tokenizer()(normal.text) if token.pos != "空白")
    clauses = tuple(split_clauses(normal.text, tokens))
    if question == "current":
        clauses = tuple(replace(one, role=Role.PLAIN) if one.role is Role.PRAISE else one for one in clauses)
    return Parsed(
        normal, masked, tokens, clauses, tuple(sorted(find_hits(normal.text), key=lambda hit: hit.middle))
    )
