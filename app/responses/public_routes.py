"""/o/<key>: a public link of a survey, open to everybody. Opening it stores nothing; a press makes a sheet."""

import secrets

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import limits
from app.accounts.access import respondent
from app.responses import anonymous, browser, kind_pages, link_queries, public, queries
from app.responses.models import PublicLink, RepeatCause
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
    """A press makes a sheet of its own; a second press of the same page leads to the same one."""
    link, form, at = _open(key), BeginForm(), clock.now()
    if not form.validate_on_submit():
        return _welcome(link), 422
    secret = str(current_app.secret_key)
    token = public.token_for(form.start.data, link, secret)
    if anonymous.spent_by(token) is not None:
        return redirect(url_for(".show_thanks", token=token), 303)
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
    return redirect(sheet.url_of(queries.page_to_resume(response, sheet.version)), 303)


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
    return render_template(
        "responses/public.html",
        survey=link.survey,
        version=compiled_version(version.id),
        retention=retention_in_words(link.survey.retention_months),
        form=BeginForm(formdata=None, data={"start": secrets.token_urlsafe(18)}),
        sent_before=browser.has_sent(link.survey_id),
    )
