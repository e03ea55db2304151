"""Registers the commands of the demo, and shows how far its story has been told."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, render_template, url_for
from flask.typing import ResponseReturnValue

from app import pages
from app.accounts.access import signed_in
from app.db import db
from app.demo.cli import demo
from app.demo.models import DemoStep, StepState
from app.i18n import gettext as _

blueprint = Blueprint("demo", __name__)


def progress() -> dict[str, Any] | None:
    """How much of the story is told, or None once it is (or there is none)."""
    steps = list(db.session.scalars(sa.select(DemoStep)))
    if not steps or all(step.state is StepState.DONE for step in steps):
        return None
    done = sum(step.total_count if step.state is StepState.DONE else step.done_count for step in steps)
    total = sum(step.total_count for step in steps)
    return {
        "done": done,
        "total": total,
        "label": _("見本のデータを作っています"),
        "url": url_for("demo.show_progress"),
    }


@blueprint.get("/demo/progress")
@signed_in
def show_progress() -> ResponseReturnValue:
    return render_template("layouts/_demo_progress.html")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(demo)
    pages.shows_progress(progress)
