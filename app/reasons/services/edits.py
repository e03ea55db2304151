"""The small steps of the workbench: one key, one change. Each ends in set_codings."""

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.reasons.engine import NONE
from app.reasons.models import Clause, ClauseRole, Reading, Reason, ReviewEvent
from app.reasons.services.review import set_codings

Codings = dict[int, list[int]]


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
    codings = standing(reading)
    there = codings.setdefault(_telling_clause(reading).id if clause_id is None else clause_id, [])
    if reason.id not in there:
        there.append(reason.id)
    return _set(reading, codings, reading.main_reason_id, member, at, revision)


def remove_reason(
    reading: Reading,
    reason: Reason,
    clause_id: int | None,
    member: Member,
    at: datetime,
    revision: int | None = None,
) -> ReviewEvent:
    """Take a reason from a clause; without a clause from the whole answer."""
    codings = {
        key: [one for one in ids if one != reason.id or clause_id not in (None, key)]
        for key, ids in standing(reading).items()
    }
    return _set(reading, codings, reading.main_reason_id, member, at, revision)


def move_reason(
    reading: Reading, old: Reason, new: Reason, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent:
    """Move the clauses of one reason to another; a main reason stays main."""
    codings = {
        key: list(dict.fromkeys(new.id if one == old.id else one for one in ids))
        for key, ids in standing(reading).items()
    }
    main = new.id if reading.main_reason_id == old.id else reading.main_reason_id
    return _set(reading, codings, main, member, at, revision)


def make_main(
    reading: Reading, reason: Reason | None, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent:
    """Make a reason the main one; without one, the next of the reasons that the answer states."""
    stated = reasons_of(reading)
    if not stated:
        raise BadInput(_("いちばんの理由は、付けた理由の中から選んでください。"))
    if reason is None:
        place = stated.index(reading.main_reason_id) if reading.main_reason_id in stated else -1
        chosen = stated[(place + 1) % len(stated)]
    else:
        chosen = reason.id
    return set_codings(reading, list(standing(reading).items()), chosen, member, at, revision)


def mark_unexplained(
    reading: Reading, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent:
    """There is a reason, but none of the codebook's."""
    return set_codings(reading, [], None, member, at, revision)


def standing(reading: Reading) -> Codings:
    """The codings there are, by clause."""
    return {
        clause.id: [coding.reason_id for coding in clause.codings]
        for clause in reading.clauses
        if clause.codings
    }


def reasons_of(reading: Reading) -> list[int]:
    """The reasons an answer states: the main one first, then as they appear."""
    stated = dict.fromkeys(one for ids in standing(reading).values() for one in ids)
    main = [reading.main_reason_id] if reading.main_reason_id in stated else []
    return [*main, *(one for one in stated if one not in main)]


def _telling_clause(reading: Reading) -> Clause:
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
    return set_codings(reading, list(codings.items()), main, member, at, revision)
