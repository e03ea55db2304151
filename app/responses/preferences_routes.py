"""Behind a customer's own link: how they may be reached, who comes after them, a copy of the answers, erasing them.

Looking changes nothing; each of these waits for a press.
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import limits
from app.accounts.access import respondent
from app.customers import services as customers
from app.customers.models import CustomerKind
from app.customers.wording import CHANNELS
from app.responses import erasing, kind_pages, own_answers, preferences, wishes
from app.responses.models import Response, ResponseState
from app.responses.routes import blueprint
from app.responses.sheet import Sheet, UnknownLink
from forms.base import Form
from forms.respondent_wishes import PreferencesForm, SuccessorForm, preferences_form

COPIES, COPIES_SECONDS = 3, 3600
COPIES_FROM, COPIES_FROM_SECONDS = 20, 3600


@blueprint.get("/s/<token>/preferences")
@respondent
def show_preferences(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    return _preferences(sheet, _switches(sheet))


@blueprint.post("/s/<token>/preferences")
@respondent
def change_preferences(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    form = _switches(sheet, request.form)
    if not form.validate_on_submit():
        return _preferences(sheet, form), 422
    preferences.change_preferences(sheet.invited, form.wanted(), clock.now())
    return redirect(url_for(".show_preferences", token=token, saved=1), 303)


def _switches(sheet: Sheet, posted: object = None) -> PreferencesForm:
    standing = preferences.preferences_of(sheet.invited)
    return preferences_form(
        {one.channel.value: (CHANNELS[one.channel], one.is_on) for one in standing}, posted
    )


def _preferences(sheet: Sheet, form: PreferencesForm) -> str:
    return render_template(
        "responses/preferences.html",
        token=sheet.token,
        form=form,
        preferences=preferences.preferences_of(sheet.invited),
        has_answers=_own(sheet) is not None,
        saved="saved" in request.args and not form.errors,
    )


@blueprint.get("/s/<token>/successor")
@respondent
def show_successor(token: str) -> ResponseReturnValue:
    sheet = _of_company(token)
    return render_template("responses/successor.html", url=sheet.url, form=SuccessorForm(formdata=None))


@blueprint.post("/s/<token>/successor")
@respondent
def name_successor(token: str) -> ResponseReturnValue:
    sheet, form = _of_company(token), SuccessorForm()
    if not form.validate_on_submit():
        return render_template("responses/successor.html", url=sheet.url, form=form), 422
    source = f"invitation:{sheet.invited.id}"
    predecessor = wishes.written_to(sheet.invited)
    customers.name_successor(sheet.invited.customer, source, predecessor, form.values(), clock.now())
    return redirect(url_for(".show_named", token=token), 303)


@blueprint.get("/s/<token>/successor/thanks")
@respondent
def show_named(token: str) -> ResponseReturnValue:
    return render_template("responses/named.html", url=_of_company(token).url)


def _of_company(token: str) -> Sheet:
    """The sheet of a company's contact; a person has no successor."""
    sheet = Sheet(token)
    if sheet.invited.customer.kind is not CustomerKind.ACCOUNT:
        raise UnknownLink
    return sheet


@blueprint.get("/s/<token>/copy")
@respondent
def show_copy(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    if _own(sheet) is None:
        return redirect(sheet.url)
    return render_template("responses/copy.html", url=sheet.url)


@blueprint.post("/s/<token>/copy")
@respondent
def ask_for_copy(token: str) -> ResponseReturnValue:
    """A link to one's answers, by mail. The page says the same whether or not there is an address."""
    sheet, at = Sheet(token), clock.now()
    response = _own(sheet)
    if response is None:
        return redirect(sheet.url, 303)
    number, network = response.id, limits.network_of(request.remote_addr)
    if not limits.try_once(f"copy-of:{number}", at, COPIES, COPIES_SECONDS) or not limits.try_once(
        f"copy-from:{network}"[:120], at, COPIES_FROM, COPIES_FROM_SECONDS
    ):
        return kind_pages.too_many_tries()
    response = _own(Sheet(token))
    if response is not None:
        own_answers.ask_for_link(response, at)
    return redirect(url_for(".show_copy", token=token), 303)


@blueprint.get("/a/<token>")
@respondent
def show_own_answers(token: str) -> ResponseReturnValue:
    response = _behind(token)
    return render_template(
        "responses/own_answers.html",
        token=token,
        response=response,
        answers=own_answers.own_answers(response),
        form=Form(),
    )


@blueprint.get("/a/<token>/erase")
@respondent
def show_erase_own(token: str) -> ResponseReturnValue:
    _behind(token)
    return _asks_whether_to_erase(url_for(".show_own_answers", token=token))


@blueprint.post("/a/<token>/erase")
@respondent
def erase_own(token: str) -> ResponseReturnValue:
    erasing.erase_response(_behind(token).id, None, clock.now())
    return redirect(url_for(".show_erased"), 303)


@blueprint.get("/a/erased")
@respondent
def show_erased() -> ResponseReturnValue:
    return render_template("responses/erased.html")


def _behind(token: str) -> Response:
    """The sheet a fresh link opens. Raises UnknownLink: used up, expired and never made look alike."""
    response = own_answers.response_behind(token, clock.now())
    if response is None:
        raise UnknownLink
    return response


@blueprint.get("/s/<token>/erase")
@respondent
def show_erase(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    return redirect(sheet.url) if _own(sheet) is None else _asks_whether_to_erase(sheet.url)


@blueprint.post("/s/<token>/erase")
@respondent
def erase(token: str) -> ResponseReturnValue:
    """Pressed again it stays erased."""
    sheet = Sheet(token)
    response = _own(sheet)
    if response is not None:
        erasing.erase_response(response.id, None, clock.now())
    return redirect(sheet.url, 303)


def _asks_whether_to_erase(back: str) -> str:
    return render_template("responses/erase.html", form=Form(), back=back)


def _own(sheet: Sheet) -> Response | None:
    """The submitted sheet this link still leads to: none where it was anonymous, or is erased."""
    is_there = sheet.response is not None and sheet.response.state is ResponseState.SUBMITTED
    return sheet.response if is_there else None
