"""Import of customers and purchases: upload, match the columns, look, start, watch."""

from itertools import islice
from typing import Any

from flask import abort, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.accounts.access import Right, current_member, needs
from app.customers import importers, queries, wording
from app.customers.models import ImportBatch, ImportKind, ImportState
from app.customers.routes import blueprint
from app.db import db, let_go
from app.errors import BadInput
from app.i18n import gettext as _
from app.security import takes_files
from forms.base import Form
from forms.customer_editing import UploadForm, columns_form

KINDS = (ImportKind.CUSTOMERS, ImportKind.PURCHASES)
ATTRIBUTE = "+"
SAMPLES = 3


def _batch(batch_id: int) -> ImportBatch:
    """A file of one of the kinds that belong here; any other is a stranger's."""
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None or batch.kind not in KINDS:
        abort(404)
    return batch


@blueprint.get("/customers/imports")
@needs(Right.EDIT)
def list_imports() -> ResponseReturnValue:
    return _list(UploadForm(formdata=None))


def _list(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    batches = queries.import_batches(KINDS)
    return render_template("customers/imports.html", form=form, batches=batches, wording=wording), status


@blueprint.post("/customers/imports")
@needs(Right.EDIT)
@takes_files
def upload() -> ResponseReturnValue:
    form = UploadForm()
    if not form.validate_on_submit():
        return _list(form, 422)
    file = form.file.data
    let_go()
    try:
        batch = importers.receive_upload(
            ImportKind(form.kind.data), file.filename or "", file.read(), current_member(), clock.now()
        )
    except BadInput as error:
        form.file.errors = [error.sentence]
        return _list(form, 422)
    return redirect(url_for(".match_columns", batch_id=batch.id))


@blueprint.get("/customers/imports/<int:batch_id>/columns")
@needs(Right.EDIT)
def match_columns(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    if batch.state is not ImportState.UPLOADED:
        return redirect(url_for(".show_import", batch_id=batch.id))
    mapping = importers.suggest_mapping(batch)
    fields = {column: name for name, column in mapping.items() if name != "attributes"}
    fields |= dict.fromkeys(mapping.get("attributes") or [], ATTRIBUTE)
    form = _columns_form(batch)(formdata=None, columns=[fields.get(column, "") for column in batch.header])
    return _columns_page(batch, form)


def _columns_form(batch: ImportBatch) -> type[Form]:
    known = [(field.name, field.label) for field in importers.FIELDS[batch.kind]]
    extra = [(ATTRIBUTE, _("属性として残す"))] if batch.kind is ImportKind.CUSTOMERS else []
    return columns_form([("", _("取り込まない")), *known, *extra])


def _columns_page(
    batch: ImportBatch, form: Form, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    rows = list(islice((row for row in importers.table_of(batch).rows if row), SAMPLES))
    samples = [[row[place] for row in rows] for place in range(len(batch.header))]
    page = render_template(
        "customers/import_columns.html",
        batch=batch,
        form=form,
        samples=samples,
        problem=problem,
        wording=wording,
    )
    return page, status


@blueprint.post("/customers/imports/<int:batch_id>/columns")
@needs(Right.EDIT)
def choose_columns(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    form = _columns_form(batch)()
    if not form.validate_on_submit():
        return _columns_page(batch, form, _("列の選び方を確かめてください。"), 422)
    try:
        importers.choose_mapping(batch, _mapping(batch.header, form.columns.data), clock.now())
    except BadInput as error:
        return _columns_page(batch, form, error.sentence, 422)
    return redirect(url_for(".preview_import", batch_id=batch.id))


def _mapping(header: list[str], chosen: list[str]) -> dict[str, Any]:
    """{field: column} from the field chosen for each column. Raises BadInput where two chose the same."""
    mapping: dict[str, Any] = {"attributes": []}
    for column, name in zip(header, chosen, strict=False):
        if name == ATTRIBUTE:
            mapping["attributes"].append(column)
        elif name in mapping:
            raise BadInput(
                _(
                    "「%(first)s」と「%(second)s」に、同じ項目が選ばれています。",
                    first=mapping[name],
                    second=column,
                )
            )
        elif name:
            mapping[name] = column
    return mapping


@blueprint.get("/customers/imports/<int:batch_id>/preview")
@needs(Right.EDIT)
def preview_import(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    if batch.state is not ImportState.UPLOADED:
        return redirect(url_for(".show_import", batch_id=batch.id))
    if not batch.mapping:
        return redirect(url_for(".match_columns", batch_id=batch.id))
    trial = importers.try_import(batch, clock.now())
    return render_template("customers/import_preview.html", batch=batch, trial=trial, wording=wording)


@blueprint.post("/customers/imports/<int:batch_id>/start")
@needs(Right.EDIT)
def start_import(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    importers.start_import(batch, batch.mapping, clock.now())
    return redirect(url_for(".show_import", batch_id=batch.id))


@blueprint.get("/customers/imports/<int:batch_id>")
@needs(Right.EDIT)
def show_import(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    if batch.state is ImportState.UPLOADED:
        return redirect(url_for(".match_columns", batch_id=batch.id))
    return render_template("customers/import_show.html", batch=batch, wording=wording)


@blueprint.get("/customers/imports/<int:batch_id>/progress")
@needs(Right.EDIT)
def show_progress(batch_id: int) -> ResponseReturnValue:
    return render_template("customers/_import_state.html", batch=_batch(batch_id), wording=wording)


@blueprint.post("/customers/imports/<int:batch_id>/cancel")
@needs(Right.EDIT)
def cancel_import(batch_id: int) -> ResponseReturnValue:
    batch = _batch(batch_id)
    importers.cancel_import(batch, current_member(), clock.now())
    return redirect(url_for(".show_import", batch_id=batch.id))


@blueprint.post("/customers/imports/<int:batch_id>/rejected")
@needs(Right.EDIT)
def download_rejected(batch_id: int) -> ResponseReturnValue:
    """The rows that were not taken. A POST, for taking personal data out of the house is recorded."""
    batch = _batch(batch_id)
    path, member = importers.rejected_path_of(batch), current_member()
    if not batch.rejected_count or not path.exists():
        abort(404)
    audit.record("exported", "import_batch", batch.id, member.id if member else None, clock.now())
    name = _("取り込めなかった行_%(file)s.csv", file=batch.file_name.rsplit(".", 1)[0])
    return send_file(path, "text/csv", as_attachment=True, download_name=name)
