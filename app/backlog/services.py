"""Making, deciding and releasing backlog items."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit, edits
from app.accounts.models import Member
from app.backlog.models import BacklogItem, Decision, Export, ItemState, Verdict
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.reasons.models import Reason
from app.surveys.models import Survey

NOT_A_CAUSE = "none"
LONGEST_EFFORT_DAYS = 10_000
# What may follow what; a released item can be taken up again.
NEXT_STATES = {
    ItemState.CANDIDATE: {ItemState.DECIDED},
    ItemState.DECIDED: {ItemState.DECIDED, ItemState.IN_PROGRESS, ItemState.RELEASED},
    ItemState.IN_PROGRESS: {ItemState.DECIDED, ItemState.RELEASED},
    ItemState.RELEASED: {ItemState.IN_PROGRESS, ItemState.MEASURED},
    ItemState.MEASURED: {ItemState.IN_PROGRESS},
}


def promote_reason(reason: Reason, survey: Survey, member: Member, at: datetime) -> BacklogItem:
    """Make the reason an item of this survey's backlog, or return the item it already is."""
    if reason.code == NOT_A_CAUSE:
        raise BadInput(_("「理由なし」は改善項目にできません。"))
    existing = sa.select(BacklogItem).filter_by(survey_id=survey.id, reason_id=reason.id)
    found = db.session.scalar(existing)
    if found is not None:
        return found
    item = BacklogItem(
        survey_id=survey.id, reason_id=reason.id, title=reason.label, member_id=member.id, created_at=at
    )
    try:
        with db.session.begin_nested():
            db.session.add(item)
    except IntegrityError:
        # Somebody pressed at the same moment: their item is the item.
        return db.session.scalars(existing).one()
    audit.record("promoted", "backlog_item", item.id, member.id, at, reason=reason.code)
    return item


def edit_item(
    item: BacklogItem,
    title: str,
    owner: str,
    effort_days: float | None,
    revision: int | None,
    member: Member,
    at: datetime,
) -> None:
    """Change the words, the owner and the estimate (person-days; None = not estimated). Raises Overtaken, BadInput."""
    if not title.strip():
        raise BadInput(_("改善項目の名前を入力してください。"))
    if effort_days is not None and not 0 < effort_days <= LONGEST_EFFORT_DAYS:
        raise BadInput(_("手間は0より大きい人日で入力してください。"))
    wanted = {"title": title.strip(), "owner": owner.strip(), "effort_days": effort_days}
    edits.hold(item)
    standing = {field: getattr(item, field) for field in wanted}
    if edits.settle(item, "item", wanted, standing, revision, member):
        item.title, item.owner, item.effort_days = title.strip(), owner.strip(), effort_days
        edits.keep_edit(item, "item", standing, wanted, member, at)


def _move(item: BacklogItem, state: ItemState) -> None:
    if state not in NEXT_STATES[item.state]:
        raise BadInput(_("いまの状態からは、その状態に進めません。"))
    item.state = state


def decide(
    item: BacklogItem, verdict: Verdict, why: str, revision: int | None, member: Member, at: datetime
) -> Decision:
    """Record やる / あとで / やらない. Not to do it needs a sentence; an earlier decision stays in the history.

    The same decision sent twice is one. Raises Overtaken, BadInput.
    """
    why = why.strip()
    if verdict is Verdict.DONT and not why:
        raise BadInput(_("やらない理由を、一文で書いてください。"))
    edits.hold(item)
    last = item.decisions[0] if item.decisions else None
    wanted = {"verdict": verdict.value, "why": why}
    standing = {"verdict": item.verdict.value if item.verdict else None, "why": last.why if last else ""}
    is_new = edits.settle(item, "decision", wanted, standing, revision, member)
    if last is not None and not is_new and item.state is ItemState.DECIDED:
        return last
    _move(item, ItemState.DECIDED)
    item.verdict = verdict
    decision = Decision(item=item, verdict=verdict, why=why, member_id=member.id, at=at)
    db.session.add(decision)
    edits.keep_edit(item, "decision", standing, wanted, member, at, verdict=verdict.value)
    return decision


def start_work(item: BacklogItem, revision: int | None, member: Member, at: datetime) -> None:
    """Say that the mending has begun. Raises Overtaken, BadInput."""
    edits.hold(item)
    if item.state is ItemState.IN_PROGRESS and edits.was_mine(item, edits.STATE, member):
        return
    edits.check_unchanged(item, revision, member, ("decision", edits.STATE))
    if item.verdict is not Verdict.DO:
        raise BadInput(_("「やる」と決めた項目だけが、始められます。"))
    _move(item, ItemState.IN_PROGRESS)
    item.released_on = None
    edits.keep_edit(item, edits.STATE, {}, {"state": item.state}, member, at)
    audit.record("started", "backlog_item", item.id, member.id, at)


def release(
    item: BacklogItem, on: date, revision: int | None, member: Member, at: datetime, today: date
) -> None:
    """Say since which day customers meet it mended. Raises Overtaken, BadInput."""
    if on > today:
        raise BadInput(_("公開した日は、今日までの日付にしてください。"))
    edits.hold(item)
    if item.state is ItemState.RELEASED and item.released_on == on:
        return
    edits.check_unchanged(item, revision, member, ("decision", edits.STATE))
    if item.verdict is not Verdict.DO:
        raise BadInput(_("「やる」と決めた項目だけが、公開できます。"))
    _move(item, ItemState.RELEASED)
    item.released_on = on
    edits.keep_edit(item, edits.STATE, {}, {"state": item.state}, member, at)
    audit.record("released", "backlog_item", item.id, member.id, at, on=on.isoformat())


def record_export(
    kind: str, rows: int, file_hash: str, filters: dict[str, int], member: Member | None, at: datetime
) -> Export:
    """Remember that a list was taken home."""
    export = Export(
        kind=kind,
        filters=filters,
        row_count=rows,
        file_hash=file_hash,
        member_id=member.id if member else None,
        at=at,
    )
    db.session.add(export)
    audit.record("exported", "backlog", None, export.member_id, at, kind=kind, rows=rows)
    return export
