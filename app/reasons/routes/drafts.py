"""/reasons/runs/<run>: what a run would change, before anything is changed."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.accounts.access import Right, needs
from app.db import db
from app.errors import EditClash
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reasons import services, wording
from app.reasons.drafts import DraftKind
from app.reasons.models import AnalysisRun, DraftState, Polarity
from app.reasons.queries.drafts import Difference, Pair, difference_of, drafted_voices, quality_of
from app.reasons.queries.runs import name_of_survey
from app.reasons.routes.shared import blueprint, number_asked, number_in, reviewer, tabs
from forms.analyst import ApplyForm

SHOWN_AGAINST = 5


@blueprint.get("/reasons/runs/<int:run_id>")
@needs(Right.READ)
def show_run(run_id: int) -> ResponseReturnValue:
    return _page(run_of(run_id))


def _page(run: AnalysisRun, problem: str = "", chosen: list[str] | None = None) -> str:
    difference = difference_of(run)
    against = drafted_voices(run, 1, DraftKind.AGAINST).rows[:SHOWN_AGAINST] if difference.against else []
    return render_template(
        "reasons/run.html",
        run=run,
        title=_title(run, difference),
        survey=name_of_survey(run),
        difference=difference,
        quality=quality_of(run),
        against=against,
        problem=problem,
        chosen=chosen,
        returns=run.draft is DraftState.APPLIED and services.is_newest(run),
        wording=wording,
        tabs=tabs("runs"),
    )


@blueprint.get("/reasons/runs/<int:run_id>/voices")
@needs(Right.READ)
def list_run_voices(run_id: int) -> ResponseReturnValue:
    """The voices behind one figure: ?move=3-7, ?mood=neg-pos, ?kind=turned or ?kind=against."""
    run = run_of(run_id)
    number = number_asked("page") or 1
    if move := request.args.get("move"):
        page = drafted_voices(run, number, pair=_pair_in(move) or abort(404))
    elif mood := request.args.get("mood"):
        page = drafted_voices(run, number, mood=_mood_in(mood) or abort(404))
    elif request.args.get("kind") in (DraftKind.TURNED.value, DraftKind.AGAINST.value):
        page = drafted_voices(run, number, kind=DraftKind(request.args["kind"]))
    else:
        abort(404)
    shown = "reasons/run_voices.html"
    return render_template(shown, run=run, survey=name_of_survey(run), page=page, wording=wording)


@blueprint.post("/reasons/runs/<int:run_id>/apply")
@needs(Right.CODE)
def apply_run(run_id: int) -> ResponseReturnValue:
    run, form = run_of(run_id), ApplyForm()
    posted = request.form.getlist("move")
    if not form.validate_on_submit():
        return _page(run, chosen=posted), 422
    moves, turned = None, True
    if form.what.data == "part":
        moves, turned = _chosen(posted, difference_of(run)), "turned" in posted
        if not moves and not turned:
            return _page(run, problem=_("反映する動きを選んでください。"), chosen=posted), 422
    try:
        services.apply_draft(run, reviewer(), clock.now(), moves, turned)
    except EditClash as clash:
        return _page(run, problem=str(clash)), 409
    audit.record("applied", "analysis_run", run.id, reviewer().id, clock.now())
    flash(_("反映しています。画面を離れても続きます。"))
    return redirect(url_for(".show_run", run_id=run.id), 303)


@blueprint.post("/reasons/runs/<int:run_id>/drop")
@needs(Right.CODE)
def drop_run(run_id: int) -> ResponseReturnValue:
    run = run_of(run_id)
    try:
        services.drop_draft(run, reviewer(), clock.now())
    except EditClash as clash:
        return _page(run, problem=str(clash)), 409
    audit.record("dropped", "analysis_run", run.id, reviewer().id, clock.now())
    flash(_("反映せずに終えました。理由は前のままです。"))
    return redirect(url_for(".list_runs"), 303)


@blueprint.post("/reasons/runs/<int:run_id>/return")
@needs(Right.CODE)
def return_run(run_id: int) -> ResponseReturnValue:
    run = run_of(run_id)
    try:
        services.return_draft(run, reviewer(), clock.now())
    except EditClash as clash:
        return _page(run, problem=str(clash)), 409
    audit.record("returned", "analysis_run", run.id, reviewer().id, clock.now())
    flash(_("前の読み取りに戻しています。そのあとに人が決めた理由は変わりません。"))
    return redirect(url_for(".show_run", run_id=run.id), 303)


def run_of(run_id: int) -> AnalysisRun:
    """The run of an address, or 404."""
    if number_in(str(run_id)) is None:
        abort(404)
    return db.get_or_404(AnalysisRun, run_id)


def _chosen(posted: list[str], difference: Difference) -> list[Pair]:
    """The moves that were ticked and are there; "few" stands for all that are too small to be shown."""
    there = [move.key for move in difference.moves]
    keys = [key for key in posted if key in there]
    if "few" in posted:
        keys += [move.key for move in difference.few]
    return [pair for key in keys if (pair := _pair_in(key)) is not None]


def _pair_in(text: str) -> Pair | None:
    """The reasons of "3-7"; 0 is one without a name."""
    parts = text.split("-")
    if len(parts) != 2 or not all(part == "0" or number_in(part) for part in parts):
        return None
    before, after = (number_in(part) for part in parts)
    return before, after


def _mood_in(text: str) -> tuple[Polarity, Polarity] | None:
    words = {one.value: one for one in Polarity}
    before, _dash, after = text.partition("-")
    return (words[before], words[after]) if before in words and after in words else None


def _title(run: AnalysisRun, difference: Difference) -> str:
    """What there is to say of a run in one line."""
    count = f"{difference.moved:,}"
    if run.draft is DraftState.READY:
        return _n("読みなおすと、%(count)s件の理由が変わります", difference.moved, count=count)
    return _("読みなおしの結果")
