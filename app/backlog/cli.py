"""Commands of the backlog: `flask --app wsgi backlog export --format csv OUT`."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from app import clock
from app.backlog import exporters, queries, taking_home
from app.backlog import recompute as recomputing
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
    with unit_of_work():
        file = taking_home.take_home(form, ranked, exporters.Choice(), survey.id, None, clock.now())
        out.write_bytes(file.content)


@backlog.command("recompute")
@click.option("--survey", "survey_id", type=int, help="number of the survey; all of them unless given")
def recompute(survey_id: int | None) -> None:
    """Work out every figure once more, row by row, and compare it with what the screens show."""
    surveys = [one for one in queries.surveys_with_voices() if survey_id in (None, one.id)]
    if not surveys:
        raise BadInput(_("回答のある調査が見つかりません。"))
    today = clock.today()
    rows = [asdict(one) for survey in surveys for one in recomputing.recompute(survey.id, today)]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    found = [name for survey in surveys for name in recomputing.differences(survey.id, today)]
    if found:
        raise BadInput(_("画面の数字とちがいます：%(names)s", names=_("、").join(found)))
