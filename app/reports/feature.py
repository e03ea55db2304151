"""Registers the routes and commands of this feature, and warms what its charts need."""

from threading import Timer

import click
from flask import Flask

from app import charts
from app.reports.cli import reports
from app.reports.routes import blueprint, drawings, segments, surveys, today

__all__ = ["drawings", "init_app", "segments", "surveys", "today"]

# Matplotlib and its font cache take seconds on a new machine: not before the first pages, nor with the first chart.
WARM_AFTER_SECONDS = 3.0


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(reports)
    is_command = click.get_current_context(silent=True) is not None
    if not app.testing and not is_command:
        warming = Timer(WARM_AFTER_SECONDS, charts.warm)
        warming.daemon = True
        warming.start()
