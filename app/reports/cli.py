"""flask reports …"""

import json

import click

from app.cli import Doors
from app.errors import BadInput
from app.i18n import gettext as _
from app.reports import queries

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


def _rounded(value: float) -> float:
    return round(value, 1) + 0.0  # −0.0 would print its sign
