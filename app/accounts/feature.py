"""Registers the routes and commands of this feature."""

from flask import Flask

from app.accounts import cli
from app.accounts.routes import audit_log, blueprint, opening, own, settings, sign_in

__all__ = ["audit_log", "opening", "own", "settings", "sign_in"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(cli.setup)
    app.cli.add_command(cli.members)
