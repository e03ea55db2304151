"""Registers the routes and commands of this feature."""

from flask import Flask

from app.surveys import (  # noqa: F401 - they add their routes to the blueprint
    cli,
    exchange_routes,
    preview_routes,
    question_routes,
)
from app.surveys.routes import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(cli.commands)
