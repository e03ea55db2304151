"""All versions of a survey: when, by whom, how many answers, and what was changed."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.access import Right, needs
from app.db import db
from app.surveys import queries
from app.surveys.compiled import compile_version
from app.surveys.models import Survey
from app.surveys.routes import blueprint
from app.surveys.versions import Change, changes_between


@blueprint.get("/surveys/<int:survey_id>/versions")
@needs(Right.READ)
def list_versions(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    return render_template(
        "surveys/versions.html",
        survey=survey,
        rows=queries.versions_listed(survey),
        changes=changes_by_number(survey),
        first=compile_version(survey.versions[0]),
    )


def changes_by_number(survey: Survey) -> dict[int, list[Change]]:
    """What each version changed on the one before it, by its number; the first changed nothing."""
    found, before = {}, None
    for version in survey.versions:
        after = compile_version(version)
        if before is not None:
            found[version.number] = changes_between(before, after)
        before = after
    return found
