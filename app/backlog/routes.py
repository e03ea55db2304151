"""The backlog: list, item, decisions."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.accounts.models import Member
from app.backlog import queries, services, wording
from app.backlog.bands import bands, exact, rough
from app.backlog.models import BacklogItem, Verdict
from app.clashes import take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.reasons.models import Reason
from app.reasons.queries.words import quote_of, segments_of
from app.surveys.models import Survey
from forms.base import RevisionForm
from forms.product import (
    LARGEST_NUMBER,
    DecisionForm,
    ItemForm,
    PromoteForm,
    ReleaseForm,
)

blueprint = Blueprint("backlog", __name__)


def member_at_work() -> Member:
    member = current_member()
    if member is None:
        abort(403)
    return member


def item_or_404(item_id: int) -> BacklogItem:
    item = queries.backlog_item(item_id)
    if item is None:
        abort(404)
    return item


def survey_asked() -> Survey | None:
    """The survey asked for, else the one worked on last."""
    wanted = request.args.get("survey", type=int)
    if wanted is not None:
        return db.session.get(Survey, wanted) if 0 < wanted <= LARGEST_NUMBER else abort(404)
    return next(iter(queries.surveys_with_voices()), None)


@blueprint.get("/backlog")
@needs(Right.READ)
def list_items() -> ResponseReturnValue:
    survey = survey_asked()
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
    item = services.promote_reason(reason, survey, member_at_work(), clock.now())
    flash(_("「%(title)s」を改善項目にしました。", title=item.title))
    return redirect(url_for(".show_item", item_id=item.id))


@blueprint.get("/backlog/<int:item_id>")
@needs(Right.READ)
def show_item(item_id: int) -> ResponseReturnValue:
    return _item_page(item_or_404(item_id))


def _item_page(
    item: BacklogItem,
    problem: str = "",
    status: int = 200,
    item_form: ItemForm | None = None,
    decision: DecisionForm | None = None,
) -> ResponseReturnValue:
    """The page of an item; a form that was refused stands on it with what was typed."""
    inputs = queries.inputs_of(item.survey_id, clock.today())
    backlog = queries.rank_inputs(inputs, item.survey_id, with_mended=item.is_mended)
    ranked = next(row for row in backlog.items if row.item.id == item.id)
    band = next(group for group in bands(backlog.items) if ranked in group.rows)
    page = render_template(
        "backlog/item.html",
        item=item,
        ranked=ranked,
        figures=ranked.figures,
        band=band,
        backlog=backlog,
        working=queries.working_of(inputs, item) if ranked.figures else None,
        rough=rough,
        exact=exact,
        wording=wording,
        quote_of=quote_of,
        problem=problem,
        item_form=item_form or _item_form(item),
        decision_form=decision or _decision_form(item),
        revision_form=RevisionForm(formdata=None, obj=item),
        release_form=ReleaseForm(formdata=None, revision=item.revision, on=clock.today()),
        **_about(item),
    )
    return page, status


def _about(item: BacklogItem) -> dict[str, Any]:
    """What is known of an item beside its figures."""
    contrary = queries.contrary_voice(item)
    return {
        "voices": [(one, segments_of(one.reading)) for one in queries.typical_voices(item)],
        "contrary": (contrary, segments_of(contrary.reading)) if contrary else None,
        "grounds": queries.grounds_of(item),
        "merged": queries.taken_over(item),
        "touched": queries.segments_touched(item),
        "rivals": queries.rivals_of(item),
        "history": queries.history_of(item),
    }


def _item_form(item: BacklogItem) -> ItemForm:
    """What stands; where nobody has put the problem into words yet, a proposal."""
    standing = services.standing_of(item)
    standing["effort_days"] = exact(item.effort_days)
    standing["problem"] = item.problem or wording.proposed_problem(queries.problem_in_their_words(item), item)
    return ItemForm(formdata=None, revision=item.revision, **standing)


def _decision_form(item: BacklogItem) -> DecisionForm:
    last = item.decisions[0] if item.decisions else None
    return DecisionForm(
        formdata=None,
        revision=item.revision,
        verdict=item.verdict.value if item.verdict else None,
        public=last.public if last else "",
    )


def _first_error(form: RevisionForm) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")


@blueprint.post("/backlog/<int:item_id>/edit")
@needs(Right.DECIDE)
def edit_item(item_id: int) -> ResponseReturnValue:
    item, form = item_or_404(item_id), ItemForm()
    if not form.validate_on_submit():
        return _item_page(item, "", 422, item_form=form)
    values = {**form.values(), "revision": form.shown_revision}
    try:
        services.edit_item(item, **values, member=member_at_work(), at=clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_item", item_id=item.id))
        return _item_page(item, "", status, item_form=form)
    return done(item, _("保存しました。"))


@blueprint.post("/backlog/<int:item_id>/decide")
@needs(Right.DECIDE)
def decide(item_id: int) -> ResponseReturnValue:
    item, form = item_or_404(item_id), DecisionForm()
    if not form.validate_on_submit():
        return _item_page(item, _first_error(form), 422, decision=form)
    verdict, why = Verdict(form.verdict.data), form.why.data or ""
    more = {"public": form.public.data or "", "review_on": form.review_on.data}
    try:
        services.decide(item, verdict, why, form.shown_revision, member_at_work(), clock.now(), **more)
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_item", item_id=item.id))
        return _item_page(item, "", status, decision=form)
    return done(item, _("決定を記録しました。"))


@blueprint.post("/backlog/<int:item_id>/start")
@needs(Right.DECIDE)
def start_work(item_id: int) -> ResponseReturnValue:
    item, form = item_or_404(item_id), RevisionForm()
    try:
        services.start_work(item, form.shown_revision, member_at_work(), clock.now())
    except OkaeriError as error:
        return _item_page(item, error.sentence, error.status)
    return done(item, _("取り組みを始めました。"))


@blueprint.post("/backlog/<int:item_id>/measure")
@needs(Right.DECIDE)
def measure(item_id: int) -> ResponseReturnValue:
    item, form = item_or_404(item_id), RevisionForm()
    try:
        services.measure(item, form.shown_revision, member_at_work(), clock.now())
    except OkaeriError as error:
        return _item_page(item, error.sentence, error.status)
    return done(item, _("成果を確かめたことを記録しました。"))


@blueprint.post("/backlog/<int:item_id>/release")
@needs(Right.DECIDE)
def release(item_id: int) -> ResponseReturnValue:
    item, form = item_or_404(item_id), ReleaseForm()
    if not form.validate_on_submit():
        return _item_page(item, _first_error(form), 422)
    try:
        services.release(
            item, form.on.data, form.shown_revision, member_at_work(), clock.now(), clock.today()
        )
    except OkaeriError as error:
        return _item_page(item, error.sentence, error.status)
    return done(item, _("直した日を記録しました。成果の画面で、戻ってきた方を追います。"))


def done(item: BacklogItem, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for(".show_item", item_id=item.id))
