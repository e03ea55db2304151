"""The reasons there are."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.reasons.engine import NONE
from app.reasons.models import Coding, Reason
from app.reasons.models_codebook import CodebookVersion


def reasons_in_use() -> list[Reason]:
    """The codebook: top reasons in their order, each followed by those below it; `none` last."""
    query = sa.select(Reason).where(Reason.active).options(selectinload(Reason.parent))
    reasons = list(db.session.scalars(query.order_by(Reason.position, Reason.id)))
    tops = [reason for reason in reasons if reason.parent_id is None]
    tops.sort(key=lambda reason: reason.code == NONE)
    return [one for top in tops for one in (top, *(below for below in reasons if below.parent_id == top.id))]


def reason_by_code(code: str) -> Reason | None:
    """The reason with this code, in use or not."""
    return db.session.scalar(sa.select(Reason).where(Reason.code == code))


def family_of(reason_id: int) -> Sequence[int]:
    """A reason and those below it; of a merged one the family of its heir."""
    reason_id = heirs_of_merged().get(reason_id, reason_id)
    family = sa.select(Reason.id).where(sa.or_(Reason.id == reason_id, Reason.parent_id == reason_id))
    return list(db.session.scalars(family))


def heirs_of_merged() -> dict[int, int]:
    """Who has taken over each merged reason, however many merges that took."""
    rows = db.session.execute(
        sa.select(Reason.id, Reason.merged_into_id).where(Reason.merged_into_id.is_not(None))
    )
    into: dict[int, int] = {number: heir for number, heir in rows if heir is not None}
    return {number: last_heir(number, into) for number in into}


def last_heir(number: int, into: Mapping[int, int]) -> int:
    """Where a chain of merges ends."""
    seen = set()
    while number in into and number not in seen:
        seen.add(number)
        number = into[number]
    return number


def reasons_by_code() -> dict[str, int]:
    """Where what is read as a code is counted: reasons in use, and the heirs of merged ones where those are in use."""
    active = set(db.session.scalars(sa.select(Reason.id).where(Reason.active)))
    heirs = heirs_of_merged()
    rows = db.session.execute(sa.select(Reason.code, Reason.id))
    found = {code: heirs.get(number, number) for code, number in rows}
    return {code: number for code, number in found.items() if number in active}


def whole_codebook() -> list[Reason]:
    """All entries, in use or not: top ones in their order, each followed by those below it; `none` last."""
    near = sa.select(Reason).options(selectinload(Reason.parent), selectinload(Reason.merged_into))
    reasons = list(db.session.scalars(near.order_by(Reason.position, Reason.id)))
    tops = sorted((one for one in reasons if one.parent_id is None), key=lambda one: one.code == NONE)
    return [one for top in tops for one in (top, *(low for low in reasons if low.parent_id == top.id))]


def tops_in_use() -> list[Reason]:
    """The reasons others may stand below."""
    return [one for one in reasons_in_use() if one.parent_id is None and one.code != NONE]


def still_coded(reason_ids: Sequence[int]) -> dict[int, int]:
    """How many clauses are coded with each of these reasons, in use or not."""
    counted = sa.select(Coding.reason_id, sa.func.count()).where(Coding.reason_id.in_(reason_ids))
    return dict(db.session.execute(counted.group_by(Coding.reason_id)).all())


def codebook_versions(limit: int = 200) -> list[CodebookVersion]:
    """The versions, newest first, without what they hold."""
    query = sa.select(CodebookVersion).order_by(CodebookVersion.number.desc()).limit(limit)
    near = (selectinload(CodebookVersion.member), selectinload(CodebookVersion.reason))
    return list(db.session.scalars(query.options(sa.orm.defer(CodebookVersion.content), *near)))


def versions_of(reason_id: int) -> list[CodebookVersion]:
    """The versions that changed one reason, newest first."""
    mine = sa.select(CodebookVersion).where(CodebookVersion.reason_id == reason_id)
    query = mine.order_by(CodebookVersion.number.desc()).options(selectinload(CodebookVersion.member))
    return list(db.session.scalars(query.options(sa.orm.defer(CodebookVersion.content))))


def version_numbered(number: int) -> CodebookVersion | None:
    """One version."""
    return db.session.scalar(sa.select(CodebookVersion).where(CodebookVersion.number == number))


def newest_version_number() -> int:
    """The number of the codebook as it stands; 0 before the first reading."""
    return db.session.scalar(sa.select(sa.func.max(CodebookVersion.number))) or 0
