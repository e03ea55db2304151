"""What was mended, and who came back."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.recovery import queries

blueprint = Blueprint("recovery", __name__)


@blueprint.get("/recovery")
@needs(Right.READ)
def list_outcomes() -> ResponseReturnValue:
    return render_template(
        "recovery/list.html", outcomes=queries.outcomes(clock.today()), returns=queries.returns()
    )
