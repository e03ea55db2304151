"""Surveys in from SurveyJS JSON, and out again."""

import json

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.security import takes_files
from app.surveys import services
from app.surveys.models import Survey
from app.surveys.routes import blueprint
from forms.researcher import DefinitionForm


@blueprint.get("/surveys/import")
@needs(Right.EDIT)
def show_import() -> ResponseReturnValue:
    return render_template("surveys/import.html", form=DefinitionForm(formdata=None))


@blueprint.post("/surveys/import")
@needs(Right.EDIT)
@takes_files
def import_survey() -> ResponseReturnValue:
    """Make a draft of a file; the page that follows says what could not be taken."""
    form = DefinitionForm()
    if not form.validate_on_submit():
        return render_template("surveys/import.html", form=form), 422
    name = (form.file.data.filename or "").replace("\x00", "")
    try:
        definition = services.definition_from(form.file.data.read(), name)
        survey, leftovers = services.import_survey(
            definition, name.removesuffix(".json"), current_member(), clock.now()
        )
    except BadInput as error:
        form.file.errors = [error.sentence]
        return render_template("surveys/import.html", form=form), error.status
    if leftovers:
        return render_template("surveys/imported.html", survey=survey, leftovers=leftovers)
    flash(_("すべて読み込んで、下書きを作りました。公開するまで、だれにも見えません。"))
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)


@blueprint.get("/surveys/<int:survey_id>/export")
@needs(Right.READ)
def export_survey(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    content = json.dumps(services.export_survey(survey), ensure_ascii=False, indent=1)
    answer = current_app.response_class(content, mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"okaeri-survey-{survey.id}.json")
    return answer
