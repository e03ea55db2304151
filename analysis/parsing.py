"""One answer taken apart once: masked, normalised, tokenised, cut into clauses, searched for patterns."""

from dataclasses import dataclass, replace
from functools import lru_cache

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

    def tokens_in(self, start: int, end: int) -> list[Token]:
        return [token for token in self.tokens if start <= token.start < end]

    def hits_in(self, start: int, end: int) -> list[Hit]:
        """Hits whose larger part lies in `start:end`."""
        return [hit for hit in self.hits if start <= (hit.start + hit.end) // 2 < end]

    @property
    def has_words(self) -> bool:
        """Is there anything but signs, numbers and blanks?"""
        return any(token.pos not in {"補助記号", "記号", "空白"} and "数詞" not in token.detail for token in self.tokens)

    @property
    def stating(self) -> tuple[Clause, ...]:
        """Clauses that may state a reason: neither denied, conceded nor praising."""
        return tuple(clause for clause in self.clauses if clause.role is Role.PLAIN)


@lru_cache(maxsize=20_000)
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
    return Parsed(normal, masked, tokens, clauses, tuple(find_hits(normal.text)))
