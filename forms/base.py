"""What all forms share: CSRF, trimmed texts, Japanese messages."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field


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

    def values(self) -> dict[str, Any]:
        """The fields' values by name, without the CSRF token."""
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}


def trim(value: str | None) -> str:
    """Cut blanks at both ends (full-width ones too); None becomes an empty text."""
    return (value or "").strip()
