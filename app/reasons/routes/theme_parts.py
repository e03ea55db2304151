"""/reasons/themes/<id>: another name for a theme, two as one, one as two."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.clashes import take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.reasons import queries, services
from app.reasons.models import Theme, ThemeState
from app.reasons.routes.shared import blueprint, reviewer, tabs
from app.reasons.routes.themes import page, theme_or_404
from forms.analyst_codebook import MergeThemeForm, SplitForm, ThemeNameForm

SAMPLE = 60  # voices to pick from


@blueprint.post("/reasons/themes/<int:theme_id>/rename")
@needs(Right.CODE)
def rename_theme(theme_id: int) -> ResponseReturnValue:
    theme, form = theme_or_404(theme_id), ThemeNameForm()
    if not form.validate_on_submit():
        return page(name_form=(theme_id, form)), 422
    try:
        services.rename_theme(theme, form.name.data, reviewer(), clock.now(), form.shown_revision)
    except OkaeriError as error:
        db.session.rollback()
        status = take_refusal(form, error, url_for(".list_themes"))
        return page(name_form=(theme_id, form)), status
    return _back(theme)


@blueprint.post("/reasons/themes/<int:theme_id>/merge")
@needs(Right.CODE)
def merge_theme(theme_id: int) -> ResponseReturnValue:
    theme, form = theme_or_404(theme_id), MergeThemeForm()
    form.heir.choices = [(one.id, one.name) for one in queries.themes_to_merge_with(theme)]
    if theme.merged_into_id:  # the same form sent twice
        form.heir.choices.append((theme.merged_into_id, ""))
    if not form.validate_on_submit():
        return page(clash=_("まとめる先の候補が、もうありません。")), 422
    heir = theme_or_404(form.heir.data or abort(404))
    try:
        services.merge_themes(theme, heir, reviewer(), clock.now())
    except OkaeriError as error:
        db.session.rollback()
        return page(clash=error.sentence), error.status
    flash(
        _("「%(name)s」を「%(heir)s」にまとめました。", name=theme.name, heir=heir.name),
        f"undo:{url_for('.undo_theme', theme_id=theme.id)}",
    )
    return _back(heir)


@blueprint.get("/reasons/themes/<int:theme_id>/split")
@needs(Right.CODE)
def show_split(theme_id: int) -> ResponseReturnValue:
    return _split_page(theme_or_404(theme_id))


@blueprint.post("/reasons/themes/<int:theme_id>/split")
@needs(Right.CODE)
def split_theme(theme_id: int) -> ResponseReturnValue:
    theme, form = theme_or_404(theme_id), SplitForm()
    form.answers.choices = [(one.answer_id, "") for one in theme.members]
    form.answers.choices += [(number, "") for number in services.taken_by(theme, reviewer())]
    if not form.validate_on_submit():
        return _split_page(theme, _("選ばれた声が、この候補にもうありません。")), 422
    try:
        made = services.split_theme(theme, form.answers.data or [], reviewer(), clock.now())
    except OkaeriError as error:
        db.session.rollback()
        return _split_page(theme_or_404(theme_id), error.sentence, form.answers.data or []), error.status
    flash(
        _("「%(name)s」を分けました。", name=made.name),
        f"undo:{url_for('.undo_split', theme_id=made.id)}",
    )
    return _back(made)


@blueprint.post("/reasons/themes/<int:theme_id>/undo-split")
@needs(Right.CODE)
def undo_split(theme_id: int) -> ResponseReturnValue:
    part = theme_or_404(theme_id)
    if part.split_from_id is None:
        abort(404)
    services.undo_split(part, reviewer(), clock.now())
    flash(_("「%(name)s」を、もとの候補に戻しました。", name=part.name))
    return redirect(url_for(".list_themes"), 303)


def _split_page(theme: Theme, problem: str = "", picked: list[int] | None = None) -> str:
    if theme.state is not ThemeState.PROPOSED or not queries.may_show(theme):
        abort(404)
    ranked = sorted(theme.members, key=lambda one: (one.typical or SAMPLE, -one.edge, one.answer_id))
    readings = queries.readings_of_answers([one.answer_id for one in ranked[:SAMPLE]])
    return render_template(
        "reasons/theme_split.html",
        theme=theme,
        voices=[(reading, queries.segments_of(reading)) for reading in readings],
        size=len(theme.members),
        problem=problem,
        picked=picked or [],
        tabs=tabs("themes"),
    )


def _back(theme: Theme) -> ResponseReturnValue:
    return redirect(url_for(".list_themes", _anchor=f"theme-{theme.id}"), 303)
