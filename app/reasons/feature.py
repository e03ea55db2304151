"""Registers the routes, the jobs and the waiting count of this feature."""

from flask import Flask

from app import pages
from app.accounts.access import Right
from app.reasons import fill_jobs, holds, jobs  # noqa: F401 (register theirs)
from app.reasons.queries import readings_waiting
from app.reasons.routes import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    pages.waits("reasons", Right.CODE)(readings_waiting)
