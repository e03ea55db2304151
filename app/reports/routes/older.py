"""/reports/codebook/<version>/voices: the sheets behind a figure that is shown under an older version of the codebook."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.access import Right, needs
from app.clock import TOKYO
from app.db import db
from app.i18n import gettext as _
from app.paging import Page
from app.reasons.queries import segments_of, voice_of
from app.reasons.queries.few import is_anonymous
from app.reasons.queries.older import MISSING, UNNAMED, CodebookAt, codebook_at, sheets_then
from app.reasons.routes.shared import number_asked, number_in
from app.reports.queries.nps import month_after
from app.reports.routes import blueprint
from app.responses.models import Response
from app.surveys.models import Survey

VOICES = 30


@blueprint.get("/reports/codebook/<int:number>/voices")
@needs(Right.READ)
def list_older_voices(number: int) -> ResponseReturnValue:
    """?survey= (all without it), ?reason= a code, ?month= its first day."""
    survey_id = number_asked("survey")
    survey = db.get_or_404(Survey, survey_id) if survey_id else None
    if number_in(str(number)) is None or is_anonymous(survey_id):
        abort(404)
    book = codebook_at(number) or abort(404)
    reason_id, label = _reason(book, request.args.get("reason", ""))
    month = _month(request.args.get("month", ""))
    page = Page.of(_sheets(book, survey_id, reason_id, month), _page_number(), VOICES)
    sheets = {
        one.id: one for one in db.session.scalars(sa.select(Response).where(Response.id.in_(list(page.rows))))
    }
    return render_template(
        "reports/older_voices.html",
        book=book,
        survey=survey,
        label=label,
        month=month,
        page=page,
        voices=[(sheets[one], [(r, segments_of(r)) for r in voice_of(one)]) for one in page.rows],
    )


def _page_number() -> int:
    return min(max(request.args.get("page", 1, type=int), 1), 10_000)


def _reason(book: CodebookAt, code: str) -> tuple[int, str]:
    if code == "unexplained":
        return UNNAMED, _("まだ名前のない理由")
    if code == "missing":
        return MISSING, _("この版にはない理由")
    found = next((one for one in book.used if one.code == code), None) or abort(404)
    return found.id, found.label


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        abort(404)
    if found is not None and not date(1900, 1, 1) <= found <= date(2999, 1, 1):
        abort(404)
    return found.replace(day=1) if found else None


def _sheets(book: CodebookAt, survey_id: int | None, reason_id: int, month: date | None) -> sa.Select[Any]:
    is_lower = reason_id in book.entries and book.entries[reason_id].parent_id is not None
    pairs = sheets_then(book, survey_id, tops=not is_lower)
    query = sa.select(Response.id).join(pairs, pairs.c.response_id == Response.id)
    query = query.where(pairs.c.reason_id == reason_id)
    if month is not None:
        start, end = (datetime(day.year, day.month, 1, tzinfo=TOKYO) for day in (month, month_after(month)))
        query = query.where(Response.submitted_at >= start, Response.submitted_at < end)
    return query.order_by(Response.submitted_at.desc(), Response.id.desc())
