"""Past answers of another tool: upload, say what each column holds, look, start, watch."""

from itertools import islice

from flask import Blueprint, abort, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.accounts.access import Right, current_member, needs
from app.customers import importers
from app.customers.models import ImportBatch, ImportKind, ImportState
from app.customers.queries import import_batches
from app.db import db, let_go
from app.errors import BadInput
from app.i18n import gettext as _
from app.responses.importers import guess_columns
from app.responses.importers.surveys import survey_named
from app.security import takes_files
from forms.response_import import ResponseColumnsForm, ResponseUploadForm, uses_of

blueprint = Blueprint("response_imports", __name__)
SAMPLES, GUESSED_FROM = 2, 200


def _batch(batch_id: int) -> ImportBatch:
    """A file of answers; any other is a stranger's."""
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None or batch.kind is not ImportKind.RESPONSES:
        abort(404)
    return batch


@blueprint.get("/responses/imports")
@needs(Right.EDIT)
def list_imports() -> ResponseReturnValue:
    return _list(ResponseUploadForm(formdata=None))


def _list(form: ResponseUploadForm, status: int = 200) -> ResponseReturnValue:
    batches = import_batches((ImportKind.RESPONSES,))
    return render_template("responses/imports/list.html", form=form, batches=batches), status


@blueprint.post("/responses/imports")
@needs(Right.EDIT)
@takes_files
def upload() -> ResponseReturnValue:
    form = ResponseUploadForm()
    if not form.validate_on_submit():
        return _list(form, 422)
    file = form.file.data
    let_go()
    try:
        batch = importers.receive_upload(
            ImportKind.RESPONSES, file.filename or "", file.read(), current_member(), clock.now()
        )
    except BadInput as error:
        form.file.errors = [error.sentence]
        return _list(form, 422)
    return redirect(url_for(".match_columns", batch_id=batch.id))


@blueprint.get("/responses/imports/<int:batch_id>/columns")
@needs(Right.EDIT)
def match_columns(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    if batch.state is not ImportState.UPLOADED:
        return redirect(url_for(".show_import", batch_id=batch.id))
    mapping = importers.suggest_mapping(batch)
    if not mapping:
        rows = list(islice((row for row in importers.table_of(batch).rows if row), GUESSED_FROM))
        mapping = guess_columns(batch.header, rows, batch.file_name.rsplit(".", 1)[0])
    uses, asks = uses_of(mapping, batch.header)
    form = ResponseColumnsForm(formdata=None, survey=mapping.get("survey", ""), uses=uses, asks=asks)
    return _columns_page(batch, form)


def _columns_page(
    batch: ImportBatch, form: ResponseColumnsForm, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    rows = list(islice((row for row in importers.table_of(batch).rows if row), GUESSED_FROM))
    samples = [
        list(islice((row[place] for row in rows if row[place].strip()), SAMPLES))
        for place in range(len(batch.header))
    ]
    columns = list(zip(batch.header, samples, form.uses, form.asks, strict=False))
    page = render_template(
        "responses/imports/columns.html", batch=batch, form=form, columns=columns, problem=problem
    )
    return page, status


@blueprint.post("/responses/imports/<int:batch_id>/columns")
@needs(Right.EDIT)
def choose_columns(batch_id: int) -> ResponseReturnValue:
    batch, form = _batch(batch_id), ResponseColumnsForm()
    if not form.validate_on_submit():
        return _columns_page(batch, form, _("列の選び方を確かめてください。"), 422)
    mapping, twice = form.mapping(batch.header)
    if twice:
        sentence = _("「%(column)s」の使いみちは、ほかの列にも選ばれています。", column=twice[0])
        return _columns_page(batch, form, sentence, 422)
    try:
        importers.choose_mapping(batch, mapping, clock.now())
    except BadInput as error:
        return _columns_page(batch, form, error.sentence, 422)
    return redirect(url_for(".preview_import", batch_id=batch.id))


@blueprint.get("/responses/imports/<int:batch_id>/preview")
@needs(Right.EDIT)
def preview_import(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    if batch.state is not ImportState.UPLOADED:
        return redirect(url_for(".show_import", batch_id=batch.id))
    if not batch.mapping:
        return redirect(url_for(".match_columns", batch_id=batch.id))
    trial = importers.try_import(batch, clock.now())
    return render_template(
        "responses/imports/preview.html",
        batch=batch,
        trial=trial,
        shown_pairs=lambda shown: zip(trial.headings, shown, strict=False),
    )


@blueprint.post("/responses/imports/<int:batch_id>/start")
@needs(Right.EDIT)
def start_import(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    importers.start_import(batch, batch.mapping, clock.now())
    return redirect(url_for(".show_import", batch_id=batch.id))


@blueprint.get("/responses/imports/<int:batch_id>")
@needs(Right.EDIT)
def show_import(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    if batch.state is ImportState.UPLOADED:
        return redirect(url_for(".match_columns", batch_id=batch.id))
    return render_template("responses/imports/show.html", **_state(batch))


@blueprint.get("/responses/imports/<int:batch_id>/progress")
@needs(Right.EDIT)
def show_progress(batch_id: int) -> ResponseReturnValue:
    return render_template("responses/imports/_state.html", **_state(_batch(batch_id)))


def _state(batch: ImportBatch) -> dict[str, object]:
    return {"batch": batch, "survey": survey_named(str(batch.mapping.get("survey", "")))}


@blueprint.post("/responses/imports/<int:batch_id>/cancel")
@needs(Right.EDIT)
def cancel_import(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    importers.cancel_import(batch, current_member(), clock.now())
    return redirect(url_for(".show_import", batch_id=batch.id))


@blueprint.post("/responses/imports/<int:batch_id>/rejected.csv")
@needs(Right.EDIT)
def download_rejected(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    path, member = importers.rejected_path_of(batch), current_member()
    if not batch.rejected_count or not path.exists():
        abort(404)
    audit.record("downloaded", "import_batch", batch.id, member.id if member else None, clock.now())
    name = _("取り込めなかった行_%(file)s.csv", file=batch.file_name.rsplit(".", 1)[0])
    return send_file(path, "text/csv", as_attachment=True, download_name=name)
