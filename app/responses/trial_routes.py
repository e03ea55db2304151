"""Trial answers: the survey as a respondent sees it, for members who edit surveys; and the list of what was tried."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.db import db
from app.i18n import counted as _n
from app.i18n import customers_read
from app.responses import queries, screens, trials
from app.responses.models import Door, Response, ResponseState
from app.responses.sheet import Sheet
from app.surveys.compiled import CompiledVersion, Page, compiled_version
from app.surveys.made_up import details_of, made_up
from app.surveys.models import Survey
from app.surveys.presenting import thanks_for
from app.surveys.wording import retention_in_words
from forms.base import Form

blueprint = Blueprint("trials", __name__)


class TrialSheet(Sheet):
    """A sheet that a member fills in to try a survey out. It is open whatever the survey's state is."""

    template = "responses/trials/page.html"

    def __init__(self, response: Response) -> None:
        self.token, self.invitation, self.response = "", None, response
        self.survey, self.member = response.survey, current_member()

    @property
    def door(self) -> Door:
        return Door.TEST

    @property
    def is_submitted(self) -> bool:
        return self.response is not None and self.response.state is ResponseState.SUBMITTED

    @property
    def url(self) -> str:
        return url_for("trials.show_thanks" if self.is_submitted else "trials.show_trial", **self._named)

    @property
    def url_after(self) -> str:
        return url_for("trials.show_thanks", **self._named)

    def url_of(self, page: Page | None) -> str:
        if page is None:
            return url_for("trials.show_send", **self._named)
        return url_for("trials.show_page", **self._named, number=page.number)

    def check_open(self) -> None:
        """A trial asks neither whether the survey is published nor until when."""

    @property
    def _named(self) -> dict[str, Any]:
        return {
            "survey_id": self.survey.id,
            "response_id": None if self.response is None else self.response.id,
        }


@blueprint.get("/surveys/<int:survey_id>/trials")
@needs(Right.EDIT)
def list_trials(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    link = f"{current_app.extensions['settings'].public_url}{url_for('.show_trial', survey_id=survey.id)}"
    found = trials.trials_of(survey)
    return render_template("responses/trials/list.html", survey=survey, trials=found, link=link)


@blueprint.get("/surveys/<int:survey_id>/trial")
@needs(Right.EDIT)
@customers_read
def show_trial(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    return render_template(
        "responses/trials/welcome.html",
        survey=survey,
        version=_newest(survey),
        retention=retention_in_words(survey.retention_months),
        form=Form(),
        details=details_of(survey, _newest(survey)),
    )


@blueprint.post("/surveys/<int:survey_id>/trial")
@needs(Right.EDIT)
@customers_read
def start_trial(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    version = _newest(survey)
    known = made_up(details_of(survey, version), request.form)
    if not version.pages({}, known):
        return redirect(url_for(".show_trial", survey_id=survey.id), 303)
    sheet = TrialSheet(trials.start_trial(survey, current_member(), clock.now(), known))
    return redirect(sheet.url_of(sheet.pages[0]), 303)


@blueprint.get("/surveys/<int:survey_id>/trials/<int:response_id>/<int:number>")
@needs(Right.EDIT)
@customers_read
def show_page(survey_id: int, response_id: int, number: int) -> ResponseReturnValue:
    return screens.show(_sheet(survey_id, response_id), number)


@blueprint.post("/surveys/<int:survey_id>/trials/<int:response_id>/<int:number>")
@needs(Right.EDIT)
@customers_read
def save_page(survey_id: int, response_id: int, number: int) -> ResponseReturnValue:
    return screens.save(_sheet(survey_id, response_id), number)


@blueprint.get("/surveys/<int:survey_id>/trials/<int:response_id>/send")
@needs(Right.EDIT)
@customers_read
def show_send(survey_id: int, response_id: int) -> ResponseReturnValue:
    return screens.show_send(_sheet(survey_id, response_id))


@blueprint.post("/surveys/<int:survey_id>/trials/<int:response_id>/send")
@needs(Right.EDIT)
@customers_read
def send(survey_id: int, response_id: int) -> ResponseReturnValue:
    return screens.submit(_sheet(survey_id, response_id))


@blueprint.get("/surveys/<int:survey_id>/trials/<int:response_id>/thanks")
@needs(Right.EDIT)
@customers_read
def show_thanks(survey_id: int, response_id: int) -> ResponseReturnValue:
    sheet = _sheet(survey_id, response_id)
    if not sheet.is_submitted:
        assert sheet.response is not None
        return redirect(sheet.url_of(queries.page_to_resume(sheet.response, sheet.version)))
    return render_template(
        "responses/trials/thanks.html",
        survey=sheet.survey,
        response=sheet.response,
        words=thanks_for(sheet.survey, sheet.version, sheet.answers, sheet.attributes),
    )


@blueprint.post("/surveys/<int:survey_id>/trials/<int:response_id>/remove")
@needs(Right.EDIT)
def remove_trial(survey_id: int, response_id: int) -> ResponseReturnValue:
    return _removed(survey_id, [_trial(survey_id, response_id)])


@blueprint.post("/surveys/<int:survey_id>/trials/remove")
@needs(Right.EDIT)
def remove_trials(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    return _removed(survey_id, [one.response for one in trials.trials_of(survey)])


def _removed(survey_id: int, found: list[Response]) -> ResponseReturnValue:
    count = trials.remove_trials(found, current_member(), clock.now())
    flash(_n("試し回答を%(count)s件消しました。", count, count=count))
    return redirect(url_for(".list_trials", survey_id=survey_id), 303)


def _newest(survey: Survey) -> CompiledVersion:
    return compiled_version(survey.newest_version.id)


def _trial(survey_id: int, response_id: int) -> Response:
    found = trials.trial_of(response_id)
    if found is None or found.survey_id != survey_id:
        abort(404)
    return found


def _sheet(survey_id: int, response_id: int) -> TrialSheet:
    return TrialSheet(_trial(survey_id, response_id))
