"""Registers the routes, jobs and commands of this feature."""

from flask import Flask

from app.customers import cli, jobs
from app.customers.routes import blueprint, imports, people, rules, segments, successions, works

__all__ = ["imports", "init_app", "jobs", "people", "rules", "segments", "successions", "works"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(cli.commands)
