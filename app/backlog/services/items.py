"""Making items, and what is written on them."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import audit, edits
from app.accounts.models import Member
from app.backlog.models import BacklogItem, Evidence
from app.backlog.queries.evidence import held_reasons
from app.backlog.services.evidence import Grounds, heir_of, put, rows_of
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.reasons.models import Coding, Reading, Reason, Recoverability
from app.surveys.models import Survey

LONGEST_EFFORT_DAYS = 10_000
MOST_TAGS, LONGEST_TAG = 10, 30
AS_THE_REASON = "reason"
TAG_MARK = "、"


def promote_reason(reason: Reason, survey: Survey, member: Member, at: datetime) -> BacklogItem:
    """Make the reason an item of this survey's backlog, or return the item that stands on it already."""
    reason = heir_of(reason)
    found = _standing_on(reason, survey)
    if found is not None:
        return found
    try:
        return create_item(survey, Grounds([reason]), reason.label, member, at)
    except BadInput:
        # Somebody pressed at the same moment: their item is the item.
        found = _standing_on(reason, survey)
        if found is None:
            raise
        return found


def _standing_on(reason: Reason, survey: Survey) -> BacklogItem | None:
    number = held_reasons(survey.id).get(reason.id)
    return None if number is None else db.session.get_one(BacklogItem, number)


def create_item(survey: Survey, grounds: Grounds, title: str, member: Member, at: datetime) -> BacklogItem:
    """Make an item that stands on reasons, picked clauses or both. Raises BadInput."""
    if grounds.is_empty:
        raise BadInput(_("改善項目のもとになる理由か声を、ひとつ以上選んでください。"))
    rows = rows_of(grounds, survey, member, at)
    face = grounds.reasons[0] if grounds.reasons else _commonest_reason(grounds.clause_ids, rows)
    title = title.strip() or face.label
    item = BacklogItem(
        survey_id=survey.id, reason_id=face.id, title=title, tags=[], member_id=member.id, created_at=at
    )
    put(item, rows)
    audit.record("promoted", "backlog_item", item.id, member.id, at, reason=face.code)
    return item


def _commonest_reason(clause_ids: Sequence[int], rows: Sequence[Evidence]) -> Reason:
    """Under which reason picked clauses are shown: the one most of them are coded with."""
    coded = sa.select(Coding.reason_id).where(Coding.clause_id.in_(clause_ids))
    found = Counter(db.session.scalars(coded))
    if not found:
        readings = {row.reading_id for row in rows}
        main = sa.select(Reading.main_reason_id).where(Reading.id.in_(readings))
        found = Counter(number for number in db.session.scalars(main) if number is not None)
    if not found:
        raise BadInput(
            _(
                "選んだ声には、まだ理由がついていません。理由をひとつ一緒に選ぶか、先に確認で理由をつけてください。"
            )
        )
    best = min(found, key=lambda number: (-found[number], number))
    return db.session.get_one(Reason, best)


def edit_item(
    item: BacklogItem,
    title: str,
    owner: str,
    effort_days: float | None,
    revision: int | None,
    member: Member,
    at: datetime,
    *,
    problem: str | None = None,
    tags: str | None = None,
    recoverability: str | None = None,
) -> None:
    """Change the words, the owner, the tags and the estimates. None of the last three leaves it as it is.

    tags: words between commas; effort_days: person-days, None = not estimated; recoverability: a word of Recoverability, or "reason" for what the
    reason says. Raises Overtaken, BadInput.
    """
    found = tags_in(tags or "")
    _check(title, effort_days, found)
    wanted: dict[str, Any] = {"title": title.strip(), "owner": owner.strip(), "effort_days": effort_days}
    if problem is not None:
        wanted["problem"] = problem.strip()
    if tags is not None:
        wanted["tags"] = TAG_MARK.join(found)
    if recoverability is not None:
        wanted["recoverability"] = recoverability
    edits.hold(item)
    standing = {name: value for name, value in standing_of(item).items() if name in wanted}
    if not edits.settle(item, "item", wanted, standing, revision, member):
        return
    for name, value in wanted.items():
        setattr(item, name, value)
    if tags is not None:
        item.tags = found
    if recoverability is not None:
        item.recoverability = None if recoverability == AS_THE_REASON else Recoverability(recoverability)
    edits.keep_edit(item, "item", standing, wanted, member, at)


def standing_of(item: BacklogItem) -> dict[str, Any]:
    """What may be edited of an item, as its form shows it."""
    return {
        "title": item.title,
        "problem": item.problem,
        "owner": item.owner,
        "tags": TAG_MARK.join(item.tags),
        "effort_days": item.effort_days,
        "recoverability": item.recoverability.value if item.recoverability else AS_THE_REASON,
    }


def tags_in(text: str) -> list[str]:
    """Tags as they are typed, between commas of any kind, each once."""
    return list(dict.fromkeys(tag.strip() for tag in re.split("[、,，]", text) if tag.strip()))


def _check(title: str, effort_days: float | None, tags: Sequence[str]) -> None:
    if not title.strip():
        raise BadInput(_("改善項目の名前を入力してください。"))
    if effort_days is not None and not 0 < effort_days <= LONGEST_EFFORT_DAYS:
        raise BadInput(_("手間は0より大きい人日で入力してください。"))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise BadInput(
            _("タグは%(most)s個まで、ひとつ%(longest)s字までです。", most=MOST_TAGS, longest=LONGEST_TAG)
        )
