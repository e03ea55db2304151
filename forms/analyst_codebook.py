"""The forms of the codebook and of the themes that may join it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from forms.base import Form, RevisionForm
from forms.validators import NO_NUL, ONE_LINE, REQUIRED, longest

CAUSES = [
    SelectChoice("known", _l("すでにある理由と同じ内容です")),
    SelectChoice("mixed", _l("ちがう話が混ざっています")),
    SelectChoice("ours", _l("理由として扱わない話です")),
]
LEVELS = [
    SelectChoice("high", _l("高い")),
    SelectChoice("middle", _l("中くらい")),
    SelectChoice("low", _l("低い")),
]


def whole_or_none(value: Any) -> int | None:
    """The id of a choice; the empty choice is none."""
    return int(value) if value not in (None, "", "None") else None


class ReasonForm(RevisionForm):
    """An entry of the codebook."""

    label = StringField(_l("理由の名前"), [REQUIRED, longest(80), ONE_LINE])
    seal = StringField(_l("印の字"), [longest(1), ONE_LINE])
    parent_id = SelectField(_l("上の理由"), coerce=whole_or_none)
    definition = TextAreaField(_l("定義"), [longest(1000), NO_NUL])
    examples = TextAreaField(_l("当てはまる例"), [longest(4500), NO_NUL])
    counter_examples = TextAreaField(_l("当てはまらない例"), [longest(4500), NO_NUL])
    owner = StringField(_l("担当の部署"), [longest(80), ONE_LINE])
    recoverability = SelectField(_l("取り戻しやすさ"), choices=LEVELS)
    note = StringField(_l("変えるわけ"), [longest(300), ONE_LINE])

    def entry(self) -> dict[str, Any]:
        """The values as the codebook takes them: examples one a line."""
        values = {name: value for name, value in self.values().items() if name != "note"}
        for name in ("examples", "counter_examples"):
            values[name] = str(values[name] or "").splitlines()
        return values


class ReasonUseForm(RevisionForm):
    """Retiring a reason, or bringing it back."""

    note = StringField(_l("わけ"), [longest(300), ONE_LINE])


class MergeReasonForm(RevisionForm):
    """Into which reason another is merged."""

    heir = SelectField(_l("まとめる先"), [InputRequired(_l("選んでください。"))], coerce=whole_or_none)
    note = StringField(_l("まとめるわけ"), [longest(300), ONE_LINE])


class CodebookFileForm(Form):
    """A codebook to be taken in."""

    file = FileField(_l("ファイル"), [FileRequired(_l("ファイルをお選びください。"))])


class ThemeNameForm(RevisionForm):
    """What a theme is called while nobody has decided on it."""

    name = StringField(_l("候補の名前"), [REQUIRED, longest(120), ONE_LINE])


class DismissForm(Form):
    """Why a theme is none."""

    cause = SelectField(_l("外すわけ"), [Optional()], choices=CAUSES, validate_choice=True)
    note = StringField(_l("ひとこと"), [longest(500), ONE_LINE])


class MergeThemeForm(Form):
    """Into which theme another is merged."""

    heir = SelectField(_l("まとめる先"), [InputRequired(_l("選んでください。"))], coerce=whole_or_none)


class SplitForm(Form):
    """The answers that are to be a theme of their own."""

    answers = SelectMultipleField(_l("分ける声"), coerce=int)
