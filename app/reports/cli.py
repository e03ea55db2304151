"""flask reports …"""

import json
from datetime import date
from pathlib import Path

import click

from app import clock
from app.backlog.taking_home import record_export
from app.cli import Doors
from app.db import unit_of_work
from app.errors import BadInput
from app.i18n import gettext as _
from app.reports import digest_files, queries
from app.reports.queries.digest import departments, digest_of

reports = Doors("reports", help="Figures for other programs.")


@reports.command("nps")
@click.argument("survey")
def nps(survey: str) -> None:
    """Write the NPS of SURVEY (its number or name) as JSON."""
    found = queries.survey_called(survey)
    if found is None:
        raise BadInput(_("「%(survey)s」という調査はありません。", survey=survey))
    nps = queries.nps_of(found.id).nps
    click.echo(
        json.dumps(
            {
                "n": nps.n,
                "promoters": nps.promoters,
                "passives": nps.passives,
                "detractors": nps.detractors,
                "nps": None if nps.score is None else _rounded(nps.score),
                "interval": [_rounded(nps.low), _rounded(nps.high)],
                "small": nps.small,
            }
        )
    )


@reports.command("digest")
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="the month, as 2026-10")
@click.option("--department", default="", help="who is in charge; all unless given")
@click.argument("out", type=click.Path(path_type=Path))
def digest(month: date, department: str, out: Path) -> None:
    """Write the monthly digest to OUT: PDF or Markdown, as its name ends."""
    form = out.suffix.removeprefix(".").lower()
    if form not in digest_files.FORMS:
        raise BadInput(_("ファイルの名前は .pdf か .md で終わらせてください。"))
    if department and department not in departments():
        raise BadInput(_("「%(department)s」という部署はありません。", department=department))
    with unit_of_work():
        found = digest_of(date(month.year, month.month, 1), department)
        file = digest_files.digest_file(form, found)
        out.write_bytes(file.content)
        filters = {"month": f"{found.month:%Y-%m}", "department": department}
        record_export(f"digest-{form}", file, filters, found.kept(), None, clock.now())


def _rounded(value: float) -> float:
    return round(value, 1) + 0.0  # −0.0 would print its sign
