"""Pages for respondents where there is nothing to answer, each with its status: unknown, closed, something wrong."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import NotFound

from app import clock
from app.accounts import limits
from app.errors import BadInput
from app.i18n import gettext as _
from app.responses.services import AlreadyAnswered, SurveyClosed
from app.responses.sheet import Sheet, UnknownLink


def message(title: str, sentence: str, status: int, retry: str | None = None) -> ResponseReturnValue:
    """A page with a title and a sentence; `retry`: an address to try again."""
    return render_template("responses/message.html", title=title, sentence=sentence, retry=retry), status


def too_many_tries() -> ResponseReturnValue:
    """429"""
    return message(_("少し時間をおいてください"), _("続けて試されたため、15分ほど受け付けられません。"), 429)


def init(blueprint: Blueprint) -> None:
    """Have the errors of these pages said kindly."""
    blueprint.register_error_handler(NotFound, _unknown)
    blueprint.register_error_handler(SurveyClosed, _closed)
    blueprint.register_error_handler(AlreadyAnswered, _answered)
    blueprint.register_error_handler(BadInput, _bad)
    blueprint.register_error_handler(CSRFError, _stale)


def _this_sheet() -> Sheet:
    return Sheet((request.view_args or {})["token"])


def _unknown(error: NotFound) -> ResponseReturnValue:
    if isinstance(error, UnknownLink) and not limits.may_guess(request.remote_addr, clock.now()):
        return too_many_tries()
    sentence = _(
        "リンクがとちゅうで切れていないか、お確かめください。メールのリンクをもう一度押すと、ひらけることがあります。"
    )
    return message(_("このページは見つかりません"), sentence, 404)


def _closed(error: SurveyClosed) -> ResponseReturnValue:
    token = (request.view_args or {}).get("token")
    day = Sheet(token).survey.closes_on if token else None
    return render_template("responses/closed.html", day=day if day and day < clock.today() else None), 410


def _answered(error: AlreadyAnswered) -> ResponseReturnValue:
    return redirect(_this_sheet().url, 303)


def _bad(error: BadInput) -> ResponseReturnValue:
    return message(_("そのままでは進められません"), error.sentence, 422, request.path)


def _stale(error: CSRFError) -> ResponseReturnValue:
    sentence = _(
        "しばらく時間がたったか、クッキーが使えない設定のため、受け付けられませんでした。前の画面までの答えは残っています。"
    )
    return message(_("ページをひらきなおしてください"), sentence, 400, request.path)
