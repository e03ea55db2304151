"""Commands of customers: `flask --app wsgi customers import FILE`."""

import codecs
import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from app import clock
from app.cli import Doors
from app.customers import importers
from app.customers.importers import Chunk, Outcome, Walk
from app.customers.importers.columns import REASON
from app.customers.models import ImportBatch, ImportKind
from app.customers.tables import Table, csv_lines, read_table
from app.db import db, unit_of_work
from app.errors import BadInput
from app.i18n import gettext as _

commands = Doors("customers", help="Customers and their purchases.")


def read_mapping(path: Path | None) -> dict[str, Any]:
    """A mapping from a JSON file; nothing where none is given. Raises BadInput."""
    if path is None:
        return {}
    try:
        mapping = json.loads(path.read_bytes())
    except ValueError:
        raise BadInput(_("%(file)s はJSONとして読めません。", file=path.name)) from None
    if not isinstance(mapping, dict):
        raise BadInput(_("%(file)s は {項目: 列名} の形ではありません。", file=path.name))
    return mapping


def import_in_terminal(kind: ImportKind, path: Path, mapping: dict[str, Any], dry: bool) -> dict[str, int]:
    """Take a file where it lies: progress on standard error, rejected rows to FILE.rejected.csv, counts returned."""
    table = read_table(path, path.name)
    batch = importers.begin_in_terminal(kind, table, path.name, mapping, clock.now())
    rejected_path = path.with_name(f"{path.name}.rejected.csv")
    rejected_path.unlink(missing_ok=True)
    counts = _try(Walk.begin(batch, table), rejected_path) if dry else _store(batch, table, rejected_path)
    return {outcome.value: counts[outcome] for outcome in Outcome}


def _store(batch: ImportBatch, table: Table, rejected_path: Path) -> Counter[Outcome]:
    with unit_of_work():
        db.session.add(batch)
        db.session.flush()
        walk = Walk.begin(batch, table)
    more = True
    while more:
        with unit_of_work():
            more = walk.take_chunk(clock.now(), rejected_path)
        _show_progress(walk)
    db.session.refresh(batch)
    return Counter({outcome: getattr(batch, f"{outcome.value}_count") for outcome in Outcome})


def _try(walk: Walk, rejected_path: Path) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    for chunk in walk.rest(clock.now()):
        counts += chunk.counts
        _append_rejected(chunk, walk.table.header, rejected_path)
        _show_progress(walk)
    return counts


def _append_rejected(chunk: Chunk, header: list[str], path: Path) -> None:
    if not chunk.rejected:
        return
    if not path.exists():
        path.write_bytes(codecs.BOM_UTF8 + csv_lines([[REASON, *header]]))
    with path.open("ab") as file:
        file.write(csv_lines(chunk.rejected))


def _show_progress(walk: Walk) -> None:
    click.echo(f"\r{walk.position:,}", err=True, nl=False)
    if walk.is_over:
        click.echo(err=True)


@commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(["customers", "purchases"]), default="customers", show_default=True)
@click.option(
    "--mapping", type=click.Path(path_type=Path), help='JSON: {"key": COLUMN, …, "attributes": [COLUMN]}'
)
@click.option("--dry-run", is_flag=True, help="Judge every row and store nothing.")
def import_file(file: Path, kind: str, mapping: Path | None, dry_run: bool) -> None:
    """Take customers or purchases from a CSV or XLSX file; counts as JSON."""
    counts = import_in_terminal(ImportKind(kind), file, read_mapping(mapping), dry_run)
    click.echo(json.dumps(counts))
