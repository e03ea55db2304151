"""flask backlog …"""

import hashlib
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from app import clock
from app.backlog import exporters, queries, services
from app.db import unit_of_work
from app.errors import OkaeriError
from app.i18n import gettext as _

backlog = AppGroup("backlog", help="The improvement backlog.")
LATER_FORMS = ("github", "jira", "nulab")


def _fail(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)


@backlog.command("export")
@click.option("--format", "form", required=True)
@click.option(
    "--survey", "survey_id", type=int, help="number of the survey; the one worked on last unless given"
)
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(form: str, survey_id: int | None, out: Path) -> None:
    """Write the ranked backlog to OUT as csv, csv-cp932, xlsx, json or md."""
    if form in LATER_FORMS:
        _fail(_("%(form)sの形式は、まだ書き出せません。", form=form))
    if form not in exporters.known_forms():
        _fail(_("形式は %(forms)s から選んでください。", forms=", ".join(exporters.known_forms())))
    surveys = queries.surveys_with_voices()
    survey = next((one for one in surveys if survey_id in (None, one.id)), None)
    if survey is None:
        _fail(_("回答のある調査が見つかりません。"))
    else:
        try:
            file = exporters.export(
                form, queries.ranked_items(survey.id, clock.today(), with_mended=True), clock.now()
            )
            out.write_bytes(file.content)
        except OkaeriError as error:
            _fail(error.sentence)
        except OSError as error:
            _fail(f"{out}: {error.strerror}")
        with unit_of_work():
            digest = hashlib.sha256(file.content).hexdigest()
            services.record_export(form, file.row_count, digest, {"survey": survey.id}, None, clock.now())
