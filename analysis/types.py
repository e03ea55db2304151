"""What goes in and what comes out. Offsets always count characters of the original text, end exclusive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a clause does in its answer; only `counted` clauses state a reason."""

    COUNTED = "counted"
    PLAIN = "plain"
    NEGATED = "negated"
    CONCEDED = "conceded"
    PRAISE = "praise"


@dataclass(frozen=True)
class Text:
    """One answer; `question` is reason, improve, current, nps or other."""

    id: str
    text: str
    question: str = "reason"


@dataclass(frozen=True)
class CodedText(Text):
    """An answer with a person's decision; `labels` main reason first, empty = substance without a code."""

    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeDefinition:
    """A team's own code: it learns from its words before anybody has coded an answer."""

    code: str
    name: str
    definition: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Span:
    """A stretch of the original text that names somebody; `kind` is one of masking.LABELS."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class ReasonGuess:
    code: str
    probability: float


@dataclass(frozen=True)
class ClauseReading:
    """One clause; `because` holds the words and patterns that decided (empty: the clause as a whole)."""

    start: int
    end: int
    text: str
    role: Role
    codes: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What one answer says.

    `reasons`: the codes that hold, main first; `none` alone; empty with `unexplained` where there is substance
    that no code covers. `probabilities`: calibrated P(stated) of every code. `confidence`: calibrated P(the first
    reason is the main one). `polarity`: neg, neu, pos or mixed, toward the company. `rivals`: competitors by name.
    """

    id: str
    reasons: tuple[ReasonGuess, ...]
    probabilities: Mapping[str, float]
    confidence: float
    polarity: str
    clauses: tuple[ClauseReading, ...]
    unexplained: bool
    masked: tuple[Span, ...] = ()
    rivals: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Theme:
    """Answers that say the same thing, as text ids: all `members`, the most typical as `quotes`, and the `borderline`
    ones that just belong; `centroid` is a unit vector."""

    id: str
    name: str
    size: int
    members: tuple[str, ...]
    quotes: tuple[str, ...]
    centroid: tuple[float, ...] = field(repr=False, default=())
    borderline: tuple[str, ...] = ()
