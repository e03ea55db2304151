"""/backlog/what-if: the order with other estimates, worked out on the server."""

from collections.abc import Mapping
from math import isnan

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.backlog import queries
from app.backlog.bands import exact, rough
from app.backlog.routes import blueprint, survey_asked
from app.backlog.suppositions import suppose
from app.customers.models import Segment
from app.customers.queries import segments
from app.reasons.queries.few import is_anonymous

LEAST_DAYS, MOST_DAYS, MOST_FACTOR = 0.5, 10_000.0, 5.0


@blueprint.get("/backlog/what-if")
@needs(Right.READ)
def show_what_if() -> ResponseReturnValue:
    """Estimates stand in the address: effort_12 (person-days), chance_12 (per cent), segment, factor."""
    survey = survey_asked()
    if survey is None:
        return redirect(url_for(".list_items"))
    known = [] if is_anonymous(survey.id) else segments()
    segment = _segment(known)
    factor = _number("factor", 0.0, MOST_FACTOR) if segment else None
    numbers = [item.id for item in queries.items_of(survey.id) if not item.is_mended]
    effort = _asked("effort", numbers, LEAST_DAYS, MOST_DAYS)
    chance = {item: share / 100 for item, share in _asked("chance", numbers, 0.0, 100.0).items()}
    factor = 1.0 if factor is None else factor
    found = suppose(survey.id, clock.today(), effort, chance, segment, factor)
    return render_template(
        "backlog/what_if.html",
        survey=survey,
        surveys=queries.surveys_with_voices(),
        found=found,
        segments=known,
        segment=segment,
        factor=factor,
        is_supposed=bool(found.effort or found.chance or (segment and factor != 1)),
        rough=rough,
        exact=exact,
        in_percent=_in_percent,
    )


def _in_percent(share: float) -> float:
    """A chance as its slider shows it."""
    return round(share * 100, 1)


def _segment(known: list[Segment]) -> Segment | None:
    wanted = request.args.get("segment", type=int)
    return next((one for one in known if one.id == wanted), None)


def _asked(name: str, numbers: list[int], least: float, most: float) -> Mapping[int, float]:
    found = {number: _number(f"{name}_{number}", least, most) for number in numbers}
    return {number: value for number, value in found.items() if value is not None}


def _number(name: str, least: float, most: float) -> float | None:
    """A number of the address, brought inside its bounds; None where it is none."""
    value = request.args.get(name, type=float)
    return None if value is None or isnan(value) else min(max(value, least), most)
