"""Registers the commands of the demo, shows how far its story has been told, and lets it be stopped."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import Blueprint, Flask, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, pages
from app.accounts.access import Right, current_member, may, needs
from app.db import db
from app.demo import story
from app.demo.cli import demo
from app.demo.models import DemoStep, StepState
from app.i18n import gettext as _

blueprint = Blueprint("demo", __name__)


@pages.shows_works
def telling() -> Iterator[pages.Work]:
    """The story, while it is being told."""
    steps = list(db.session.scalars(sa.select(DemoStep)))
    if all(step.state in (StepState.DONE, StepState.CANCELLED) for step in steps):
        return
    done = sum(step.total_count if step.state is StepState.DONE else step.done_count for step in steps)
    total = sum(step.total_count for step in steps)
    yield pages.Work(
        label=_("見本のデータを作っています"),
        done=done,
        total=total,
        left=pages.time_left(done, total, min(step.at for step in steps), clock.now()),
        cancel_url=url_for("demo.cancel_telling") if may(current_member(), Right.SETTINGS) else "",
    )


@blueprint.post("/demo/cancel")
@needs(Right.SETTINGS)
def cancel_telling() -> ResponseReturnValue:
    if story.cancel_telling(current_member(), clock.now()):
        flash(_("見本のデータを作るのをやめました。ここまでの分は残っています。"))
    else:
        flash(_("もう終わっていました。"))
    return redirect(url_for("reports.show_today"), 303)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(demo)
