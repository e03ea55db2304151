"""/surveys/<id>/anonymity: with names or without."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.clashes import take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.surveys.models import Survey
from app.surveys.routes import blueprint
from app.surveys.services.anonymity import choose_anonymity
from forms.researcher import AnonymityForm


@blueprint.get("/surveys/<int:survey_id>/anonymity")
@needs(Right.EDIT)
def show_anonymity(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    named = "anonymous" if survey.anonymous else "named"
    return _page(survey, AnonymityForm(formdata=None, named=named, revision=survey.revision))


@blueprint.post("/surveys/<int:survey_id>/anonymity")
@needs(Right.EDIT)
def save_anonymity(survey_id: int) -> ResponseReturnValue:
    survey, form = db.get_or_404(Survey, survey_id), AnonymityForm()
    if not form.validate_on_submit():
        return _page(survey, form), 422
    anonymous = form.named.data == "anonymous"
    try:
        is_fitted = choose_anonymity(survey, anonymous, form.shown_revision, current_member(), clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_anonymity", survey_id=survey.id))
        return _page(survey, form), status
    said = _("この調査を無記名にしました。") if anonymous else _("この調査を記名にしました。")
    flash(said + (_("お礼と使いみちの文も、それに合わせました。") if is_fitted else ""))
    return redirect(url_for(".show_survey", survey_id=survey.id))


def _page(survey: Survey, form: AnonymityForm) -> str:
    return render_template("surveys/anonymity.html", survey=survey, form=form)
