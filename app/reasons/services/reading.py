"""Reading answers: what the engine finds becomes Readings, Clauses and Codings. People's decisions stay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from app.db import db
from app.reasons import engine
from app.reasons.engine import Engine, Found
from app.reasons.models import (
    AnalysisRun,
    Clause,
    ClauseRole,
    Coder,
    Coding,
    Polarity,
    Reading,
    ReadingState,
)
from app.reasons.queries.codebook import reasons_by_code
from app.reasons.queries.readable import Readable, answers_to_read, hash_of, is_open
from app.reasons.services.codebook import seed_codebook
from app.reasons.services.search import put_rivals, put_search_rows, rival_names, search_row
from app.reasons.services.telling import tell_customers
from app.responses.anonymous import start_of_day
from app.responses.models import Answer, Response
from app.surveys.models import ReadAs

# Bulk paths: rows, not objects (see docs/decisions.md on speed).
READING, CLAUSE, CODING = (cast(sa.Table, model.__table__) for model in (Reading, Clause, Coding))


@dataclass(frozen=True)
class Meant:
    """One finding in terms of the codebook: reason ids instead of codes. `said`: (start, end, role, reasons, because)."""

    main_id: int | None
    unexplained: bool
    polarity: Polarity
    said: tuple[tuple[int, int, ClauseRole, tuple[tuple[int, float | None], ...], tuple[str, ...]], ...]


def read_answers(
    answer_ids: Sequence[int], run: AnalysisRun | None, at: datetime, reader: Engine | None = None
) -> int:
    """Read these answers and store what they say; return how many were read.

    Confirmed readings stay, unless the customer's words have changed since. Without a run only what is unread or
    changed is read, so that asking twice changes nothing.
    """
    seed_codebook(at)
    readables = answers_to_read(answer_ids, again=run is not None)
    found = (reader or engine.shipped()).read([one.words for one in readables])
    return store_findings(readables, found, run.id if run else None, at)


def store_findings(
    readables: Sequence[Readable],
    found: Sequence[Found],
    run_id: int | None,
    at: datetime,
    again: bool | None = None,
) -> int:
    """Store findings made outside this transaction: answers erased, changed or confirmed meanwhile are skipped.

    `again`: also over what a machine has read before; by default in a run only.
    """
    again = run_id is not None if again is None else again
    searched = {
        one.words.answer_id: search_row(one.words.answer_id, one.words.text, finding.masked)
        for one, finding in zip(readables, found, strict=True)
    }
    standing = standing_of([one.words.answer_id for one in readables])
    if any(row.anonymous for row in standing.values()):
        at = start_of_day(at)
    reasons = reasons_by_code()
    rows, meant, named = [], {}, {}
    for one, finding in zip(readables, found, strict=True):
        row = standing.get(one.words.answer_id)
        if row is None or row.text != one.words.text:
            continue
        if not is_open(row.state, row.text_hash, row.text, again):
            continue
        meant[row.id] = meaning(finding, one.only_praise, reasons)
        named[row.id] = rival_names(row.text, finding)
        rows.append((row.reading_id, _reading_row(one, row, finding, meant[row.id], run_id, at)))
    reading_ids = _put_readings(rows)
    clause_ids = put_clauses({reading_ids[answer_id]: one.said for answer_id, one in meant.items()})
    _put_codings({reading_ids[answer_id]: one.said for answer_id, one in meant.items()}, clause_ids, at)
    put_search_rows([searched[answer_id] for answer_id in meant])
    put_rivals({reading_ids[answer_id]: names for answer_id, names in named.items()})
    tell_customers({standing[answer_id].response_id for answer_id in meant}, at)
    return len(rows)


@dataclass(frozen=True)
class Standing:
    """An answer as it stands now, with the state of its reading."""

    id: int
    text: str
    response_id: int
    survey_id: int
    anonymous: bool
    reading_id: int | None
    state: ReadingState | None
    text_hash: str | None
    run_id: int | None


def standing_of(answer_ids: Sequence[int]) -> dict[int, Standing]:
    """The answers by id, locked together with their readings until the commit."""
    locked = (
        sa.select(Answer.id, Answer.text, Answer.response_id, Response.survey_id, Response.anonymous)
        .join(Response, Response.id == Answer.response_id)
        .where(Answer.id.in_(answer_ids))
        .with_for_update(of=Answer)
    )
    answers = list(db.session.execute(locked))
    readings = sa.select(Reading.answer_id, Reading.id, Reading.state, Reading.text_hash, Reading.run_id)
    mine = readings.where(Reading.answer_id.in_(answer_ids)).with_for_update()
    found = {answer_id: rest for answer_id, *rest in db.session.execute(mine)}
    return {row.id: Standing(*row, *found.get(row.id, (None, None, None, None))) for row in answers}


def meaning(found: Found, only_praise: bool, reasons: dict[str, int]) -> Meant:
    """A compliment is never a reason: what a question about good points brings up, or says nothing else, is praise."""
    praised = only_praise or (
        found.unexplained and all(one.role is ClauseRole.PRAISE for one in found.clauses)
    )
    stated = {} if praised else {code: chance for code, chance in found.reasons if code in reasons}
    said = []
    for clause in found.clauses:
        mine: dict[int, float | None] = {}
        for code in (code for code in clause.codes if code in stated):
            mine.setdefault(reasons[code], stated[code])  # two codes may have one heir
        codings = tuple(mine.items())
        role = clause.role if codings or clause.role is not ClauseRole.COUNTED else ClauseRole.PLAIN
        said.append(
            (clause.start, clause.end, ClauseRole.PRAISE if praised else role, codings, clause.because)
        )
    main = engine.NONE if praised else next(iter(stated), None)
    says_something = found.unexplained or any(code != engine.NONE for code, _ in found.reasons)
    polarity = Polarity.POS if praised and says_something else found.polarity
    return Meant(reasons.get(main) if main else None, main is None, polarity, tuple(said))


def _reading_row(
    one: Readable, row: Standing, found: Found, meant: Meant, run_id: int | None, at: datetime
) -> dict[str, Any]:
    return {
        "answer_id": row.id,
        "response_id": row.response_id,
        "survey_id": row.survey_id,
        "why": one.words.asked != ReadAs.CURRENT,
        "run_id": run_id,
        "state": ReadingState.PROPOSED,
        "text_hash": hash_of(one.words.text),
        "main_reason_id": meant.main_id,
        "polarity": meant.polarity,
        "confidence": found.confidence,
        "unexplained": meant.unexplained,
        "masked": [list(span) for span in found.masked],
        "read_at": at,
        "confirmed_at": None,
        "confirmed_by_id": None,
    }


def _put_readings(rows: Sequence[tuple[int | None, dict[str, Any]]]) -> dict[int, int]:
    """Insert or overwrite readings; return reading ids by answer id."""
    ids = {row["answer_id"]: reading_id for reading_id, row in rows if reading_id is not None}
    fresh = [{**row, "revision": 1} for reading_id, row in rows if reading_id is None]
    if fresh:
        added = db.session.execute(sa.insert(READING).returning(READING.c.answer_id, READING.c.id), fresh)
        ids.update(added.all())
    if old := [{**row, "of_id": reading_id} for reading_id, row in rows if reading_id is not None]:
        values: dict[str, Any] = {name: sa.bindparam(name) for name in old[0] if name != "of_id"}
        overwrite = sa.update(READING).where(READING.c.id == sa.bindparam("of_id"))
        db.session.execute(overwrite.values(**values, revision=READING.c.revision + 1), old)
    return ids


def put_clauses(said: dict[int, Iterable[Any]]) -> dict[tuple[int, int, int], int]:
    """Bring the clauses to what was found; those that stay keep their id (evidence stands on them)."""
    wanted = {(number, start, end): role for number, parts in said.items() for start, end, role, *_ in parts}
    there = {
        (row.reading_id, row.start, row.end): row
        for row in db.session.execute(sa.select(CLAUSE).where(CLAUSE.c.reading_id.in_(said)))
    }
    if gone := [row.id for key, row in there.items() if key not in wanted]:
        db.session.execute(sa.delete(CLAUSE).where(CLAUSE.c.id.in_(gone)))
    turned = [
        {"of_id": row.id, "now": wanted[key]}
        for key, row in there.items()
        if key in wanted and row.role is not wanted[key]
    ]
    if turned:
        change = sa.update(CLAUSE).where(CLAUSE.c.id == sa.bindparam("of_id"))
        db.session.execute(change.values(role=sa.bindparam("now", type_=CLAUSE.c.role.type)), turned)
    ids = {key: row.id for key, row in there.items() if key in wanted}
    fresh = [
        {"reading_id": number, "start": start, "end": end, "role": role}
        for (number, start, end), role in wanted.items()
        if (number, start, end) not in ids
    ]
    if fresh:
        columns = (CLAUSE.c.reading_id, CLAUSE.c.start, CLAUSE.c.end, CLAUSE.c.id)
        for number, start, end, clause_id in db.session.execute(sa.insert(CLAUSE).returning(*columns), fresh):
            ids[number, start, end] = clause_id
    return ids


def _put_codings(
    said: dict[int, Iterable[Any]], clause_ids: dict[tuple[int, int, int], int], at: datetime
) -> None:
    rows = [
        {
            "clause_id": clause_ids[number, start, end],
            "reason_id": reason_id,
            "coder": Coder.RUN,
            "member_id": None,
            "probability": chance,
            "because": list(because),
            "at": at,
        }
        for number, parts in said.items()
        for start, end, _role, codings, because in parts
        for reason_id, chance in codings
    ]
    replace_codings(said, rows)


def replace_codings(reading_ids: Iterable[int], rows: Sequence[dict[str, Any]]) -> None:
    """Put these codings in the place of all that these readings have."""
    mine = sa.select(CLAUSE.c.id).where(CLAUSE.c.reading_id.in_(list(reading_ids)))
    db.session.execute(sa.delete(CODING).where(CODING.c.clause_id.in_(mine)))
    if rows:
        db.session.execute(sa.insert(CODING), rows)
