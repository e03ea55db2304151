"""Forms of the product team: the backlog."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from forms.base import Form, RevisionForm
from forms.validators import NO_NUL, ONE_LINE, REQUIRED, between, longest

LARGEST_NUMBER = 2**31 - 1
VERDICTS = [
    SelectChoice("do", _l("やる")),
    SelectChoice("later", _l("あとで")),
    SelectChoice("dont", _l("やらない")),
]


RECOVERABILITIES = [
    SelectChoice("reason", _l("理由の定義のとおり")),
    SelectChoice("high", _l("高い")),
    SelectChoice("middle", _l("中くらい")),
    SelectChoice("low", _l("低い")),
]
STATES = [SelectChoice(word, word) for word in ("decided", "in_progress", "released", "measured")]


class TicksField(SelectMultipleField):
    """Numbers of rows that were ticked; anything else is refused."""

    def __init__(self, label: Any = None, **named: Any) -> None:
        super().__init__(label, coerce=_row_number, validate_choice=False, **named)


def _row_number(text: Any) -> int:
    digits = str(text)
    if digits.isascii() and digits.isdigit() and len(digits) <= 10 and 0 < int(digits) <= LARGEST_NUMBER:
        return int(digits)
    raise ValueError


class NumberField(FloatField):
    """A number; what is none is told without the words of programmers."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("数字で入力してください。")) from None


class PromoteForm(Form):
    reason_id = IntegerField(validators=[InputRequired(), between(1, LARGEST_NUMBER)])
    survey_id = IntegerField(validators=[InputRequired(), between(1, LARGEST_NUMBER)])


class GroundsForm(Form):
    """What an item is to stand on; which numbers there are is for the service to know."""

    title = StringField(_l("改善項目"), [Optional(), longest(200), ONE_LINE])
    reasons = TicksField(_l("理由"))
    themes = TicksField(_l("新しい理由の候補"))
    clauses = TicksField(_l("声"))


class ItemForm(RevisionForm):
    title = StringField(_l("改善項目"), [REQUIRED, longest(200), ONE_LINE])
    problem = TextAreaField(_l("困りごと"), [Optional(), longest(1000), NO_NUL])
    owner = StringField(_l("担当"), [Optional(), longest(120), ONE_LINE])
    tags = StringField(_l("タグ"), [Optional(), longest(400), ONE_LINE])
    effort_days = NumberField(_l("手間"), [Optional(), between(0.1, 10_000)])
    recoverability = SelectField(_l("取り戻しやすさ"), choices=RECOVERABILITIES, default="reason")


class DecisionForm(RevisionForm):
    verdict = RadioField(
        _l("決定"), choices=VERDICTS, validators=[InputRequired(_l("ひとつ選んでください。"))]
    )
    why = TextAreaField(_l("決定の理由"), [Optional(), longest(1000), NO_NUL])
    public = TextAreaField(_l("お客さまへのことば"), [Optional(), longest(200), NO_NUL])
    review_on = DateField(_l("見直す日"), [Optional()])


class ReleaseForm(RevisionForm):
    on = DateField(_l("直した日"), [InputRequired(_l("日付を入力してください。"))])


class MoveForm(RevisionForm):
    """One step on the board."""

    to = SelectField(choices=STATES)
