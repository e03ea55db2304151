"""A draft is applied, whole or in part, dropped, or brought back. What a person decided meanwhile always wins.

Applying and bringing back go on in lots of 200 in the background, one transaction each, and can be killed between any
two: the fate of each draft tells what is still to be done.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog

from app import jobs
from app.accounts.models import Member
from app.db import db
from app.errors import EditClash
from app.i18n import gettext as _
from app.reasons.drafts import DraftFate, DraftKind, ReadingDraft
from app.reasons.models import AnalysisRun, DraftState, ReadingState
from app.reasons.queries.readable import answers_to_read, hash_of
from app.reasons.queries.runs import SETTLING
from app.reasons.services.earlier import bring_back, earlier_of
from app.reasons.services.reading import Standing, standing_of, store_findings
from app.reasons.services.results import found_in
from app.reasons.services.runs import STILL_AFTER, change_run
from app.reasons.services.telling import tell_customers

LOT = 200
# One row of the difference: the main reason before and after; None has no name.
Move = tuple[int | None, int | None]
log = structlog.get_logger()


def apply_draft(
    run: AnalysisRun, member: Member, at: datetime, moves: Collection[Move] | None = None, turned: bool = True
) -> None:
    """Have a draft applied: all of it, or these moves and, with `turned`, what changes beside the main reason.

    EditClash where somebody decided on it first.
    """
    chosen: dict[str, Any] = {}
    if moves is not None:
        chosen = {"moves": sorted([one or 0, other or 0] for one, other in moves), "turned": turned}
    _decide(run, DraftState.READY, DraftState.APPLYING, member, at, chosen=chosen)
    _begin(run, DraftFate.WAITING)


def return_draft(run: AnalysisRun, member: Member, at: datetime) -> None:
    """Have what stood before a run was applied brought back, where nobody has decided since.

    EditClash where another pass of reading has come after it.
    """
    if not is_newest(run):
        raise EditClash(_("そのあとに、もう一度読みなおしています。元に戻せるのは最後の読みなおしだけです。"))
    _decide(run, DraftState.APPLIED, DraftState.RETURNING, member, at)
    _begin(run, DraftFate.APPLIED)


def drop_draft(run: AnalysisRun, member: Member, at: datetime) -> None:
    """Leave everything as it stands. EditClash where somebody decided first."""
    _decide(run, DraftState.READY, DraftState.DROPPED, member, at)
    jobs.ring("clear_drafts")


def is_newest(run: AnalysisRun) -> bool:
    """Has no later run of the survey read again, or does none lie ready?"""
    alive = (DraftState.READY, *SETTLING, DraftState.APPLIED)
    later = sa.select(AnalysisRun.id).where(
        AnalysisRun.survey_id == run.survey_id,
        AnalysisRun.id > run.id,
        AnalysisRun.again,
        sa.or_(AnalysisRun.finished_at.is_(None), AnalysisRun.draft.in_(alive)),
    )
    return db.session.scalar(later.limit(1)) is None


def claim_draft(run_id: int, at: datetime) -> str | None:
    """Take a draft that is to be applied or brought back; None where it is in other hands or done."""
    free = sa.or_(AnalysisRun.claim == "", AnalysisRun.touched_at < at - STILL_AFTER)
    claim = secrets.token_urlsafe(16)
    taken = change_run(run_id, sa.and_(AnalysisRun.draft.in_(SETTLING), free), touched_at=at, claim=claim)
    return claim if taken else None


def settle_lot(run_id: int, claim: str, at: datetime) -> bool:
    """Apply or bring back the next lot. False at the end, or where somebody else took over."""
    held = sa.and_(AnalysisRun.draft.in_(SETTLING), AnalysisRun.claim == claim)
    if not change_run(run_id, held, touched_at=at):
        return False
    run = db.session.get_one(AnalysisRun, run_id, populate_existing=True)
    applies = run.draft is DraftState.APPLYING
    due = _due(run, DraftFate.WAITING if applies else DraftFate.APPLIED)
    drafts = list(db.session.scalars(due.order_by(ReadingDraft.answer_id).limit(LOT)))
    if not drafts:
        return _end(run, held, at)
    standing = standing_of([one.answer_id for one in drafts])
    _settle(run, drafts, standing, at) if applies else _return(run, drafts, standing, at)
    change_run(run_id, held, settled_count=AnalysisRun.settled_count + len(drafts))
    return True


def _settle(
    run: AnalysisRun, drafts: Sequence[ReadingDraft], standing: dict[int, Standing], at: datetime
) -> None:
    """Store what was found where the same words still stand as no person's word."""
    open_ones = {one.answer_id: one for one in drafts if _stands(standing.get(one.answer_id), one)}
    earlier = earlier_of([standing[number].reading_id or 0 for number in open_ones])
    readables = answers_to_read(list(open_ones), again=True)
    store_findings(
        readables, [found_in(open_ones[one.words.answer_id].found) for one in readables], run.id, at
    )
    stored = {one.words.answer_id for one in readables}
    for draft in drafts:
        row = standing.get(draft.answer_id)
        if draft.answer_id in stored and row is not None and row.reading_id is not None:
            draft.fate, draft.before = DraftFate.APPLIED, earlier[row.reading_id]
        else:
            draft.fate = DraftFate.KEPT
    db.session.flush()


def _return(
    run: AnalysisRun, drafts: Sequence[ReadingDraft], standing: dict[int, Standing], at: datetime
) -> None:
    """Bring back what stood where the run's own word still does."""
    taken, sheets = {}, set()
    for draft in drafts:
        row = standing.get(draft.answer_id)
        if row is not None and row.reading_id and row.run_id == run.id and _stands(row, draft):
            taken[row.reading_id] = draft.before or {}
            sheets.add(row.response_id)
            draft.fate = DraftFate.RETURNED
        else:
            draft.fate = DraftFate.KEPT
    db.session.flush()
    bring_back(taken)
    tell_customers(sheets, at)


def _stands(row: Standing | None, draft: ReadingDraft) -> bool:
    """Are these the words that were read, and is what stands nobody's word?"""
    if row is None or row.state is not ReadingState.PROPOSED:
        return False
    return row.text_hash == draft.text_hash == hash_of(row.text)


def _due(run: AnalysisRun, fate: DraftFate) -> sa.Select[ReadingDraft]:
    mine = sa.select(ReadingDraft).where(ReadingDraft.run_id == run.id, ReadingDraft.fate == fate)
    mine = mine.where(ReadingDraft.kind != DraftKind.AGAINST)
    if fate is not DraftFate.WAITING or not run.chosen:
        return mine
    ways = [
        sa.and_(
            ReadingDraft.kind == DraftKind.MOVED,
            sa.func.coalesce(ReadingDraft.from_reason_id, 0) == one,
            sa.func.coalesce(ReadingDraft.to_reason_id, 0) == other,
        )
        for one, other in run.chosen["moves"]
    ]
    if run.chosen["turned"]:
        ways.append(ReadingDraft.kind == DraftKind.TURNED)
    return mine.where(sa.or_(sa.false(), *ways))


def _decide(
    run: AnalysisRun, before: DraftState, now: DraftState, member: Member, at: datetime, **values: Any
) -> None:
    decided = {"draft": now, "decided_at": at, "decided_by_id": member.id, "claim": "", "touched_at": at}
    if not change_run(run.id, AnalysisRun.draft == before, **decided, **values):
        raise EditClash(_("この読みなおしは、もう決まっています。ページを開きなおしてください。"))
    db.session.refresh(run)
    log.info("draft_decided", run=run.id, state=now.value, member=member.id)


def _begin(run: AnalysisRun, fate: DraftFate) -> None:
    run.draft_count = (
        db.session.scalar(sa.select(sa.func.count()).select_from(_due(run, fate).subquery())) or 0
    )
    run.settled_count = 0
    db.session.flush()
    jobs.ring("settle_draft", run.id)


def _end(run: AnalysisRun, held: sa.ColumnElement[bool], at: datetime) -> bool:
    done = DraftState.APPLIED if run.draft is DraftState.APPLYING else DraftState.RETURNED
    change_run(run.id, held, draft=done, touched_at=at)
    jobs.ring("propose_themes", run.survey_id)
    jobs.ring("clear_drafts")
    log.info("draft_settled", run=run.id, state=done.value)
    return False
