"""What an item stands on: reasons, and stretches of answers that were picked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import edits
from app.accounts.models import Member
from app.backlog.models import BacklogItem, Evidence
from app.backlog.queries.evidence import held_reasons
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.reasons.models import Clause, Reading, Reason
from app.reasons.queries.codebook import heirs_of_merged
from app.responses.models import Door, Response, ResponseState
from app.surveys.models import Survey

NOT_A_CAUSE = "none"
MOST_PICKED = 200


@dataclass(frozen=True)
class Grounds:
    """What an item is to stand on: reasons as a whole, and single clauses by their ids."""

    reasons: Sequence[Reason] = ()
    clause_ids: Sequence[int] = field(default_factory=tuple)

    @property
    def is_empty(self) -> bool:
        return not self.reasons and not self.clause_ids


def rows_of(grounds: Grounds, survey: Survey, member: Member, at: datetime) -> list[Evidence]:
    """Evidence rows not yet of any item. Raises BadInput where a part cannot stand, or stands elsewhere already."""
    if any(reason.code == NOT_A_CAUSE for reason in grounds.reasons):
        raise BadInput(_("「理由なし」は改善項目にできません。"))
    if len(grounds.clause_ids) > MOST_PICKED:
        raise BadInput(_("一度に選べる声は%(count)s件までです。", count=MOST_PICKED))
    reasons = dict.fromkeys(heir_of(reason) for reason in grounds.reasons)
    held = held_reasons(survey.id)
    for reason in reasons:
        if reason.id in held:
            raise _taken(db.session.get_one(BacklogItem, held[reason.id]), reason.label)
    of_reasons = [
        Evidence(survey_id=survey.id, reason_id=reason.id, member_id=member.id, at=at) for reason in reasons
    ]
    return of_reasons + [_picked(clause, survey, member, at) for clause in _clauses(grounds, survey)]


def heir_of(reason: Reason) -> Reason:
    """The reason itself, or what it was merged into: its voices count there."""
    return db.session.get_one(Reason, heirs_of_merged().get(reason.id, reason.id))


def _clauses(grounds: Grounds, survey: Survey) -> Sequence[Clause]:
    wanted = set(grounds.clause_ids)
    query = (
        sa.select(Clause)
        .join(Reading, Reading.id == Clause.reading_id)
        .join(Response, Response.id == Reading.response_id)
        .where(
            Clause.id.in_(wanted),
            Reading.survey_id == survey.id,
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
        )
        .order_by(Clause.id)
    )
    found = list(db.session.scalars(query))
    if len(found) != len(wanted):
        raise BadInput(_("選んだ声のうち、いまは使えないものがあります。選びなおしてください。"))
    return found


def _picked(clause: Clause, survey: Survey, member: Member, at: datetime) -> Evidence:
    there = sa.and_(
        Evidence.reading_id == clause.reading_id, Evidence.start < clause.end, Evidence.end > clause.start
    )
    if (taken := db.session.scalar(sa.select(BacklogItem).join(Evidence).where(there).limit(1))) is not None:
        raise _taken(taken, "")
    return Evidence(
        survey_id=survey.id,
        reading_id=clause.reading_id,
        start=clause.start,
        end=clause.end,
        text_hash=clause.reading.text_hash,
        member_id=member.id,
        at=at,
    )


def _taken(item: BacklogItem, label: str) -> BadInput:
    """An item stands on it already: money of one voice must not count twice."""
    if label:
        return BadInput(_("「%(label)s」は、もう%(number)sの根拠です。", label=label, number=item.number))
    return BadInput(_("選んだ声には、もう%(number)sの根拠のものがあります。", number=item.number))


def put(item: BacklogItem, rows: Sequence[Evidence]) -> None:
    """Write an item with its evidence. Raises BadInput where somebody took a part at the same moment."""
    try:
        with db.session.begin_nested():
            db.session.add(item)
            item.evidence.extend(rows)
    except IntegrityError:
        raise BadInput(_("同じ根拠の改善項目が、いまほかの方によって作られました。")) from None


def add_evidence(
    item: BacklogItem, grounds: Grounds, survey: Survey, member: Member, at: datetime
) -> list[Evidence]:
    """Let an item stand on more. What it stands on already is left as it is. Raises BadInput."""
    edits.hold(item)
    held = held_reasons(survey.id)
    reasons = [reason for reason in map(heir_of, grounds.reasons) if held.get(reason.id) != item.id]
    new = Grounds(reasons, grounds.clause_ids)
    if new.is_empty:
        return []
    rows = rows_of(new, survey, member, at)
    put(item, rows)
    after = {"reasons": [reason.label for reason in new.reasons], "picked": len(new.clause_ids)}
    edits.keep_edit(item, "evidence", {}, after, member, at)
    return rows


def drop_evidence(item: BacklogItem, evidence_id: int, member: Member, at: datetime) -> None:
    """Let an item no longer stand on one part; the last part stays. Dropped twice is dropped once."""
    edits.hold(item)
    row = next((one for one in item.evidence if one.id == evidence_id), None)
    if row is None:
        return
    if len(item.evidence) == 1:
        raise BadInput(_("根拠は、ひとつは残してください。"))
    label = row.reason.label if row.reason else ""
    item.evidence.remove(row)
    left = [one for one in item.evidence if one.reason is not None]
    if left and row.reason_id == item.reason_id:
        item.reason = left[0].reason or item.reason
    db.session.flush()
    after = {"dropped": label, "unpicked": 0 if label else 1}
    edits.keep_edit(item, "evidence", {}, after, member, at)
