"""Languages: Japanese first, English second, by gettext catalogues; the message id is the Japanese text.

Who reads decides. A customer reads the survey's language, which is Japanese, whatever their browser says. A member
reads the language kept with them. A stranger reads what the switch at the door was set to, else Japanese:
Accept-Language is not asked, since many a Japanese company's browsers say English without anybody having chosen it.
Jobs and commands, whose sentences are stored or printed, speak Japanese.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import flask_babel
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, lazy_gettext
from jinja2 import pass_context
from jinja2.runtime import Context

JAPANESE = "ja"
LANGUAGES = (JAPANESE, "en")
View = TypeVar("View", bound=Callable[..., Any])

__all__ = ["LANGUAGES", "counted", "customers_read", "gettext", "lazy_gettext"]


def gettext(text: str, **values: Any) -> str:
    """The text in the reader's language, its placeholders filled."""
    return str(flask_babel.gettext(text, **values))


def counted(text: str, number: float, **values: Any) -> str:
    """As gettext, for a text whose English depends on `number` (1 answer, 2 answers). Imported as `_n`."""
    return str(flask_babel.ngettext(text, text, number, **values))


@pass_context
def _counted_on_page(context: Context, text: str, number: float, **values: Any) -> str:
    """`counted` for templates, where filled-in values are escaped."""
    written: str = context.resolve("ngettext")(text, text, number, **values)
    return written


def customers_read(view: View) -> View:
    """Mark a member's view that shows what customers will read: it is in their language, not in the member's."""
    view.customers_read = True  # type: ignore[attr-defined]
    return view


def _is_for_customers() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    access = getattr(view, "access", None)
    return getattr(access, "kind", "") == "respondent" or hasattr(view, "customers_read")


def pick_locale() -> str:
    """The language of what is being written now."""
    if not request or _is_for_customers():
        return JAPANESE
    member = g.get("member")
    chosen = member.locale if member is not None else session.get("locale")
    return chosen if chosen in LANGUAGES else JAPANESE


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale=JAPANESE,
        default_timezone="Asia/Tokyo",
        locale_selector=pick_locale,
        default_translation_directories="translations",
    )
    app.jinja_env.globals["_n"] = _counted_on_page
