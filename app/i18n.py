"""Languages: Japanese first, English second, by gettext catalogues; the message id is the Japanese text.

Who reads decides. A customer reads the survey's language, which is Japanese, whatever their browser says. A member
reads the language kept with them. A stranger reads what the switch at the door was set to, else Japanese:
Accept-Language is not asked, since many a Japanese company's browsers say English without anybody having chosen it.
Jobs and commands speak Japanese; an import speaks to whoever started it. Whatever outlives its reader is Japanese
too: files that are taken home, evidence of consent, words that go into a survey.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast

import flask_babel
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, lazy_gettext
from jinja2 import pass_context
from jinja2.runtime import Context

JAPANESE = "ja"
LANGUAGES = (JAPANESE, "en")
HOME = "Asia/Tokyo"
View = TypeVar("View", bound=Callable[..., Any])

__all__ = [
    "JAPANESE",
    "LANGUAGES",
    "counted",
    "customers_read",
    "gettext",
    "lazy_gettext",
    "pgettext",
    "speaking",
]


def gettext(text: str, **values: Any) -> str:
    """The text in the reader's language, its placeholders filled."""
    return str(flask_babel.gettext(text, **values))


def counted(text: str, number: float, **values: Any) -> str:
    """As gettext, for a text whose English depends on `number` (1 answer, 2 answers). Imported as `_n`."""
    return str(flask_babel.ngettext(text, text, round(number), **values))


def pgettext(place: str, text: str, **values: Any) -> str:
    """As gettext, for a text whose English depends on where it stands (調査 in the menu: Surveys)."""
    return str(flask_babel.pgettext(place, text, **values))


def speaking(language: str) -> AbstractContextManager[None]:
    """Whatever is written inside is in this language, whoever asked for it."""
    spoken: AbstractContextManager[None] = flask_babel.force_locale(
        language if language in LANGUAGES else JAPANESE
    )
    return spoken


@pass_context
def _counted_on_page(context: Context, text: str, number: float, **values: Any) -> str:
    """`counted` for templates, where filled-in values are escaped."""
    return cast("str", context.call(context.resolve("ngettext"), text, text, round(number), **values))


def customers_read(view: View) -> View:
    """Mark a member's view that shows what customers will read: it is in their language, not in the member's."""
    view.customers_read = True  # type: ignore[attr-defined] # the mark stands on the view
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


def pick_time_zone() -> str:
    """The time zone of what is being written now: the member's own, and Japan's for customers and jobs."""
    member = g.get("member") if request and not _is_for_customers() else None
    return HOME if member is None else str(member.time_zone)


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale=JAPANESE,
        default_timezone=HOME,
        locale_selector=pick_locale,
        timezone_selector=pick_time_zone,
        default_translation_directories="translations",
    )
    app.jinja_env.globals["_n"] = _counted_on_page
