"""/reasons/themes: reasons nobody listed, to be adopted or dismissed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, jobs
from app.accounts.access import Right, current_member, needs
from app.db import db
from app.errors import EditClash, OkaeriError
from app.i18n import gettext as _
from app.reasons import queries, services, wording
from app.reasons.models import Reason, Theme, ThemeState
from app.reasons.queries import themes as themes_queries
from app.reasons.routes.shared import blueprint, number_asked, number_in, reviewer, survey_filter, tabs
from app.surveys.models import Survey
from forms.analyst import SurveyForm, ThemeForm
from forms.analyst_codebook import DismissForm, ThemeNameForm

QUOTES, EDGES = 3, 2


@blueprint.get("/reasons/themes")
@needs(Right.READ)
def list_themes() -> ResponseReturnValue:
    return page()


def page(wrong: tuple[int, ThemeForm] | None = None, clash: str = "", **parts: Any) -> str:
    """All themes that wait; `wrong`: the form of one of them that did not pass; `clash`: somebody decided first.

    `parts`: name_form, the form of a name that was refused, with the theme's id.
    """
    survey_id = number_asked("survey")
    themes = queries.themes_shown(survey_id)
    trends = _trends(themes)
    quoted = _quoted(themes)
    shown = [_shown(theme, trends.get(theme.survey_id), quoted, wrong, parts) for theme in themes]
    decided = queries.themes_of(survey_id, (ThemeState.ADOPTED, ThemeState.DISMISSED))
    return render_template(
        "reasons/themes.html",
        themes=[one for one in shown if one["theme"].within_id is None],
        inside=[one for one in shown if one["theme"].within_id is not None],
        decided=sorted([*decided, *queries.themes_merged(survey_id)], key=_decided_at, reverse=True),
        me=current_member(),
        clash=clash,
        typed=wrong[1] if wrong and clash else None,
        dismiss=DismissForm(formdata=None),
        unexplained=queries.unexplained_count(survey_id),
        survey_id=survey_id,
        filters=[survey_filter(survey_id)],
        wording=wording,
        tabs=tabs("themes"),
    )


def _decided_at(theme: Theme) -> datetime:
    return theme.decided_at or theme.proposed_at


def _trends(themes: Sequence[Theme]) -> dict[int, queries.ThemeTrends]:
    """By survey: a theme is compared with those of its own."""
    surveys = {theme.survey_id for theme in themes}
    return {
        number: queries.theme_trends(
            number, [theme.id for theme in themes if theme.survey_id == number], clock.today()
        )
        for number in surveys
    }


@dataclass(frozen=True)
class _Quoted:
    """Of all themes on the page: how many answers, which are quoted, and what these say, by answer."""

    sizes: dict[int, int]
    chosen: dict[int, tuple[list[int], list[int]]]
    voices: dict[int, tuple[Any, Any]]


def _quoted(themes: Sequence[Theme]) -> _Quoted:
    ids = [theme.id for theme in themes]
    found = themes_queries.quotes_of(ids)
    chosen = {number: (typical[:QUOTES], edge[:EDGES]) for number, (typical, edge) in found.items()}
    answers = [one for pair in chosen.values() for ones in pair for one in ones]
    return _Quoted(themes_queries.sizes_of(ids), chosen, {one[0].answer_id: one for one in _voices(answers)})


def _shown(
    theme: Theme,
    trends: queries.ThemeTrends | None,
    quoted: _Quoted,
    wrong: tuple[int, ThemeForm] | None,
    parts: dict[str, Any],
) -> dict[str, Any]:
    """A theme with its typical voices and those that just belong, how it grows, and its forms."""
    typical, edge = quoted.chosen[theme.id]
    number, name_form = parts.get("name_form", (0, None))
    others = queries.themes_to_merge_with(theme)
    return {
        "theme": theme,
        "form": wrong[1] if wrong and wrong[0] == theme.id else _form(theme),
        "name_form": name_form if number == theme.id else _name_form(theme),
        "size": quoted.sizes[theme.id],
        "typical": [quoted.voices[one] for one in typical if one in quoted.voices],
        "edge": [quoted.voices[one] for one in edge if one in quoted.voices],
        "months": trends.themes.get(theme.id) if trends else None,
        "trends": trends,
        "others": others,
        "split": queries.split_by(theme, current_member()),
    }


def _name_form(theme: Theme) -> ThemeNameForm:
    return ThemeNameForm(formdata=None, name=theme.name, revision=theme.revision)


def _voices(answer_ids: Sequence[int]) -> list[tuple[Any, Any]]:
    readings = queries.readings_of_answers(answer_ids)
    return [(reading, queries.segments_of(reading)) for reading in readings]


def _form(theme: Theme | None = None) -> ThemeForm:
    form = ThemeForm()
    if theme:
        form = ThemeForm(formdata=None, label=theme.name[:80], seal=theme.name[:1], parent=theme.within_id)
    tops = queries.tops_in_use()
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
    theme, form = theme_or_404(theme_id), _form()
    if not form.validate_on_submit():
        return page((theme.id, form)), 422
    parent = db.session.get(Reason, form.parent.data) if form.parent.data else None
    try:
        reason = services.adopt_theme(theme, form.label.data, form.seal.data, parent, reviewer(), clock.now())
    except EditClash as error:
        db.session.rollback()
        return page((theme.id, form), error.sentence), error.status
    except OkaeriError as error:
        db.session.rollback()
        form.label.errors = [error.sentence]
        return page((theme.id, form)), error.status
    flash(
        _("「%(label)s」を理由に加えました。", label=reason.label),
        f"undo:{url_for('.undo_theme', theme_id=theme.id)}",
    )
    return redirect(url_for(".list_themes"), 303)


@blueprint.post("/reasons/themes/<int:theme_id>/dismiss")
@needs(Right.CODE)
def dismiss_theme(theme_id: int) -> ResponseReturnValue:
    theme, form = theme_or_404(theme_id), DismissForm()
    if not form.validate_on_submit():
        return page(), 422
    try:
        services.dismiss_theme(theme, reviewer(), clock.now(), form.cause.data or "", form.note.data)
    except EditClash as error:
        db.session.rollback()
        return page(None, error.sentence), error.status
    flash(
        _("「%(name)s」を候補から外しました。", name=theme.name),
        f"undo:{url_for('.undo_theme', theme_id=theme.id)}",
    )
    return redirect(url_for(".list_themes"), 303)


@blueprint.post("/reasons/themes/<int:theme_id>/undo")
@needs(Right.CODE)
def undo_theme(theme_id: int) -> ResponseReturnValue:
    theme = theme_or_404(theme_id)
    if theme.merged_into_id is not None:
        services.undo_merge_of_theme(theme, reviewer(), clock.now())
    else:
        services.undo_theme(theme, reviewer(), clock.now())
    flash(_("「%(name)s」を候補に戻しました。", name=theme.name))
    return redirect(url_for(".list_themes"), 303)


def theme_or_404(theme_id: int) -> Theme:
    """The theme of an address."""
    if number_in(str(theme_id)) is None:
        abort(404)
    return db.get_or_404(Theme, theme_id)
