"""Errors people can act on, in their own language."""

import secrets

import structlog
from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from app.db import db
from app.i18n import gettext as _

log = structlog.get_logger()


class OkaeriError(Exception):
    """A rule of the product says no. `sentence` tells the person why and what to do."""

    status = 409

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadInput(OkaeriError):
    """What came in cannot be used."""

    status = 422


class EditClash(OkaeriError):
    """Somebody else changed the same thing first."""


def _texts(code: int) -> tuple[str, str]:
    known = {
        400: (_("この操作は受け付けられませんでした"), _("ページを開きなおして、もう一度お試しください。")),
        403: (_("この操作はできません"), _("この操作は管理者の方にお願いしてください。")),
        404: (_("ページが見つかりません"), _("アドレスが変わったか、消されたページです。")),
        405: (_("この操作は受け付けられませんでした"), _("ひとつ前のページから、もう一度お試しください。")),
        413: (_("ファイルが大きすぎます"), _("50MBまでのファイルをお選びください。")),
        429: (_("少し時間をおいてください"), _("続けて試されたため、しばらく受け付けられません。")),
        503: (_("ただいま混み合っています"), _("入力は残っています。少ししてから、もう一度お試しください。")),
    }
    return known.get(code, known[400])


def show(code: int, title: str, sentence: str) -> tuple[str, int]:
    """Render the plain error page with its status. It stands without a database: that may be what failed."""
    db.session.rollback()
    g.organisation, g.without_menu = g.get("organisation"), True
    return render_template("errors/plain.html", title=title, sentence=sentence), code


def _refuse(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or isinstance(error, SecurityError):
        # For a host that is not ours no page can be written: none of its links has an address.
        return error.get_response()
    code = error.code or 500
    return _fail(error) if code == 500 else show(code, *_texts(code))


def _say(error: OkaeriError) -> ResponseReturnValue:
    return show(error.status, _("そのままでは進められません"), error.sentence)


def _clash(error: StaleDataError) -> ResponseReturnValue:
    return show(
        409, _("ほかの方が先に変えました"), _("ひとつ前のページを開きなおして、いまの内容をご確認ください。")
    )


def _busy(error: OperationalError) -> ResponseReturnValue:
    log.error("database_unavailable", exc_info=error)
    page, code = show(503, *_texts(503))
    return page, code, {"Retry-After": "5"}


def _fail(error: Exception) -> ResponseReturnValue:
    cause = getattr(error, "original_exception", None) or error
    if isinstance(cause, OperationalError):
        return _busy(cause)
    reference = secrets.token_hex(2).upper()
    log.error("failed", reference=reference, exc_info=cause)
    sentence = _("入力は残っています。もう一度お試しください（番号 %(number)s）。", number=reference)
    return show(500, _("うまく動きませんでした"), sentence)


def _leave_to_us(_failure: object) -> None:
    """Flask's own line would quote the error's message; `_fail` writes a better one."""


def init_app(app: Flask) -> None:
    app.log_exception = _leave_to_us  # type: ignore[method-assign,assignment] # the only hook Flask has
    app.register_error_handler(OkaeriError, _say)
    app.register_error_handler(StaleDataError, _clash)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(CSRFError, _refuse)
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(500, _fail)
