"""Registers the routes of this feature."""

from flask import Flask

from app.customers.routes import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
