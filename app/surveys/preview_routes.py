"""The sheet as it will look, under its real rules; what is answered travels with the form and is never stored."""

from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from app.accounts.access import Right, needs
from app.db import db
from app.i18n import customers_read
from app.surveys.compiled import CompiledVersion, compile_version
from app.surveys.made_up import details_of, made_up
from app.surveys.models import Survey
from app.surveys.presenting import presented, thanks_for
from app.surveys.routes import blueprint
from app.surveys.wording import retention_in_words
from forms.base import Form
from forms.respondent import PageForm, page_form


@blueprint.get("/surveys/<int:survey_id>/preview")
@needs(Right.READ)
@customers_read
def show_preview(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    version = compile_version(survey.newest_version)
    asked = version.question(request.args.get("question", ""))
    if asked is not None:
        return _page(survey, version, asked.page, {}, {})
    return render_template(
        "surveys/preview/welcome.html",
        survey=survey,
        version=version,
        retention=retention_in_words(survey.retention_months),
        form=Form(),
        details=details_of(survey, version),
    )


@blueprint.post("/surveys/<int:survey_id>/preview/<int:number>")
@needs(Right.READ)
@customers_read
def turn_preview(survey_id: int, number: int) -> ResponseReturnValue:
    """Take the answers of screen `number` (0: the welcome page) and show what follows."""
    survey = db.get_or_404(Survey, survey_id)
    version = compile_version(survey.newest_version)
    answers, known = _carried()
    if number == 0:
        known = made_up(details_of(survey, version), request.form)
    pages = presented(survey, version, answers, known, survey.id)
    here = next((page for page in pages if page.number == number), None)
    if here is not None and "back" not in request.form:
        form = page_form(here.questions, posted=None if "skip" in request.form else request.form)
        if "skip" not in request.form and not form.validate():
            return _page(survey, version, number, answers, known, form), 422
        answers |= form.answers()
        pages = presented(survey, version, answers, known, survey.id)
    if "back" in request.form:
        follows = next(
            (page for page in reversed(pages) if page.number < number), pages[0] if pages else None
        )
    else:
        follows = next(
            (one for one in pages if one.number > number or (here and one.has_more_than(here))), None
        )
    if follows is None:
        thanks = thanks_for(survey, version, answers, known)
        return render_template("surveys/preview/end.html", survey=survey, thanks_text=thanks)
    return _page(survey, version, follows.number, answers, known)


def _page(
    survey: Survey,
    version: CompiledVersion,
    number: int,
    answers: dict[str, Any],
    known: dict[str, Any],
    form: PageForm | None = None,
) -> str:
    """One screen of the sheet. A screen that these answers hide is shown as the last one that they do not.

    `known`: the details of the customer it is tried out as.
    """
    pages = presented(survey, version, answers, known, survey.id)
    place = next((place for place, page in enumerate(pages) if page.number >= number), len(pages) - 1)
    page = pages[place]
    return render_template(
        "surveys/sheet/page.html",
        form=form or page_form(page.questions, answers=answers),
        page=page,
        place=place + 1,
        total=len(pages),
        is_last=not version.may_follow(page.number),
        saved=False,
        carried=_seal().dumps([answers, known]),
        action=url_for(".turn_preview", survey_id=survey.id, number=page.number),
    )


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="preview")


def _carried() -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers given on the screens before, and as whom; whatever we did not write ourselves counts as none."""
    try:
        answers, known = _seal().loads(request.form.get("carried", ""))
    except (BadData, ValueError):
        return {}, {}
    return dict(answers), dict(known)
