"""The sheet: /s/<token>. Opening a page never stores anything; a person presses."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import respondent
from app.customers.models import CustomerKind
from app.i18n import gettext as _
from app.responses import (
    browser,
    kind_pages,
    preferences,
    prefilled,
    public,
    queries,
    screens,
    services,
    wishes,
)
from app.responses.models import Door
from app.responses.sheet import Sheet
from app.surveys.wording import retention_in_words
from forms.base import Form
from forms.respondent import WhoForm

blueprint = Blueprint("responses", __name__)
kind_pages.init(blueprint)


@blueprint.get("/s/<token>")
@respondent
def show_sheet(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    if sheet.is_submitted:
        return _receipt(sheet, again=True)
    sheet.check_open()
    place = sheet.place_to_resume
    return render_template(
        "responses/welcome.html",
        token=token,
        form=Form(),
        survey=sheet.survey,
        version=sheet.version,
        retention=retention_in_words(sheet.survey.retention_months),
        place=None if place is None else place + 1,
        total=len(sheet.pages),
        door=_door(request.args.get("door")).value,
        invited=sheet.invitation is not None,
        is_company=sheet.invitation is not None and sheet.invitation.customer.kind is CustomerKind.ACCOUNT,
        told=wishes.told(sheet.invitation) if sheet.invitation else {},
        why=preferences.why_asked(sheet.invitation),
        chosen=prefilled.choice_in_words(sheet.version, request.args),
    )


@blueprint.post("/s/<token>")
@respondent
def start(token: str) -> ResponseReturnValue:
    sheet, at = Sheet(token), clock.now()
    if sheet.is_submitted:
        return redirect(sheet.url, 303)
    if sheet.invitation is None:
        response = public.resume_response(sheet.response, at)
    else:
        door = _door(request.form.get("door"))
        response = services.start_response(sheet.invitation, door, at)
        browser.keep_door(response, door)
    page = queries.page_to_resume(response, sheet.version)
    return redirect(f"{sheet.url_of(page)}{_carried()}", 303)


@blueprint.get("/s/<token>/<int:number>")
@respondent
def show_page(token: str, number: int) -> ResponseReturnValue:
    return screens.show(Sheet(token), number)


@blueprint.post("/s/<token>/<int:number>")
@respondent
def save_page(token: str, number: int) -> ResponseReturnValue:
    return screens.save(Sheet(token, to_write=True), number)


@blueprint.get("/s/<token>/send")
@respondent
def show_send(token: str) -> ResponseReturnValue:
    return screens.show_send(Sheet(token))


@blueprint.post("/s/<token>/send")
@respondent
def send(token: str) -> ResponseReturnValue:
    return screens.submit(Sheet(token, to_write=True))


@blueprint.get("/s/<token>/thanks")
@respondent
def show_thanks(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    return _receipt(sheet) if sheet.is_submitted else redirect(sheet.url)


def _door(word: str | None) -> Door:
    """Through the link of a mail, unless it was a letter's code, typed or read by a camera."""
    return Door(word) if word in (Door.CODE, Door.QR) else Door.LINK


def _carried() -> str:
    """What was clicked in a mail, for the first screen to show as chosen."""
    found = prefilled.carried(request.args)
    return f"?{urlencode(found)}" if found else ""


@blueprint.post("/s/<token>/who")
@respondent
def say_who(token: str) -> ResponseReturnValue:
    """Whoever came by a public link may say who they are. The page says thanks alike, whoever is known."""
    sheet, form = Sheet(token), WhoForm()
    if sheet.response is None or not sheet.is_submitted or sheet.invitation is not None:
        return redirect(sheet.url, 303)
    if not form.validate_on_submit():
        return _receipt(sheet, who=form), 422
    public.claim_identity(sheet.response, form.who.data)
    return redirect(sheet.url_after, 303)


def _receipt(sheet: Sheet, again: bool = False, who: WhoForm | None = None) -> str:
    if sheet.is_cut_off and not sheet.survey.anonymous:
        return render_template("responses/erased.html", token=sheet.token if sheet.invitation else None)
    may_claim = sheet.response is not None and public.may_claim(sheet.response)
    return render_template(
        "responses/receipt.html",
        token=sheet.token,
        response=None if sheet.is_cut_off else sheet.response,
        survey=sheet.survey,
        thanks_text=sheet.thanks,
        stopped=sheet.invitation is not None and wishes.is_left_alone(sheet.invitation),
        invited=sheet.invitation is not None,
        who=(who or WhoForm()) if may_claim else None,
        again=again,
        title=_("お答えは、たしかに届いています") if again else _("お声を、たしかに受け取りました"),
    )
