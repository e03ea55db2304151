"""What all forms share: CSRF, trimmed texts, Japanese messages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import request
from flask_babel import format_date
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from wtforms import Field, FieldList, HiddenField


class Form(FlaskForm):
    """A form whose texts are trimmed and whose values come without the token."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            if unbound_field.field_class.__name__ in {
                "StringField",
                "TextAreaField",
                "EmailField",
                "SearchField",
            }:
                filters = [*unbound_field.kwargs.get("filters", ()), trim]
                options = {**options, "filters": filters}
            return unbound_field.bind(form=form, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            # Pages send forms. JSON would be taken too, without any limit to its depth.
            return None if formdata is _Auto and request.is_json else super().wrap_formdata(form, formdata)

    def values(self) -> dict[str, Any]:
        """The fields' values by name, without the CSRF token and the revision."""
        return {
            name: field.data for name, field in self._fields.items() if name not in ("csrf_token", "revision")
        }


@dataclass(frozen=True)
class ClashRow:
    """One field two people changed: what stands now, who wrote it when, and what was typed here (None: nothing)."""

    label: str
    theirs: str
    yours: str | None
    by: str
    at: datetime | None


@dataclass(frozen=True)
class Clash:
    """What the page says when somebody else saved first. `leave`: the address that takes theirs."""

    sentence: str
    rows: list[ClashRow]
    leave: str


class RevisionForm(Form):
    """What every change carries: the revision of the row that was on the screen."""

    revision = HiddenField()
    clash: Clash | None = None

    @property
    def shown_revision(self) -> int:
        """The revision as a number; 0 where it is missing, which no row has."""
        text = str(self.revision.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def take_refusal(self, sentence: str) -> None:
        """Say why it was not saved."""
        self.form_errors = [sentence]

    def take_clash(self, sentence: str, revision: int, theirs: dict[str, Any], leave: str) -> None:
        """Lay what others saved beside what was typed, and count from their revision, so that saving again counts.

        theirs: by field name, (value, typed, by, at); a field that was not touched here takes their value.
        """
        rows = []
        for name, one in theirs.items():
            field = self._fields.get(name)
            if field is None:
                continue
            yours = in_words(field, field.data) if one.typed else None
            rows.append(ClashRow(str(field.label.text), in_words(field, one.value), yours, one.by, one.at))
            if not one.typed:
                refill(field, one.value)
        self.clash = Clash(sentence, rows, leave)
        self.revision.data = str(revision)


def refill(field: Field, value: Any) -> None:
    """Put a value into a field in place of what was posted."""
    if isinstance(field, FieldList):
        for entry, one in zip(field.entries, value, strict=False):
            refill(entry, one)
        return
    field.raw_data = None
    field.process_data(value)


def in_words(field: Field, value: Any) -> str:
    """A field's value as people read it: the words of a choice, a day, はい or いいえ."""
    if isinstance(value, bool):
        return str(_("はい") if value else _("いいえ"))
    if isinstance(value, date):
        return str(format_date(value, "long"))
    if isinstance(value, list | tuple):
        return "\n".join(in_words(field, one) for one in value)
    listed = getattr(field, "choices", None)
    if listed:
        words: dict[str, str] = {str(one.value): str(one.label) for one in listed}
        return words.get("" if value is None else str(value), str(value))
    return "" if value is None else str(value)


def trim(value: str | None) -> str:
    """Cut blanks at both ends (full-width ones too); None becomes an empty text."""
    return (value or "").strip()
