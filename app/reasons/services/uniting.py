"""Merging one reason into another: what was coded with it is the heir's from then on, and can be given back.

Codings are moved, so that everything that counts follows without knowing of merges. What was moved stands in
ReasonMove; readings that people decided on since the merge stay as they decided.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
import structlog

from app import edits
from app.accounts.models import Member
from app.db import db
from app.errors import BadInput, EditClash
from app.i18n import gettext as _
from app.reasons import engine
from app.reasons.models import Clause, Coding, Reading, Reason, ReviewEvent
from app.reasons.models_codebook import CodebookVersion, ReasonMove
from app.reasons.services.codebook import USE, check_removable
from app.reasons.services.retelling import tell_of_reasons
from app.reasons.services.snapshots import coding_as_plain, coding_from_plain
from app.reasons.services.versions import hold_codebook, keep_version

READING, CODING = (cast(sa.Table, model.__table__) for model in (Reading, Coding))
MERGED = "merged"
log = structlog.get_logger()


@dataclass(frozen=True)
class Unmerged:
    """What undoing a merge brought back, in answers, and what stays since people decided on it."""

    returned: int
    staying: int


def merge_reasons(
    reason: Reason, heir: Reason, member: Member, at: datetime, revision: int | None = None, note: str = ""
) -> CodebookVersion:
    """Let `heir` take over all that is coded with `reason`, which goes out of use and points to it.

    The same form sent twice merges once. Raises BadInput where the two cannot be one, Overtaken, EditClash.
    """
    hold_codebook()
    edits.hold(reason)
    if reason.merged_into_id == heir.id and (done := merge_of(reason)) is not None:
        return done
    if not reason.active or not heir.active:
        raise EditClash(_("選ばれた理由は、もう一覧にありません。"))
    edits.check_unchanged(reason, revision, member)
    below = _check_pair(reason, heir)
    last_event = db.session.scalar(sa.select(sa.func.max(ReviewEvent.id))) or 0
    reason.active, reason.merged_into = False, heir
    for one in below:
        one.parent = heir
    edits.keep_edit(reason, USE, {"active": True}, {"active": False}, member, at)
    detail = {"into": heir.label, "heir_id": heir.id, "event": last_event, "below": [one.id for one in below]}
    version = keep_version(MERGED, reason, member, at, note, **detail)
    count = _move(version, reason.id, heir.id)
    version.detail = {**version.detail, "count": count}
    db.session.flush()
    db.session.expire_all()
    tell_of_reasons([heir.id, *(one.id for one in below)], at)
    log.info("reasons_merged", reason=reason.id, heir=heir.id, member=member.id)
    return version


def merge_of(reason: Reason) -> CodebookVersion | None:
    """The merge by which a reason went, where it has not been undone."""
    mine = sa.select(CodebookVersion).where(
        CodebookVersion.reason_id == reason.id,
        CodebookVersion.verb == MERGED,
        CodebookVersion.undone_at.is_(None),
    )
    return db.session.scalar(mine.order_by(CodebookVersion.number.desc()).limit(1))


def undo_merge(version: CodebookVersion, member: Member, at: datetime) -> Unmerged:
    """Give a merged reason back what was its own. What people decided since the merge stays with the heir, and is counted.

    Raises EditClash where it was undone already, or where the heir itself was merged away meanwhile.
    """
    hold_codebook()
    db.session.refresh(version, with_for_update={"of": CodebookVersion})
    reason = db.session.get_one(Reason, version.reason_id)
    heir = db.session.get_one(Reason, version.detail["heir_id"])
    edits.hold(reason)
    if version.undone_at is not None or reason.merged_into_id != heir.id:
        raise EditClash(_("もう元に戻してあります。"))
    if not heir.active:
        raise EditClash(
            _(
                "まとめた先の「%(label)s」が、いまは使われていません。先にそちらを戻してください。",
                label=heir.label,
            )
        )
    _check_free(reason)
    decided = _decided_since(version)
    moves = list(db.session.scalars(sa.select(ReasonMove).where(ReasonMove.version_id == version.id)))
    returning = {move.reading_id for move in moves} - decided
    reason.active, reason.merged_into, version.undone_at = True, None, at
    _bring_back(moves, returning, reason.id, heir.id)
    ours = sa.select(Reason).where(Reason.id.in_(version.detail["below"]), Reason.parent_id == heir.id)
    below = list(db.session.scalars(ours))
    for one in below:
        one.parent = reason
    edits.keep_edit(reason, USE, {"active": False}, {"active": True}, member, at)
    staying = {move.reading_id for move in moves} & decided
    keep_version("undone", reason, member, at, of=version.number, count=len(returning), staying=len(staying))
    db.session.flush()
    db.session.expire_all()
    tell_of_reasons([reason.id, heir.id, *(one.id for one in below)], at)
    log.info("merge_undone", reason=reason.id, heir=heir.id, count=len(returning), member=member.id)
    return Unmerged(len(returning), len(staying))


def _check_pair(reason: Reason, heir: Reason) -> list[Reason]:
    """Those below the reason, which move along. Raises BadInput where the two cannot be one."""
    check_removable(reason)
    if heir.id == reason.id or heir.code == engine.NONE:
        raise BadInput(_("まとめる先には、ほかの理由を選んでください。"))
    below = list(db.session.scalars(sa.select(Reason).where(Reason.parent_id == reason.id)))
    if heir in below:
        raise BadInput(
            _("下の理由にまとめることはできません。先に、その理由をいちばん上の段へ移してください。")
        )
    if below and heir.parent_id is not None:
        raise BadInput(_("理由は2段までです。先に、この理由の下にあるものを移してください。"))
    return below


def _check_free(reason: Reason) -> None:
    same = sa.select(Reason.id).where(Reason.label == reason.label, Reason.active, Reason.id != reason.id)
    if db.session.scalar(same) is not None:
        raise EditClash(_("「%(label)s」という理由が、ほかにできています。", label=reason.label))
    if reason.parent is not None and (not reason.parent.active or reason.parent.parent_id is not None):
        reason.parent = None


def _move(version: CodebookVersion, old: int, new: int) -> int:
    """Move codings and main reasons, and keep what was moved; how many answers that are. Rows, not objects."""
    db.session.flush()
    touched: set[int] = set()
    twin = sa.orm.aliased(Coding)
    both = sa.select(Coding, Clause.reading_id).join(Clause, Clause.id == Coding.clause_id)
    both = both.join(twin, sa.and_(twin.clause_id == Coding.clause_id, twin.reason_id == new))
    for coding, reading_id in db.session.execute(both.where(Coding.reason_id == old)).all():
        kept = coding_as_plain(coding)
        db.session.add(
            ReasonMove(version_id=version.id, reading_id=reading_id, clause_id=coding.clause_id, kept=kept)
        )
        db.session.delete(coding)
        touched.add(reading_id)
    db.session.flush()
    moved = (
        sa.select(sa.literal(version.id), Clause.reading_id, Clause.id)
        .join(Coding, Coding.clause_id == Clause.id)
        .where(Coding.reason_id == old)
    )
    main = sa.select(sa.literal(version.id), Reading.id).where(Reading.main_reason_id == old)
    move = sa.insert(ReasonMove)
    db.session.execute(move.from_select(["version_id", "reading_id", "clause_id"], moved))
    db.session.execute(move.from_select(["version_id", "reading_id"], main))
    db.session.execute(sa.update(CODING).where(CODING.c.reason_id == old).values(reason_id=new))
    mine = sa.select(ReasonMove.reading_id).where(ReasonMove.version_id == version.id)
    db.session.execute(sa.update(READING).where(READING.c.main_reason_id == old).values(main_reason_id=new))
    _count_on(mine)
    return db.session.scalar(sa.select(sa.func.count()).select_from(mine.distinct().subquery())) or 0


def _count_on(reading_ids: sa.Select[Any]) -> None:
    """Screens that were opened before are told."""
    change = sa.update(READING).where(READING.c.id.in_(reading_ids))
    db.session.execute(change.values(revision=READING.c.revision + 1))


def _decided_since(version: CodebookVersion) -> set[int]:
    """The readings among those moved that people decided on after the merge."""
    later = sa.select(ReviewEvent.reading_id).where(ReviewEvent.id > version.detail["event"])
    mine = sa.select(ReasonMove.reading_id).where(ReasonMove.version_id == version.id)
    return set(db.session.scalars(mine.where(ReasonMove.reading_id.in_(later))))


def _bring_back(moves: list[ReasonMove], returning: set[int], reason_id: int, heir_id: int) -> None:
    """Undo the moves of these readings, wherever the heir still stands where it was put."""
    db.session.flush()
    open_moves = [move for move in moves if move.reading_id in returning]
    for move in open_moves:
        if move.kept is not None and move.clause_id is not None:
            there = sa.select(Coding.id).where(
                Coding.clause_id == move.clause_id, Coding.reason_id == heir_id
            )
            if db.session.scalar(there) is not None:
                db.session.add(coding_from_plain(move.kept))
    clauses = [move.clause_id for move in open_moves if move.clause_id is not None and move.kept is None]
    mains = [move.reading_id for move in open_moves if move.clause_id is None]
    for start in range(0, len(clauses), 500):
        mine = CODING.c.clause_id.in_(clauses[start : start + 500])
        back = sa.update(CODING).where(mine, CODING.c.reason_id == heir_id)
        db.session.execute(back.values(reason_id=reason_id))
    for start in range(0, len(mains), 500):
        mine = READING.c.id.in_(mains[start : start + 500])
        home = sa.update(READING).where(mine, READING.c.main_reason_id == heir_id)
        db.session.execute(home.values(main_reason_id=reason_id))
    ids = sorted(returning)
    for start in range(0, len(ids), 500):
        _count_on(sa.select(Reading.id).where(Reading.id.in_(ids[start : start + 500])))
    db.session.flush()
