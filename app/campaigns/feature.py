"""Registers the routes and jobs of this feature, and the sentence it adds to customers' histories."""

from flask import Flask

from app.campaigns import holds, jobs  # noqa: F401 - register theirs
from app.campaigns.routes import (  # noqa: F401 - register their views
    approval,
    blueprint,
    optout,
    pages,
    slips,
    wizard,
    works,
)
from app.customers.wording import register_sentence
from app.i18n import lazy_gettext as _l


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    # A mail program has neither cookie nor token; the link itself is the secret (RFC 8058).
    app.extensions["csrf"].exempt(optout.unsubscribe)
    register_sentence(
        "perhaps_invited", _l("「%(campaign)s」のメールが届いたか分かりません（送る途中で回線が切れました）")
    )
