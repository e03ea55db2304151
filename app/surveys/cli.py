"""Commands of surveys: `flask --app wsgi surveys import FILE.json`, `export ID`, `rehearse CASES.jsonl OUT.jsonl`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from app import clock
from app.cli import Doors
from app.db import db, unit_of_work
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys import services
from app.surveys.exchange import rehearse
from app.surveys.models import Survey

LARGEST_ID = 2**31 - 1
STEP = 1000  # rows between two words about progress
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


@commands.command("rehearse")
@click.argument("cases", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
def rehearse_cases(cases: Path, target: Path) -> None:
    """Answer a survey definition with given answers, row by row; write what was asked and stored."""
    lines, notes = [], []
    for number, case in enumerate(_cases(cases), 1):
        walked = rehearse(case["survey"], case["answers"])
        row = {"id": case["id"], "visible": walked.visible, "stored": walked.stored}
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
        notes += [f"{case['id']}: {one.where} {one.what} {one.why}" for one in walked.leftovers]
        if number % STEP == 0:
            click.echo(str(number), err=True)
    target.write_text("".join(lines), encoding="utf-8")
    for note in notes:
        click.echo(" ".join(note.split()), err=True)


def _cases(path: Path) -> Iterator[dict[str, Any]]:
    """The rows {"id", "survey", "answers"} of a file. Raises BadInput with the line that is none."""
    for number, line in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            raise BadInput(
                _("%(file)sの%(number)s行目はJSONとして読めません。", file=path.name, number=number)
            ) from None
        if not _is_case(case):
            sentence = _(
                "%(file)sの%(number)s行目にはid、survey（SurveyJSの調査）、answersが要ります。",
                file=path.name,
                number=number,
            )
            raise BadInput(sentence)
        yield case


def _is_case(case: Any) -> bool:
    return (
        isinstance(case, dict)
        and "id" in case
        and services.is_definition(case.get("survey"))
        and isinstance(case.get("answers"), dict)
    )
