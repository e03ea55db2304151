"""The screens of a sheet, whoever fills it in: a respondent by link or code, or an operator on the telephone."""

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.responses import browser, holding, prefilled, services
from app.responses.models import Response
from app.responses.sheet import Sheet
from app.surveys.compiled import Page
from forms.base import Form
from forms.respondent import PageForm, page_form


def show(sheet: Sheet, number: int) -> ResponseReturnValue:
    """One screen, with what was saved; or else with what was clicked in a mail, which is not saved yet."""
    if sheet.response is None or sheet.is_submitted:
        return redirect(sheet.url)
    sheet.check_open()
    place = sheet.place_of(number)
    page = sheet.pages[place]
    form = page_form(page.questions, answers={**prefilled.answers_on(page, request.args), **sheet.answers})
    if "missing" in request.args:
        form.mark_missing()
    return _page(sheet, place, form)


def save(sheet: Sheet, number: int) -> ResponseReturnValue:
    """Keep one screen and go on: to the next, back, or to the end."""
    if sheet.response is None or sheet.is_submitted:
        return redirect(sheet.url, 303)
    holding.hold(sheet.response)
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
    sheet.keep(sheet.response, form.answers())
    follows = next((one for one in sheet.pages if one.number > number or one.has_more_than(page)), None)
    if follows is None and not sheet.version.may_follow(number):
        return submit(sheet)
    return redirect(sheet.url_of(follows), 303)


def show_send(sheet: Sheet) -> ResponseReturnValue:
    """Nothing is left to ask: one press hands it in."""
    if sheet.response is None or sheet.is_submitted:
        return redirect(sheet.url)
    sheet.check_open()
    return render_template("responses/send.html", form=Form(), back=sheet.url_of(sheet.pages[-1]))


def submit(sheet: Sheet) -> ResponseReturnValue:
    """Hand it in; back to the question that must be answered and is not."""
    if sheet.response is None:
        return redirect(sheet.url, 303)
    holding.hold(sheet.response)
    try:
        services.submit_response(sheet.response, clock.now(), sheet.door, sheet.member, sheet.answers)
    except services.Unanswered as error:
        page = next(page for page in sheet.pages if page.number == error.question.page)
        return redirect(f"{sheet.url_of(page)}?missing=1", 303)
    answer = make_response(redirect(sheet.url_after, 303))
    if sheet.invitation is None:
        browser.remember_sent(answer, sheet.survey.id)
    return answer


def _go_back(sheet: Sheet, response: Response, before: Page, form: PageForm) -> ResponseReturnValue:
    """To the screen before, keeping what was typed where it can be kept."""
    if form.validate():
        sheet.keep(response, form.answers())
    return redirect(sheet.url_of(before), 303)


def _page(sheet: Sheet, place: int, form: PageForm) -> str:
    page = sheet.pages[place]
    return render_template(
        sheet.template,
        sheet=sheet,
        form=form,
        page=page,
        place=place + 1,
        total=len(sheet.pages),
        is_last=not sheet.version.may_follow(page.number),
        saved=bool(sheet.answers),
        carried=None,
    )
