"""/c: the code of a letter, typed by hand, leads to the same sheet as the link."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import limits
from app.accounts.access import respondent
from app.campaigns.codes import LENGTH, CodeFault, fault_of
from app.campaigns.queries import invitation_by_code
from app.i18n import gettext as _
from app.responses import kind_pages
from app.responses.models import Door
from app.responses.routes import blueprint
from forms.respondent import CodeForm

TRIES, WINDOW_SECONDS = 20, 900


@blueprint.get("/c")
@respondent
def show_code() -> ResponseReturnValue:
    return render_template("responses/code.html", form=CodeForm())


@blueprint.post("/c")
@respondent
def enter_code() -> ResponseReturnValue:
    form = CodeForm()
    if not limits.try_once(
        f"code-from:{limits.network_of(request.remote_addr)}"[:120], clock.now(), TRIES, WINDOW_SECONDS
    ):
        return kind_pages.too_many_tries()
    if not form.validate_on_submit():
        return render_template("responses/code.html", form=form), 422
    invitation = invitation_by_code(form.code.data)
    if invitation is None:
        fault = fault_of(form.code.data)
        form.code.errors = [fault_in_words(fault)]
        return render_template("responses/code.html", form=form), 422 if fault else 404
    return redirect(url_for(".show_sheet", token=invitation.token, door=Door.CODE.value), 303)


def fault_in_words(fault: CodeFault | None) -> str:
    """What helps whoever typed it: the letter is the same each time, the slip is in the typing."""
    if fault is CodeFault.LENGTH:
        return _("コードは%(count)s文字です。文字の数をお確かめください。", count=LENGTH)
    if fault is CodeFault.LETTER:
        return _(
            "コードに使わない文字があります。0・1・I・L・O・Uは使っていません。似た文字をお確かめください。"
        )
    if fault is CodeFault.CHECK:
        return _("どこか1文字が違うようです。お手紙のコードと、1文字ずつ見比べてください。")
    return _("このコードは見つかりませんでした。お手紙の8文字を、もう一度お確かめください。")
