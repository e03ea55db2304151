"""/reports/surveys/<id>/segments: the score and the reasons by segment, as a page, as voices, as a file."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app import charts
from app.accounts.access import Right, needs
from app.customers.models import CustomerKind
from app.db import db
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.paging import Page
from app.reasons.queries import segments_of, voice_of
from app.reasons.routes.older import codebook_asked, codebook_filter, version_name
from app.reports.queries.segments import (
    EVERYBODY,
    KIND,
    RFM,
    SEGMENT,
    SegmentRow,
    SegmentTable,
    Slice,
    segment_table,
    sheets_behind,
)
from app.reports.routes import blueprint
from app.reports.routes.files import csv_file
from app.surveys.models import Survey

VOICES = 30


@blueprint.get("/reports/surveys/<int:survey_id>/segments")
@needs(Right.READ)
def list_segments(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    book = codebook_asked(survey.id)
    table = segment_table(survey.id, book)
    return render_template(
        "reports/segments.html",
        survey=survey,
        table=table,
        groups=[(name, [row for row in table.rows if row.group in keys]) for name, keys in _groups()],
        named=row_name,
        book=book,
        filters=codebook_filter(book, survey.id),
        has_customers=any(row.group != EVERYBODY for row in table.rows),
        drawn=charts.heat_height(len(rows_drawn(table))) if rows_drawn(table) and not book else 0,
    )


@blueprint.get("/reports/surveys/<int:survey_id>/segments/voices")
@needs(Right.READ)
def list_segment_voices(survey_id: int) -> ResponseReturnValue:
    """The sheets behind one figure."""
    survey = db.get_or_404(Survey, survey_id)
    group, key, code = (request.args.get(name, "") for name in ("group", "key", "reason"))
    book = codebook_asked(survey.id)
    behind = sheets_behind(survey.id, Slice(group, key), code, book)
    if behind is None:
        abort(404)
    number = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    page = Page.of(behind.sheets, number, VOICES, scalars=False)
    if not page.total:
        abort(404)
    return render_template(
        "reports/segment_voices.html",
        survey=survey,
        name=row_name(behind.slice),
        reason=behind.reason,
        book=book,
        code=code,
        page=page,
        voices=[(one, score, [(r, segments_of(r)) for r in voice_of(one)]) for one, score in page.rows],
    )


@blueprint.get("/reports/surveys/<int:survey_id>/segments.csv")
@needs(Right.EXPORT)
def export_segments(survey_id: int) -> ResponseReturnValue:
    """The table as a file for spreadsheets: counts, shares and the ends of their 95 % intervals."""
    survey = db.get_or_404(Survey, survey_id)
    book = codebook_asked(survey.id)
    with speaking(JAPANESE):
        rows = _lines(segment_table(survey.id, book))
        if book is not None:
            said = [_("理由の定義"), *[version_name(book)] * (len(rows) - 1)]
            rows = [[*row, cell] for row, cell in zip(rows, said, strict=True)]
    return csv_file(rows[0], rows[1:], "segments", survey.id)


def rows_drawn(table: SegmentTable) -> list[SegmentRow]:
    """The rows of the drawing: all but the RFM cells, which the table holds."""
    shown = [row for row in table.rows if row.group != RFM and row.giving and not row.withheld]
    return shown if table.reasons else []


def row_name(row: Slice) -> str:
    """What a row is called."""
    if row.group == SEGMENT:
        return row.label
    if row.group == KIND:
        kinds = {CustomerKind.PERSON: _("個人のお客さま"), CustomerKind.ACCOUNT: _("取引先")}
        return kinds[CustomerKind(row.key)]
    if row.group == RFM:
        return _rfm_name(row.key)
    return _("全体")


def _rfm_name(key: str) -> str:
    if key == "none":
        return _("購入の記録なし")
    words = (
        (_("購入が古い"), _("購入が中ほど"), _("購入が新しい")),
        (_("回数が少ない"), _("回数が中ほど"), _("回数が多い")),
        (_("金額が低い"), _("金額が中ほど"), _("金額が高い")),
    )
    return _("・").join(words[place][int(third) - 1] for place, third in enumerate(key))


def _groups() -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("", (EVERYBODY,)),
        (_("保存したセグメント"), (SEGMENT,)),
        (_("お客さまの種類"), (KIND,)),
        (_("購入のしかた（RFM）"), (RFM,)),
    ]


def _lines(table: Any) -> list[list[Any]]:
    """The head, then a line a row. What is withheld is empty."""
    head = [
        _("まとまり"),
        _("名前"),
        _("回答"),
        _("推奨度のある回答"),
        "NPS",
        _("NPS 下"),
        _("NPS 上"),
        _("理由を挙げた回答"),
    ]
    for _code, reason in table.reasons:
        label = reason.label if reason else _("まだ名前のない理由")
        head += [_("%(label)s 件数", label=label), _("%(label)s 割合", label=label)]
        head += [_("%(label)s 下", label=label), _("%(label)s 上", label=label)]
    names = {EVERYBODY: _("全体"), SEGMENT: _("セグメント"), KIND: _("種類"), RFM: "RFM"}
    return [head, *(_line(row, names[row.group], table.reasons) for row in table.rows)]


def _line(row: SegmentRow, group: str, reasons: Any) -> list[Any]:
    hide: Callable[[Any], Any] = lambda value: "" if row.withheld else value  # noqa: E731 (one word for eight cells)
    known = row.nps.score is not None
    line = [group, row_name(row), hide(row.n), hide(row.nps.n)]
    line += [
        hide(round(value, 1)) if known else "" for value in (row.nps.score or 0.0, row.nps.low, row.nps.high)
    ]
    line.append(hide(row.giving))
    for code, _reason in reasons:
        share = row.shares[code]
        values = (share.count, round(share.share, 4), round(share.low, 4), round(share.high, 4))
        line += ["" if row.hides(code) or not row.giving else value for value in values]
    return line
