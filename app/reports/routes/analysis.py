"""/reports/surveys/<id>/analysis (分析): what the reasons of a survey say, part by part.

A page a part; its drawings are in analysis_drawings, its files in analysis_files, the voices behind in analysis_voices.
"""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import charts, clock
from app.accounts.access import Right, needs
from app.customers.wording import STATES
from app.db import db
from app.i18n import gettext as _
from app.reasons.models import Reason
from app.reasons.queries import latest_survey_read
from app.reasons.queries.few import is_anonymous
from app.reports.queries.drivers import TELLING, drivers, together
from app.reports.queries.rivals import rivals
from app.reports.queries.silent import UNKNOWN, silences
from app.reports.queries.tally import tally_of
from app.reports.queries.weighted import weighted
from app.reports.routes import blueprint
from app.surveys.models import Survey

PARTS = ("drivers", "together", "rivals", "silent", "weighted")
MOST_PAIRS = 30
BAR = 32  # pixels


def reason_name(reason: Reason | None) -> str:
    """What a reason is called; None has no name yet."""
    return reason.label if reason else _("まだ名前のない理由")


def cell_name(key: str) -> str:
    """What an RFM cell is called, three signs of 1 to 3, or "-" where all thirds are meant; "000": nothing is known."""
    if key == UNKNOWN:
        return _("購入の記録なし")
    words = (
        (_("購入が古い"), _("購入が中ほど"), _("購入が新しい")),
        (_("回数が少ない"), _("回数が中ほど"), _("回数が多い")),
        (_("金額が低い"), _("金額が中ほど"), _("金額が高い")),
    )
    named = [words[axis][int(sign) - 1] for axis, sign in enumerate(key) if sign != "-"]
    return _("・").join(named) if named else _("全体")


@blueprint.get("/reports/analysis")
@needs(Right.READ)
def show_latest_analysis() -> ResponseReturnValue:
    """The analysis of the survey that was read last."""
    latest = latest_survey_read()
    return redirect(
        url_for(".show_analysis", survey_id=latest) if latest else url_for("reasons.list_reasons")
    )


@blueprint.get("/reports/surveys/<int:survey_id>/analysis")
@needs(Right.READ)
def show_analysis(survey_id: int) -> ResponseReturnValue:
    """One sentence of each part."""
    survey = db.get_or_404(Survey, survey_id)
    tally = tally_of(survey.id)
    return render_template(
        "reports/analysis.html",
        tally=tally,
        drivers=drivers(survey.id, tally),
        together=together(survey.id, tally),
        rivals=rivals(survey.id, clock.today()),
        **_shared(survey),
    )


@blueprint.get("/reports/surveys/<int:survey_id>/analysis/outlook")
@needs(Right.READ)
def show_analysis_outlook(survey_id: int) -> ResponseReturnValue:
    """What is said of the whole lapsed base, for htmx: every customer is weighed, and the page is there before that."""
    survey = db.get_or_404(Survey, survey_id)
    if is_anonymous(survey.id):
        abort(404)
    found = weighted(survey.id)
    return render_template("reports/_analysis_outlook.html", weighted=found, reason_name=reason_name)


@blueprint.get("/reports/surveys/<int:survey_id>/analysis/<part>")
@needs(Right.READ)
def show_analysis_part(survey_id: int, part: str) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    if part not in PARTS:
        abort(404)
    return render_template(f"reports/analysis_{part}.html", part=part, **_PAGES[part](survey))


def _shared(survey: Survey) -> dict[str, Any]:
    return {
        "survey": survey,
        "anonymous": is_anonymous(survey.id),
        "reason_name": reason_name,
        "cell_name": cell_name,
        "telling": TELLING,
        "height": charts.compared_height,
    }


def _drivers(survey: Survey) -> dict[str, Any]:
    return {**_shared(survey), "result": drivers(survey.id)}


def _together(survey: Survey) -> dict[str, Any]:
    result = together(survey.id)
    named = dict(result.reasons)
    return {
        **_shared(survey),
        "result": result,
        "named": named,
        "pairs": [pair for pair in result.pairs if pair.both][:MOST_PAIRS],
        "height": charts.heat_height,
    }


def _rivals(survey: Survey) -> dict[str, Any]:
    result = rivals(survey.id, clock.today())
    return {**_shared(survey), "result": result, "states": STATES, "chart_height": BAR * len(result.rows)}


def _silent(survey: Survey) -> dict[str, Any]:
    if is_anonymous(survey.id):
        return {**_shared(survey), "result": None}
    result = silences(survey.id)
    bars = 1 + sum(1 for one in result.thirds if one.base)
    return {**_shared(survey), "result": result, "chart_height": charts.compared_height(bars)}


def _weighted(survey: Survey) -> dict[str, Any]:
    return {**_shared(survey), "result": None if is_anonymous(survey.id) else weighted(survey.id)}


_PAGES = {
    "drivers": _drivers,
    "together": _together,
    "rivals": _rivals,
    "silent": _silent,
    "weighted": _weighted,
}
