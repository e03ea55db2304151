"""The small steps of the workbench: one key, one change. Each ends in set_codings."""

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.edits import hold
from app.errors import BadInput
from app.i18n import gettext as _
from app.reasons.engine import NONE
from app.reasons.models import Clause, ClauseRole, Reading, Reason, ReviewEvent
from app.reasons.services.merging import Codings, seen
from app.reasons.services.review import set_codings


def add_reason(
    reading: Reading,
    reason: Reason,
    clause_id: int | None,
    member: Member,
    at: datetime,
    revision: int | None = None,
) -> ReviewEvent:
    """Give a clause a reason; without a clause the one that says most. `none` takes the place of all others."""
    if reason.code == NONE:
        return set_codings(reading, [], reason.id, member, at, revision)
    codings, main = shown_at(reading, revision)
    there = codings.setdefault(telling_clause(reading).id if clause_id is None else clause_id, [])
    if reason.id not in there:
        there.append(reason.id)
    return _set(reading, codings, main, member, at, revision)


def remove_reason(
    reading: Reading,
    reason: Reason,
    clause_id: int | None,
    member: Member,
    at: datetime,
    revision: int | None = None,
) -> ReviewEvent:
    """Take a reason from a clause; without a clause from the whole answer."""
    before, main = shown_at(reading, revision)
    codings = {
        key: [one for one in ids if one != reason.id or clause_id not in (None, key)]
        for key, ids in before.items()
    }
    return _set(reading, codings, main, member, at, revision)


def move_reason(
    reading: Reading, old: Reason, new: Reason, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent:
    """Move the clauses of one reason to another; a main reason stays main."""
    before, main = shown_at(reading, revision)
    codings = {
        key: list(dict.fromkeys(new.id if one == old.id else one for one in ids))
        for key, ids in before.items()
    }
    main = new.id if main == old.id else main
    return _set(reading, codings, main, member, at, revision)


def make_main(
    reading: Reading, reason: Reason | None, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent:
    """Make a reason the main one; without one, the next of the reasons that the answer states."""
    before, main = shown_at(reading, revision)
    stated = reasons_in(before, main)
    if not stated:
        raise BadInput(_("いちばんの理由は、付けた理由の中から選んでください。"))
    if reason is None:
        place = stated.index(main) if main in stated else -1
        chosen = stated[(place + 1) % len(stated)]
    else:
        chosen = reason.id
    return set_codings(reading, list(before.items()), chosen, member, at, revision)


def mark_unexplained(
    reading: Reading, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent:
    """There is a reason, but none of the codebook's."""
    return set_codings(reading, [], None, member, at, revision)


def shown_at(reading: Reading, revision: int | None) -> tuple[Codings, int | None]:
    """The codings and the main reason the reviewer saw, with the reading held."""
    hold(reading)
    codings, main = seen(reading, revision)
    return {key: list(ids) for key, ids in codings.items()}, main


def reasons_in(codings: Codings, main: int | None) -> list[int]:
    """The reasons an answer states: the main one first, then as they appear."""
    stated = dict.fromkeys(one for ids in codings.values() for one in ids)
    first = [main] if main in stated else []
    return [*(one for one in first if one is not None), *(one for one in stated if one != main)]


def telling_clause(reading: Reading) -> Clause:
    """Where a reason named for the whole answer belongs: a clause that counts, else a plain one; the longest."""
    if not reading.clauses:
        raise BadInput(_("この声には、理由を付けられることばがありません。"))
    rank = {ClauseRole.COUNTED: 2, ClauseRole.PLAIN: 1}
    return max(reading.clauses, key=lambda clause: (rank.get(clause.role, 0), clause.end - clause.start))


def _set(
    reading: Reading, codings: Codings, main: int | None, member: Member, at: datetime, revision: int | None
) -> ReviewEvent:
    """With the last reason gone, nothing was said; with the main one gone, the next takes its place."""
    left = {one for ids in codings.values() for one in ids}
    if not left:
        main = db.session.scalar(sa.select(Reason.id).where(Reason.code == NONE))
    elif main not in left:
        main = None
    return set_codings(reading, list(codings.items()), main, member, at, revision, follows=True)
