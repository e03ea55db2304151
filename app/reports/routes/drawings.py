"""The drawings of a survey's results: each a GET of its own, kept on disk until its figures change."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app import charts
from app.accounts.access import Right, needs
from app.charts import Event, Paper, TrendPoint
from app.charts.scales import shortened
from app.db import db
from app.filters import locale_code, month, month_year, number, percent, signed
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reports import queries
from app.reports.queries import MonthlyNps, SurveyNps
from app.reports.queries.nps import month_after
from app.reports.queries.trend import Release, releases
from app.reports.routes import blueprint
from app.surveys.models import Survey

# What a column of the page leaves for a chart at 1280 px, and a phone of 375 px.
WIDTHS = (450, 311)
HEIGHT = 248
LABEL_ROOM, MOST_EVENTS = 170.0, 8  # pixels of a release's name; releases in one drawing


@blueprint.get("/reports/surveys/<int:survey_id>/nps.svg")
@needs(Right.READ)
def draw_nps(survey_id: int) -> ResponseReturnValue:
    """How many gave 0 to 10; ?width= one of WIDTHS."""
    survey = db.get_or_404(Survey, survey_id)
    return charts.svg_response(nps_drawing(survey, _paper(_("推奨度0から10までの、回答の分かれ方"))))


@blueprint.get("/reports/surveys/<int:survey_id>/months.svg")
@needs(Right.READ)
def draw_months(survey_id: int) -> ResponseReturnValue:
    """The NPS by month with its interval; ?width= one of WIDTHS."""
    survey = db.get_or_404(Survey, survey_id)
    return charts.svg_response(months_drawing(survey, _paper(_("推奨度（NPS）の月ごとの移り変わり"))))


def nps_drawing(survey: Survey, paper: Paper) -> bytes:
    """The histogram; 404 where nobody gave a score, or too few to be told."""
    result = queries.nps_of(survey.id)
    if not result.nps.n or result.without_classes:
        abort(404)
    urls = [url_for("reasons.list_voices", survey=survey.id, nps=score) for score in range(11)]
    titles = [
        _n("推奨度%(score)s（%(count)s枚）の声を見る", count, score=score, count=number(count))
        for score, count in enumerate(result.counts)
    ]
    return charts.cached(
        chart_folder(),
        charts.nps_histogram,
        result.counts,
        tuple(urls),
        tuple(titles),
        _groups(result),
        _habit(result),
        paper,
    )


def months_drawing(survey: Survey, paper: Paper) -> bytes:
    """The line by month with what was released meanwhile; 404 where no month has enough answers."""
    months = queries.nps_by_month(survey.id)
    telling = [month for month in months if month.is_telling]
    if not telling:
        abort(404)
    return charts.cached(
        chart_folder(),
        charts.trend,
        tuple(_point(survey, month) for month in months),
        release_events(releases(survey.id, [month.month for month in months])),
        last=signed(telling[-1].nps.score),
        last_note=f"n = {number(telling[-1].nps.n)}",
        paper=paper,
    )


def release_events(released: Sequence[Release]) -> tuple[Event, ...]:
    """Releases as dashed lines that lead to their items; where there are many, the newest ones."""
    return tuple(
        Event(one.on, shortened(one.title, LABEL_ROOM), url_for("backlog.show_item", item_id=one.item_id))
        for one in released[-MOST_EVENTS:]
    )


def year_name(on: date) -> str:
    """The year as it stands under an axis."""
    return _("%(year)s年", year=f"{on.year % 100:02d}")


def chart_folder() -> Path:
    """Where drawings are kept."""
    return Path(current_app.extensions["settings"].instance_path) / "charts"


def _paper(alt: str) -> Paper:
    width = request.args.get("width", WIDTHS[0], int)
    return Paper(width if width in WIDTHS else WIDTHS[0], HEIGHT, alt)


def _groups(result: SurveyNps) -> tuple[str, str, str]:
    below, middle, above = (percent(share) for share in result.shares)
    return (
        _("批判 %(share)s", share=below),
        _("中立 %(share)s", share=middle),
        _("推奨 %(share)s", share=above),
    )


def _habit(result: SurveyNps) -> str:
    return _("真ん中の習慣かもしれない %(share)s", share=percent(result.habit / result.nps.n))


def _point(survey: Survey, one: MonthlyNps) -> TrendPoint:
    on, nps = one.month, one.nps
    last = date.fromordinal(month_after(on).toordinal() - 1)
    url = url_for("reasons.list_voices", survey=survey.id, since=on.isoformat(), until=last.isoformat())
    value, low, high = (nps.score, nps.low, nps.high) if one.is_telling else (None, None, None)
    return TrendPoint(
        on,
        value,
        low,
        high,
        label=month(on, locale_code()),
        year=year_name(on),
        url=url if nps.n else "",
        title=_("%(month)sの声を見る", month=month_year(on, locale_code())),
    )
