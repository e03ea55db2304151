"""/backlog/board: the items by how far they have come, moved by drag, key or button."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.backlog import queries, services, wording
from app.backlog.models import BacklogItem, ItemState
from app.backlog.routes import blueprint, item_or_404, member_at_work, survey_asked
from app.backlog.services import NEXT_STATES
from app.db import db
from app.edits import Overtaken
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.surveys.models import Survey
from forms.product import MoveForm

ORDER = list(ItemState)


@blueprint.get("/backlog/board")
@needs(Right.READ)
def show_board() -> ResponseReturnValue:
    survey = survey_asked()
    if survey is None:
        return redirect(url_for(".list_items"))
    return _board(survey)


@blueprint.post("/backlog/<int:item_id>/move")
@needs(Right.DECIDE)
def move(item_id: int) -> ResponseReturnValue:
    """One step. To decide takes words, so a card moved there leads to its decision."""
    item, form = item_or_404(item_id), MoveForm()
    if not form.validate_on_submit():
        abort(400)
    to = ItemState(form.to.data)
    if to is ItemState.DECIDED:
        return redirect(url_for(".show_item", item_id=item.id, _anchor="decision"))
    try:
        _step(item, to, form.shown_revision)
    except OkaeriError as error:
        db.session.rollback()
        item = item_or_404(item_id)
        return _board(
            item.survey, error.sentence, item if isinstance(error, Overtaken) else None
        ), error.status
    flash(_("「%(title)s」を「%(state)s」に動かしました。", title=item.title, state=wording.STATES[to]))
    return redirect(url_for(".show_board", survey=item.survey_id, _anchor=f"item-{item.id}"))


def _step(item: BacklogItem, to: ItemState, revision: int) -> None:
    member, now = member_at_work(), clock.now()
    if to is ItemState.IN_PROGRESS:
        services.start_work(item, revision, member, now)
    elif to is ItemState.RELEASED:
        services.release(item, clock.today(), revision, member, now, clock.today())
    else:
        services.measure(item, revision, member, now)


def _board(survey: Survey, problem: str = "", overtaken: BacklogItem | None = None) -> str:
    """The board. `problem`: why a card stayed where it was; `overtaken`: the card somebody else had moved before."""
    items = queries.items_of(survey.id)
    return render_template(
        "backlog/board.html",
        survey=survey,
        surveys=queries.surveys_with_voices(),
        columns=[(state, [item for item in items if item.state is state]) for state in ORDER],
        steps={item.id: _steps(item) for item in items},
        wording=wording,
        problem=problem,
        overtaken=overtaken,
    )


def _steps(item: BacklogItem) -> dict[str, ItemState]:
    """Where a card may go from here: `on` to the right, `back` to the left, by the nearest such state."""
    here = ORDER.index(item.state)
    open_states = [ORDER.index(state) for state in NEXT_STATES[item.state] if state is not item.state]
    if item.state is not ItemState.CANDIDATE and (item.verdict is None or item.verdict.value != "do"):
        open_states = [place for place in open_states if ORDER[place] is ItemState.DECIDED]
    right = min((place for place in open_states if place > here), default=None)
    left = max((place for place in open_states if place < here), default=None)
    return {name: ORDER[place] for name, place in (("on", right), ("back", left)) if place is not None}
