"""/reports/surveys/<id>/trend: the reasons and the score through the months, with what was mended meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import charts
from app.accounts.access import Right, needs
from app.charts import Panel, Paper, TrendPoint
from app.db import db
from app.filters import locale_code, month, month_year, number, percent
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.reasons.queries.older import CodebookAt, codebook_now
from app.reasons.routes.older import codebook_asked, codebook_filter, version_name
from app.reports import queries
from app.reports.queries.trend import MonthShare, ReasonTrend, ReasonTrends, Release, reason_trends, releases
from app.reports.routes import blueprint
from app.reports.routes.drawings import chart_folder, release_events, year_name
from app.reports.routes.files import csv_file, png_file
from app.surveys.models import Survey

# What the page leaves for the drawing at 1280 px, and on a phone of 375 px: (width, panels in a row).
SHAPES = {932: 2, 311: 1}
SHOWN, MOST_SHOWN = 6, 12


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the survey, the version, all reasons, and those that are drawn."""

    survey: Survey
    book: CodebookAt | None
    trends: ReasonTrends
    drawn: tuple[ReasonTrend, ...]
    released: Sequence[Release]
    tops: dict[int, int]  # of the reasons of what was released, the entry their voices are counted in


@blueprint.get("/reports/surveys/<int:survey_id>/trend")
@needs(Right.READ)
def show_trend(survey_id: int) -> ResponseReturnValue:
    asked = _asked(survey_id)
    scores = queries.nps_by_month(survey_id)
    return render_template(
        "reports/trend.html",
        survey=asked.survey,
        book=asked.book,
        trends=asked.trends,
        drawn=asked.drawn,
        released=asked.released,
        filters=codebook_filter(asked.book, survey_id),
        shapes={width: _height(asked, width) for width in SHAPES},
        label=reason_label,
        voices=lambda row, at=None: voices_url(asked, row, at),
        scores=[one for one in scores if one.nps.n],
        last=next((one for one in reversed(scores) if one.is_telling), None),
        top=next((row for row in asked.trends.rows if row.reason and row.telling), None),
        chosen=request.args.getlist("reason"),
    )


@blueprint.get("/reports/surveys/<int:survey_id>/trend.svg")
@needs(Right.READ)
def draw_trend(survey_id: int) -> ResponseReturnValue:
    """Small multiples of the reasons asked for (?reason= again and again); ?width= one of SHAPES."""
    width = request.args.get("width", max(SHAPES), int)
    drawn = _drawing(_asked(survey_id), width if width in SHAPES else max(SHAPES), png=False)
    return charts.svg_response(drawn)


@blueprint.get("/reports/surveys/<int:survey_id>/trend.png")
@needs(Right.EXPORT)
def export_trend_picture(survey_id: int) -> ResponseReturnValue:
    asked = _asked(survey_id)
    with speaking(JAPANESE):
        drawn = _drawing(asked, max(SHAPES), png=True)
    return png_file(drawn, "trend", survey_id)


@blueprint.get("/reports/surveys/<int:survey_id>/trend.csv")
@needs(Right.EXPORT)
def export_trend(survey_id: int) -> ResponseReturnValue:
    """Every reason and month: counts, shares and the ends of their 95 % intervals, and under which version."""
    asked = _asked(survey_id)
    with speaking(JAPANESE):
        return csv_file(*_table(asked), "trend", survey_id)


def reason_label(row: ReasonTrend) -> str:
    """What a row is called."""
    if row.reason:
        return row.reason.label
    return _("まだ名前のない理由") if row.code == "unexplained" else _("この版にはない理由")


def voices_url(asked: Asked, row: ReasonTrend, at: MonthShare | None = None) -> str:
    """Where the voices behind a reason, or behind one month of it, are read."""
    if asked.book is not None and asked.book.version is not None:
        start = at.month.isoformat() if at else None
        number, survey_id = asked.book.version.number, asked.survey.id
        return url_for(
            "reports.list_older_voices", number=number, survey=survey_id, reason=row.code, month=start
        )
    since, until = (at.month.isoformat(), at.last_day.isoformat()) if at else (None, None)
    return url_for("reasons.list_voices", survey=asked.survey.id, reason=row.code, since=since, until=until)


def _asked(survey_id: int) -> Asked:
    survey = db.get_or_404(Survey, survey_id)
    book = codebook_asked(survey.id)
    shown = book or codebook_now()
    trends = reason_trends(survey.id, shown)
    codes = request.args.getlist("reason")[:MOST_SHOWN]
    drawn = [row for row in trends.rows if row.code in codes]
    drawn = drawn or [row for row in trends.rows if row.reason][:SHOWN] or list(trends.rows)
    released = releases(survey.id, trends.months)
    tops = {reason: shown.top_of(reason) for one in released for reason in one.reason_ids}
    return Asked(survey, book, trends, tuple(drawn), released, tops)


def _height(asked: Asked, width: int) -> int:
    return charts.panels_height(len(asked.drawn), SHAPES[width]) if asked.drawn else 0


def _drawing(asked: Asked, width: int, png: bool) -> bytes:
    if not asked.drawn or not asked.trends.telling:
        abort(404)
    paper = Paper(width, 0, _("理由の割合の、月ごとの移り変わり"), png)
    panels = tuple(_panel(asked, row) for row in asked.drawn)
    return charts.cached(chart_folder(), charts.trend_panels, panels, SHAPES[width], "%", paper)


def _panel(asked: Asked, row: ReasonTrend) -> Panel:
    points = tuple(_point(asked, row, one) for one in row.months)
    last = row.telling[-1].share
    here = row.reason.id if row.reason else None
    mine = [one for one in asked.released if here in {asked.tops[reason] for reason in one.reason_ids}]
    events = release_events(mine)
    return Panel(
        reason_label(row),
        points,
        events,
        _("%(share)s（n = %(n)s）", share=percent(last.share), n=number(last.n)),
    )


def _point(asked: Asked, row: ReasonTrend, one: MonthShare) -> TrendPoint:
    share = one.share
    figures = (share.share, share.low, share.high)
    value, low, high = (100 * figure if one.is_telling else None for figure in figures)
    title = _(
        "%(month)sの「%(reason)s」の声を見る",
        month=month_year(one.month, locale_code()),
        reason=reason_label(row),
    )
    url = voices_url(asked, row, one) if share.count else ""
    return TrendPoint(
        one.month, value, low, high, month(one.month, locale_code()), year_name(one.month), url, title
    )


def _table(asked: Asked) -> tuple[list[str], list[list[Any]]]:
    head = [
        _("理由"),
        _("月"),
        _("件数"),
        _("理由を挙げた回答"),
        _("割合"),
        _("下"),
        _("上"),
        _("10枚に届くか"),
    ]
    head.append(_("理由の定義"))
    name = version_name(asked.book)
    lines = []
    for row in asked.trends.rows:
        for one in row.months:
            share = one.share
            ends = (
                [round(figure, 4) for figure in (share.share, share.low, share.high)] if share.n else [""] * 3
            )
            known = _("はい") if one.is_telling else _("いいえ")
            lines.append([reason_label(row), f"{one.month:%Y-%m}", share.count, share.n, *ends, known, name])
    return head, lines
