"""Where one clause ends and the next begins, corrected by people. It is a decision like any other: undone, never re-run."""

from datetime import datetime

from app.accounts.models import Member
from app.edits import hold
from app.errors import BadInput, EditClash
from app.i18n import gettext as _
from app.reasons.models import Clause, ClauseRole, Coding, Reading, ReviewEvent
from app.reasons.services.merging import clash_in_words, decided_alone, is_fresh
from app.reasons.services.review import keep, last_decision, sign, taken


def split_clause(
    reading: Reading, place: int, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent:
    """Cut the clause that holds this place in two; a reason goes where the words that decided it are.

    `place`: the first character of the second part, counted in the answer's text. Raises BadInput where nothing can
    be cut, EditClash where others decided meanwhile.
    """
    if again := _hold_fresh(reading, member, revision, any(one.start == place for one in reading.clauses)):
        return again
    first = next((one for one in reading.clauses if one.start < place < one.end), None)
    if first is None or any(low < place < high for low, high, *_kind in reading.masked):
        raise BadInput(_("ここでは文を分けられません。"))
    before = taken(reading)
    second = Clause(start=place, end=first.end, role=first.role)
    first.end = place
    reading.clauses.insert(reading.clauses.index(first) + 1, second)
    for coding in list(first.codings):
        _share(reading.answer.text, first, second, coding)
    for clause in (first, second):
        _settle_role(clause)
    sign(reading, member, at)
    return keep(reading, "recut", before, member, at)


def join_clauses(
    reading: Reading, place: int, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent:
    """Join the clause that begins at this place to the one before it, with the reasons of both. Errors as above."""
    if again := _hold_fresh(reading, member, revision, all(one.start != place for one in reading.clauses)):
        return again
    at_place = next((number for number, one in enumerate(reading.clauses) if one.start == place), 0)
    if not at_place:
        raise BadInput(_("つなげる相手のくぎりがありません。"))
    before = taken(reading)
    first, second = reading.clauses[at_place - 1], reading.clauses[at_place]
    first.end = second.end
    there = {coding.reason_id for coding in first.codings}
    for coding in second.codings:
        if coding.reason_id not in there:
            first.codings.append(_copy(coding))
    first.role = first.role if first.role is second.role else ClauseRole.PLAIN
    _settle_role(first)
    reading.clauses.remove(second)
    sign(reading, member, at)
    return keep(reading, "recut", before, member, at)


def _hold_fresh(reading: Reading, member: Member, revision: int | None, done: bool) -> ReviewEvent | None:
    """Keep others out. The decision of before where the same form was sent twice; EditClash where others were faster."""
    hold(reading)
    if is_fresh(reading, revision):
        return None
    last = last_decision(reading)
    if done and last is not None and decided_alone(reading, revision, member):
        return last
    raise EditClash(clash_in_words(reading))


def _share(text: str, first: Clause, second: Clause, coding: Coding) -> None:
    """Give a coding of the whole clause to the part that says it; to both where both do, to the first where none tells."""
    says_first = any(word in text[first.start : first.end] for word in coding.because)
    says_second = any(word in text[second.start : second.end] for word in coding.because)
    if says_second:
        second.codings.append(_copy(coding))
        if not says_first:
            first.codings.remove(coding)


def _copy(coding: Coding) -> Coding:
    return Coding(
        reason_id=coding.reason_id,
        coder=coding.coder,
        member_id=coding.member_id,
        probability=coding.probability,
        because=coding.because,
        at=coding.at,
    )


def _settle_role(clause: Clause) -> None:
    """A clause with a reason is counted, one without is not."""
    if clause.codings:
        clause.role = ClauseRole.COUNTED
    elif clause.role is ClauseRole.COUNTED:
        clause.role = ClauseRole.PLAIN
