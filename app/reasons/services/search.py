"""Keeping what voices are found by: search texts and named competitors, in the transaction that stores a reading."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from app import jobs
from app.db import db
from app.reasons.engine import Found
from app.reasons.models import Reading
from app.reasons.models_voices import RivalMention, SearchFill, SearchText
from app.reasons.queries.readable import Readable, hash_of
from app.reasons.queries.search import FILL_SIZE, readings_to_fill
from app.reasons.terms import terms_of
from app.responses.models import Answer

STILL_AFTER = timedelta(minutes=2)
LONGEST_NAME = 40
# Bulk paths: rows, not objects (see docs/decisions.md on speed).
SEARCH_TEXT, RIVAL = (cast(sa.Table, model.__table__) for model in (SearchText, RivalMention))
Spans = Iterable[Sequence[Any]]


def search_row(answer_id: int, text: str, masked: Spans) -> dict[str, Any]:
    """What an answer is found by; made outside the transaction that writes it, since words are looked up."""
    stretches, place = [], 0
    for start, end, *_ in sorted(tuple(span) for span in masked):
        stretches.append(text[place:start])
        place = max(place, end)
    stretches.append(text[place:])
    whole = terms_of([text]) if len(stretches) > 1 else ""
    return {"answer_id": answer_id, "shown": terms_of(stretches), "whole": whole}


def rival_names(text: str, found: Found) -> set[str]:
    """The competitors an answer names; what is hidden is no competitor."""
    open_spans = (
        (start, end)
        for start, end in found.rivals
        if not any(start < last and first < end for first, last, *_ in found.masked)
    )
    names = (unicodedata.normalize("NFKC", text[start:end]).strip() for start, end in open_spans)
    return {name[:LONGEST_NAME] for name in names if name}


def put_search_rows(rows: Sequence[dict[str, Any]]) -> None:
    """Write search texts over those there are."""
    if rows:
        mine = SEARCH_TEXT.c.answer_id.in_([row["answer_id"] for row in rows])
        db.session.execute(sa.delete(SEARCH_TEXT).where(mine))
        db.session.execute(sa.insert(SEARCH_TEXT), rows)


def put_rivals(names: Mapping[int, Iterable[str]]) -> None:
    """Write the competitors named, by reading id, over those there are."""
    if names:
        db.session.execute(sa.delete(RIVAL).where(RIVAL.c.reading_id.in_(names)))
    rows = [{"reading_id": number, "name": name} for number, found in names.items() for name in sorted(found)]
    if rows:
        db.session.execute(sa.insert(RIVAL), rows)


def next_to_fill(fill_id: int) -> tuple[int, list[Readable]] | None:
    """(where the filling stands, the next readings' words); None where nothing is left to do."""
    fill = db.session.get(SearchFill, fill_id, populate_existing=True)
    if fill is None or fill.finished_at is not None:
        return None
    return fill.reading_id, readings_to_fill(fill.reading_id)


def store_fill(
    fill_id: int, stands_at: int, readables: Sequence[Readable], found: Sequence[Found], at: datetime
) -> bool:
    """Store what was made for these readings, and how far it is. False at the end, or in other hands.

    What was erased, reworded or read anew meanwhile is left to whoever did so.
    """
    texts = {one.words.answer_id: one.words.text for one in readables}
    of_these = sa.select(Reading.answer_id, Reading.id, Reading.masked, Reading.text_hash, Answer.text)
    of_these = of_these.join(Answer, Answer.id == Reading.answer_id).where(Reading.answer_id.in_(texts))
    standing = {row.answer_id: row for row in db.session.execute(of_these.with_for_update(of=Answer))}
    last_id = max((row.id for row in standing.values()), default=stands_at)
    is_over = len(readables) < FILL_SIZE
    if not _move_on(fill_id, stands_at, last_id, len(readables), is_over, at):
        return False
    named = {one.answer_id: one for one in found}
    same = [
        row
        for number, row in standing.items()
        if row.text == texts[number] and row.text_hash == hash_of(row.text)
    ]
    # What is hidden is for the reading to say: it was so when people saw it.
    put_search_rows([search_row(row.answer_id, row.text, row.masked) for row in same])
    put_rivals({row.id: rival_names(row.text, named[row.answer_id]) for row in same})
    return not is_over


def _move_on(fill_id: int, stands_at: int, last_id: int, count: int, is_over: bool, at: datetime) -> bool:
    """Note how far the filling is; False where another worker has."""
    mine = sa.update(SearchFill).where(
        SearchFill.id == fill_id, SearchFill.reading_id == stands_at, SearchFill.finished_at.is_(None)
    )
    change = mine.values(
        reading_id=last_id,
        done_count=SearchFill.done_count + count,
        touched_at=at,
        finished_at=at if is_over else None,
    )
    found: sa.CursorResult[Any] = db.session.execute(change)  # type: ignore[assignment] # a change has a row count
    return found.rowcount == 1


def start_fill(at: datetime) -> SearchFill:
    """Have all that has been read made findable anew."""
    total = db.session.scalar(sa.select(sa.func.count(Reading.id))) or 0
    first = db.session.scalar(sa.select(sa.func.min(Reading.id))) or 1
    fill = SearchFill(reading_id=first - 1, total_count=total, touched_at=at)
    db.session.add(fill)
    db.session.flush()
    jobs.ring("fill_search", fill.id)
    return fill
