"""What a run finds where a reading stands lies beside it as a draft: nothing that stands is changed by reading."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.db import db
from app.reasons.drafts import DraftFate, DraftKind, ReadingDraft
from app.reasons.engine import Found
from app.reasons.models import (
    AnalysisRun,
    Clause,
    Coding,
    DraftState,
    Polarity,
    Reading,
    ReadingState,
    RunState,
)
from app.reasons.queries.codebook import reasons_by_code
from app.reasons.queries.readable import Readable, hash_of
from app.reasons.services.reading import Meant, meaning
from app.reasons.services.results import plain

DRAFT = cast(sa.Table, ReadingDraft.__table__)
Read = tuple[Readable, Found]


@dataclass(frozen=True)
class _Stands:
    """What stands for an answer: the main reason, the others it states, the polarity."""

    reading_id: int
    state: ReadingState
    text_hash: str
    main_id: int | None
    polarity: Polarity
    stated: frozenset[int]


def set_aside(run_id: int, read: Sequence[Read]) -> list[Read]:
    """Write drafts for what stands already; return what nobody had read before, to be stored as ever.

    What a person confirmed while it was being read is neither.
    """
    stands = _stands([one.words.answer_id for one, _ in read])
    reasons = reasons_by_code()
    fresh, rows = [], []
    for one, finding in read:
        there = stands.get(one.words.answer_id)
        if there is None or there.text_hash != hash_of(one.words.text):
            fresh.append((one, finding))
        elif there.state is ReadingState.PROPOSED:
            meant = meaning(finding, one.only_praise, reasons)
            rows.append(_row(run_id, one, finding, there, meant, _kind(there, meant)))
    if rows:
        db.session.execute(sa.insert(DRAFT), rows)
    return fresh


def set_against(run_id: int, read: Sequence[Read]) -> None:
    """Keep what a run would say otherwise than people decided: to be looked at, never to be applied."""
    stands = _stands([one.words.answer_id for one, _ in read])
    reasons = reasons_by_code()
    rows = []
    for one, finding in read:
        there = stands.get(one.words.answer_id)
        meant = meaning(finding, one.only_praise, reasons)
        if there is not None and there.state is ReadingState.CONFIRMED and there.main_id != meant.main_id:
            rows.append(_row(run_id, one, finding, there, meant, DraftKind.AGAINST))
    if rows:
        db.session.execute(sa.insert(DRAFT), rows)


def changes_something(run_id: int) -> bool:
    """Is there anything in the draft of a run that would move?"""
    found = sa.select(ReadingDraft.id).where(
        ReadingDraft.run_id == run_id, ReadingDraft.kind.in_((DraftKind.MOVED, DraftKind.TURNED))
    )
    return db.session.scalar(found.limit(1)) is not None


def drafts_left_over() -> sa.Select[int]:
    """Runs whose draft nobody needs any more: given up, or applied before another one of the same survey."""
    later = aliased(AnalysisRun)
    settled = (DraftState.APPLIED, DraftState.RETURNED)
    overtaken = sa.select(later.id).where(
        later.survey_id == AnalysisRun.survey_id, later.id > AnalysisRun.id, later.draft == DraftState.APPLIED
    )
    given_up = sa.or_(
        AnalysisRun.draft == DraftState.DROPPED, AnalysisRun.state.in_((RunState.CANCELLED, RunState.FAILED))
    )
    useless = sa.or_(given_up, sa.and_(AnalysisRun.draft.in_(settled), overtaken.exists()))
    return sa.select(AnalysisRun.id).where(
        useless, sa.select(ReadingDraft.id).where(ReadingDraft.run_id == AnalysisRun.id).exists()
    )


def clear_drafts() -> None:
    """Delete them."""
    runs = list(db.session.scalars(drafts_left_over()))
    gone = sa.delete(ReadingDraft).where(ReadingDraft.run_id.in_(runs))
    db.session.execute(gone.execution_options(synchronize_session=False))


def _stands(answer_ids: Collection[int]) -> dict[int, _Stands]:
    mine = Reading.answer_id.in_(answer_ids)
    stated: dict[int, set[int]] = defaultdict(set)
    codings = (
        sa.select(Clause.reading_id, Coding.reason_id)
        .join(Coding, Coding.clause_id == Clause.id)
        .join(Reading, Reading.id == Clause.reading_id)
        .where(mine)
    )
    for number, reason_id in db.session.execute(codings):
        stated[number].add(reason_id)
    columns = (
        Reading.answer_id,
        Reading.id,
        Reading.state,
        Reading.text_hash,
        Reading.main_reason_id,
        Reading.polarity,
    )
    rows = db.session.execute(sa.select(*columns).where(mine))
    return {
        answer_id: _Stands(number, state, text_hash, main_id, polarity, frozenset(stated[number]))
        for answer_id, number, state, text_hash, main_id, polarity in rows
    }


def _kind(there: _Stands, meant: Meant) -> DraftKind:
    if meant.main_id != there.main_id:
        return DraftKind.MOVED
    stated = {reason_id for *_, codings, _because in meant.said for reason_id, _chance in codings}
    same = stated == there.stated and meant.polarity is there.polarity
    return DraftKind.SAME if same else DraftKind.TURNED


def _row(
    run_id: int, one: Readable, found: Found, there: _Stands, meant: Meant, kind: DraftKind
) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "answer_id": one.words.answer_id,
        "text_hash": there.text_hash,
        "kind": kind,
        "fate": DraftFate.WAITING,
        "from_reason_id": there.main_id,
        "to_reason_id": meant.main_id,
        "from_polarity": there.polarity,
        "to_polarity": meant.polarity,
        "found": plain(found),
        "before": None,
    }
