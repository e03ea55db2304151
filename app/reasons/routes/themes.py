"""/reasons/themes: reasons nobody listed, to be adopted or dismissed."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, jobs
from app.accounts.access import Right, current_member, needs
from app.db import db
from app.errors import EditClash, OkaeriError
from app.i18n import gettext as _
from app.reasons import queries, services
from app.reasons.engine import NONE
from app.reasons.models import Reason, Theme, ThemeState
from app.reasons.routes.shared import blueprint, number_asked, number_in, reviewer, survey_filter, tabs
from app.surveys.models import Survey
from forms.analyst import SurveyForm, ThemeForm

QUOTES = 3


@blueprint.get("/reasons/themes")
@needs(Right.READ)
def list_themes() -> ResponseReturnValue:
    return _page()


def _page(wrong: tuple[int, ThemeForm] | None = None, clash: str = "") -> str:
    """All themes that wait; `wrong`: the form of one of them that did not pass; `clash`: somebody decided first."""
    survey_id = number_asked("survey")
    themes = queries.themes_of(survey_id)
    forms = {theme.id: _form(theme) for theme in themes}
    if wrong is not None:
        forms[wrong[0]] = wrong[1]
    decided = queries.themes_of(survey_id, (ThemeState.ADOPTED, ThemeState.DISMISSED))
    return render_template(
        "reasons/themes.html",
        themes=[_shown(theme, forms[theme.id]) for theme in themes],
        decided=decided,
        me=current_member(),
        clash=clash,
        typed=wrong[1] if wrong and clash else None,
        unexplained=queries.unexplained_count(survey_id),
        survey_id=survey_id,
        seek=SurveyForm(formdata=None),
        filters=[survey_filter(survey_id)],
        tabs=tabs("themes"),
    )


def _shown(theme: Theme, form: ThemeForm) -> dict[str, Any]:
    """A theme with its most typical voices."""
    ranked = sorted(
        theme.members, key=lambda member: (member.typical or len(theme.members) + 1, member.answer_id)
    )
    readings = queries.readings_of_answers([member.answer_id for member in ranked[:QUOTES]])
    return {
        "theme": theme,
        "form": form,
        "size": len(theme.members),
        "quotes": [(reading, queries.segments_of(reading)) for reading in readings],
    }


def _form(theme: Theme | None = None) -> ThemeForm:
    form = ThemeForm(formdata=None, label=theme.name, seal=theme.name[:1]) if theme else ThemeForm()
    tops = [one for one in queries.reasons_in_use() if one.parent_id is None and one.code != NONE]
    form.parent.choices = [("", _("どの理由の下にも置かない")), *((one.id, one.label) for one in tops)]
    return form


@blueprint.post("/reasons/themes/seek")
@needs(Right.CODE)
def seek_themes() -> ResponseReturnValue:
    """Have the survey's unexplained answers looked through again."""
    form = SurveyForm()
    form.survey.choices = [(survey.id, survey.name) for survey in queries.surveys_heard()]
    if not form.validate_on_submit():
        abort(404)
    survey = db.get_or_404(Survey, form.survey.data)
    jobs.ring("propose_themes", survey.id)
    flash(_("探しています。見つかると、ここに並びます。"))
    return redirect(url_for(".list_themes", survey=survey.id), 303)


@blueprint.post("/reasons/themes/<int:theme_id>/adopt")
@needs(Right.CODE)
def adopt_theme(theme_id: int) -> ResponseReturnValue:
    theme, form = _theme(theme_id), _form()
    if not form.validate_on_submit():
        return _page((theme.id, form)), 422
    parent = db.session.get(Reason, form.parent.data) if form.parent.data else None
    try:
        reason = services.adopt_theme(theme, form.label.data, form.seal.data, parent, reviewer(), clock.now())
    except EditClash as error:
        db.session.rollback()
        return _page((theme.id, form), error.sentence), error.status
    except OkaeriError as error:
        db.session.rollback()
        form.label.errors = [error.sentence]
        return _page((theme.id, form)), error.status
    flash(
        _("「%(label)s」を理由に加えました。", label=reason.label),
        f"undo:{url_for('.undo_theme', theme_id=theme.id)}",
    )
    return redirect(url_for(".list_themes"), 303)


@blueprint.post("/reasons/themes/<int:theme_id>/dismiss")
@needs(Right.CODE)
def dismiss_theme(theme_id: int) -> ResponseReturnValue:
    theme = _theme(theme_id)
    try:
        services.dismiss_theme(theme, reviewer(), clock.now())
    except EditClash as error:
        db.session.rollback()
        return _page(None, error.sentence), error.status
    flash(
        _("「%(name)s」を候補から外しました。", name=theme.name),
        f"undo:{url_for('.undo_theme', theme_id=theme.id)}",
    )
    return redirect(url_for(".list_themes"), 303)


@blueprint.post("/reasons/themes/<int:theme_id>/undo")
@needs(Right.CODE)
def undo_theme(theme_id: int) -> ResponseReturnValue:
    theme = _theme(theme_id)
    services.undo_theme(theme, reviewer(), clock.now())
    flash(_("「%(name)s」を候補に戻しました。", name=theme.name))
    return redirect(url_for(".list_themes"), 303)


def _theme(theme_id: int) -> Theme:
    if number_in(str(theme_id)) is None:
        abort(404)
    return db.get_or_404(Theme, theme_id)
