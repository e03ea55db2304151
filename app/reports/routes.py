"""The first page, and NPS."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs

blueprint = Blueprint("reports", __name__)


@blueprint.get("/")
@needs(Right.READ)
def show_today() -> ResponseReturnValue:
    return render_template("reports/today.html", today=clock.today())
