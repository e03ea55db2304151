"""What may be put into texts: the answers before, and the details of customers that may be shown."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from app import clock
from app.accounts.access import Right, current_member, needs
from app.clashes import take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.surveys import services
from app.surveys.attributes import imported_names
from app.surveys.compiled import CompiledQuestion, CompiledVersion, compile_version
from app.surveys.models import Survey
from app.surveys.piping import ATTRIBUTE, plain
from app.surveys.routes import blueprint
from forms.conditions import ShownForm


@blueprint.get("/surveys/<int:survey_id>/piping")
@needs(Right.EDIT)
def show_piping(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    shown = {"revision": survey.revision, "shown_attributes": survey.shown_attributes or []}
    return _piping_page(survey, ShownForm(data=shown))


@blueprint.post("/surveys/<int:survey_id>/piping")
@needs(Right.EDIT)
def choose_shown(survey_id: int) -> ResponseReturnValue:
    survey, form = db.get_or_404(Survey, survey_id), ShownForm()
    if not form.validate_on_submit():
        return _piping_page(survey, form), 422
    try:
        names = form.shown_attributes.data or []
        services.show_attributes(survey, names, form.shown_revision, current_member(), clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_piping", survey_id=survey.id))
        return _piping_page(survey, form), status
    flash(_("保存しました。"))
    return redirect(url_for(".show_piping", survey_id=survey.id), 303)


def _piping_page(survey: Survey, form: ShownForm) -> str:
    names = list(dict.fromkeys([*imported_names(), *(survey.shown_attributes or [])]))
    form.shown_attributes.choices = [SelectChoice(name, name) for name in names]
    listed = insertions(survey, compile_version(survey.newest_version))
    return render_template("surveys/piping.html", survey=survey, form=form, names=names, insertions=listed)


def insertions(
    survey: Survey, version: CompiledVersion, question: CompiledQuestion | None = None
) -> list[tuple[str, str]]:
    """(what is put in, what to type) for the texts of a question, or of one at the end."""
    page = question.page if question is not None else len(version.questions) + 1
    with speaking(JAPANESE):
        instead = _("（代わりのことば）")
    asked = [one for one in version.questions if one.is_asked and one.page < page]
    found = [(plain(one.title), f"{{{{{one.code}|{instead}}}}}") for one in asked]
    return found + [(name, f"{{{{{ATTRIBUTE}{name}|{instead}}}}}") for name in survey.shown_attributes or []]
