"""The pages of importing a file, whatever it holds: upload, match the columns, look, start, watch, undo."""

from abc import ABC, abstractmethod
from itertools import islice
from typing import Any

from flask import Blueprint, abort, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.accounts.access import Right, current_member, needs
from app.customers import importers, queries, wording
from app.customers.models import ImportBatch, ImportKind, ImportState
from app.db import db, let_go
from app.errors import BadInput
from app.i18n import gettext as _
from app.security import takes_files
from forms.base import Form

ONE = "/<int:batch_id>"
# The desk at which each kind of file is handled.
DESKS: dict[ImportKind, "ImportDesk"] = {}


class ImportDesk(ABC):
    """The pages for some kinds of files. What differs between kinds is below; the words are asked for by the pages.

    menu: the entry of the menu they stand under; columns_page: the part of a page that matches the columns.
    """

    kinds: tuple[ImportKind, ...]
    menu: str
    columns_page: str
    upload_form: type[Form]

    def __init__(self, blueprint: Blueprint, prefix: str) -> None:
        self.blueprint = blueprint
        DESKS.update(dict.fromkeys(self.kinds, self))
        for method, rule, view in (
            ("GET", "", self.list_imports),
            ("POST", "", self.upload),
            ("GET", f"{ONE}/columns", self.match_columns),
            ("POST", f"{ONE}/columns", self.choose_columns),
            ("GET", f"{ONE}/preview", self.preview_import),
            ("POST", f"{ONE}/start", self.start_import),
            ("GET", ONE, self.show_import),
            ("GET", f"{ONE}/progress", self.show_progress),
            ("POST", f"{ONE}/cancel", self.cancel_import),
            ("GET", f"{ONE}/undo", self.preview_undo),
            ("POST", f"{ONE}/undo", self.undo_import),
            ("POST", f"{ONE}/rejected", self.download_rejected),
        ):
            blueprint.add_url_rule(prefix + rule, view.__name__, view, methods=[method])

    # What differs.
    @abstractmethod
    def kind_of(self, form: Any) -> ImportKind:
        """What an uploaded file is said to hold."""

    @abstractmethod
    def suggested_form(self, batch: ImportBatch) -> Form:
        """The form for the columns, filled in as they are guessed or were chosen before."""

    @abstractmethod
    def posted_form(self, batch: ImportBatch) -> Form:
        """The form for the columns as it came back."""

    @abstractmethod
    def mapping_of(self, batch: ImportBatch, form: Any) -> dict[str, Any]:
        """The mapping a form stands for. Raises BadInput where two columns want the same place."""

    @abstractmethod
    def columns(self, batch: ImportBatch, form: Any) -> Any:
        """The columns of the file with their fields, as `columns_page` reads them."""

    @abstractmethod
    def words(self) -> dict[str, Any]:
        """section, list_title, list_lead, upload_hint; what else the pages of these kinds say."""

    @abstractmethod
    def links(self, batch: ImportBatch) -> list[tuple[str, str]]:
        """Where to go from a finished import: (address, words), the likeliest first."""

    # The pages.
    def url(self, name: str, batch: ImportBatch | None = None) -> str:
        """The address of one of these pages."""
        endpoint = f"{self.blueprint.name}.{name}"
        return url_for(endpoint) if batch is None else url_for(endpoint, batch_id=batch.id)

    @needs(Right.EDIT)
    def list_imports(self) -> ResponseReturnValue:
        return self._list(self.upload_form(formdata=None))

    @needs(Right.EDIT)
    @takes_files
    def upload(self) -> ResponseReturnValue:
        form: Any = self.upload_form()
        if not form.validate_on_submit():
            return self._list(form, 422)
        file = form.file.data
        let_go()
        try:
            batch = importers.receive_upload(
                self.kind_of(form), file.filename or "", file.read(), current_member(), clock.now()
            )
        except BadInput as error:
            form.file.errors = [error.sentence]
            return self._list(form, 422)
        return redirect(self.url("match_columns", batch))

    @needs(Right.EDIT)
    def match_columns(self, batch_id: int) -> ResponseReturnValue:
        batch = self._batch(batch_id)
        if batch.state is not ImportState.UPLOADED:
            return redirect(self.url("show_import", batch))
        return self._columns_page(batch, self.suggested_form(batch))

    @needs(Right.EDIT)
    def choose_columns(self, batch_id: int) -> ResponseReturnValue:
        batch = self._batch(batch_id)
        form = self.posted_form(batch)
        if not form.validate_on_submit():
            return self._columns_page(batch, form, _("列の選び方を確かめてください。"), 422)
        try:
            importers.choose_mapping(batch, self.mapping_of(batch, form), clock.now())
        except BadInput as error:
            return self._columns_page(batch, form, error.sentence, 422)
        return redirect(self.url("preview_import", batch))

    @needs(Right.EDIT)
    def preview_import(self, batch_id: int) -> ResponseReturnValue:
        batch = self._batch(batch_id)
        if batch.state is not ImportState.UPLOADED:
            return redirect(self.url("show_import", batch))
        if not batch.mapping:
            return redirect(self.url("match_columns", batch))
        trial = importers.try_import(batch, clock.now())
        return self._page("preview", batch, trial=trial)

    @needs(Right.EDIT)
    def start_import(self, batch_id: int) -> ResponseReturnValue:
        batch = self._batch(batch_id)
        importers.start_import(batch, batch.mapping, clock.now())
        return redirect(self.url("show_import", batch))

    @needs(Right.EDIT)
    def show_import(self, batch_id: int) -> ResponseReturnValue:
        batch = self._batch(batch_id)
        if batch.state is ImportState.UPLOADED:
            return redirect(self.url("match_columns", batch))
        return self._state("show", batch)

    @needs(Right.EDIT)
    def show_progress(self, batch_id: int) -> ResponseReturnValue:
        return self._state("_state", self._batch(batch_id))

    @needs(Right.EDIT)
    def cancel_import(self, batch_id: int) -> ResponseReturnValue:
        batch = self._batch(batch_id)
        importers.cancel_import(batch, current_member(), clock.now())
        return redirect(self.url("show_import", batch))

    @needs(Right.EDIT)
    def preview_undo(self, batch_id: int) -> ResponseReturnValue:
        batch = self._batch(batch_id)
        if not batch.may_be_undone:
            return redirect(self.url("show_import", batch))
        plan, later = importers.preview_undo(batch), queries.imports_after(batch)
        return self._page("undo", batch, plan=plan, later=later, why=importers.why)

    @needs(Right.EDIT)
    def undo_import(self, batch_id: int) -> ResponseReturnValue:
        batch = self._batch(batch_id)
        importers.ask_undo(batch, current_member(), clock.now())
        return redirect(self.url("show_import", batch))

    @needs(Right.EDIT)
    def download_rejected(self, batch_id: int) -> ResponseReturnValue:
        """The rows that were not taken. A POST, for taking personal data out of the house is recorded."""
        batch = self._batch(batch_id)
        path, member = importers.rejected_path_of(batch), current_member()
        if not batch.rejected_count or not path.exists():
            abort(404)
        audit.record("exported", "import_batch", batch.id, member.id if member else None, clock.now())
        name = _("取り込めなかった行_%(file)s.csv", file=batch.file_name.rsplit(".", 1)[0])
        return send_file(path, "text/csv", as_attachment=True, download_name=name)

    def _batch(self, batch_id: int) -> ImportBatch:
        """A file of one of the kinds that belong here; any other is a stranger's."""
        batch = db.session.get(ImportBatch, batch_id)
        if batch is None or batch.kind not in self.kinds:
            abort(404)
        return batch

    def _list(self, form: Form, status: int = 200) -> ResponseReturnValue:
        return self._page("list", None, form=form, batches=queries.import_batches(self.kinds)), status

    def _columns_page(
        self, batch: ImportBatch, form: Form, problem: str = "", status: int = 200
    ) -> ResponseReturnValue:
        columns = self.columns(batch, form)
        return self._page("columns", batch, form=form, columns=columns, problem=problem), status

    def _state(self, name: str, batch: ImportBatch) -> str:
        return self._page(
            name,
            batch,
            kept=importers.kept_rows(batch) if batch.kept_count else [],
            links=self.links(batch),
            why=importers.why,
        )

    def _page(self, name: str, batch: ImportBatch | None, **shown: Any) -> str:
        unit = wording.UNITS[batch.kind] if batch else ""
        return render_template(
            f"imports/{name}.html",
            desk=self,
            batch=batch,
            unit=unit,
            wording=wording,
            **self.words(),
            **shown,
        )


def first_rows(batch: ImportBatch, count: int) -> list[list[str]]:
    """The first rows of an uploaded table that are not blank."""
    return list(islice((row for row in importers.table_of(batch).rows if row), count))
