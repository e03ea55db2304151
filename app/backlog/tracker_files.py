"""Tracker states by CSV: looked through first, then applied row by row, and undone where nobody came after.

A file names our number (IM-001, in a column of its own or at the start of the title) or a key told before, and says the
issue's key, its status in the tracker's words, and the day it was released.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app import audit, edits
from app.accounts.models import Member
from app.backlog import services
from app.backlog.models import BacklogItem, ItemState, Verdict
from app.backlog.models_exports import TrackerImport, TrackerImportState, TrackerIssue
from app.clock import day_of
from app.customers import cells
from app.customers.tables import FIRST_ROW, read_table
from app.db import db
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _

MOST_ROWS = 2_000
LONGEST = 80
# Heads as GitHub, Jira and Backlog write them, and ours; as they are compared: small, half-width, without blanks.
HEADS = {
    "number": ("番号", "改善項目の番号", "okaeri", "id", "改善番号"),
    "title": ("件名", "title", "summary", "要約", "件名(必須)", "改善項目"),
    "key": ("課題キー", "キー", "key", "issuekey", "number", "issuenumber", "課題番号"),
    "status": ("状態", "ステータス", "status", "state", "課題の状態"),
    "released_on": (
        "公開日", "リリース日", "直した日", "完了日", "releasedate", "released", "released_on", "resolved",
        "resolutiondate", "closed_at", "closedat", "解決日",
    ),
}  # fmt: skip
WORKING = {"処理中", "進行中", "対応中", "作業中", "inprogress", "doing", "started", "inreview"}
_NUMBER = re.compile(r"\s*IM-([0-9]{1,9})(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """What one row says. `row`: its number in a spreadsheet; `error`: why it cannot be taken, else ""."""

    row: int
    item_id: int | None
    number: str
    key: str
    status: str
    released_on: str
    error: str = ""


@dataclass(frozen=True)
class Change:
    """What a row would change: the item, and (head, before, after) of each part that changes."""

    said: Said
    item: BacklogItem
    parts: Sequence[tuple[str, str, str]]


def look_through(content: bytes, file_name: str, member: Member, at: datetime) -> TrackerImport:
    """Read a file and keep what it says, to be looked at before it is applied. Raises BadInput."""
    table = read_table(content, file_name)
    places = _places(table.header)
    rows: list[Said] = []
    for row, cells_of_row in enumerate(table.rows, FIRST_ROW):
        if not any(cells_of_row):
            continue
        if len(rows) >= MOST_ROWS:
            raise BadInput(_("一度に取り込めるのは%(count)s行までです。", count=MOST_ROWS))
        found = {name: cells_of_row[place].strip() for name, place in places.items()}
        rows.append(_said(row, found, day_of(at)))
    if not rows:
        raise BadInput(_("「%(file)s」には、取り込む行がありません。", file=file_name))
    kept = TrackerImport(
        file_name=file_name[:255], rows=[asdict(one) for one in _once(rows)], member_id=member.id, at=at
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def _places(header: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"\s", "", unicodedata.normalize("NFKC", head)).lower() for head in header]
    # In the order of the words, so that 番号 goes before a tracker's own id.
    wanted = {name: (plain.index(word) for word in words if word in plain) for name, words in HEADS.items()}
    places = {name: place for name, found in wanted.items() if (place := next(found, None)) is not None}
    if "key" not in places and "number" not in places and "title" not in places:
        raise BadInput(
            _("見出しに「番号」か「件名」か「課題キー」が見つかりません。1行目をお確かめください。")
        )
    return places


def _said(row: int, found: Mapping[str, str], today: date) -> Said:
    key, status = found.get("key", ""), found.get("status", "")
    text, error = "", ""
    item = _item_of(found.get("number", ""), found.get("title", ""), key)
    try:
        key, status = cells.one_line(key, LONGEST), cells.one_line(status, LONGEST)
        day = cells.day(found.get("released_on", ""))
        text = day.isoformat() if day else ""
    except cells.BadCell as bad:
        return Said(
            row,
            item.id if item else None,
            item.number if item else "",
            key[:LONGEST],
            status[:LONGEST],
            "",
            bad.sentence,
        )
    if item is None:
        error = _("改善項目が見つかりません。番号（IM-001）か、前に取り込んだ課題キーが要ります。")
    elif day and (problem := services.wrong_day(day, today)):
        error = problem
    elif day and item.verdict is not Verdict.DO:
        error = _("「やる」と決めた項目だけが、公開できます。")
    elif not (key or status or text):
        error = _("課題キーも状態も公開日もありません。")
    number = item.number if item else (found.get("number") or found.get("title") or key)[:LONGEST]
    return Said(row, item.id if item else None, number, key, status, text, error)


def _item_of(number: str, title: str, key: str) -> BacklogItem | None:
    for text in (number, title):
        match = _NUMBER.match(unicodedata.normalize("NFKC", text.lstrip("'")))
        if match:
            return db.session.get(BacklogItem, int(match[1])) if int(match[1]) < 2**31 else None
    if not key:
        return None
    known = sa.select(TrackerIssue).where(TrackerIssue.key == key).order_by(TrackerIssue.id).limit(1)
    issue = db.session.scalar(known)
    return issue.item if issue else None


def _once(rows: Iterable[Said]) -> list[Said]:
    """The rows; of two about one item the second is told so, unless it says the same."""
    first: dict[int, Said] = {}
    found = []
    for one in rows:
        there = first.setdefault(one.item_id, one) if one.item_id and not one.error else one
        same = (there.key, there.status, there.released_on) == (one.key, one.status, one.released_on)
        sentence = _("%(row)s行目と同じ項目です。どちらか一方にしてください。", row=there.row)
        found.append(one if same else replace(one, error=sentence))
    return found


def rows_of(kept: TrackerImport) -> list[Said]:
    """What the file said, row by row."""
    return [Said(**{name: row[name] for name in Said.__dataclass_fields__}) for row in kept.rows]


def changes_of(kept: TrackerImport) -> list[Change]:
    """What applying would change now; rows that change nothing are left out."""
    found = []
    for said in rows_of(kept):
        item = db.session.get(BacklogItem, said.item_id) if said.item_id and not said.error else None
        parts = _parts(said, item) if item else []
        if item is not None and parts:
            found.append(Change(said, item, parts))
    return found


def _parts(said: Said, item: BacklogItem) -> list[tuple[str, str, str]]:
    before, after = _standing(item), _wanted(said, item)
    found = [(name, str(before[name] or ""), str(after[name] or "")) for name in after]
    return [(name, old, new) for name, old, new in found if old != new]


def _issue_of(item: BacklogItem) -> TrackerIssue | None:
    return db.session.scalar(sa.select(TrackerIssue).where(TrackerIssue.item_id == item.id))


def _standing(item: BacklogItem) -> dict[str, Any]:
    issue = _issue_of(item)
    return {
        "key": issue.key if issue else None,
        "status": issue.status if issue else None,
        "released_on": issue.released_on.isoformat() if issue and issue.released_on else None,
        "state": item.state.value,
        "mended_on": item.released_on.isoformat() if item.released_on else None,
    }


def _wanted(said: Said, item: BacklogItem) -> dict[str, Any]:
    """What stands after a row; an empty cell leaves what is there."""
    found = _standing(item)
    found["key"], found["status"] = said.key or found["key"] or "", said.status or found["status"] or ""
    if said.released_on:
        found["released_on"] = found["mended_on"] = said.released_on
        if not item.is_mended:
            found["state"] = ItemState.RELEASED.value
    elif _is_working(said.status) and item.state is ItemState.DECIDED and item.verdict is Verdict.DO:
        found["state"] = ItemState.IN_PROGRESS.value
    return found


def _is_working(status: str) -> bool:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", status)).lower() in WORKING


def apply(kept: TrackerImport, member: Member, at: datetime) -> int:
    """Write what the file says and return how many items changed. Applied twice is applied once."""
    _hold(kept)
    if kept.state is not TrackerImportState.PREVIEWED:
        return 0
    written = {change.said.row: _write(change, member, at) for change in changes_of(kept)}
    kept.rows = [{**row, **written.get(row["row"], {})} for row in kept.rows]
    kept.state = TrackerImportState.APPLIED
    count = sum("after" in row for row in kept.rows)
    audit.record("imported", "tracker_import", kept.id, member.id, at, rows=count)
    return count


def _write(change: Change, member: Member, at: datetime) -> dict[str, Any]:
    item, said = change.item, change.said
    before, after = _standing(item), _wanted(said, item)
    try:
        with db.session.begin_nested():
            _move(item, after, member, at)
            _put_issue(item, after, at)
            db.session.flush()
    except OkaeriError as error:
        return {"error": error.sentence}
    return {"before": before, "after": after}


def _move(item: BacklogItem, after: Mapping[str, Any], member: Member, at: datetime) -> None:
    mended_on = date.fromisoformat(after["mended_on"]) if after["mended_on"] else None
    if after["state"] == ItemState.IN_PROGRESS and item.state is not ItemState.IN_PROGRESS:
        services.start_work(item, None, member, at)
    elif after["state"] == ItemState.RELEASED and item.state is not ItemState.RELEASED and mended_on:
        services.release(item, mended_on, None, member, at, day_of(at))
    elif mended_on != item.released_on:
        before = {"on": item.released_on.isoformat() if item.released_on else None}
        item.released_on = mended_on
        edits.keep_edit(item, edits.STATE, before, {"on": after["mended_on"]}, member, at)


def _put_issue(item: BacklogItem, wanted: Mapping[str, Any], at: datetime) -> None:
    issue = _issue_of(item)
    if wanted["key"] is None:  # as it stood before the first import
        if issue is not None:
            db.session.delete(issue)
        return
    if issue is None:
        issue = TrackerIssue(item_id=item.id)
        db.session.add(issue)
    issue.key, issue.status, issue.at = wanted["key"], wanted["status"], at
    issue.released_on = date.fromisoformat(wanted["released_on"]) if wanted["released_on"] else None


def undo(kept: TrackerImport, member: Member, at: datetime) -> tuple[int, int]:
    """Put back what stood before, where what the file wrote still stands: (items put back, items left as they are)."""
    _hold(kept)
    if kept.state is not TrackerImportState.APPLIED:
        return 0, 0
    back = left = 0
    for row in reversed(kept.rows):
        item = db.session.get(BacklogItem, row["item_id"]) if "after" in row else None
        if item is None:
            continue
        edits.hold(item)
        if _standing(item) != row["after"]:
            left += 1
            continue
        _put_back(item, row["before"], member, at)
        back += 1
    kept.state = TrackerImportState.UNDONE
    audit.record("undone", "tracker_import", kept.id, member.id, at, rows=back)
    return back, left


def _put_back(item: BacklogItem, before: Mapping[str, Any], member: Member, at: datetime) -> None:
    _put_issue(item, before, at)
    on = item.released_on.isoformat() if item.released_on else None
    if (item.state.value, on) != (before["state"], before["mended_on"]):
        standing = {"state": item.state, "on": on}
        item.state = ItemState(before["state"])
        item.released_on = date.fromisoformat(before["mended_on"]) if before["mended_on"] else None
        after = {"state": item.state, "on": before["mended_on"]}
        edits.keep_edit(item, edits.STATE, standing, after, member, at)
    db.session.flush()


def _hold(kept: TrackerImport) -> None:
    db.session.refresh(kept, with_for_update={"of": TrackerImport})
