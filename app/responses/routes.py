"""The sheet: /s/<token>. Opening a page never stores anything; a person presses."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import respondent
from app.i18n import gettext as _
from app.responses import kind_pages, queries, services, wishes
from app.responses.models import Door, Response
from app.responses.sheet import Sheet
from app.surveys.compiled import Page
from app.surveys.wording import retention_in_words
from forms.base import Form
from forms.respondent import PageForm, page_form

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
    )


@blueprint.post("/s/<token>")
@respondent
def start(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    if sheet.is_submitted:
        return redirect(sheet.url, 303)
    response = services.start_response(sheet.invitation, _door(request.form.get("door")), clock.now())
    return redirect(sheet.url_of(queries.page_to_resume(response, sheet.version)), 303)


@blueprint.get("/s/<token>/<int:number>")
@respondent
def show_page(token: str, number: int) -> ResponseReturnValue:
    sheet = Sheet(token)
    if sheet.response is None or sheet.is_submitted:
        return redirect(sheet.url)
    sheet.check_open()
    place = sheet.place_of(number)
    form = page_form(sheet.pages[place].questions, answers=sheet.answers)
    if "missing" in request.args:
        form.mark_missing()
    return _page(sheet, place, form)


@blueprint.post("/s/<token>/<int:number>")
@respondent
def save_page(token: str, number: int) -> ResponseReturnValue:
    sheet = Sheet(token)
    if sheet.response is None or sheet.is_submitted:
        return redirect(sheet.url, 303)
    sheet.check_open()
    place = sheet.place_of(number)
    page = sheet.pages[place]
    form = page_form(page.questions, posted=request.form)
    if "back" in request.form and place > 0:
        return _go_back(sheet, sheet.response, sheet.pages[place - 1], form)
    if "skip" in request.form and not page.is_needed:
        form = page_form(page.questions)
    elif not form.validate():
        return _page(sheet, place, form), 422
    services.save_page(sheet.response, form.answers(), clock.now())
    follows = next((page for page in sheet.pages if page.number > number), None)
    if follows is None and not sheet.version.may_follow(number):
        return _submit(sheet, sheet.response)
    return redirect(sheet.url_of(follows), 303)


@blueprint.get("/s/<token>/send")
@respondent
def show_send(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    if sheet.response is None or sheet.is_submitted:
        return redirect(sheet.url)
    sheet.check_open()
    return render_template("responses/send.html", form=Form(), back=sheet.url_of(sheet.pages[-1]))


@blueprint.post("/s/<token>/send")
@respondent
def send(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    return redirect(sheet.url, 303) if sheet.response is None else _submit(sheet, sheet.response)


@blueprint.get("/s/<token>/thanks")
@respondent
def show_thanks(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    return _receipt(sheet) if sheet.is_submitted else redirect(sheet.url)


def _door(word: str | None) -> Door:
    """Through the link of a mail, unless the code of a letter was typed."""
    return Door.CODE if word == Door.CODE else Door.LINK


def _go_back(sheet: Sheet, response: Response, before: Page, form: PageForm) -> ResponseReturnValue:
    """To the screen before, keeping what was typed where it can be kept."""
    if form.validate():
        services.save_page(response, form.answers(), clock.now())
    return redirect(sheet.url_of(before), 303)


def _submit(sheet: Sheet, response: Response) -> ResponseReturnValue:
    try:
        services.submit_response(response, clock.now())
    except services.Unanswered as error:
        page = error.question.page
        return redirect(url_for(".show_page", token=sheet.token, number=page, missing=1), 303)
    return redirect(url_for(".show_thanks", token=sheet.token), 303)


def _page(sheet: Sheet, place: int, form: PageForm) -> str:
    page = sheet.pages[place]
    return render_template(
        "surveys/sheet/page.html",
        form=form,
        page=page,
        place=place + 1,
        total=len(sheet.pages),
        is_last=not sheet.version.may_follow(page.number),
        saved=bool(sheet.answers),
        carried=None,
    )


def _receipt(sheet: Sheet, again: bool = False) -> str:
    return render_template(
        "responses/receipt.html",
        token=sheet.token,
        response=sheet.response,
        survey=sheet.survey,
        stopped=wishes.is_left_alone(sheet.invitation),
        again=again,
        title=_("お答えは、たしかに届いています") if again else _("お声を、たしかに受け取りました"),
    )
