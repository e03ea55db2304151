"""Deciding on items, and how far the mending has come."""

from datetime import date, datetime
from typing import Any

from analysis.masking import find_personal
from app import audit, edits
from app.accounts.models import Member
from app.backlog.models import BacklogItem, Decision, ItemState, Verdict
from app.clock import day_of
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _

LONGEST_PUBLIC = 200
EARLIEST = date(2000, 1, 1)
# What may follow what; a released item can be taken up again.
NEXT_STATES = {
    ItemState.CANDIDATE: {ItemState.DECIDED},
    ItemState.DECIDED: {ItemState.DECIDED, ItemState.IN_PROGRESS, ItemState.RELEASED},
    ItemState.IN_PROGRESS: {ItemState.DECIDED, ItemState.RELEASED},
    ItemState.RELEASED: {ItemState.IN_PROGRESS, ItemState.MEASURED},
    ItemState.MEASURED: {ItemState.IN_PROGRESS},
}


def decide(
    item: BacklogItem,
    verdict: Verdict,
    why: str,
    revision: int | None,
    member: Member,
    at: datetime,
    *,
    public: str = "",
    review_on: date | None = None,
) -> Decision:
    """Record やる / あとで / やらない. Not to do it needs a sentence customers may read; earlier decisions stay.

    review_on: the day to look at it again, after today. The same decision sent twice is one. Raises Overtaken,
    BadInput.
    """
    why, public = why.strip(), public.strip()
    edits.hold(item)
    last = item.decisions[0] if item.decisions else None
    wanted: dict[str, Any] = {"verdict": verdict.value, "why": why, "public": public, "review_on": review_on}
    is_new = edits.settle(item, "decision", wanted, _standing(item, last), revision, member)
    if last is not None and not is_new and item.state is ItemState.DECIDED:
        return last
    _check_fit(verdict, public, review_on, day_of(at))
    standing = _standing(item, last)
    _move(item, ItemState.DECIDED)
    item.verdict = verdict
    decision = Decision(
        item=item, verdict=verdict, why=why, public=public, review_on=review_on, member_id=member.id, at=at
    )
    db.session.add(decision)
    edits.keep_edit(item, "decision", standing, wanted, member, at, verdict=verdict.value)
    return decision


def _standing(item: BacklogItem, last: Decision | None) -> dict[str, Any]:
    return {
        "verdict": item.verdict.value if item.verdict else None,
        "why": last.why if last else "",
        "public": last.public if last else "",
        "review_on": last.review_on if last else None,
    }


def _check_fit(verdict: Verdict, public: str, review_on: date | None, today: date) -> None:
    if verdict is Verdict.DONT and not public:
        raise BadInput(_("やらない理由を、「お客さまへのことば」に一文で書いてください。"))
    if len(public) > LONGEST_PUBLIC:
        raise BadInput(_("お客さまへのことばは%(count)s字までです。", count=LONGEST_PUBLIC))
    if find_personal(public):
        raise BadInput(_("お客さまへのことばに、お名前や連絡先のようなことばがあります。外してください。"))
    if review_on is not None and review_on <= today:
        raise BadInput(_("見直す日は、あすより後の日付にしてください。"))


def _move(item: BacklogItem, state: ItemState) -> None:
    if state not in NEXT_STATES[item.state]:
        raise BadInput(_("いまの状態からは、その状態に進めません。"))
    item.state = state


def start_work(item: BacklogItem, revision: int | None, member: Member, at: datetime) -> None:
    """Say that the mending has begun, or begins again. Raises Overtaken, BadInput."""
    edits.hold(item)
    if item.state is ItemState.IN_PROGRESS and edits.was_mine(item, edits.STATE, member):
        return
    edits.check_unchanged(item, revision, member, ("decision", edits.STATE))
    if item.verdict is not Verdict.DO:
        raise BadInput(_("「やる」と決めた項目だけが、始められます。"))
    before = {"state": item.state}
    _move(item, ItemState.IN_PROGRESS)
    item.released_on = None
    edits.keep_edit(item, edits.STATE, before, {"state": item.state}, member, at)
    audit.record("started", "backlog_item", item.id, member.id, at)


def release(
    item: BacklogItem, on: date, revision: int | None, member: Member, at: datetime, today: date
) -> None:
    """Say since which day customers meet it mended. Raises Overtaken, BadInput."""
    if problem := wrong_day(on, today):
        raise BadInput(problem)
    edits.hold(item)
    if item.state is ItemState.RELEASED and item.released_on == on:
        return
    edits.check_unchanged(item, revision, member, ("decision", edits.STATE))
    if item.verdict is not Verdict.DO:
        raise BadInput(_("「やる」と決めた項目だけが、公開できます。"))
    before = {"state": item.state}
    _move(item, ItemState.RELEASED)
    item.released_on = on
    edits.keep_edit(item, edits.STATE, before, {"state": item.state, "on": on.isoformat()}, member, at)
    audit.record("released", "backlog_item", item.id, member.id, at, on=on.isoformat())


def wrong_day(on: date, today: date) -> str:
    """Why nothing can have been mended on this day; "" where it can. A year typed short lies far back."""
    if on > today:
        return _("公開した日は、今日までの日付にしてください。")
    return "" if on >= EARLIEST else _("公開した日の年をお確かめください。")


def measure(item: BacklogItem, revision: int | None, member: Member, at: datetime) -> None:
    """Say that what came of it has been looked at. Raises Overtaken, BadInput."""
    edits.hold(item)
    if item.state is ItemState.MEASURED and edits.was_mine(item, edits.STATE, member):
        return
    edits.check_unchanged(item, revision, member, ("decision", edits.STATE))
    before = {"state": item.state}
    _move(item, ItemState.MEASURED)
    edits.keep_edit(item, edits.STATE, before, {"state": item.state}, member, at)
    audit.record("measured", "backlog_item", item.id, member.id, at)
