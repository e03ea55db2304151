"""The codebook as it stood at one version, and which reasons today's codings were under it.

Nothing is written. A merge made since is taken back as its undo would take it back: where people have not decided on the
answer since. A reason made since gives way to what stood before it by the decision that brought it, else to the reason
above it, else to MISSING.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.reasons.engine import NONE
from app.reasons.models import Clause, Coding, Reading, Reason, Recoverability, ReviewEvent
from app.reasons.models_codebook import CodebookVersion, ReasonMove
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import heirs_of_merged, version_numbered, whole_codebook
from app.reasons.queries.few import anonymous_surveys

MISSING, UNNAMED = 0, -1  # instead of a reason: one the version does not know · one that has no name yet


@dataclass(frozen=True)
class Merge:
    """A merge made since the version that still stands. event: the last decision people had made before it."""

    version_id: int
    number: int
    reason_id: int
    heir_id: int
    last_heir_id: int
    event: int


@dataclass(frozen=True)
class CodebookAt:
    """A version of the codebook; `version` None: as it stands.

    entries: as they stood then, by the number their rows have today; merged: into which entry each of them had gone by
    then; late: the reasons it does not know, with those above them; merges: those made since, oldest first.
    """

    entries: Mapping[int, Reason]
    merged: Mapping[int, int]
    version: CodebookVersion | None = None
    late: Mapping[int, int | None] = field(default_factory=dict)
    merges: tuple[Merge, ...] = ()

    @property
    def used(self) -> list[Reason]:
        """The reasons in use, in their order, without `none`."""
        return [one for one in self.entries.values() if one.active and one.code != NONE]

    def entry_of(self, reason_id: int) -> int:
        """What a reason of today was counted as: the number of an entry, or MISSING."""
        seen: set[int] = set()
        found: int | None = reason_id
        while found is not None and found not in seen:
            seen.add(found)
            if found in self.entries and found not in self.merged:
                return found
            found = self.merged.get(found, self.late.get(found))
        return MISSING

    def top_of(self, reason_id: int) -> int:
        """The same, one level up where there is one."""
        entry = self.entry_of(reason_id)
        return entry if entry == MISSING else self.entries[entry].parent_id or entry


def codebook_now() -> CodebookAt:
    """The codebook as it stands."""
    entries = {one.id: one for one in whole_codebook()}
    return CodebookAt(entries, heirs_of_merged())


def codebook_at(number: int) -> CodebookAt | None:
    """A version of the codebook, None where there is none of this number."""
    version = version_numbered(number)
    if version is None:
        return None
    rows = db.session.execute(sa.select(Reason.id, Reason.code, Reason.parent_id)).all()
    ids = {code: number for number, code, _parent in rows}
    content = {ids[one["code"]]: one for one in version.content if one["code"] in ids}
    # Rows of no session: what they say stood once, and is never written.
    entries = {reason_id: _entry(reason_id, one, ids) for reason_id, one in content.items()}
    for entry in entries.values():
        if entry.parent_id in entries:
            entry.parent = entries[entry.parent_id]
    merged = {reason_id: ids[one["merged_into"]] for reason_id, one in content.items() if one["merged_into"]}
    late = {number: parent for number, _code, parent in rows if number not in entries}
    return CodebookAt(entries, merged, version, late, _merges_since(number))


def codings_then(book: CodebookAt, survey_id: int | None) -> sa.Subquery:
    """(clause_id, reason_id): today's codings as they were under the version, by today's numbers or UNNAMED."""
    whole = _unmerged(book)
    if not book.late:
        return whole.subquery("coding_then")
    stood = whole.subquery()
    replaced, rows = _before_late(book, stood, survey_id)
    if not replaced:
        return whole.subquery("coding_then")
    gone = _listed("late_coding", replaced)
    kept = sa.select(stood.c.clause_id, stood.c.reason_id).where(
        ~sa.exists().where(gone.c.clause_id == stood.c.clause_id, gone.c.reason_id == stood.c.reason_id)
    )
    if rows:
        before = _listed("coding_before", rows)
        return sa.union_all(kept, sa.select(before.c.clause_id, before.c.reason_id)).subquery("coding_then")
    return kept.subquery("coding_then")


def sheets_then(book: CodebookAt, survey_id: int | None, tops: bool = True) -> sa.Subquery:
    """(response_id, reason_id), each pair once: the sheets that give each entry, or the top one it stands below.

    Besides entries MISSING, and with `tops` UNNAMED for sheets with a reason that has no name.
    """
    then = codings_then(book, survey_id)
    known = db.session.scalars(sa.select(Reason.id)).all()
    turned = {one: (book.top_of if tops else book.entry_of)(one) for one in known}
    moved = {one: entry for one, entry in turned.items() if one != entry}
    key = sa.case(moved, value=then.c.reason_id, else_=then.c.reason_id) if moved else then.c.reason_id
    given = (
        sa.select(Reading.response_id, key.label("reason_id"))
        .select_from(then)
        .join(Clause, Clause.id == then.c.clause_id)
        .join(Reading, Reading.id == Clause.reading_id)
        .where(*within(survey_id))
    )
    if not tops:
        return given.distinct().subquery("sheet_then")
    unnamed = sa.select(Reading.response_id, sa.literal(UNNAMED)).where(
        Reading.unexplained, *within(survey_id)
    )
    return sa.union(given, unnamed).subquery("sheet_then")


def within(survey_id: int | None) -> list[sa.ColumnElement[bool]]:
    """SQL: the reading at hand says why, and belongs to the survey, or to any that is not anonymous."""
    mine = (
        Reading.survey_id == survey_id
        if survey_id is not None
        else Reading.survey_id.not_in(anonymous_surveys())
    )
    return [asks_why(), mine]


def gives_reason() -> sa.ColumnElement[bool]:
    """SQL: the reading at hand gives a reason, whether it has a name or not."""
    none = sa.select(Reason.id).where(Reason.code == NONE).scalar_subquery()
    return sa.or_(Reading.unexplained, Reading.main_reason_id != none)


def _entry(reason_id: int, written: Mapping[str, Any], ids: Mapping[str, int]) -> Reason:
    plain = {name: written[name] for name in ("code", "label", "seal", "definition", "active", "owner")}
    parent = ids.get(written["parent"] or "")
    return Reason(
        id=reason_id, parent_id=parent, recoverability=Recoverability(written["recoverability"]), **plain
    )


def _merges_since(number: int) -> tuple[Merge, ...]:
    made = (CodebookVersion.id, CodebookVersion.number, CodebookVersion.reason_id, CodebookVersion.detail)
    since = sa.select(*made).order_by(CodebookVersion.number).where(CodebookVersion.number > number)
    since = since.where(CodebookVersion.verb == "merged", CodebookVersion.undone_at.is_(None))
    heirs = heirs_of_merged()
    return tuple(
        Merge(
            version_id, place, reason_id, detail["heir_id"], heirs.get(reason_id, reason_id), detail["event"]
        )
        for version_id, place, reason_id, detail in db.session.execute(since)
        if reason_id is not None
    )


def _unmerged(book: CodebookAt) -> sa.SelectBase:
    """Today's codings with the merges since taken back."""
    coded = sa.select(Coding.clause_id, Coding.reason_id)
    if not book.merges:
        return coded
    heirs = sorted({one.heir_id for one in book.merges})
    move, earlier = sa.orm.aliased(ReasonMove), sa.orm.aliased(ReasonMove)
    reason, heir, last, place = (
        _of_merge(book, move, name) for name in ("reason_id", "heir_id", "last_heir_id", "number")
    )
    # A coding the merge made stands no more; one the heir had of its own does.
    made = sa.exists().where(
        move.clause_id == Coding.clause_id, heir == Coding.reason_id, move.kept.is_(None), *_open(book, move)
    )
    # What a merge moved came from an earlier one where that had put it there.
    came = sa.exists().where(
        earlier.clause_id == move.clause_id,
        _of_merge(book, earlier, "heir_id") == reason,
        _of_merge(book, earlier, "number") < place,
        earlier.kept.is_(None),
        *_open(book, earlier),
    )
    standing = sa.exists().where(Coding.clause_id == move.clause_id, Coding.reason_id == last)
    back = sa.select(move.clause_id, reason).where(
        move.clause_id.is_not(None), *_open(book, move), ~came, standing
    )
    return sa.union_all(
        coded.where(Coding.reason_id.not_in(heirs)), coded.where(Coding.reason_id.in_(heirs), ~made), back
    )


def _of_merge(book: CodebookAt, move: Any, name: str) -> sa.ColumnElement[int]:
    """SQL: what the book knows of the merge a move belongs to."""
    return sa.case({one.version_id: getattr(one, name) for one in book.merges}, value=move.version_id)


def _open(book: CodebookAt, move: Any) -> list[sa.ColumnElement[bool]]:
    """SQL: a move of these merges, of an answer on which nobody has decided since."""
    decided = sa.exists().where(
        ReviewEvent.reading_id == move.reading_id, ReviewEvent.id > _of_merge(book, move, "event")
    )
    return [move.version_id.in_([one.version_id for one in book.merges]), ~decided]


def _before_late(
    book: CodebookAt, stood: sa.Subquery, survey_id: int | None
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Codings with later reasons that people's decisions brought, and the codings that had stood in their places."""
    late = sa.select(stood.c.clause_id, Reading.id, stood.c.reason_id).select_from(stood)
    late = late.join(Clause, Clause.id == stood.c.clause_id).join(Reading, Reading.id == Clause.reading_id)
    late = late.where(stood.c.reason_id.in_(list(book.late)), *within(survey_id))
    late = late.where(sa.exists().where(ReviewEvent.reading_id == Reading.id))
    pairs = db.session.execute(late).all()
    first = _first_snapshots({one[1] for one in pairs}, set(book.late))
    replaced, rows = [], []
    for clause_id, reading_id, reason_id in pairs:
        before = first.get((reading_id, reason_id))
        if before is None:
            continue
        replaced.append((clause_id, reason_id))
        own = [one["reason_id"] for one in before["codings"] if one["clause_id"] == clause_id]
        if not own and not before["codings"]:
            own = [UNNAMED] if before["unexplained"] else [reason_id]
        rows += [(clause_id, one) for one in own]
    return replaced, rows


def _first_snapshots(reading_ids: set[int], late: set[int]) -> dict[tuple[int, int], dict[str, Any]]:
    """(reading, later reason) → what stood when a person first gave that reason."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    numbers = sorted(reading_ids)
    for start in range(0, len(numbers), 500):
        mine = sa.select(ReviewEvent.reading_id, ReviewEvent.before, ReviewEvent.after)
        mine = mine.where(ReviewEvent.reading_id.in_(numbers[start : start + 500])).order_by(ReviewEvent.id)
        for reading_id, before, after in db.session.execute(mine):
            earlier, now = (
                {row["reason_id"] for row in taken.get("codings", [])} for taken in (before, after)
            )
            for reason_id in (now - earlier) & late:
                found.setdefault((reading_id, reason_id), before)
    return found


def _listed(name: str, rows: list[tuple[int, int]]) -> sa.CTE:
    columns = sa.column("clause_id", sa.Integer), sa.column("reason_id", sa.Integer)
    return sa.values(*columns, name=name, literal_binds=True).data(rows).cte(name)
