"""Commands of the backlog: `flask --app wsgi backlog export --format csv OUT`."""

import hashlib
from pathlib import Path

import click

from app import clock
from app.backlog import exporters, queries, services
from app.cli import Doors
from app.db import unit_of_work
from app.errors import BadInput
from app.i18n import gettext as _

backlog = Doors("backlog", help="The improvement backlog.")


@backlog.command("export")
@click.option("--format", "form", required=True, type=click.Choice(exporters.known_forms()))
@click.option(
    "--survey", "survey_id", type=int, help="number of the survey; the one worked on last unless given"
)
@click.argument("out", type=click.Path(path_type=Path))
def export(form: str, survey_id: int | None, out: Path) -> None:
    """Write the ranked backlog to OUT."""
    surveys = queries.surveys_with_voices()
    survey = next((one for one in surveys if survey_id in (None, one.id)), None)
    if survey is None:
        raise BadInput(_("回答のある調査が見つかりません。"))
    ranked = queries.ranked_items(survey.id, clock.today(), with_mended=True)
    file = exporters.export(form, ranked, clock.now())
    out.write_bytes(file.content)
    digest = hashlib.sha256(file.content).hexdigest()
    with unit_of_work():
        services.record_export(form, file.row_count, digest, {"survey": survey.id}, None, clock.now())
