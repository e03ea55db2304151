"""What was mended, who came back, and what follows from it."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.backlog import services
from app.backlog.models import BacklogItem
from app.backlog.queries import backlog_item
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.recovery import queries
from forms.base import RevisionForm

blueprint = Blueprint("recovery", __name__)


@blueprint.get("/recovery")
@needs(Right.READ)
def list_outcomes() -> ResponseReturnValue:
    return _page()


def _page(problem: str = "", status: int = 200) -> ResponseReturnValue:
    outcomes = queries.outcomes(clock.today())
    page = render_template(
        "recovery/list.html",
        outcomes=outcomes,
        returns=queries.returns(),
        problem=problem,
        forms={one.item.id: RevisionForm(formdata=None, obj=one.item) for one in outcomes},
    )
    return page, status


@blueprint.post("/recovery/<int:item_id>/measured")
@needs(Right.DECIDE)
def measure(item_id: int) -> ResponseReturnValue:
    return _act(item_id, services.measure, _("確かめたことを記録しました。"))


@blueprint.post("/recovery/<int:item_id>/reopen")
@needs(Right.DECIDE)
def reopen(item_id: int) -> ResponseReturnValue:
    return _act(item_id, services.start_work, _("もう一度取り組みます。改善項目に戻しました。"))


def _act(item_id: int, act: Callable[..., None], done: str) -> ResponseReturnValue:
    """One press on what came of an item; whoever comes second is told."""
    item: BacklogItem | None = backlog_item(item_id)
    member, form = current_member(), RevisionForm()
    if item is None or member is None:
        abort(404)
    try:
        act(item, form.shown_revision, member, clock.now())
    except OkaeriError as error:
        return _page(error.sentence, error.status)
    flash(done)
    return redirect(url_for(".list_outcomes"))
