"""Past answers of another tool: what differs from other imports."""

from itertools import islice
from typing import Any

from flask import Blueprint, url_for

from app.customers import importers
from app.customers.models import ImportBatch, ImportKind
from app.customers.routes.desk import ImportDesk, first_rows
from app.errors import BadInput
from app.i18n import gettext as _
from app.responses.importers import guess_columns
from app.responses.importers.surveys import survey_named
from forms.base import Form
from forms.response_import import ResponseColumnsForm, ResponseUploadForm, uses_of

blueprint = Blueprint("response_imports", __name__)
SAMPLES, GUESSED_FROM = 2, 200


class ResponseDesk(ImportDesk):
    kinds = (ImportKind.RESPONSES,)
    menu = "voices"
    columns_page = "imports/_columns_responses.html"
    upload_form = ResponseUploadForm

    def words(self) -> dict[str, Any]:
        return {
            "section": _("回答の取り込み"),
            "list_title": _("前の調査の回答を取り込む"),
            "list_lead": _("ほかの道具で集めた回答も、同じように読んで、理由にまとめます。"),
            "upload_hint": _("1回答を1行に。UTF-8でもCP932（Shift_JIS）でも読めます。50MBまで。"),
            "columns_lead": _("列の名前と中身から見当をつけてあります。違うところを直してください。"),
        }

    def kind_of(self, form: Any) -> ImportKind:
        return ImportKind.RESPONSES

    def suggested_form(self, batch: ImportBatch) -> Form:
        mapping = importers.suggest_mapping(batch)
        if not mapping:
            rows = first_rows(batch, GUESSED_FROM)
            mapping = guess_columns(batch.header, rows, batch.file_name.rsplit(".", 1)[0])
        uses, asks = uses_of(mapping, batch.header)
        return ResponseColumnsForm(formdata=None, survey=mapping.get("survey", ""), uses=uses, asks=asks)

    def posted_form(self, batch: ImportBatch) -> Form:
        return ResponseColumnsForm()

    def mapping_of(self, batch: ImportBatch, form: Any) -> dict[str, Any]:
        mapping: dict[str, Any]
        mapping, twice = form.mapping(batch.header)
        if twice:
            raise BadInput(_("「%(column)s」の使いみちは、ほかの列にも選ばれています。", column=twice[0]))
        return mapping

    def columns(self, batch: ImportBatch, form: Any) -> Any:
        """(heading, first values, use, what was asked) of the columns that are used, and of those that are not."""
        rows = first_rows(batch, GUESSED_FROM)
        samples = [
            list(islice((row[place] for row in rows if row[place].strip()), SAMPLES))
            for place in range(len(batch.header))
        ]
        columns = list(zip(batch.header, samples, form.uses, form.asks, strict=False))
        return [one for one in columns if one[2].data], [one for one in columns if not one[2].data]

    def links(self, batch: ImportBatch) -> list[tuple[str, str]]:
        survey = survey_named(str(batch.mapping.get("survey", "")))
        found = [(self.url("list_imports"), _("続けて取り込む"))]
        if survey is not None:
            found.insert(0, (url_for("reports.show_survey", survey_id=survey.id), _("結果を見る")))
        return found


desk = ResponseDesk(blueprint, "/responses/imports")
