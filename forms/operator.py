"""The forms of those who call."""

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from forms.base import Form

OUTCOMES = [
    ("away", _l("留守")),
    ("later", _l("かけ直し")),
    ("reached", _l("出た（お答えはいただかない）")),
    ("declined", _l("断られた（もうかけません）")),
    ("wrong_number", _l("番号違い（もうかけません）")),
]


class CallOutcomeForm(Form):
    """What became of a call that brought no sheet; `again_at` on the member's own clock, without a zone."""

    outcome = RadioField(_l("お電話の結果"), choices=[SelectChoice(*pair) for pair in OUTCOMES])
    again_at = DateTimeLocalField(_l("かけ直す日時"), [Optional()])

    def validate_again_at(self, field: DateTimeLocalField) -> None:
        """A time is needed where somebody is to be called again."""
        if self.outcome.data == "later" and field.data is None:
            raise ValidationError(_l("かけ直す日時を入力してください。"))
