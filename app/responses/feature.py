"""Registers the routes of this feature."""

from flask import Flask

from app.customers.wording import register_sentence
from app.i18n import lazy_gettext as _l
from app.responses import (
    answer_jobs,
    call_routes,
    cli,
    code_routes,
    import_routes,
    importers,
    jobs,
    link_routes,
    preferences_routes,
    public_routes,
    trial_routes,
    wish_routes,
)
from app.responses.queries import submitted_by_version, submitted_counts
from app.responses.routes import blueprint
from app.surveys.queries import counts_responses

__all__ = [
    "answer_jobs",
    "code_routes",
    "importers",
    "init_app",
    "jobs",
    "preferences_routes",
    "public_routes",
    "wish_routes",
]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(import_routes.blueprint)
    app.register_blueprint(link_routes.blueprint)
    app.register_blueprint(trial_routes.blueprint)
    app.register_blueprint(call_routes.blueprint)
    register_sentence("call_declined", _l("お電話での連絡を断られました"))
    register_sentence("call_wrong_number", _l("電話番号が、別の方のものでした"))
    app.cli.add_command(cli.commands)
    counts_responses(submitted_counts, submitted_by_version)
