"""Registers the routes of this feature."""

from flask import Flask

from app.responses import cli, code_routes, import_routes, importers, wish_routes
from app.responses.queries import submitted_counts
from app.responses.routes import blueprint
from app.surveys.queries import counts_responses

__all__ = ["code_routes", "importers", "init_app", "wish_routes"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(import_routes.blueprint)
    app.cli.add_command(cli.commands)
    counts_responses(submitted_counts)
