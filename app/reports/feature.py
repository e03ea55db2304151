"""Registers the routes and commands of this feature, and warms what its charts need."""

from collections.abc import Callable
from threading import Timer

import click
from flask import Flask

from app import charts
from app.backlog.exporters import File
from app.backlog.models import Export
from app.backlog.taking_home import WRITERS
from app.reports.cli import reports
from app.reports.digest_files import FORMS, digest_file
from app.reports.queries.digest import digest_again
from app.reports.routes import (
    analysis,
    analysis_drawings,
    analysis_files,
    analysis_voices,
    blueprint,
    digest,
    drawings,
    files,
    older,
    segments,
    surveys,
    today,
    trend,
)

__all__ = [
    "analysis",
    "analysis_drawings",
    "analysis_files",
    "analysis_voices",
    "digest",
    "drawings",
    "files",
    "init_app",
    "older",
    "segments",
    "surveys",
    "today",
    "trend",
]

# Matplotlib and its font cache take seconds on a new machine: not before the first pages, nor with the first chart.
WARM_AFTER_SECONDS = 3.0


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(reports)
    for form in FORMS:
        WRITERS[f"digest-{form}"] = _digest_writer(form)
    is_command = click.get_current_context(silent=True) is not None
    if not app.testing and not is_command:
        warming = Timer(WARM_AFTER_SECONDS, charts.warm)
        warming.daemon = True
        warming.start()


def _digest_writer(form: str) -> Callable[[Export], File]:
    return lambda export: digest_file(form, digest_again(export.content or {}))
