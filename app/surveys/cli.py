"""Commands of surveys: `flask --app wsgi surveys import FILE.json`, `surveys export ID`."""

import json
from pathlib import Path

import click

from app import clock
from app.cli import Doors
from app.db import db, unit_of_work
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys import services
from app.surveys.models import Survey

LARGEST_ID = 2**31 - 1
commands = Doors("surveys", help="What is asked.")


@commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_file(file: Path) -> None:
    """Make a draft from SurveyJS JSON; its id and what could not be taken as JSON."""
    definition = services.definition_from(file.read_bytes(), file.name)
    with unit_of_work():
        survey, leftovers = services.import_survey(definition, file.stem, None, clock.now())
    found = {"id": survey.id, "not_taken": [one.as_json() for one in leftovers]}
    click.echo(json.dumps(found, ensure_ascii=False))


@commands.command("export")
@click.argument("survey_id", metavar="ID", type=int)
def export(survey_id: int) -> None:
    """Write the newest version of a survey as SurveyJS JSON."""
    survey = db.session.get(Survey, survey_id) if 0 < survey_id <= LARGEST_ID else None
    if survey is None:
        raise BadInput(_("「%(survey)s」という調査はありません。", survey=survey_id))
    click.echo(json.dumps(services.export_survey(survey), ensure_ascii=False, indent=1))
