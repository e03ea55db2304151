"""What stood before a run was applied, taken in bulk and brought back in bulk. Readings of people are not its business."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.reasons.models import ClauseRole, Coder, Polarity
from app.reasons.queries.codebook import heirs_of_merged
from app.reasons.services.reading import CLAUSE, CODING, READING, put_clauses, replace_codings
from app.reasons.services.search import RIVAL, put_rivals, put_search_rows, search_row
from app.responses.models import Answer

# Whose reading it is never changes; whether a person confirmed it is looked at before.
STAYS = (
    "id",
    "answer_id",
    "response_id",
    "survey_id",
    "why",
    "state",
    "confirmed_at",
    "confirmed_by_id",
    "revision",
)
TAKEN = [column for column in READING.c if column.name not in STAYS]
OF_CODING = ("reason_id", "coder", "member_id", "probability", "because", "at")


def earlier_of(reading_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """These readings with their clauses, codings and the competitors named, as JSON, by id."""
    clauses: dict[int, dict[int, list[Any]]] = defaultdict(dict)
    theirs = sa.select(CLAUSE).where(CLAUSE.c.reading_id.in_(reading_ids)).order_by(CLAUSE.c.start)
    for row in db.session.execute(theirs):
        clauses[row.reading_id][row.id] = [row.start, row.end, row.role.value, []]
    every = {number: one for own in clauses.values() for number, one in own.items()}
    codings = sa.select(CODING).where(CODING.c.clause_id.in_(every)).order_by(CODING.c.id)
    for row in db.session.execute(codings):
        every[row.clause_id][3].append({name: _plain(getattr(row, name)) for name in OF_CODING})
    rivals: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(sa.select(RIVAL).where(RIVAL.c.reading_id.in_(reading_ids))):
        rivals[row.reading_id].append(row.name)
    rows = db.session.execute(sa.select(READING.c.id, *TAKEN).where(READING.c.id.in_(reading_ids)))
    return {
        row.id: {
            **{column.name: _plain(getattr(row, column.name)) for column in TAKEN},
            "clauses": list(clauses[row.id].values()),
            "rivals": sorted(rivals[row.id]),
        }
        for row in rows
    }


def bring_back(taken: Mapping[int, dict[str, Any]]) -> None:
    """Bring readings back to what `earlier_of` took, by id; their revisions go on counting.

    Where a reason has been merged into another since, its heir stands in its place.
    """
    if not taken:
        return
    put_search_rows(_found_by(taken))
    put_rivals({number: one["rivals"] for number, one in taken.items() if "rivals" in one})
    heirs = heirs_of_merged()
    kept = [column for column in TAKEN if all(column.name in one for one in taken.values())]
    values: dict[str, Any] = {
        column.name: sa.bindparam(f"to_{column.name}", type_=column.type) for column in kept
    }
    change = sa.update(READING).where(READING.c.id == sa.bindparam("of_id"))
    rows = [
        {"of_id": number, **{f"to_{column.name}": _value(column, one[column.name], heirs) for column in kept}}
        for number, one in taken.items()
    ]
    db.session.execute(change.values(**values, revision=READING.c.revision + 1), rows)
    said: dict[int, Iterable[Any]] = {
        number: [(start, end, ClauseRole(role), codings) for start, end, role, codings in one["clauses"]]
        for number, one in taken.items()
    }
    ids = put_clauses(said)
    codings = {
        (ids[number, start, end], heirs.get(coding["reason_id"], coding["reason_id"])): coding
        for number, parts in said.items()
        for start, end, _role, theirs in parts
        for coding in theirs
    }
    rows = [
        {
            **coding,
            "clause_id": clause_id,
            "reason_id": reason_id,
            "coder": Coder(coding["coder"]),
            "at": datetime.fromisoformat(coding["at"]),
        }
        for (clause_id, reason_id), coding in codings.items()
    ]
    replace_codings(said, rows)


def _found_by(taken: Mapping[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """What answers are found by, where something else was hidden then than is now."""
    theirs = sa.select(READING.c.id, READING.c.answer_id, READING.c.masked, Answer.text)
    theirs = theirs.join(Answer, Answer.id == READING.c.answer_id).where(READING.c.id.in_(taken))
    hidden = {number: one["masked"] for number, one in taken.items() if "masked" in one}
    return [
        search_row(row.answer_id, row.text, hidden[row.id])
        for row in db.session.execute(theirs)
        if row.id in hidden and hidden[row.id] != row.masked
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return getattr(value, "value", value)


def _value(column: sa.Column[Any], plain: Any, heirs: Mapping[int, int]) -> Any:
    if column.name == "main_reason_id":
        return heirs.get(plain, plain)
    if column.name == "read_at":
        return datetime.fromisoformat(plain)
    return Polarity(plain) if column.name == "polarity" else plain
