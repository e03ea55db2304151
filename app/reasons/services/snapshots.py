"""A reading as it stands, to be written beside a decision and put back when that is undone."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.db import db
from app.reasons.models import ClauseRole, Coder, Coding, Reading, ReadingState


def snapshot(reading: Reading) -> dict[str, Any]:
    """What a person can change about a reading, as plain JSON."""
    return {
        "state": reading.state.value,
        "main_reason_id": reading.main_reason_id,
        "unexplained": reading.unexplained,
        "confirmed_at": reading.confirmed_at.isoformat() if reading.confirmed_at else None,
        "confirmed_by_id": reading.confirmed_by_id,
        "roles": {str(clause.id): clause.role.value for clause in reading.clauses},
        "codings": [_plain(coding) for clause in reading.clauses for coding in clause.codings],
    }


def codings_in(taken: dict[str, Any]) -> dict[int, list[int]]:
    """The reasons of each clause in a snapshot."""
    found: dict[int, list[int]] = {}
    for row in taken["codings"]:
        found.setdefault(row["clause_id"], []).append(row["reason_id"])
    return found


def _plain(coding: Coding) -> dict[str, Any]:
    return {
        "clause_id": coding.clause_id,
        "reason_id": coding.reason_id,
        "coder": coding.coder.value,
        "member_id": coding.member_id,
        "probability": coding.probability,
        "because": coding.because,
        "at": coding.at.isoformat(),
    }


def restore(reading: Reading, taken: dict[str, Any]) -> None:
    """Bring a reading back to a snapshot of it; its revision goes on counting."""
    reading.state = ReadingState(taken["state"])
    reading.main_reason_id = taken["main_reason_id"]
    reading.unexplained = taken["unexplained"]
    reading.confirmed_at = datetime.fromisoformat(taken["confirmed_at"]) if taken["confirmed_at"] else None
    reading.confirmed_by_id = taken["confirmed_by_id"]
    for clause in reading.clauses:
        clause.role = ClauseRole(taken["roles"].get(str(clause.id), clause.role.value))
        wanted = {row["reason_id"]: row for row in taken["codings"] if row["clause_id"] == clause.id}
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
