"""/reasons/quality: how far the reading can be trusted, and two people reading the same answers blind."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, may, needs
from app.accounts.queries import members
from app.db import db
from app.errors import EditClash, OkaeriError
from app.i18n import gettext as _
from app.reasons import queries, services
from app.reasons.doubles import DoubleItem, DoubleSample
from app.reasons.engine import NONE
from app.reasons.models import Reason
from app.reasons.queries import double, quality
from app.reasons.routes.bench import KEYS
from app.reasons.routes.shared import blueprint, number_asked, number_in, reviewer, survey_filter, tabs
from app.surveys.models import Survey
from forms.quality import UNNAMED, BlindForm, DrawForm, SettleForm

MOST_CONFUSIONS, MOST_VOICES = 12, 50


@blueprint.get("/reasons/quality")
@needs(Right.READ)
def show_quality() -> ResponseReturnValue:
    return _overview(_draw_form())


@blueprint.get("/reasons/quality/confused")
@needs(Right.READ)
def list_confused() -> ResponseReturnValue:
    """The voices behind one confusion."""
    survey_id = number_asked("survey")
    proposed, decided = request.args.get("proposed", ""), request.args.get("decided", "")
    rows = quality.judged(survey_id)
    found = [one for one in rows if (one.proposed, one.decided) == (proposed, decided)]
    if len(found) < quality.fewest_of(survey_id):
        abort(404)
    readings = {one.id: one for one in queries.readings_with_words([one.reading_id for one in found])}
    return render_template(
        "reasons/confused.html",
        survey_id=survey_id,
        proposed=_named(proposed),
        decided=_named(decided),
        total=len(found),
        rows=[
            (one, readings[one.reading_id], queries.segments_of(readings[one.reading_id])) for one in found
        ][:MOST_VOICES],
    )


@blueprint.post("/reasons/quality/samples")
@needs(Right.CODE)
def draw_sample() -> ResponseReturnValue:
    form = _draw_form()
    if not form.validate_on_submit():
        return _overview(form), 422
    people = {one.id: one for one in members()}
    pair = (people[form.first.data], people[form.second.data])
    survey = db.get_or_404(Survey, form.survey.data)
    try:
        sample = services.draw_sample(survey, form.size.data, form.seed.data, pair, reviewer(), clock.now())
    except OkaeriError as error:
        form.second.errors = [error.sentence]
        return _overview(form), error.status
    flash(_("声を引きました。二人がそれぞれサインインして読んでください。"))
    return redirect(url_for(".show_sample", sample_id=sample.id), 303)


@blueprint.get("/reasons/quality/samples/<int:sample_id>")
@needs(Right.CODE)
def show_sample(sample_id: int) -> ResponseReturnValue:
    """For one of the two: the next answer. Once both are done: what they read."""
    sample = _of_number(DoubleSample, sample_id)
    progress = double.progress_of(sample)
    if progress.is_done:
        return _compared(progress)
    if reviewer().id not in (sample.first_id, sample.second_id):
        return render_template("reasons/double_wait.html", at=progress, mine=None, crumb_tabs=tabs("quality"))
    items = double.items_of(sample)
    wanted = number_asked("item")
    open_items = [one for one in items if double.mine_of(one, reviewer()) is None]
    item = next((one for one in items if one.id == wanted), None) or next(iter(open_items), None)
    if item is None:
        return render_template(
            "reasons/double_wait.html", at=progress, mine=items[-1:], crumb_tabs=tabs("quality")
        )
    return _blind(progress, items, item, "")


@blueprint.post("/reasons/quality/items/<int:item_id>/code")
@needs(Right.CODE)
def code_blind(item_id: int) -> ResponseReturnValue:
    item, form = _of_number(DoubleItem, item_id), BlindForm()
    if reviewer().id not in (item.sample.first_id, item.sample.second_id):
        abort(404)
    if not form.validate_on_submit():
        return _blind(
            double.progress_of(item.sample),
            double.items_of(item.sample),
            item,
            _("いちばんの理由を選んでください。"),
        ), 422
    try:
        services.code_blind(item, form.codes, reviewer(), clock.now())
    except EditClash as error:
        db.session.rollback()
        flash(error.sentence, "error")
    return redirect(url_for(".show_sample", sample_id=item.sample_id), 303)


@blueprint.post("/reasons/quality/items/<int:item_id>/settle")
@needs(Right.CODE)
def settle_item(item_id: int) -> ResponseReturnValue:
    item, form = _of_number(DoubleItem, item_id), SettleForm()
    if not form.validate_on_submit():
        abort(422)
    try:
        services.settle_item(item, form.codes, reviewer(), clock.now(), number_in(form.revision.data))
    except OkaeriError as error:
        db.session.rollback()
        flash(error.sentence, "error")
    else:
        flash(_("決めました。"), f"undo:{url_for('.undo_reading', reading_id=item.reading_id)}")
    return redirect(url_for(".show_sample", sample_id=item.sample_id, _anchor=f"item-{item.id}"), 303)


def _overview(form: DrawForm) -> str:
    survey_id = number_asked("survey")
    rows = quality.judged(survey_id)
    fewest = quality.fewest_of(survey_id)
    return render_template(
        "reasons/quality.html",
        form=form,
        survey_id=survey_id,
        filters=[survey_filter(survey_id, _("すべての調査"))],
        coverage=quality.coverage_of(survey_id),
        hits=quality.hits_of(rows),
        bins=[one for one in quality.bins_of(rows) if one.hits.n >= fewest],
        confusions=quality.confusions_of(rows, fewest)[:MOST_CONFUSIONS],
        named=_named,
        samples=double.samples_drawn(survey_id),
        tabs=tabs("quality"),
        may_draw=may(reviewer(), Right.CODE) and len(form.first.choices) > 1 and form.survey.choices,
    )


def _blind(progress: double.SampleProgress, items: list[DoubleItem], item: DoubleItem, problem: str) -> str:
    place = next((at for at, one in enumerate(items) if one.id == item.id), 0)
    mine = double.mine_of(item, reviewer())
    reading = double.words_of([item])[item.reading_id]
    return render_template(
        "reasons/double.html",
        at=progress,
        item=item,
        number=place + 1,
        before=items[place - 1].id if place else None,
        answer=reading.answer,
        segments=queries.segments_of(reading),
        codes=(mine.codes or [UNNAMED]) if mine else [],
        rows=_keyed(),
        problem=problem,
    )


def _compared(progress: double.SampleProgress) -> str:
    found = double.agreement_between(progress.sample)
    words = double.words_of(found.differing)
    differing = [
        (item, words[item.reading_id], queries.segments_of(words[item.reading_id]), *double.pair_of(item))
        for item in found.differing
    ]
    return render_template(
        "reasons/double_result.html", at=progress, found=found, differing=differing, named=_named
    )


def _keyed() -> list[dict[str, Any]]:
    """The codebook with the keys of the workbench; none and the one without a name last."""
    keys = iter(KEYS)
    in_use = [reason for reason in queries.reasons_in_use() if reason.code != NONE]
    rows = [{"code": one.code, "label": one.label, "reason": one, "key": next(keys, None)} for one in in_use]
    rows.append({"code": NONE, "label": _("理由なし"), "reason": NONE, "key": "0"})
    rows.append({"code": UNNAMED, "label": _("まだ名前のない理由"), "reason": NONE, "key": "u"})
    return rows


def _named(code: str) -> dict[str, Any]:
    """A reason for a page: its label, and the reason itself for its seal."""
    reason: Reason | None = queries.reason_by_code(code) if code and code != UNNAMED else None
    label = reason.label if reason else _("まだ名前のない理由")
    return {"code": code, "label": label, "reason": reason}


def _draw_form() -> DrawForm:
    form = DrawForm()
    form.survey.choices = [(survey.id, survey.name) for survey in queries.surveys_heard()]
    people = [(one.id, one.name) for one in members() if may(one, Right.CODE)]
    form.first.choices = form.second.choices = people
    if request.method == "GET" and len(people) > 1:
        form.second.data = people[1][0]
        form.survey.data = number_asked("survey") or (
            form.survey.choices[0][0] if form.survey.choices else None
        )
    return form


def _of_number(model: Any, number: int) -> Any:
    if number_in(str(number)) is None:
        abort(404)
    return db.get_or_404(model, number)
