"""Registers the routes and commands of this feature, and what waits for a decision."""

from flask import Flask

from app import pages
from app.accounts.access import Right
from app.backlog import (
    holds,
    routes_board,
    routes_exports,
    routes_grounds,
    routes_trackers,
    routes_voices,
    routes_whatif,
)
from app.backlog.cli import backlog
from app.backlog.queries import undecided_count
from app.backlog.routes import blueprint

__all__ = [
    "holds",
    "init_app",
    "routes_board",
    "routes_exports",
    "routes_grounds",
    "routes_trackers",
    "routes_voices",
    "routes_whatif",
]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(backlog)
    pages.waits("backlog", Right.DECIDE)(undecided_count)
