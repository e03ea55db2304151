"""A reading as it stands, to be written beside a decision and put back when that is undone."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.db import db
from app.reasons.models import Clause, ClauseRole, Coder, Coding, Reading, ReadingState
from app.reasons.queries.codebook import heirs_of_merged


def snapshot(reading: Reading) -> dict[str, Any]:
    """What a person can change about a reading, as plain JSON."""
    return {
        "state": reading.state.value,
        "main_reason_id": reading.main_reason_id,
        "unexplained": reading.unexplained,
        "confirmed_at": reading.confirmed_at.isoformat() if reading.confirmed_at else None,
        "confirmed_by_id": reading.confirmed_by_id,
        "roles": {str(clause.id): clause.role.value for clause in reading.clauses},
        "spans": spans_of(reading),
        "codings": [coding_as_plain(coding) for clause in reading.clauses for coding in clause.codings],
    }


def spans_of(reading: Reading) -> dict[str, list[int]]:
    """Where each clause begins and ends."""
    return {str(clause.id): [clause.start, clause.end] for clause in reading.clauses}


def codings_in(taken: dict[str, Any]) -> dict[int, list[int]]:
    """The reasons of each clause in a snapshot."""
    found: dict[int, list[int]] = {}
    for row in taken["codings"]:
        found.setdefault(row["clause_id"], []).append(row["reason_id"])
    return found


def coding_as_plain(coding: Coding) -> dict[str, Any]:
    """A coding as plain JSON."""
    return {
        "clause_id": coding.clause_id,
        "reason_id": coding.reason_id,
        "coder": coding.coder.value,
        "member_id": coding.member_id,
        "probability": coding.probability,
        "because": coding.because,
        "at": coding.at.isoformat(),
    }


def coding_from_plain(row: dict[str, Any]) -> Coding:
    """A coding that was taken away, to be added again."""
    kept = {name: row[name] for name in ("clause_id", "reason_id", "member_id", "probability", "because")}
    return Coding(**kept, coder=Coder(row["coder"]), at=datetime.fromisoformat(row["at"]))


def _inherited(taken: dict[str, Any]) -> dict[str, Any]:
    """A snapshot in which the heirs of merged reasons stand in their places."""
    heirs = heirs_of_merged()
    if not heirs:
        return taken
    codings = [
        {**row, "reason_id": heirs.get(row["reason_id"], row["reason_id"])} for row in taken["codings"]
    ]
    main = taken["main_reason_id"]
    return {**taken, "codings": codings, "main_reason_id": heirs.get(main, main)}


def restore(reading: Reading, taken: dict[str, Any]) -> None:
    """Bring a reading back to a snapshot of it; its revision goes on counting."""
    taken = _inherited(taken)
    reading.state = ReadingState(taken["state"])
    reading.main_reason_id = taken["main_reason_id"]
    reading.unexplained = taken["unexplained"]
    reading.confirmed_at = datetime.fromisoformat(taken["confirmed_at"]) if taken["confirmed_at"] else None
    reading.confirmed_by_id = taken["confirmed_by_id"]
    for number, clause in _recut(reading, taken.get("spans") or spans_of(reading)).items():
        clause.role = ClauseRole(taken["roles"].get(number, clause.role.value))
        wanted = {row["reason_id"]: row for row in taken["codings"] if str(row["clause_id"]) == number}
        for coding in [coding for coding in clause.codings if coding.reason_id not in wanted]:
            clause.codings.remove(coding)
        there = {coding.reason_id: coding for coding in clause.codings}
        for reason_id, row in wanted.items():
            coding = there.get(reason_id) or Coding(reason_id=reason_id)
            coding.coder, coding.member_id = Coder(row["coder"]), row["member_id"]
            coding.probability, coding.because = row["probability"], row["because"]
            coding.at = datetime.fromisoformat(row["at"])
            if reason_id not in there:
                clause.codings.append(coding)
    flag_modified(reading, "state")  # the revision counts even where only codings changed
    db.session.flush()


def _recut(reading: Reading, spans: dict[str, list[int]]) -> dict[str, Clause]:
    """Cut the answer as it was; the clauses by the number they had then.

    A clause that is there keeps its number; one that was joined to another comes back under a new one.
    """
    there = {(clause.start, clause.end): clause for clause in reading.clauses}
    found = {number: there[start, end] for number, (start, end) in spans.items() if (start, end) in there}
    numbered = {str(clause.id): clause for clause in reading.clauses if clause not in found.values()}
    for number, (start, end) in spans.items():
        if number not in found:
            clause = numbered.get(number) or Clause(role=ClauseRole.PLAIN)
            clause.start, clause.end = start, end
            found[number] = clause
    kept = list(found.values())
    reading.clauses[:] = sorted(kept, key=lambda clause: clause.start)
    return found
