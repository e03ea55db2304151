"""A customer's words as they may be shown: in stretches, clauses marked, personal details hidden."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.i18n import lazy_gettext as _l
from app.reasons.models import Clause, Coding, Reading, Reason

HIDDEN = {
    "name": _l("お名前"),
    "phone": _l("電話番号"),
    "mail": _l("メールアドレス"),
    "card": _l("カード番号"),
    "address": _l("ご住所"),
}
UNCOUNTED = ("negated", "conceded", "praise")


@dataclass(frozen=True)
class Segment:
    """A stretch of an answer. `code`: the reason its clause is counted for; `masked`: what stands hidden here.

    `start`: its first character in the answer.
    """

    text: str
    clause_id: int | None = None
    code: Reason | None = None
    role: str = ""
    masked: str = ""
    start: int = 0


def segments_of(reading: Reading, reveal: bool = False) -> list[Segment]:
    """The whole answer in order. `reveal` shows the hidden words; who may see them is for the caller to know."""
    text = reading.answer.text
    return _stretches(text, 0, len(text), reading, reveal)


def quote_of(clause: Clause) -> list[Segment]:
    """The words of one clause, nothing marked but what is hidden."""
    found = _stretches(clause.reading.answer.text, clause.start, clause.end, clause.reading, reveal=False)
    return [Segment(one.text, clause.id, masked=one.masked) for one in found]


def shown_text(segments: Iterable[Segment]) -> str:
    """Stretches as plain text; what is hidden stands in 〔 〕."""
    return "".join(f"〔{one.masked}〕" if one.masked else one.text for one in segments)


def masked_text(text: str, masked: Iterable[Sequence[Any]]) -> str:
    """A whole answer as plain text, what is hidden as `shown_text` writes it."""
    parts, place = [], 0
    for start, end, kind in sorted(tuple(span) for span in masked):
        if start >= place:
            parts += [text[place:start], f"〔{HIDDEN.get(kind, kind)}〕"]
        place = max(place, end)
    return "".join([*parts, text[place:]])


def reasons_stated(reading: Reading) -> list[Reason]:
    """The reasons of an answer, main one first, each once; [none] where it gives no reason."""
    codings = (coding for clause in reading.clauses for coding in clause.codings)
    found = {coding.reason_id: coding.reason for coding in codings}
    if reading.main_reason is not None:
        found = {reading.main_reason.id: reading.main_reason, **found}
    return list(found.values())


def strongest_codings(reading: Reading) -> list[Coding]:
    """For each reason stated its likeliest coding, main reason first."""
    best: dict[int, Coding] = {}
    for clause in reading.clauses:
        for coding in clause.codings:
            there = best.get(coding.reason_id)
            if there is None or (coding.probability or 0) > (there.probability or 0):
                best[coding.reason_id] = coding
    return sorted(best.values(), key=lambda coding: coding.reason_id != reading.main_reason_id)


def _stretches(text: str, start: int, end: int, reading: Reading, reveal: bool) -> list[Segment]:
    spans: list[tuple[int, int, Any]] = [] if reveal else [tuple(span) for span in reading.masked]
    cuts = {start, end}
    for low, high, *_ in [*spans, *((clause.start, clause.end) for clause in reading.clauses)]:
        cuts |= {min(max(low, start), end), min(max(high, start), end)}
    found: list[Segment] = []
    for low, high in pairwise(sorted(cuts)):
        clause = next((one for one in reading.clauses if one.start <= low < one.end), None)
        hidden = next((kind for first, last, kind in spans if first <= low < last), None)
        if hidden is not None:
            _hide(found, clause, low, spans, str(HIDDEN.get(hidden, hidden)))
        else:
            found.append(_segment(text[low:high], clause, reading, low))
    return found


def _hide(found: list[Segment], clause: Clause | None, low: int, spans: list[Any], name: str) -> None:
    """One label for each hidden stretch, even where a clause ends inside it."""
    if any(first == low for first, *_ in spans) or not found or not found[-1].masked:
        found.append(Segment("", clause.id if clause else None, masked=name))


def _segment(text: str, clause: Clause | None, reading: Reading, start: int) -> Segment:
    if clause is None:
        return Segment(text, start=start)
    reasons = [coding.reason for coding in clause.codings]
    main = [reason for reason in reasons if reason.id == reading.main_reason_id]
    role = clause.role.value if clause.role.value in UNCOUNTED else ""
    return Segment(text, clause.id, next(iter([*main, *reasons]), None), role, start=start)
