"""Registers the routes of this feature."""

from flask import Flask

from app.surveys import preview_routes, question_routes  # noqa: F401 - they add their routes to the blueprint
from app.surveys.routes import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
