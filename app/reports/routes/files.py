"""Charts taken home: the pictures as PNG, their figures as CSV. Each is written down in the audit log."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.accounts.access import Right, current_member, needs
from app.charts import Paper
from app.db import db, let_go, unit_of_work
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.reasons.queries import ReasonShare, reasons_by_mentions
from app.reasons.queries.older_shares import shares_then
from app.reasons.routes.older import codebook_asked, version_name
from app.reasons.routes.shared import number_asked
from app.reports import queries
from app.reports.routes import blueprint
from app.reports.routes.drawings import HEIGHT, WIDTHS, months_drawing, nps_drawing
from app.sheets import csv_of
from app.surveys.models import Survey


@blueprint.get("/reports/surveys/<int:survey_id>/nps.png")
@needs(Right.EXPORT)
def export_nps_picture(survey_id: int | None) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    with speaking(JAPANESE):
        drawn = nps_drawing(survey, Paper(WIDTHS[0], HEIGHT, png=True))
    return png_file(drawn, "nps", survey_id)


@blueprint.get("/reports/surveys/<int:survey_id>/months.png")
@needs(Right.EXPORT)
def export_months_picture(survey_id: int | None) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    with speaking(JAPANESE):
        drawn = months_drawing(survey, Paper(WIDTHS[0], HEIGHT, png=True))
    return png_file(drawn, "nps-months", survey_id)


@blueprint.get("/reports/surveys/<int:survey_id>/nps.csv")
@needs(Right.EXPORT)
def export_nps(survey_id: int | None) -> ResponseReturnValue:
    """How many gave 0 to 10; withheld as on the page."""
    survey = db.get_or_404(Survey, survey_id)
    result = queries.nps_of(survey.id)
    if not result.nps.n or result.without_classes:
        abort(404)
    with speaking(JAPANESE):
        heads = [_("推奨度"), _("回答"), _("割合")]
    return csv_file(
        heads, [[score, count, round(share, 4)] for score, count, share in result.rows], "nps", survey_id
    )


@blueprint.get("/reports/surveys/<int:survey_id>/months.csv")
@needs(Right.EXPORT)
def export_months(survey_id: int | None) -> ResponseReturnValue:
    """The NPS by month with the ends of its 95 % interval."""
    survey = db.get_or_404(Survey, survey_id)
    months = [one for one in queries.nps_by_month(survey.id) if one.nps.n]
    if not months:
        abort(404)
    with speaking(JAPANESE):
        heads = [_("月"), _("推奨度のある回答"), "NPS", _("NPS 下"), _("NPS 上")]
    rows = [
        [
            f"{one.month:%Y-%m}",
            one.nps.n,
            *(round(end or 0.0, 1) for end in (one.nps.score, one.nps.low, one.nps.high)),
        ]
        for one in months
    ]
    return csv_file(heads, rows, "nps-months", survey_id)


@blueprint.get("/reports/reasons.csv")
@needs(Right.EXPORT)
def export_reasons() -> ResponseReturnValue:
    """The list of reasons of a survey (?survey=), or of all: counts, shares, their ends, and under which version."""
    survey_id = number_asked("survey")
    if survey_id:
        db.get_or_404(Survey, survey_id)
    book = codebook_asked(survey_id)
    shares, later = shares_then(book, survey_id) if book else (reasons_by_mentions(survey_id), None)
    with speaking(JAPANESE):
        heads = [
            _("理由"),
            _("上の理由"),
            _("件数"),
            _("理由を挙げた回答"),
            _("割合"),
            _("下"),
            _("上"),
            _("理由の定義"),
        ]
        lines = []
        for row in shares.rows:
            lines.append(_reason_line(row.reason.label if row.reason else "", "", row))
            above = row.reason.label if row.reason else ""
            lines += [_reason_line(one.reason.label if one.reason else "", above, one) for one in row.below]
        lines.append(_reason_line(_("まだ名前のない理由"), "", shares.unexplained))
        if later is not None and later.count:
            lines.append(_reason_line(_("この版にはない理由"), "", later))
        name = version_name(book)
    return csv_file(heads, [[*line, name] for line in lines], "reasons", survey_id)


def _reason_line(label: str, above: str, share: ReasonShare) -> list[Any]:
    figures = [round(figure, 4) for figure in (share.share, share.low, share.high)] if share.n else [""] * 3
    return [label, above, share.count, share.n, *figures]


def csv_file(
    heads: Sequence[str], rows: Sequence[Sequence[Any]], name: str, survey_id: int | None
) -> Response:
    """A table to take home."""
    return _file(csv_of(heads, rows), "csv", "text/csv", name, survey_id)


def png_file(drawn: bytes, name: str, survey_id: int | None) -> Response:
    """A picture to take home."""
    return _file(drawn, "png", "image/png", name, survey_id)


def keep_export(survey_id: int | None, kind: str) -> None:
    """Write down that something was taken home, in a transaction of its own: what only reads is never committed."""
    member = current_member()
    member_id = member.id if member else None
    let_go()
    with unit_of_work():
        audit.record("exported", "survey", survey_id, member_id, clock.now(), kind=kind)


def _file(content: bytes, kind: str, media_type: str, name: str, survey_id: int | None) -> Response:
    keep_export(survey_id, kind)
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-{survey_id or 'all'}.{kind}")
    return answer
