"""An answer in pieces small enough to say where a clause ends."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from app.filters import phrases_of
from app.reasons.models import Reading
from app.reasons.queries.words import HIDDEN


@dataclass(frozen=True)
class Piece:
    """A few words, and what pressing the place before them does: "split", "join", or "" where nothing can be cut.

    place: of the first character; masked: what stands hidden here instead of the words.
    """

    text: str
    place: int
    act: str = ""
    masked: str = ""
    clause_id: int | None = None


def pieces_of(reading: Reading) -> list[Piece]:
    """The whole answer: phrase by phrase, never inside what is hidden."""
    text = reading.answer.text
    hidden = {low: (high, kind) for low, high, kind in reading.masked}
    inside = {place for low, (high, _kind) in hidden.items() for place in range(low + 1, high)}
    starts = {clause.start for clause in reading.clauses}
    ends = {clause.end for clause in reading.clauses}
    chances = {*accumulate(len(phrase) for phrase in phrases_of(text))} if text else set()
    edges = {edge for low, (high, _kind) in hidden.items() for edge in (low, high)}
    cuts = sorted(({0, len(text)} | starts | ends | chances | edges) - inside)
    first = min(starts, default=0)
    found = []
    for low, high in pairwise(cuts):
        clause = next((one for one in reading.clauses if one.start <= low < one.end), None)
        act = "" if clause is None or low == first else "join" if low == clause.start else "split"
        masked = str(HIDDEN.get(hidden[low][1], hidden[low][1])) if low in hidden else ""
        found.append(Piece(text[low:high], low, act, masked, clause.id if clause else None))
    return found
