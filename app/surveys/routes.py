"""/surveys: the list, a new one, its questions and texts at a glance, publishing and closing."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.clashes import take_refusal
from app.db import db
from app.errors import EditClash
from app.filters import locale_code, month_year
from app.i18n import gettext as _
from app.surveys import queries, services
from app.surveys.checks import must_be_mended
from app.surveys.compiled import CompiledVersion, compile_version
from app.surveys.models import QuestionKind, Survey
from app.surveys.presets import PRESETS, Preset
from app.surveys.versions import changes_between
from app.surveys.wording import KIND_LABELS, STATE_LABELS, condition_in_words
from forms.base import Form, RevisionForm
from forms.researcher import NewSurveyForm, SurveyTextsForm

blueprint = Blueprint("surveys", __name__)
LONGEST_NAME = 120


@dataclass(frozen=True)
class Again:
    """A button that does what was refused, counting from the survey as it stands now."""

    label: str
    action: str
    kind: str = "plain"


@blueprint.get("/surveys")
@needs(Right.READ)
def list_surveys() -> ResponseReturnValue:
    state = request.args.get("state", "")
    rows = queries.surveys_listed(state)
    versions = {row.survey.id: compile_version(row.survey.newest_version) for row in rows}
    return render_template(
        "surveys/list.html", rows=rows, versions=versions, presets=PRESETS, states=STATE_LABELS, state=state
    )


@blueprint.get("/surveys/new")
@needs(Right.EDIT)
def show_presets() -> ResponseReturnValue:
    chosen = request.args.get("preset", next(iter(PRESETS)))
    preset = PRESETS.get(chosen, Preset())
    name = _(
        "%(name)s（%(month)s）",
        name=preset.suggested_name or _("調査"),
        month=month_year(clock.today(), locale_code()),
    )
    return _presets_page(NewSurveyForm(data={"preset": preset.code, "name": name}))


@blueprint.post("/surveys")
@needs(Right.EDIT)
def create_survey() -> ResponseReturnValue:
    form = NewSurveyForm()
    if not form.validate_on_submit():
        return _presets_page(form), 422
    try:
        survey = services.create_survey(form.preset.data or "", form.name.data, current_member(), clock.now())
    except services.NameTaken as error:
        form.name.errors = [error.sentence]
        return _presets_page(form), error.status
    flash(_("下書きを作りました。公開するまで、だれにも見えません。"))
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)


def _presets_page(form: NewSurveyForm) -> str:
    versions = {
        code: compile_version(services.drafted(preset).newest_version) for code, preset in PRESETS.items()
    }
    chosen = PRESETS.get(form.preset.data or "", Preset())
    return render_template(
        "surveys/new.html",
        form=form,
        presets=PRESETS,
        versions=versions,
        chosen=chosen,
        kinds=KIND_LABELS,
        conditions=_conditions(versions[chosen.code]) if chosen.code else {},
    )


def _conditions(version: CompiledVersion) -> dict[str, str]:
    """To whom each question is shown that is not shown to everybody, in words."""
    return {
        one.code: condition_in_words(one.condition, version) for one in version.questions if one.condition
    }


@blueprint.get("/surveys/<int:survey_id>")
@needs(Right.READ)
def show_survey(survey_id: int) -> ResponseReturnValue:
    return survey_page(db.get_or_404(Survey, survey_id))


def survey_page(survey: Survey, problem: str = "", again: Again | None = None) -> str:
    """`problem` and `again`: what was refused, and the act that may be done all the same."""
    version = compile_version(survey.newest_version)
    in_draft, used = survey.newest_version.published_at is None, survey.published_version
    found = services.findings_of(survey, clock.now()) if in_draft else []
    return render_template(
        "surveys/survey.html",
        survey=survey,
        version=version,
        places=[page.number for page in version.pages({})],
        findings=found,
        blocked=must_be_mended(found),
        changes=changes_between(compile_version(used), version) if used and in_draft else None,
        used=used,
        copy_name=services.free_name(survey),
        in_draft=in_draft,
        conditions=_conditions(version),
        page_conditions={
            one.page: condition_in_words(one.page_condition, version)
            for one in version.questions
            if one.page_condition
        },
        response_count=queries.response_counts([survey.id]).get(survey.id, 0),
        kinds=KIND_LABELS,
        addable=[
            kind
            for kind in QuestionKind
            if kind not in {one.kind for one in version.questions} or kind not in _ONCE
        ],
        form=Form(),
        problem=problem,
        again=again,
    )


# One of each is enough: the product reads the first of them.
_ONCE = (QuestionKind.NPS, QuestionKind.CONTACT)


@blueprint.get("/surveys/<int:survey_id>/texts")
@needs(Right.EDIT)
def show_texts(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    return render_template("surveys/texts.html", survey=survey, form=SurveyTextsForm(obj=survey))


@blueprint.post("/surveys/<int:survey_id>/texts")
@needs(Right.EDIT)
def edit_texts(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    form = SurveyTextsForm()
    if not form.validate_on_submit():
        return render_template("surveys/texts.html", survey=survey, form=form), 422
    try:
        values = {**form.values(), "revision": form.shown_revision}
        services.edit_texts(survey, **values, member=current_member(), at=clock.now())
    except services.NameTaken as error:
        form.name.errors = [error.sentence]
        return render_template("surveys/texts.html", survey=survey, form=form), error.status
    except services.TextsNotFit as error:
        for name, sentences in error.fields.items():
            form[name].errors = [*form[name].errors, *sentences]
        return render_template("surveys/texts.html", survey=survey, form=form), error.status
    except EditClash as error:
        status = take_refusal(form, error, url_for(".show_texts", survey_id=survey.id))
        return render_template("surveys/texts.html", survey=survey, form=form), status
    flash(_("保存しました。"))
    return redirect(url_for(".show_texts", survey_id=survey.id), 303)


@blueprint.post("/surveys/<int:survey_id>/publish")
@needs(Right.EDIT)
def publish_survey(survey_id: int) -> ResponseReturnValue:
    survey, form = db.get_or_404(Survey, survey_id), RevisionForm()
    try:
        version = services.publish_survey(survey, current_member(), clock.now(), form.shown_revision)
    except services.CannotPublish:
        return survey_page(survey), 422
    except EditClash as error:
        again = Again(_("いまの内容で公開する"), url_for(".publish_survey", survey_id=survey.id))
        return survey_page(survey, error.sentence, again), error.status
    flash(
        _("版%(number)sを公開しました。つぎは「配信」で、お届けする相手を選びます。", number=version.number)
    )
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)


@blueprint.post("/surveys/<int:survey_id>/copy")
@needs(Right.EDIT)
def copy_survey(survey_id: int) -> ResponseReturnValue:
    survey, name = db.get_or_404(Survey, survey_id), request.form.get("name", "").strip()
    copied = services.copy_survey(survey, name[:LONGEST_NAME], current_member(), clock.now())
    flash(_("「%(name)s」を作りました。下書きなので、だれにも見えません。", name=copied.name))
    return redirect(url_for(".show_survey", survey_id=copied.id), 303)


@blueprint.post("/surveys/<int:survey_id>/close")
@needs(Right.EDIT)
def close_survey(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    services.close_survey(survey, current_member(), clock.now())
    flash(
        _("締め切りました。リンクをひらいた方には、締め切りの案内が出ます。"),
        f"undo:{url_for('.reopen_survey', survey_id=survey.id)}",
    )
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)


@blueprint.post("/surveys/<int:survey_id>/reopen")
@needs(Right.EDIT)
def reopen_survey(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    services.reopen_survey(survey, current_member(), clock.now())
    flash(_("ふたたび回答を受け付けます。"))
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)
