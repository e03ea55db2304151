"""/reasons/runs: reading whole surveys, with progress and history."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.db import db
from app.i18n import gettext as _
from app.reasons import queries, services, wording
from app.reasons.models import RunState
from app.reasons.queries.runs import SETTLING
from app.reasons.routes.drafts import run_of
from app.reasons.routes.shared import blueprint, is_partial, reviewer, tabs
from app.surveys.models import Survey
from forms.analyst import SurveyForm


def _form() -> SurveyForm:
    form = SurveyForm()
    form.survey.choices = [(survey.id, survey.name) for survey in queries.surveys_heard()]
    return form


@blueprint.get("/reasons/runs")
@needs(Right.READ)
def list_runs() -> ResponseReturnValue:
    return _page(_form())


def _page(form: SurveyForm) -> str:
    return render_template(
        "reasons/runs.html", form=form, runs=queries.runs_listed(), wording=wording, tabs=tabs("runs")
    )


@blueprint.post("/reasons/runs")
@needs(Right.CODE)
def start_run() -> ResponseReturnValue:
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    services.start_run(db.get_or_404(Survey, form.survey.data), reviewer(), clock.now())
    flash(_("読みはじめます。画面を離れても続きます。いまの理由は、結果を見て決めるまで変わりません。"))
    return redirect(url_for(".list_runs"), 303)


@blueprint.get("/reasons/runs/<int:run_id>/progress")
@needs(Right.READ)
def show_run_progress(run_id: int) -> ResponseReturnValue:
    """The progress line alone; once the run has ended, htmx is told to draw the page afresh."""
    run = run_of(run_id)
    page = render_template("reasons/_run_progress.html", run=run, wording=wording)
    ended = run.state not in (RunState.QUEUED, RunState.RUNNING) and run.draft not in SETTLING
    return page, 200, {"HX-Refresh": "true"} if ended and is_partial() else {}


@blueprint.post("/reasons/runs/<int:run_id>/cancel")
@needs(Right.CODE)
def cancel_run(run_id: int) -> ResponseReturnValue:
    if services.cancel_run(run_of(run_id), clock.now()):
        flash(_("取りやめました。前から読んであった声は、前の読み取りのままです。"))
    else:
        flash(_("もう終わっていました。"))
    return redirect(url_for(".list_runs"), 303)
