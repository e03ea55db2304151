"""/backlog/trackers: states of other people's trackers, by file: looked through, applied, undone."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.backlog import tracker_files
from app.backlog.exporters.table import STATES
from app.backlog.models import ItemState
from app.backlog.models_exports import TrackerImport, TrackerImportState
from app.backlog.queries import tracked
from app.backlog.routes import blueprint
from app.backlog.routes_exports import member_here
from app.db import db
from app.errors import BadInput
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.security import takes_files
from forms.exports import TrackerFileForm

MOST_SHOWN = 20
MOST_ROWS_SHOWN = 200


@blueprint.get("/backlog/trackers")
@needs(Right.DECIDE)
def show_tracker_file() -> ResponseReturnValue:
    return _file_page(TrackerFileForm(formdata=None))


def _file_page(form: TrackerFileForm, status: int = 200) -> ResponseReturnValue:
    imports = tracked.tracker_imports_newest(MOST_SHOWN)
    return render_template("backlog/trackers.html", form=form, imports=imports), status


@blueprint.post("/backlog/trackers")
@needs(Right.DECIDE)
@takes_files
def look_through_tracker_file() -> ResponseReturnValue:
    form = TrackerFileForm()
    if not form.validate_on_submit():
        return _file_page(form, 422)
    name = (form.file.data.filename or "").replace("\x00", "")
    try:
        kept = tracker_files.look_through(form.file.data.read(), name, member_here(), clock.now())
    except BadInput as error:
        db.session.rollback()
        form.file.errors = [error.sentence]
        return _file_page(form, error.status)
    return redirect(url_for(".show_tracker_import", import_id=kept.id), 303)


@blueprint.get("/backlog/trackers/<int:import_id>")
@needs(Right.DECIDE)
def show_tracker_import(import_id: int) -> ResponseReturnValue:
    kept = db.get_or_404(TrackerImport, import_id)
    wrong = [row for row in tracker_files.rows_of(kept) if row.error]
    is_new = kept.state is TrackerImportState.PREVIEWED
    return render_template(
        "backlog/tracker_import.html",
        kept=kept,
        is_new=is_new,
        changes=tracker_files.changes_of(kept)[:MOST_ROWS_SHOWN] if is_new else [],
        wrong=wrong,
        count=sum("after" in row for row in kept.rows),
        heads={
            "key": _("課題キー"),
            "status": _("課題の状態"),
            "released_on": _("公開日"),
            "state": _("状態"),
            "mended_on": _("直した日"),
        },
        states={state.value: str(STATES[state]) for state in ItemState},
    )


@blueprint.post("/backlog/trackers/<int:import_id>/apply")
@needs(Right.DECIDE)
def apply_tracker_import(import_id: int) -> ResponseReturnValue:
    kept = db.get_or_404(TrackerImport, import_id)
    count = tracker_files.apply(kept, member_here(), clock.now())
    flash(
        _n("%(count)s件の改善項目を更新しました。", count, count=count)
        if count
        else _("変わったところはありませんでした。")
    )
    return redirect(url_for(".show_tracker_import", import_id=kept.id))


@blueprint.post("/backlog/trackers/<int:import_id>/undo")
@needs(Right.DECIDE)
def undo_tracker_import(import_id: int) -> ResponseReturnValue:
    kept = db.get_or_404(TrackerImport, import_id)
    if kept.state is TrackerImportState.PREVIEWED:
        abort(400)
    back, left = tracker_files.undo(kept, member_here(), clock.now())
    flash(_n("%(count)s件を元に戻しました。", back, count=back))
    if left:
        flash(_n("そのあとに変わった%(count)s件は、いまのままです。", left, count=left))
    return redirect(url_for(".show_tracker_import", import_id=kept.id))
