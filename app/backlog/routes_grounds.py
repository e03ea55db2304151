"""/backlog/new and an item's evidence: what an item is made of."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, may, needs
from app.backlog import queries, services
from app.backlog.models import BacklogItem
from app.backlog.routes import blueprint, done, item_or_404, member_at_work, survey_asked
from app.backlog.services import Grounds
from app.db import db
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _
from app.reasons.models import Reason, Theme
from app.reasons.queries import reason_by_code
from app.reasons.queries.words import quote_of
from app.reasons.services import adopt_theme
from app.surveys.models import Survey
from forms.product import GroundsForm


@blueprint.get("/backlog/new")
@needs(Right.DECIDE)
def show_new() -> ResponseReturnValue:
    survey = survey_asked()
    if survey is None:
        return redirect(url_for(".list_items"))
    return _page(survey, None, GroundsForm(formdata=None))


@blueprint.post("/backlog/new")
@needs(Right.DECIDE)
def create() -> ResponseReturnValue:
    survey, form = survey_asked() or abort(404), GroundsForm()
    if not form.validate_on_submit():
        return _page(survey, None, form), 422
    try:
        item = services.create_item(
            survey, _grounds(form, survey), form.title.data or "", member_at_work(), clock.now()
        )
    except OkaeriError as error:
        db.session.rollback()
        form.form_errors = [error.sentence]
        return _page(survey, None, form), error.status
    return done(item, _("「%(title)s」を改善項目にしました。", title=item.title))


@blueprint.get("/backlog/<int:item_id>/evidence")
@needs(Right.DECIDE)
def show_evidence(item_id: int) -> ResponseReturnValue:
    item = item_or_404(item_id)
    return _page(item.survey, item, GroundsForm(formdata=None))


@blueprint.post("/backlog/<int:item_id>/evidence")
@needs(Right.DECIDE)
def add_evidence(item_id: int) -> ResponseReturnValue:
    item, form = item_or_404(item_id), GroundsForm()
    if not form.validate_on_submit():
        return _page(item.survey, item, form), 422
    try:
        grounds = _grounds(form, item.survey)
        if grounds.is_empty:
            raise BadInput(_("加える理由か声を、ひとつ以上選んでください。"))
        services.add_evidence(item, grounds, item.survey, member_at_work(), clock.now())
    except OkaeriError as error:
        db.session.rollback()
        form.form_errors = [error.sentence]
        return _page(item_or_404(item_id).survey, item_or_404(item_id), form), error.status
    return done(item, _("根拠を加えました。"))


@blueprint.post("/backlog/<int:item_id>/evidence/<int:evidence_id>/drop")
@needs(Right.DECIDE)
def drop_evidence(item_id: int, evidence_id: int) -> ResponseReturnValue:
    item = item_or_404(item_id)
    try:
        services.drop_evidence(item, evidence_id, member_at_work(), clock.now())
    except OkaeriError as error:
        flash(error.sentence)
        return redirect(url_for(".show_item", item_id=item.id))
    return done(item, _("根拠から外しました。"))


def _grounds(form: GroundsForm, survey: Survey) -> Grounds:
    """What was ticked. A theme becomes a reason of its own first, which is for those who may code."""
    reasons = [_row(Reason, number) for number in form.reasons.data or ()]
    themes = [_row(Theme, number) for number in form.themes.data or ()]
    if themes and not may(current_member(), Right.CODE):
        abort(403)
    for theme in themes:
        if theme.survey_id != survey.id:
            abort(404)
        label = theme.name[:80]
        reasons.append(adopt_theme(theme, label, label[:1], theme.within, member_at_work(), clock.now()))
    return Grounds(reasons, form.clauses.data or ())


def _row(kind: Any, number: int) -> Any:
    return db.session.get(kind, number) or abort(404)


def _page(survey: Survey, item: BacklogItem | None, form: GroundsForm) -> str:
    """Reasons and themes to tick; of the reason looked at, the clauses too."""
    looked_at = reason_by_code(request.args.get("reason", "")[:40])
    number = request.args.get("page", 1, type=int)
    page = queries.clauses_to_pick(survey.id, looked_at, number) if looked_at else None
    here = url_for(".show_evidence", item_id=item.id) if item else url_for(".show_new", survey=survey.id)
    return render_template(
        "backlog/grounds.html",
        survey=survey,
        item=item,
        form=form,
        here=here,
        surveys=queries.surveys_with_voices(),
        reasons=queries.reasons_to_choose(survey.id),
        themes=queries.open_themes(survey.id) if may(current_member(), Right.CODE) else [],
        looked_at=looked_at,
        page=page,
        quotes=[(clause, quote_of(clause)) for clause in page.rows] if page else [],
    )
