"""Languages: Japanese first, English second, by gettext catalogues; the message id is the Japanese text."""

from typing import Any

from flask import Flask, request, session
from flask_babel import Babel, get_locale, gettext, lazy_gettext, ngettext

LANGUAGES = ("ja", "en")

__all__ = ["LANGUAGES", "gettext", "lazy_gettext", "ngettext"]


def pick_locale() -> str:
    """The language chosen in this browser, else Japanese."""
    chosen: Any = session.get("locale") if request else None  # jobs and commands have no browser
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale="ja",
        default_timezone="Asia/Tokyo",
        locale_selector=pick_locale,
        default_translation_directories="translations",
    )
    app.jinja_env.globals["locale"] = lambda: str(get_locale() or "ja") if request else "ja"
