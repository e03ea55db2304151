"""Registers the routes and commands of this feature."""

from flask import Flask

from app import clock
from app.surveys import (  # noqa: F401 - they add their routes to the blueprint
    anonymity_routes,
    cli,
    condition_routes,
    exchange_routes,
    piping_routes,
    preview_routes,
    question_routes,
    version_routes,
)
from app.surveys.eras import day_in_words
from app.surveys.naming import title_shown
from app.surveys.piping import plain
from app.surveys.routes import blueprint
from app.surveys.wording import count_in_words


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(era_text=day_in_words, unpiped=plain, shown_title=title_shown)
    app.jinja_env.filters["question_count"] = count_in_words
    app.jinja_env.globals["era_today"] = lambda: day_in_words(clock.today())
    app.cli.add_command(cli.commands)
