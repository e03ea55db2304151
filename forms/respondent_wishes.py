"""Forms behind a respondent's link besides the sheet: who comes after me, and how I may be reached."""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, StringField, TelField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from forms.base import Form
from forms.validators import EMAIL, ONE_LINE, longest

LONGEST = 254


def half_width(text: str | None) -> str:
    """A short text in half-width signs. Cut first: NFKC is not linear."""
    return unicodedata.normalize("NFKC", (text or "")[:LONGEST]).strip()


class SuccessorForm(Form):
    """担当が替わりました: at least one of the four."""

    name = StringField(_l("新しいご担当のお名前"), [longest(120), ONE_LINE])
    department = StringField(_l("部署"), [longest(120), ONE_LINE])
    email = EmailField(_l("メールアドレス"), [Optional(), ONE_LINE, EMAIL], filters=[half_width])
    phone = TelField(_l("電話番号"), [longest(32), ONE_LINE], filters=[half_width])

    def validate_name(self, field: StringField) -> None:
        if not any((one.data or "").strip() for one in (self.name, self.department, self.email, self.phone)):
            raise ValidationError(_l("どれかひとつを入力してください。"))

    def validate_phone(self, field: TelField) -> None:
        typed = field.data or ""
        if typed and sum(sign.isdigit() for sign in typed) < 9:
            raise ValidationError(_l("電話番号を、市外局番から入力してください。例：03-1234-5678"))


class PreferencesForm(Form):
    """One switch a channel; its fields are made by `preferences_form`."""

    def wanted(self) -> dict[str, bool]:
        """Channel → may it be used? Without those about which nothing was said."""
        return {name: value == "on" for name, value in self.values().items() if value}


def preferences_form(standing: dict[str, tuple[Any, bool | None]], posted: Any = None) -> PreferencesForm:
    """The switches (channel → label, is it on now, None where nobody knows), filled with what was posted or else with what stands."""
    fields = {
        name: RadioField(
            label,
            [Optional()],
            choices=[SelectChoice("on", _l("受け取る")), SelectChoice("off", _l("受け取らない"))],
            default=None if is_on is None else "on" if is_on else "off",
        )
        for name, (label, is_on) in standing.items()
    }
    kind: type[PreferencesForm] = type("PreferencesForm", (PreferencesForm,), fields)
    return kind(formdata=posted)
