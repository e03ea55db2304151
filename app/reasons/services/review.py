"""People decide: a reading is confirmed, recoded, or a decision is taken back. No run ever overwrites them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Member
from app.db import db
from app.edits import hold
from app.errors import BadInput, EditClash
from app.i18n import gettext as _
from app.reasons.engine import NONE
from app.reasons.models import (
    Clause,
    ClauseRole,
    Coder,
    Coding,
    Reading,
    ReadingState,
    Reason,
    ReviewEvent,
)
from app.reasons.services.merging import (
    clash_in_words,
    decided_alone,
    is_fresh,
    merged,
    standing,
)
from app.reasons.services.snapshots import restore, snapshot
from app.reasons.services.telling import tell_customers

log = structlog.get_logger()


def confirm_reading(
    reading: Reading, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent | None:
    """Accept a reading as it stands: its codings become the member's. None where it was confirmed already.

    `revision`: the one the member saw; EditClash where somebody was faster.
    """
    hold(reading)
    if not is_fresh(reading, revision) and not decided_alone(reading, revision, member):
        raise EditClash(clash_in_words(reading))
    if reading.state is ReadingState.CONFIRMED:
        return None
    before = taken(reading)
    sign(reading, member, at)
    return keep(reading, "confirmed", before, member, at)


def set_codings(
    reading: Reading,
    codings: Sequence[tuple[int, Sequence[int]]],
    main_reason_id: int | None,
    member: Member,
    at: datetime,
    revision: int | None = None,
    follows: bool = False,
) -> ReviewEvent:
    """Say which clauses mean which reasons, (clause id, reason ids), and which is the main one; this confirms.

    No coding and the main reason `none`: no reason was given. No coding and no main reason: a reason that has no name
    yet. What others decided meanwhile about other clauses stays; `follows` as in `merged`. Raises BadInput for a
    clause, a reason or a main reason that does not fit, EditClash where others changed the same clause.
    """
    hold(reading)
    wanted = {clause_id: list(dict.fromkeys(reason_ids)) for clause_id, reason_ids in codings if reason_ids}
    if not is_fresh(reading, revision):
        wanted, main_reason_id = merged(reading, wanted, main_reason_id, revision, follows)
        last = last_decision(reading)
        if last is not None and (wanted, main_reason_id) == (standing(reading), reading.main_reason_id):
            return last
    reasons = _fitting(reading, wanted, main_reason_id)
    before = taken(reading)
    for clause in reading.clauses:
        _recode(clause, wanted.get(clause.id, []), member, at)
    if main_reason_id is None and reasons:
        main_reason_id = next(iter(reasons))
    reading.main_reason_id = main_reason_id
    reading.unexplained = main_reason_id is None
    sign(reading, member, at)
    return keep(reading, "recoded", before, member, at)


def undo_last(reading: Reading, member: Member, at: datetime) -> ReviewEvent:
    """Take back the last decision about a reading. EditClash where it is another member's, or there is none."""
    hold(reading)
    last = last_decision(reading)
    if last is None:
        raise EditClash(_("元に戻す変更がありません。"))
    if last.member_id != member.id:
        sentence = _("%(name)sさんがそのあとに直したため、元に戻せません。", name=last.member.name)
        raise EditClash(sentence)
    before = taken(reading)
    restore(reading, last.before)
    event = keep(reading, "undone", before, member, at)
    event.after = {**event.after, "event": last.id}
    return event


def last_decision(reading: Reading) -> ReviewEvent | None:
    """The newest decision about the words as they were last read that has not been undone."""
    mine = sa.select(ReviewEvent).where(
        ReviewEvent.reading_id == reading.id, ReviewEvent.at >= reading.read_at
    )
    standing: list[ReviewEvent] = []
    for event in db.session.scalars(mine.order_by(ReviewEvent.id)):
        if event.verb == "undone":
            standing = [one for one in standing if one.id != event.after.get("event")]
        else:
            standing.append(event)
    return standing[-1] if standing else None


def last_decision_of(member: Member, since: datetime) -> ReviewEvent | None:
    """The newest decision of a member about a reading since then that still stands."""
    mine = sa.select(ReviewEvent).where(
        ReviewEvent.member_id == member.id, ReviewEvent.reading_id.is_not(None), ReviewEvent.at >= since
    )
    undone: set[int] = set()
    for event in db.session.scalars(mine.order_by(ReviewEvent.id.desc())):
        if event.verb == "undone":
            undone.add(event.after["event"])
        elif event.id not in undone:
            return event
    return None


def decided_together(event: ReviewEvent) -> list[Reading]:
    """The readings this member decided on at the same instant: what was chosen together, or the one alone."""
    mine = (
        ReviewEvent.member_id == event.member_id,
        ReviewEvent.at == event.at,
        ReviewEvent.verb == event.verb,
        ReviewEvent.theme_id.is_(None),
    )
    ids = sa.select(ReviewEvent.reading_id).where(*mine, ReviewEvent.reading_id.is_not(None))
    wanted = sa.or_(Reading.id == event.reading_id, Reading.id.in_(ids))
    return list(db.session.scalars(sa.select(Reading).where(wanted).order_by(Reading.id)))


def taken(reading: Reading) -> dict[str, Any]:
    """A snapshot with the revision it is of, by which a second reviewer's screen is told from what stands."""
    return {**snapshot(reading), "revision": reading.revision}


def _fitting(reading: Reading, wanted: dict[int, list[int]], main_reason_id: int | None) -> dict[int, Reason]:
    """The reasons named, in the order of the clauses; BadInput where something does not fit."""
    if not wanted.keys() <= {clause.id for clause in reading.clauses}:
        raise BadInput(_("この声にない部分が選ばれています。ページを開きなおしてください。"))
    order = [clause.id for clause in reading.clauses if clause.id in wanted]
    ids = list(dict.fromkeys(reason_id for clause_id in order for reason_id in wanted[clause_id]))
    asked = {*ids, *([main_reason_id] if main_reason_id is not None else [])}
    known = {
        reason.id: reason for reason in db.session.scalars(sa.select(Reason).where(Reason.id.in_(asked)))
    }
    if known.keys() != asked or any(not reason.active for reason in known.values()):
        raise BadInput(_("選ばれた理由は、もう一覧にありません。"))
    if any(known[reason_id].code == NONE for reason_id in ids):
        raise BadInput(_("「理由なし」は、ほかの理由と一緒に付けられません。"))
    stands_alone = not ids and main_reason_id is not None and known[main_reason_id].code == NONE
    if main_reason_id is not None and main_reason_id not in ids and not stands_alone:
        raise BadInput(_("いちばんの理由は、付けた理由の中から選んでください。"))
    return {reason_id: known[reason_id] for reason_id in ids}


def _recode(clause: Clause, reason_ids: Iterable[int], member: Member, at: datetime) -> None:
    """What the run had found and the member keeps goes on showing why; what is new has no computed why."""
    reason_ids = list(reason_ids)
    for coding in [coding for coding in clause.codings if coding.reason_id not in reason_ids]:
        clause.codings.remove(coding)
    there = {coding.reason_id for coding in clause.codings}
    for reason_id in reason_ids:
        if reason_id not in there:
            clause.codings.append(
                Coding(reason_id=reason_id, coder=Coder.PERSON, member_id=member.id, because=[], at=at)
            )
    if reason_ids:
        clause.role = ClauseRole.COUNTED
    elif clause.role is ClauseRole.COUNTED:
        clause.role = ClauseRole.PLAIN


def sign(reading: Reading, member: Member, at: datetime) -> None:
    """Everything that stands in the reading is the member's word from now on."""
    for clause in reading.clauses:
        for coding in clause.codings:
            coding.coder, coding.member_id, coding.at = Coder.PERSON, member.id, at
    reading.state, reading.confirmed_at, reading.confirmed_by_id = ReadingState.CONFIRMED, at, member.id
    flag_modified(reading, "state")  # the revision counts even where only codings changed


def keep(reading: Reading, verb: str, before: dict[str, object], member: Member, at: datetime) -> ReviewEvent:
    """Write the event and let the customer's side know."""
    db.session.flush()
    event = ReviewEvent(
        reading_id=reading.id, member_id=member.id, verb=verb, before=before, after=taken(reading), at=at
    )
    db.session.add(event)
    db.session.flush()
    tell_customers([reading.answer.response_id], at)
    log.info("reading_decided", verb=verb, reading=reading.id, member=member.id)
    return event
