"""The drawings of the analysis: each a GET of its own, as SVG for the page and as PNG to take along."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app import charts, clock
from app.accounts.access import Right, needs
from app.charts import DifferenceRow, HeatCell, HeatRow, PairedRow, Paper, PartedRow, ShareRow
from app.db import db
from app.filters import number, percent, reason_seal, signed
from app.i18n import gettext as _
from app.reasons.models import Reason
from app.reasons.queries.few import is_anonymous
from app.reports.queries.drivers import TELLING, drivers, together
from app.reports.queries.rivals import rivals
from app.reports.queries.segments import segment_table
from app.reports.queries.silent import silences
from app.reports.queries.weighted import weighted
from app.reports.routes import blueprint
from app.reports.routes.analysis import cell_name, reason_name
from app.reports.routes.files import png_file
from app.reports.routes.segments import row_name, rows_drawn
from app.surveys.models import Survey

# What the whole width of a page leaves for a chart at 1280 px, a tablet, and a phone of 375 px.
WIDTHS = (960, 600, 311)
STEPS = (0.1, 0.2, 0.35, 0.5)
MOST_COLUMNS = 12


@dataclass(frozen=True)
class Drawing:
    """What to draw with what, and the words that stand above a picture taken along."""

    draw: Callable[..., bytes]
    figures: tuple[Any, ...]
    words: str


@blueprint.get("/reports/surveys/<int:survey_id>/analysis/<part>.svg")
@needs(Right.READ)
def draw_analysis(survey_id: int, part: str) -> ResponseReturnValue:
    """?width= one of WIDTHS."""
    width = request.args.get("width", WIDTHS[0], int)
    drawing = _drawing(survey_id, part)
    paper = Paper(width if width in WIDTHS else WIDTHS[0], 0, drawing.words)
    return charts.svg_response(charts.cached(_folder(), drawing.draw, *drawing.figures, paper))


@blueprint.get("/reports/surveys/<int:survey_id>/analysis/<part>.png")
@needs(Right.EXPORT)
def save_analysis_picture(survey_id: int, part: str) -> ResponseReturnValue:
    """The same drawing for slides and papers, with its title, n and definition above."""
    drawing = _drawing(survey_id, part)
    paper = Paper(WIDTHS[0], 0, png=True, caption=drawing.words)
    image = charts.cached(_folder(), drawing.draw, *drawing.figures, paper)
    return png_file(image, part, survey_id)


def _drawing(survey_id: int, part: str) -> Drawing:
    survey = db.get_or_404(Survey, survey_id)
    found = _DRAWINGS[part](survey) if part in _DRAWINGS else None
    if found is None:
        abort(404)
    return found


def _folder() -> Path:
    return Path(current_app.extensions["settings"].instance_path) / "charts"


def _voices(survey: Survey, **filters: Any) -> str:
    return url_for("reasons.list_voices", survey=survey.id, **filters)


def _seal(reason: Reason | None) -> str:
    return reason_seal(reason) if reason else _("新")


def _drivers(survey: Survey) -> Drawing | None:
    result = drivers(survey.id)
    rows = tuple(
        DifferenceRow(
            reason_name(reason),
            one.difference,
            one.low,
            one.high,
            figure=_("%(points)sポイント", points=signed(100 * one.difference)),
            strong=one.is_certain and one.n >= TELLING,
            grey=one.n < TELLING,
            url=_voices(survey, reason=one.code, nps="detractor"),
            title=_("「%(reason)s」を挙げて0〜6をつけた声を見る", reason=reason_name(reason)),
        )
        for one, reason in result.rows
    )
    words = _(
        "%(survey)s：点を下げている理由（推奨度のある回答 n = %(n)s）", survey=survey.name, n=number(result.n)
    )
    sides = (_("点が高い"), _("点が低い"))
    return Drawing(charts.difference_rows, (rows, *sides), words) if rows else None


def _together(survey: Survey) -> Drawing | None:
    result = together(survey.id)
    if len(result.reasons) < 2:
        return None
    rows = tuple(
        HeatRow(
            reason_name(reason),
            _seal(reason),
            tuple(_pair_cell(survey, result, code, other) for other, _other in result.reasons),
            note=f"n={number(result.counts[code])}",
            grey=result.counts[code] < TELLING,
        )
        for code, reason in result.reasons
    )
    columns = tuple((reason_name(reason), _seal(reason)) for _code, reason in result.reasons)
    words = _(
        "%(survey)s：行の理由を挙げた方のうち、列の理由も挙げた割合（n = %(n)s）",
        survey=survey.name,
        n=number(result.n),
    )
    return Drawing(charts.heat, (rows, columns, STEPS), words)


def _pair_cell(survey: Survey, result: Any, code: str, other: str) -> HeatCell:
    pair = result.pair(code, other)
    if pair is None:
        return HeatCell(None)
    names = {one: reason_name(reason) for one, reason in result.reasons}
    share = pair.both / (result.counts[code] or 1)
    title = _(
        "「%(one)s」と「%(other)s」の両方の声%(count)s件を見る",
        one=names[code],
        other=names[other],
        count=pair.both,
    )
    url = url_for(".list_analysis_voices", survey_id=survey.id, reason=pair.first, also=pair.second)
    return HeatCell(share, url if pair.both else "", title, strong=pair.is_more)


def _rivals(survey: Survey) -> Drawing | None:
    result = rivals(survey.id, clock.today())
    rows = tuple(
        ShareRow(
            one.name,
            one.share,
            *one.interval,
            figure=percent(one.share, 1),
            note=_("%(count)s枚", count=number(one.count)),
            strong=place < 2 and one.count >= TELLING,
            url=_voices(survey, rival=one.name),
        )
        for place, one in enumerate(result.rows)
    )
    words = _(
        "%(survey)s：名前の挙がった競合（読んだ回答 n = %(n)s）", survey=survey.name, n=number(result.n)
    )
    return Drawing(charts.share_bars, (rows,), words) if rows else None


def _silent(survey: Survey) -> Drawing | None:
    if is_anonymous(survey.id):
        return None
    result = silences(survey.id)
    if not result.whole.base:
        return None
    rows = tuple(
        PartedRow(
            cell_name(one.key),
            one.shares,
            figure=_("%(answered)s / %(base)s人", answered=number(one.answered), base=number(one.base)),
            url=url_for(".list_analysis_voices", survey_id=survey.id, cell=one.key) if one.answered else "",
            title=_("%(name)sの声を見る", name=cell_name(one.key)),
            head=one.key if one.key.count("3") == 1 else "",
        )
        for one in (result.whole, *result.thirds)
        if one.base
    )
    words = _(
        "%(survey)s：休眠・離反の方のうち、答えた方と答えていない方（n = %(n)s）",
        survey=survey.name,
        n=number(result.whole.base),
    )
    parts = (_("答えた方"), _("お願いして、まだの方"), _("お願いしていない方"))
    return Drawing(charts.parted_shares, (rows, parts), words)


def _weighted(survey: Survey) -> Drawing | None:
    result = None if is_anonymous(survey.id) else weighted(survey.id)
    if result is None or not result.rows:
        return None
    rows = tuple(
        PairedRow(
            reason_name(reason),
            (one.share, one.low, one.high),
            (one.weighted, one.weighted_low, one.weighted_high),
            figure=_("%(plain)s → %(weighted)s", plain=percent(one.share), weighted=percent(one.weighted)),
            grey=one.count < TELLING,
            url=_voices(survey, reason=one.code),
            title=_("「%(reason)s」の声を見る", reason=reason_name(reason)),
        )
        for one, reason in result.rows
    )
    words = _(
        "%(survey)s：離れた理由（答えた n = %(n)s人、重みをつけると実質 %(effective)s人分）",
        survey=survey.name,
        n=number(result.n),
        effective=number(result.effective_n),
    )
    return Drawing(charts.paired_shares, (rows, (_("答えた方"), _("全体にあてはめた値"))), words)


def _segments(survey: Survey) -> Drawing | None:
    table = segment_table(survey.id)
    reasons = table.reasons[:MOST_COLUMNS]
    rows = tuple(
        HeatRow(
            row_name(row),
            row_name(row)[:4],
            tuple(_segment_cell(survey, row, code, reason_name(reason)) for code, reason in reasons),
            note=f"n={number(row.giving)}",
            grey=row.is_small,
        )
        for row in rows_drawn(table)
    )
    columns = tuple((reason_name(reason), _seal(reason)) for _code, reason in reasons)
    words = _("%(survey)s：セグメントごとに、理由を挙げた回答のうちその理由の割合", survey=survey.name)
    return Drawing(charts.heat, (rows, columns, STEPS), words) if rows else None


def _segment_cell(survey: Survey, row: Any, code: str, name: str) -> HeatCell:
    if row.hides(code):
        return HeatCell(None)
    share = row.shares[code]
    url = url_for(".list_segment_voices", survey_id=survey.id, group=row.group, key=row.key, reason=code)
    title = _("%(segment)sの「%(reason)s」の声を見る", segment=row_name(row), reason=name)
    return HeatCell(share.share, url if share.count else "", title)


_DRAWINGS: dict[str, Callable[[Survey], Drawing | None]] = {
    "drivers": _drivers,
    "together": _together,
    "rivals": _rivals,
    "silent": _silent,
    "weighted": _weighted,
    "segments": _segments,
}
