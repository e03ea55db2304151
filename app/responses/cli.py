"""Commands of responses: `flask --app wsgi responses import FILE --survey NAME --mapping M.json`."""

import json
from pathlib import Path

import click

from app import jobs
from app.cli import Doors
from app.customers.cli import import_in_terminal, read_mapping
from app.customers.models import ImportKind

commands = Doors("responses", help="What customers answered.")


@commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--survey", required=True, help="Name of the survey; made if it is missing.")
@click.option(
    "--mapping", type=click.Path(path_type=Path), required=True, help="JSON: which column holds what."
)
@click.option("--wait", is_flag=True, help="Read the answers before returning.")
def import_file(file: Path, survey: str, mapping: Path, wait: bool) -> None:
    """Take the answers of another tool from a CSV or XLSX file; counts as JSON."""
    chosen = read_mapping(mapping) | {"survey": survey}
    counts = import_in_terminal(ImportKind.RESPONSES, file, chosen, dry=False)
    if wait:
        click.echo("reading", err=True)
        jobs.run_waiting()
    click.echo(json.dumps(counts))
