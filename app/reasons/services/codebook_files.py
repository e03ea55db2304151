"""The codebook as a CSV file, out and in again: all of it or nothing."""

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import edits
from app.accounts.models import Member
from app.customers.tables import FIRST_ROW, csv_lines, read_table
from app.db import db
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _
from app.reasons.models import Reason, ReasonOrigin, Recoverability
from app.reasons.queries.codebook import whole_codebook
from app.reasons.services.codebook import (
    ENTRY,
    USE,
    change_needs_telling,
    check_removable,
    fitting_entry,
    new_reason,
    standing_entry,
    words_of_those_below,
    write_entry,
)
from app.reasons.services.retelling import tell_of_reasons
from app.reasons.services.versions import hold_codebook, keep_version

MOST_ROWS = 500
CODE, LABEL, SEAL, PARENT, DEFINITION = "コード", "理由", "印", "上の理由のコード", "定義"
EXAMPLES, COUNTER_EXAMPLES, OWNER = "当てはまる例", "当てはまらない例", "担当の部署"
RECOVERABILITY, ACTIVE, REVISION = "取り戻しやすさ", "使用", "版"
COLUMNS = (
    CODE, LABEL, SEAL, PARENT, DEFINITION, EXAMPLES, COUNTER_EXAMPLES, OWNER, RECOVERABILITY, ACTIVE, REVISION
)  # fmt: skip
# Words of the file, as its headers: they stay the same whatever language the screen has.
LEVELS = {Recoverability.HIGH: "高い", Recoverability.MIDDLE: "中くらい", Recoverability.LOW: "低い"}
USED, UNUSED = "使う", "使わない"


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row; `row` is the number a spreadsheet shows."""

    row: int
    sentence: str


class BadRows(BadInput):
    """Some rows cannot be taken, so nothing was. `rows` says which and why."""

    def __init__(self, rows: list[RowError]) -> None:
        super().__init__(_("直すところがあるため、何も取り込んでいません。"))
        self.rows = rows


@dataclass(frozen=True)
class Taken:
    """How many entries a file added and changed."""

    added: int
    changed: int


def export_codebook() -> bytes:
    """All entries, in use or not, as CSV with BOM; no cell runs as a formula."""
    rows = [list(COLUMNS), *(_row(reason) for reason in whole_codebook() if reason.merged_into_id is None)]
    return codecs.BOM_UTF8 + csv_lines(rows)


def _row(reason: Reason) -> list[str]:
    return [
        reason.code,
        reason.label,
        reason.seal,
        reason.parent.code if reason.parent else "",
        reason.definition,
        "\n".join(reason.examples),
        "\n".join(reason.counter_examples),
        reason.owner,
        LEVELS[reason.recoverability],
        USED if reason.active else UNUSED,
        str(reason.revision),
    ]


def import_codebook(content: bytes, file_name: str, member: Member, at: datetime) -> Taken:
    """Write the entries of a file: known codes are changed, rows without a code added, what is not in it stays.

    Raises BadInput for what is no such file, BadRows with every row that cannot be taken; then nothing is written.
    """
    rows = _read(content, file_name)
    hold_codebook()
    errors, taken, moved = [], [], []
    with db.session.begin_nested() as attempt:
        # Those that stand on top first, so that others find them, whatever their order in the file.
        for number, row in sorted(rows, key=lambda pair: bool(pair[1].get(PARENT))):
            try:
                with db.session.begin_nested():
                    verb, reason = _take(row, member, at)
            except OkaeriError as error:
                errors.append(RowError(number, error.sentence))
            else:
                taken.append(verb)
                moved += [reason.id] if verb == "moved" else []
        errors += [RowError(number, words_of_those_below(below)) for number, below in _left_hanging(rows)]
        if errors:
            attempt.rollback()
    if errors:
        db.session.expire_all()
        raise BadRows(sorted(errors, key=lambda one: one.row))
    found = Taken(taken.count("added"), taken.count("changed") + taken.count("moved"))
    if found.added or found.changed:
        keep_version("imported", None, member, at, added=found.added, changed=found.changed)
        tell_of_reasons(moved, at)
    return found


def _read(content: bytes, file_name: str) -> list[tuple[int, dict[str, str]]]:
    """(row number, values by column) of the rows that hold something. Raises BadInput."""
    table = read_table(content, file_name)
    if LABEL not in table.header:
        raise BadInput(
            _("「%(column)s」の列がありません。書き出したファイルを直してお使いください。", column=LABEL)
        )
    found = []
    for number, cells in enumerate(table.rows, FIRST_ROW):
        if cells:
            there = dict(zip(table.header, cells, strict=False))
            found.append((number, {name: cell.strip() for name, cell in there.items()}))
        if len(found) > MOST_ROWS:
            raise BadInput(_("理由は%(count)s行までです。", count=MOST_ROWS))
    if not found:
        raise BadInput(_("このファイルには、理由が1行もありません。"))
    return found


def _take(row: Mapping[str, str], member: Member, at: datetime) -> tuple[str, Reason]:
    """Write one row: what was done (added, changed, moved or same), and the entry."""
    code = row.get(CODE, "")
    reason = db.session.scalar(sa.select(Reason).where(Reason.code == code)) if code else None
    if code and reason is None:
        raise BadInput(
            _(
                "コード「%(code)s」の理由はありません。新しい理由は、コードを空にしてください。",
                code=code[:40],
            )
        )
    if reason is None:
        made_of = fitting_entry(_values(row, None), None)
        made = new_reason(ReasonOrigin.MEMBER, at)
        write_entry(made, made_of)
        made.active = _is_used(row, True)
        return "added", made
    edits.hold(reason)
    _check_revision(reason, row.get(REVISION, ""))
    if reason.merged_into_id is not None:
        raise BadInput(_("「%(label)s」は、ほかの理由にまとめられています。", label=reason.label))
    standing, wanted = standing_entry(reason), fitting_entry(_values(row, reason), reason)
    verb = "same"
    if edits.plain(standing) != edits.plain(wanted):
        write_entry(reason, wanted)
        edits.keep_edit(reason, ENTRY, standing, wanted, member, at)
        verb = "moved" if change_needs_telling(standing, wanted) else "changed"
    used = _is_used(row, reason.active)
    if used != reason.active:
        if not used:
            check_removable(reason)
        reason.active = used
        edits.keep_edit(reason, USE, {"active": not used}, {"active": used}, member, at)
        verb = "changed" if verb == "same" else verb
    return verb, reason


def _left_hanging(rows: list[tuple[int, dict[str, str]]]) -> Iterator[tuple[int, int]]:
    """The rows that retire a reason below which others are still in use, and how many these are."""
    below = sa.orm.aliased(Reason)
    hanging = sa.select(Reason.code, sa.func.count()).join(below, below.parent_id == Reason.id)
    hanging = hanging.where(Reason.active.is_(False), below.active).group_by(Reason.code)
    numbers = {row[CODE]: number for number, row in rows if row.get(CODE)}
    for code, count in db.session.execute(hanging):
        if code in numbers:
            yield numbers[code], count


def _values(row: Mapping[str, str], reason: Reason | None) -> dict[str, Any]:
    """The values a row gives; a column the file does not have leaves what stands."""
    standing = standing_entry(reason) if reason else {}
    cells = {"label": LABEL, "seal": SEAL, "definition": DEFINITION, "owner": OWNER}
    values = {name: row[column] for name, column in cells.items() if column in row}
    for name, column in (("examples", EXAMPLES), ("counter_examples", COUNTER_EXAMPLES)):
        if column in row:
            values[name] = row[column].splitlines()  # type: ignore[assignment] # a list of lines
    return {
        **standing,
        **values,
        "parent_id": _parent(row, standing),
        "recoverability": _level(row, standing),
    }


def _parent(row: Mapping[str, str], standing: Mapping[str, Any]) -> int | None:
    code = row.get(PARENT)
    if code is None:
        return standing.get("parent_id")
    if not code:
        return None
    number = db.session.scalar(sa.select(Reason.id).where(Reason.code == code))
    if number is None:
        raise BadInput(_("上の理由のコード「%(code)s」は、ありません。", code=code[:40]))
    return number


def _level(row: Mapping[str, str], standing: Mapping[str, Any]) -> Recoverability:
    word = row.get(RECOVERABILITY, "")
    if not word:
        return Recoverability(standing.get("recoverability", Recoverability.MIDDLE))
    known = {
        **{level.value: level for level in Recoverability},
        **{text: level for level, text in LEVELS.items()},
    }
    if word not in known:
        raise BadInput(
            _(
                "取り戻しやすさ「%(word)s」は読めません。高い・中くらい・低い のどれかにしてください。",
                word=word[:40],
            )
        )
    return known[word]


def _is_used(row: Mapping[str, str], standing: bool) -> bool:
    word = row.get(ACTIVE, "")
    if word not in ("", USED, UNUSED):
        raise BadInput(
            _("使用「%(word)s」は読めません。「使う」か「使わない」にしてください。", word=word[:40])
        )
    return standing if not word else word == USED


def _check_revision(reason: Reason, shown: str) -> None:
    """A file that was taken home before somebody changed the entry would overwrite that."""
    if not shown or shown == str(reason.revision):
        return
    last = edits.last_edit(reason, ENTRY) or edits.last_edit(reason, USE)
    raise BadInput(
        _(
            "書き出したあとに、%(name)sが「%(label)s」を変えました。書き出しなおしてください。",
            name=edits.name_of(last),
            label=reason.label,
        )
    )
