"""Import of customers and purchases."""

from typing import Any

from flask import url_for

from app.customers import importers
from app.customers.models import ImportBatch, ImportKind
from app.customers.routes import blueprint
from app.customers.routes.desk import ImportDesk, first_rows
from app.errors import BadInput
from app.i18n import gettext as _
from app.i18n import pgettext
from forms.base import Form
from forms.customer_editing import UploadForm, columns_form

ATTRIBUTE = "+"
SAMPLES = 3


class CustomerDesk(ImportDesk):
    kinds = (ImportKind.CUSTOMERS, ImportKind.PURCHASES)
    menu = "customers"
    columns_page = "imports/_columns_customers.html"
    upload_form = UploadForm

    def words(self) -> dict[str, Any]:
        return {
            "section": pgettext("menu", "顧客"),
            "list_title": _("お客さまと購入の記録を取り込む"),
            "list_lead": _(
                "顧客番号が同じ行は上書きします。同じファイルをもう一度取り込んでも、何も変わりません。"
            ),
            "upload_hint": _("CSV か XLSX。50MB、1,000,000行、200列まで。1行目は見出しにします。"),
            "columns_lead": _(
                "見出しの名前から選んであります。合っているかお確かめください。空のセルは、空として上書きします。"
            ),
        }

    def kind_of(self, form: Any) -> ImportKind:
        return ImportKind(form.kind.data)

    def suggested_form(self, batch: ImportBatch) -> Form:
        mapping = importers.suggest_mapping(batch)
        fields = {column: name for name, column in mapping.items() if name != "attributes"}
        fields |= dict.fromkeys(mapping.get("attributes") or [], ATTRIBUTE)
        chosen = [fields.get(column, "") for column in batch.header]
        return self._form(batch)(formdata=None, columns=chosen)

    def posted_form(self, batch: ImportBatch) -> Form:
        return self._form(batch)()

    def _form(self, batch: ImportBatch) -> type[Form]:
        known = [(field.name, field.label) for field in importers.FIELDS[batch.kind]]
        extra = [(ATTRIBUTE, _("属性として残す"))] if batch.kind is ImportKind.CUSTOMERS else []
        return columns_form([("", _("取り込まない")), *known, *extra])

    def mapping_of(self, batch: ImportBatch, form: Any) -> dict[str, Any]:
        mapping: dict[str, Any] = {"attributes": []}
        for column, name in zip(batch.header, form.columns.data, strict=False):
            if name == ATTRIBUTE:
                mapping["attributes"].append(column)
            elif name in mapping:
                sentence = _(
                    "「%(first)s」と「%(second)s」に、同じ項目が選ばれています。",
                    first=mapping[name],
                    second=column,
                )
                raise BadInput(sentence)
            elif name:
                mapping[name] = column
        return mapping

    def columns(self, batch: ImportBatch, form: Any) -> Any:
        """(heading, first values, field)."""
        rows = first_rows(batch, SAMPLES)
        samples = [[row[place] for row in rows if row[place]] for place in range(len(batch.header))]
        return list(zip(batch.header, samples, form.columns, strict=False))

    def links(self, batch: ImportBatch) -> list[tuple[str, str]]:
        if batch.kind is ImportKind.CUSTOMERS:
            return [
                (self.url("list_imports"), _("続けて購入の記録を取り込む")),
                (url_for("customers.list_customers"), _("お客さまの一覧を見る")),
            ]
        return [
            (url_for("customers.show_rules"), _("休眠・離反の定義を見る")),
            (self.url("list_imports"), _("ほかのファイルを取り込む")),
        ]


desk = CustomerDesk(blueprint, "/customers/imports")
