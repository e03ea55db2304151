"""/o/<key>: a public link of a survey, open to everybody. Opening it stores nothing; a press makes a sheet."""

import secrets

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import limits
from app.accounts.access import respondent
from app.responses import anonymous, browser, kind_pages, link_queries, public, queries
from app.responses.models import PublicLink, RepeatCause, Response
from app.responses.routes import blueprint
from app.responses.services import SurveyClosed
from app.responses.sheet import Sheet, UnknownLink
from app.surveys.compiled import compiled_version
from app.surveys.wording import retention_in_words
from forms.respondent import BeginForm

# A whole room may share one address, so many may begin; who comes after the fifth of a survey in an hour is marked.
MOST_BEGUN, BEGUN_SECONDS = 120, 900
UNMARKED, MARK_SECONDS = 5, 3600


@blueprint.get("/o/<key>")
@respondent
def open_link(key: str) -> ResponseReturnValue:
    return _welcome(_open(key))


@blueprint.post("/o/<key>")
@respondent
def begin(key: str) -> ResponseReturnValue:
    """A press makes a sheet of its own; a second press of the same page leads to the same one.

    Where this browser has one that is not finished, it goes on with that, unless it asks to begin anew.
    """
    link, form, at = _open(key), BeginForm(), clock.now()
    if not form.validate_on_submit():
        return _welcome(link), 422
    secret = str(current_app.secret_key)
    token = public.token_for(form.start.data, link, secret)
    if anonymous.spent_by(token) is not None:
        return redirect(url_for(".show_thanks", token=token), 303)
    unfinished = _unfinished(link)
    if unfinished is not None and "anew" not in request.form:
        return _go_on(unfinished, public.resume_response(unfinished.response, at))
    network = public.network_key(limits.network_of(request.remote_addr), secret)
    if not limits.try_once(f"begin-from:{network}", at, MOST_BEGUN, BEGUN_SECONDS):
        return kind_pages.too_many_tries()
    is_first_few = limits.try_once(f"begun-from:{link.survey_id}:{network}", at, UNMARKED, MARK_SECONDS)
    sent_before = browser.has_sent(link.survey_id)
    cause = RepeatCause.BROWSER if sent_before else None if is_first_few else RepeatCause.NETWORK
    response = public.start_response(link, token, cause, at)
    sheet = Sheet(token)
    if sheet.is_submitted:
        return redirect(sheet.url, 303)
    return _go_on(sheet, response)


def _go_on(sheet: Sheet, response: Response) -> ResponseReturnValue:
    """To the screen where the sheet stands; this browser will find it again."""
    answer = make_response(redirect(sheet.url_of(queries.page_to_resume(response, sheet.version)), 303))
    browser.remember_begun(answer, response.survey_id, sheet.token)
    return answer


def _unfinished(link: PublicLink) -> Sheet | None:
    """The sheet of this survey that this browser has begun and not sent."""
    token = browser.begun_here(link.survey_id)
    try:
        sheet = Sheet(token) if token else None
    except UnknownLink:  # erased since
        return None
    return None if sheet is None or sheet.is_submitted else sheet


def _open(key: str) -> PublicLink:
    """The link of this address. Raises UnknownLink, and SurveyClosed where it is switched off."""
    link = link_queries.link_by_key(key)
    if link is None:
        raise UnknownLink
    if link.closed_at is not None or not link.survey.is_open(clock.today()):
        raise SurveyClosed(link.survey.name)
    return link


def _welcome(link: PublicLink) -> str:
    version = link.survey.published_version
    assert version is not None  # it is open
    unfinished = _unfinished(link)
    place = unfinished.place_to_resume if unfinished else None
    return render_template(
        "responses/public.html",
        survey=link.survey,
        version=compiled_version(version.id),
        retention=retention_in_words(link.survey.retention_months),
        form=BeginForm(formdata=None, data={"start": secrets.token_urlsafe(18)}),
        sent_before=browser.has_sent(link.survey_id),
        place=None if place is None else place + 1,
        total=len(unfinished.pages) if unfinished else 0,
    )
