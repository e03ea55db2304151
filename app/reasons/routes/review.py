"""/reasons/review: the workbench. Every key is a button, every button works without script."""

from collections.abc import Collection
from datetime import datetime, timedelta

from flask import abort, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.db import db
from app.errors import EditClash, OkaeriError
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reasons import queries, services
from app.reasons.models import Reading, Reason
from app.reasons.queries import Queue
from app.reasons.routes.bench import NEXT, Bench, bench_for, queue_in
from app.reasons.routes.shared import blueprint, is_partial, number_asked, number_in, reviewer
from forms.analyst import CodingsForm, DecideForm, StepForm

UNDO_WITHIN = timedelta(days=1)
TOGETHER = ("confirm", "none", "unexplained", "add", "remove")  # what can be done to several answers at once


@blueprint.get("/reasons/review")
@needs(Right.CODE)
def show_review() -> ResponseReturnValue:
    bench = bench_for(
        queue_in(request.args),
        number_asked("reading"),
        number_asked("before"),
        number_asked("after"),
        list(DecideForm.also(request.args)),
        bool(number_asked("cut")),
    )
    if number_asked("reading") and bench.reading is None:
        abort(404)
    return _show(bench)


@blueprint.get("/reasons/readings/<int:reading_id>/why")
@needs(Right.CODE)
def show_why(reading_id: int) -> ResponseReturnValue:
    """The words that decided, with their weight: they come after the answer itself, since weighing takes a while."""
    if number_in(str(reading_id)) is None:
        abort(404)
    bench = bench_for(Queue(), reading_id, None, None)
    if bench.reading is None:
        abort(404)
    return render_template("reasons/_why.html", bench=bench, partial=False)


@blueprint.post("/reasons/readings/<int:reading_id>/decide")
@needs(Right.CODE)
def decide_reading(reading_id: int) -> ResponseReturnValue:
    """One press, one change; with several answers chosen, the same change to all of them."""
    reading, form = _reading(reading_id), DecideForm()
    if not form.validate_on_submit():
        abort(422)
    verb, codes = form.wanted
    revision = form.whole("revision")
    also = form.also(request.form)
    if also and verb in TOGETHER:
        return _decide_together(reading, form, also)
    try:
        if verb in ("split", "join"):
            said = _cut(reading, verb, int(codes[0]), revision)
        else:
            said = _change(reading, verb, [_reason(code) for code in codes], form.whole("clause"), revision)
    except OkaeriError as error:
        return _refused(reading_id, form, error, form.act.data)
    return _done(reading, form, said, leaves=verb == "confirm", chosen=also)


def _decide_together(reading: Reading, form: DecideForm, also: dict[int, int]) -> ResponseReturnValue:
    """The same for all that are chosen, or for none where one of them cannot be decided so."""
    verb, codes = form.wanted
    wanted, now = [_reason(code) for code in codes], clock.now()
    readings = {one.id: one for one in queries.readings_with_words(list(also))}
    leaves = verb == "confirm" and reading.id in readings
    after = _next_after(form, set(readings)) if leaves else None
    if verb in ("add", "remove"):
        every = all(wanted[0] in queries.reasons_stated(one) for one in readings.values())
        verb = "remove" if every else "add"
    try:
        for number, one in readings.items():
            _change(one, verb, wanted, None, also[number], now)
    except OkaeriError as error:
        return _refused(reading.id, form, error)
    said = _n("%(count)s件をまとめて直しました。", len(readings), count=len(readings))
    if verb == "confirm":
        said = _n("%(count)s件をまとめて確定しました。", len(readings), count=len(readings))
    bench = _bench_of(form, after if leaves else reading.id)
    return _answer(bench, said, undo=url_for(".undo_mine"))


def _next_after(form: StepForm, gone: set[int]) -> int | None:
    """The first reading behind the one at hand that stays in the queue."""
    waiting = queries.next_to_review(queue_in(request.form), NEXT)
    after = form.whole("after")
    rest = waiting[waiting.index(after) :] if after in waiting else waiting
    return next((one for one in rest if one not in gone), None)


def _cut(reading: Reading, verb: str, place: int, revision: int | None) -> str:
    act = services.split_clause if verb == "split" else services.join_clauses
    act(reading, place, reviewer(), clock.now(), revision)
    return _("文をここで分けました。") if verb == "split" else _("文のくぎりをつなげました。")


@blueprint.post("/reasons/readings/<int:reading_id>/codings")
@needs(Right.CODE)
def set_codings(reading_id: int) -> ResponseReturnValue:
    """All clauses at once."""
    reading, form = _reading(reading_id), CodingsForm()
    if not form.validate_on_submit():
        abort(422)
    codings, main = form.codings(request.form), form.main.data or ""
    try:
        shown, _main_before = services.shown_at(reading, form.whole("revision"))
        if main in ("none", "unexplained") and any(ids for _clause, ids in codings) and not shown:
            main = ""  # reasons were given to an answer that had none: what stood in the box before gives way
        if main in ("none", "unexplained"):
            codings = []
        main_id = _reason("none").id if main == "none" else number_in(main)
        services.set_codings(reading, codings, main_id, reviewer(), clock.now(), form.whole("revision"))
    except OkaeriError as error:
        typed = dict(form.codings(request.form))
        return _refused(reading_id, form, error, typed=(typed, form.main.data or ""))
    return _done(reading, form, _("理由を直しました。"), leaves=False)


@blueprint.post("/reasons/readings/<int:reading_id>/undo")
@needs(Right.CODE)
def undo_reading(reading_id: int) -> ResponseReturnValue:
    """From a toast: take back what was decided last about this reading."""
    reading = _reading(reading_id)
    services.undo_last(reading, reviewer(), clock.now())
    flash(_("元に戻しました。"))
    return redirect(url_for(".show_review", reading=reading.id), 303)


@blueprint.post("/reasons/review/undo")
@needs(Right.CODE)
def undo_mine() -> ResponseReturnValue:
    """Take back one's own last decision, whichever reading it was about; what was decided together goes together."""
    now = clock.now()
    event = services.last_decision_of(reviewer(), now - UNDO_WITHIN)
    form = StepForm()
    if event is None:
        return _answer(
            _bench_of(form, number_in(request.form.get("reading"))), _("元に戻す変更がありません。")
        )
    together = services.decided_together(event)
    for one in together:
        services.undo_last(one, reviewer(), now)
    said = _n("%(count)s件を元に戻しました。", len(together), count=len(together))
    return _answer(_bench_of(form, event.reading_id), said if len(together) > 1 else _("元に戻しました。"))


def _change(
    reading: Reading,
    verb: str,
    reasons: list[Reason],
    clause_id: int | None,
    revision: int | None,
    at: datetime | None = None,
) -> str:
    """Do it, and say what was done; "" where nothing had to be."""
    member, now = reviewer(), at or clock.now()
    label = reasons[-1].label if reasons else ""
    if verb == "confirm":
        if services.confirm_reading(reading, member, now, revision) is None:
            return ""
        named = reading.main_reason.label if reading.main_reason else _("まだ名前のない理由")
        return _("「%(reason)s」で確定しました。", reason=named)
    if verb in ("none", "unexplained"):
        if verb == "none":
            services.add_reason(reading, _reason("none"), None, member, now, revision)
        else:
            services.mark_unexplained(reading, member, now, revision)
        return _(
            "「%(reason)s」にしました。", reason=_("理由なし") if verb == "none" else _("まだ名前のない理由")
        )
    if verb in ("main", "next_main"):
        services.make_main(reading, reasons[0] if reasons else None, member, now, revision)
        main = reading.main_reason.label if reading.main_reason else ""
        return _("いちばんの理由を「%(reason)s」にしました。", reason=main)
    if verb == "move":
        services.move_reason(reading, reasons[0], reasons[1], member, now, revision)
        return _("「%(reason)s」に移しました。", reason=label)
    return _turn(reading, verb, reasons[0], clause_id, revision, now)


def _turn(
    reading: Reading, verb: str, reason: Reason, clause_id: int | None, revision: int | None, at: datetime
) -> str:
    """Add or remove; for a chosen clause it is the clause that says which of the two is meant."""
    if clause_id is not None and reason.code != "none":
        shown, _main = services.shown_at(reading, revision)
        verb = "remove" if reason.id in shown.get(clause_id, []) else "add"
    act = services.add_reason if verb == "add" else services.remove_reason
    act(reading, reason, clause_id, reviewer(), at, revision)
    words = _("「%(reason)s」を付けました。") if verb == "add" else _("「%(reason)s」を外しました。")
    return words % {"reason": reason.label}


def _done(
    reading: Reading, form: StepForm, said: str, leaves: bool, chosen: Collection[int] = ()
) -> ResponseReturnValue:
    bench = _bench_of(form, form.whole("after") if leaves else reading.id, chosen)
    return _answer(bench, said, undo=url_for(".undo_reading", reading_id=reading.id))


def _answer(bench: Bench, said: str, undo: str = "") -> ResponseReturnValue:
    """A part of the page with a toast for htmx, a redirect with a toast for everybody else."""
    if not is_partial():
        if said:
            flash(said, f"undo:{undo}" if undo else "message")
        return redirect(bench.address, 303)
    headers = {"HX-Push-Url": bench.address}
    if said:
        toast = {"text": said, **({"undo": undo} if undo else {})}
        headers["HX-Trigger"] = json.dumps({"toast": toast}, ensure_ascii=True)
    return _part(bench), 200, headers


def _refused(
    reading_id: int,
    form: StepForm,
    error: OkaeriError,
    again: str | None = None,
    typed: tuple[dict[int, list[int]], str] | None = None,
) -> ResponseReturnValue:
    """Nothing was changed: the bench as it stands now, the sentence, and after a clash the choice of both."""
    db.session.rollback()
    bench = _bench_of(form, reading_id, list(DecideForm.also(request.form)))
    bench.problem, bench.typed, bench.is_clash = error.sentence, typed, isinstance(error, EditClash)
    bench.again = again if bench.is_clash else None
    return (_part(bench) if is_partial() else _page(bench)), error.status


def _bench_of(form: StepForm, reading_id: int | None, chosen: Collection[int] = ()) -> Bench:
    def kept(name: str) -> int | None:
        return number_in(form[name].data)

    return bench_for(queue_in(request.form), reading_id, kept("before"), kept("after"), chosen)


def _show(bench: Bench) -> ResponseReturnValue:
    return _part(bench) if is_partial() else _page(bench)


def _page(bench: Bench) -> str:
    return render_template("reasons/review.html", bench=bench)


def _part(bench: Bench) -> str:
    return render_template("reasons/_bench.html", bench=bench, partial=True)


def _reading(reading_id: int | None) -> Reading:
    if number_in(str(reading_id)) is None:
        abort(404)
    return db.get_or_404(Reading, reading_id)


def _reason(code: str) -> Reason:
    return queries.reason_by_code(code) or abort(404)
