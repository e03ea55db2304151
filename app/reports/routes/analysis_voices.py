"""/reports/surveys/<id>/analysis/voices: the sheets behind a figure that no single filter of the voices finds."""

import re
from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.access import Right, needs
from app.customers.models import Customer
from app.db import db
from app.i18n import gettext as _
from app.paging import Page
from app.reasons.models import Reading
from app.reasons.models_voices import RivalMention
from app.reasons.queries import reasons_in_use, segments_of, voice_of
from app.reasons.queries.few import fewest_shown, is_anonymous
from app.reports.queries.cells import Cells
from app.reports.queries.tally import sheets_giving
from app.reports.routes import blueprint
from app.reports.routes.analysis import cell_name, reason_name
from app.responses.models import Door, Response, ResponseState
from app.surveys.models import Survey

VOICES = 30
CELL = re.compile(r"[1-3-]{3}|000")


@blueprint.get("/reports/surveys/<int:survey_id>/analysis/voices")
@needs(Right.READ)
def list_analysis_voices(survey_id: int) -> ResponseReturnValue:
    """?reason= and ?also=: codes both given; ?rival=: a competitor named; ?cell=: an RFM cell of the lapsed base."""
    survey = db.get_or_404(Survey, survey_id)
    asked = {name: request.args.get(name, "") for name in ("reason", "also", "rival", "cell")}
    conditions = _conditions(survey.id, asked)
    if not conditions:
        abort(404)
    sheets = sa.select(Response.id).where(
        Response.survey_id == survey.id,
        Response.state == ResponseState.SUBMITTED,
        Response.door != Door.TEST,
        *conditions,
    )
    number = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    page = Page.of(sheets.order_by(Response.submitted_at.desc(), Response.id.desc()), number, VOICES)
    if page.total < fewest_shown(survey.id) or not page.total:
        abort(404)
    scored = sa.select(Response.id, Response.nps).where(Response.id.in_(page.rows))
    scores = dict(db.session.execute(scored).all())
    return render_template(
        "reports/analysis_voices.html",
        survey=survey,
        title=_title(asked),
        page=page,
        voices=[(one, scores[one], [(r, segments_of(r)) for r in voice_of(one)]) for one in page.rows],
    )


def _conditions(survey_id: int, asked: dict[str, str]) -> list[sa.ColumnElement[bool]]:
    """What is asked for as SQL; nothing where something in it is not known."""
    found: list[sa.ColumnElement[bool]] = []
    if codes := [asked[name] for name in ("reason", "also") if asked[name]]:
        giving: sa.Select[Any] | None = sheets_giving(survey_id, codes)
        if giving is None:
            return []
        found.append(Response.id.in_(giving))
    if asked["rival"]:
        naming = sa.select(Reading.response_id).join(RivalMention, RivalMention.reading_id == Reading.id)
        name = asked["rival"].replace("\0", "")
        found.append(Response.id.in_(naming.where(Reading.survey_id == survey_id, RivalMention.name == name)))
    if asked["cell"]:
        if not CELL.fullmatch(asked["cell"]) or is_anonymous(survey_id):
            return []
        inside = sa.select(Customer.id).where(Cells().inside(asked["cell"]))
        found.append(Response.customer_id.in_(inside))
    return found


def _title(asked: dict[str, str]) -> str:
    reasons = {one.code: one for one in reasons_in_use()}
    named = [
        _("「%(reason)s」", reason=reason_name(reasons.get(asked[name])))
        for name in ("reason", "also")
        if asked[name]
    ]
    said = _("と").join(named)
    if asked["cell"]:
        return _("休眠・離反の方（%(cell)s）", cell=cell_name(asked["cell"]))
    if asked["rival"] and said:
        return _("%(rival)sの名と%(reasons)sを挙げた方", rival=asked["rival"], reasons=said)
    return (
        _("%(rival)sの名を挙げた方", rival=asked["rival"])
        if asked["rival"]
        else _("%(reasons)sを挙げた方", reasons=said)
    )
