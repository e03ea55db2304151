"""The backlog: list, item, decisions, export."""

import hashlib
import io

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.accounts.models import Member
from app.backlog import exporters, queries, services
from app.backlog.bands import bands, exact, rough
from app.backlog.models import BacklogItem, Verdict
from app.clashes import take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.reasons.models import Reason
from app.reasons.queries.mentions import typical_clauses
from app.reasons.queries.words import segments_of
from app.surveys.models import Survey
from forms.base import RevisionForm
from forms.product import (
    LARGEST_NUMBER,
    DecisionForm,
    ExportForm,
    ItemForm,
    PromoteForm,
    ReleaseForm,
)

blueprint = Blueprint("backlog", __name__)


def _member() -> Member:
    member = current_member()
    if member is None:
        abort(403)
    return member


def _item(item_id: int) -> BacklogItem:
    item = queries.backlog_item(item_id)
    if item is None:
        abort(404)
    return item


def _survey() -> Survey | None:
    """The survey asked for, else the one worked on last."""
    wanted = request.args.get("survey", type=int)
    if wanted is not None:
        return db.session.get(Survey, wanted) if 0 < wanted <= LARGEST_NUMBER else abort(404)
    return next(iter(queries.surveys_with_voices()), None)


@blueprint.get("/backlog")
@needs(Right.READ)
def list_items() -> ResponseReturnValue:
    survey = _survey()
    view = request.args.get("view", "value")
    if view not in queries.VIEWS:
        abort(400)
    if survey is None:
        return render_template("backlog/empty.html", survey=None)
    backlog = queries.ranked_items(survey.id, clock.today(), view)
    mended = [item for item in queries.items_of(survey.id) if item.is_mended]
    if not backlog.items and not mended:
        return render_template("backlog/empty.html", survey=survey)
    scale = max((row.figures.high for row in backlog.items if row.figures), default=1.0)
    return render_template(
        "backlog/list.html",
        survey=survey,
        surveys=queries.surveys_with_voices(),
        backlog=backlog,
        bands=bands(backlog.items),
        mended=mended,
        view=view,
        scale=scale,
        rough=rough,
    )


@blueprint.post("/backlog/promote")
@needs(Right.DECIDE, Right.CODE)
def promote() -> ResponseReturnValue:
    form = PromoteForm()
    if not form.validate_on_submit():
        abort(400)
    reason, survey = db.get_or_404(Reason, form.reason_id.data), db.get_or_404(Survey, form.survey_id.data)
    item = services.promote_reason(reason, survey, _member(), clock.now())
    flash(_("「%(title)s」を改善項目にしました。", title=item.title))
    return redirect(url_for(".show_item", item_id=item.id))


@blueprint.get("/backlog/<int:item_id>")
@needs(Right.READ)
def show_item(item_id: int) -> ResponseReturnValue:
    return _item_page(_item(item_id))


def _item_page(
    item: BacklogItem,
    problem: str = "",
    status: int = 200,
    item_form: ItemForm | None = None,
    decision: DecisionForm | None = None,
) -> ResponseReturnValue:
    """The page of an item; a form that was refused stands on it with what was typed."""
    backlog = queries.ranked_items(item.survey_id, clock.today(), with_mended=item.is_mended)
    ranked = next(row for row in backlog.items if row.item.id == item.id)
    band = next(group for group in bands(backlog.items) if ranked in group.rows)
    verdict = item.verdict.value if item.verdict else None
    page = render_template(
        "backlog/item.html",
        item=item,
        figures=ranked.figures,
        band=band,
        backlog=backlog,
        voices=[
            (clause.reading, segments_of(clause.reading))
            for clause in typical_clauses(item.reason_id, item.survey_id)
        ],
        rough=rough,
        problem=problem,
        item_form=item_form or ItemForm(formdata=None, obj=item, effort_days=exact(item.effort_days)),
        decision_form=decision or DecisionForm(formdata=None, revision=item.revision, verdict=verdict),
        revision_form=RevisionForm(formdata=None, obj=item),
        release_form=ReleaseForm(formdata=None, revision=item.revision, on=clock.today()),
    )
    return page, status


def _first_error(form: RevisionForm) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")


@blueprint.post("/backlog/<int:item_id>/edit")
@needs(Right.DECIDE)
def edit_item(item_id: int) -> ResponseReturnValue:
    item, form = _item(item_id), ItemForm()
    if not form.validate_on_submit():
        return _item_page(item, "", 422, item_form=form)
    values = {**form.values(), "revision": form.shown_revision}
    try:
        services.edit_item(item, **values, member=_member(), at=clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_item", item_id=item.id))
        return _item_page(item, "", status, item_form=form)
    return _done(item, _("保存しました。"))


@blueprint.post("/backlog/<int:item_id>/decide")
@needs(Right.DECIDE)
def decide(item_id: int) -> ResponseReturnValue:
    item, form = _item(item_id), DecisionForm()
    if not form.validate_on_submit():
        return _item_page(item, _first_error(form), 422, decision=form)
    verdict, why = Verdict(form.verdict.data), form.why.data or ""
    try:
        services.decide(item, verdict, why, form.shown_revision, _member(), clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_item", item_id=item.id))
        return _item_page(item, "", status, decision=form)
    return _done(item, _("決定を記録しました。"))


@blueprint.post("/backlog/<int:item_id>/start")
@needs(Right.DECIDE)
def start_work(item_id: int) -> ResponseReturnValue:
    item, form = _item(item_id), RevisionForm()
    try:
        services.start_work(item, form.shown_revision, _member(), clock.now())
    except OkaeriError as error:
        return _item_page(item, error.sentence, error.status)
    return _done(item, _("取り組みを始めました。"))


@blueprint.post("/backlog/<int:item_id>/release")
@needs(Right.DECIDE)
def release(item_id: int) -> ResponseReturnValue:
    item, form = _item(item_id), ReleaseForm()
    if not form.validate_on_submit():
        return _item_page(item, _first_error(form), 422)
    try:
        services.release(item, form.on.data, form.shown_revision, _member(), clock.now(), clock.today())
    except OkaeriError as error:
        return _item_page(item, error.sentence, error.status)
    return _done(item, _("直した日を記録しました。成果の画面で、戻ってきた方を追います。"))


def _done(item: BacklogItem, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for(".show_item", item_id=item.id))


@blueprint.get("/backlog/export")
@needs(Right.EXPORT)
def show_export() -> ResponseReturnValue:
    survey = _survey()
    if survey is None:
        return redirect(url_for(".list_items"))
    backlog = queries.ranked_items(survey.id, clock.today(), with_mended=True)
    return render_template(
        "backlog/export.html",
        survey=survey,
        count=len(backlog.items),
        form=ExportForm(formdata=None, survey_id=survey.id),
        losses=exporters.cp932_losses(backlog),
    )


@blueprint.post("/backlog/export")
@needs(Right.EXPORT)
def export() -> ResponseReturnValue:
    form = ExportForm()
    if not form.validate_on_submit():
        abort(400)
    survey = db.get_or_404(Survey, form.survey_id.data)
    file = exporters.export(
        form.form.data, queries.ranked_items(survey.id, clock.today(), with_mended=True), clock.now()
    )
    services.record_export(
        form.form.data,
        file.row_count,
        hashlib.sha256(file.content).hexdigest(),
        {"survey": survey.id},
        current_member(),
        clock.now(),
    )
    return send_file(io.BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name)
