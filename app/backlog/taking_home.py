"""Exports as they are recorded and written again, and the presets they follow."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit, edits
from app.accounts.models import Member
from app.backlog import exporters
from app.backlog.exporters import Choice, File
from app.backlog.models import Export
from app.backlog.models_exports import ExportPreset
from app.backlog.queries import RankedBacklog
from app.db import db
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _

MOST_PRESETS = 30
# Kinds of files that other features record: how one is written again from its record.
WRITERS: dict[str, Callable[[Export], File]] = {}


class PresetRefused(BadInput):
    """The name is taken, or there are presets enough."""


class NotKept(OkaeriError):
    """What stood in an export of an earlier time was not kept."""

    status = 410


def take_home(
    form: str, backlog: RankedBacklog, choice: Choice, survey_id: int, member: Member | None, at: datetime
) -> File:
    """Write the chosen part of a backlog and record it, so that the same file can be written again."""
    table = exporters.table_of(backlog, choice)
    file = exporters.written(form, table, at)
    record_export(form, file, {"survey": survey_id, **choice.kept()}, table.kept(), member, at)
    return file


def record_export(
    kind: str,
    file: File,
    filters: Mapping[str, Any],
    content: Mapping[str, Any],
    member: Member | None,
    at: datetime,
) -> Export:
    """Remember that a list was taken home, and what stood in it but for customers' words."""
    export = Export(
        kind=kind,
        filters=dict(filters),
        content=dict(content),
        row_count=file.row_count,
        file_hash=hash_of(file),
        member_id=member.id if member else None,
        at=at,
    )
    db.session.add(export)
    audit.record("exported", "backlog", None, export.member_id, at, kind=kind, rows=file.row_count)
    return export


def write_again(export: Export, member: Member, at: datetime) -> File:
    """The file of a record once more; voices that were erased since are no longer in it. Raises NotKept."""
    if export.content is None:
        raise NotKept(
            _("この書き出しは、内容を残していない時期のものです。いまの内容で書き出しなおしてください。")
        )
    if export.kind in WRITERS:
        file = WRITERS[export.kind](export)
    else:
        file = exporters.written(export.kind, exporters.table_again(export.content), export.at)
    audit.record("downloaded", "backlog", None, member.id, at, kind=export.kind, rows=file.row_count)
    return file


def hash_of(file: File) -> str:
    """What tells one file from another."""
    return hashlib.sha256(file.content).hexdigest()


def save_preset(
    name: str, shared: bool, settings: Mapping[str, Any], member: Member, at: datetime
) -> ExportPreset:
    """Keep a choice under a name; the same form sent twice keeps one. Raises PresetRefused."""
    # One after the other for each member, so that two presses at once do not pass the limit.
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    mine = list(db.session.scalars(sa.select(ExportPreset).where(ExportPreset.member_id == member.id)))
    there = next((preset for preset in mine if preset.name == name), None)
    if there is not None and (there.settings, there.shared) == (dict(settings), shared):
        return there
    if there is not None:
        raise _taken(name)
    if len(mine) >= MOST_PRESETS:
        raise PresetRefused(
            _("保存できる型は%(count)s件までです。使わないものを消してください。", count=MOST_PRESETS)
        )
    preset = ExportPreset(
        member_id=member.id, name=name, shared=shared, settings=dict(settings), created_at=at, revision=1
    )
    db.session.add(preset)
    db.session.flush()
    audit.record("saved", "export_preset", preset.id, member.id, at)
    return preset


def change_preset(
    preset: ExportPreset,
    name: str,
    shared: bool,
    settings: Mapping[str, Any],
    revision: int | None,
    member: Member,
    at: datetime,
) -> None:
    """Change a preset's name and what it holds. Raises PresetRefused, and edits.Overtaken where somebody was faster."""
    edits.hold(preset)
    standing = {"name": preset.name, "shared": preset.shared, **preset.settings}
    wanted = {"name": name, "shared": shared, **settings}
    if not edits.settle(preset, "preset", wanted, standing, revision, member):
        return
    try:
        with db.session.begin_nested():
            preset.name, preset.shared, preset.settings = name, shared, dict(settings)
            db.session.flush()
    except IntegrityError:
        raise _taken(name) from None
    edits.keep_edit(preset, "preset", standing, wanted, member, at)


def delete_preset(preset: ExportPreset, member: Member, at: datetime) -> None:
    """Drop a preset; what was taken home by it stays recorded."""
    edits.hold(preset)
    audit.record("deleted", "export_preset", preset.id, member.id, at)
    edits.keep_removal(preset, member, at)
    db.session.delete(preset)


def _taken(name: str) -> PresetRefused:
    return PresetRefused(_("「%(name)s」という型は、もうあります。", name=name))
