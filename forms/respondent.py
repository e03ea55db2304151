"""The forms of respondents: one screen of a survey, and the code of a letter.

A screen's form is made of the questions on it (see app.surveys.compiled.CompiledQuestion), one field each, named
q_<code>; a choice with a box to write in has a second one, q_<code>_comment.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from forms.base import Form
from forms.validators import ONE_LINE, REQUIRED, longest

LONGEST_ANSWER, LONGEST_COMMENT, LONGEST_NUMBER = 4000, 200, 40
COMMENT = "-Comment"  # what another tool calls the text beside a choice, and so do we
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
_LONE = re.compile(r"[\0\ud800-\udfff]")


class Asked(Protocol):
    """What this module must know of a question."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def choices(self) -> Sequence[Any]: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def other(self) -> Any: ...
    @property
    def hours(self) -> Sequence[str]: ...
    @property
    def is_counted(self) -> bool: ...


class TicksField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class NumberField(StringField):
    """A number; full-width figures, commas between thousands and its unit are read too. What was typed stays."""

    widget = TextInput()

    def __init__(self, label: Any, validators: Any, unit: str = "", **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.unit = _half_width(unit)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.15g}"

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = _half_width(valuelist[0]) if valuelist else ""
        self.data = None
        if not typed:
            return
        typed = typed.removesuffix(self.unit).strip().replace(",", "").replace("−", "-")
        if not _NUMBER.fullmatch(typed):
            raise ValueError(_("数字で入力してください。例：12"))
        self.data = float(typed) if "." in typed else int(typed)


class DayField(DateField):
    """A day; full-width figures are read too. It is filled with a day or its ISO text."""

    def process_data(self, value: Any) -> None:
        self.data = date.fromisoformat(value) if isinstance(value, str) else value

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = [_half_width(value) for value in valuelist[:1]]
        try:
            super().process_formdata([text for text in typed if text])
        except ValueError:
            raise ValueError(_("日付で入力してください。例：2026-11-21")) from None


class CodeForm(Form):
    """The eight characters on a letter."""

    code = StringField(_l("コード"), [REQUIRED, longest(60)])


class BeginForm(Form):
    """はじめる on a public link. `start` is new on every page, so that two presses of one page begin one sheet."""

    start = HiddenField(validators=[Length(min=20, max=60)])


class WhoForm(Form):
    """Who answered, told of one's own accord: a customer number or a mail address."""

    who = StringField(_l("お客さま番号やメールアドレス（任意）"), [REQUIRED, longest(254), ONE_LINE])


class PageForm(Form):
    """The questions of one screen."""

    questions: Sequence[Asked] = ()

    def field_of(self, question: Asked) -> Field | None:
        """The field a question is answered in; none for a statement."""
        return self._fields.get(f"q_{question.code}")

    def comment_of(self, question: Asked) -> Field | None:
        """The box beside its choices, where there is one."""
        return self._fields.get(f"q_{question.code}_comment")

    def take_words(self) -> None:
        """Whoever writes in the box beside その他 has chosen it, unless another single choice was taken."""
        for question in self.questions:
            field, comment = self.field_of(question), self.comment_of(question)
            if field is None or comment is None or question.other is None or not comment.data:
                continue
            other = question.other.code
            if question.kind == "multiple" and other not in (field.data or []):
                field.data = [*(field.data or []), other]
            elif not field.data:
                field.data, field.raw_data = other, [other]

    def mark_missing(self) -> None:
        """Say at each question that must be answered that it is not."""
        for question in self.questions:
            field = self.field_of(question)
            if field is not None and question.required and not field.data:
                field.errors = [_("ここに、まだ答えていただいていません。")]

    def answers(self) -> dict[str, Any]:
        """What was answered, by question code; the text beside a choice under its code with "-Comment"."""
        found: dict[str, Any] = {}
        for question in self.questions:
            if (field := self.field_of(question)) is not None:
                found[question.code] = _simple(field.data) if question.kind != "consent" else bool(field.data)
            if (comment := self.comment_of(question)) is not None:
                found[question.code + COMMENT] = comment.data
        return found


def _simple(value: Any) -> Any:
    """A day as its ISO text, everything else as it is."""
    return value.isoformat() if isinstance(value, date) else value


def page_form(
    questions: Sequence[Asked], posted: Any = None, answers: Mapping[str, Any] | None = None
) -> PageForm:
    """The form of these questions, filled with what was posted or else with the answers saved before."""
    kind = _form_of(_Screen(questions, str(get_locale())))
    if posted is not None:
        form = kind(formdata=posted)
        form.take_words()
        return form
    shown = _shown(questions, answers or {})
    return kind(formdata=None, data={name: value for name, value in shown.items() if value is not None})


class _Screen:
    """These very questions in one language. Those of a published survey are kept, so the same ones come again."""

    def __init__(self, questions: Sequence[Asked], language: str) -> None:
        self.questions = tuple(questions)
        self.key = (language, *map(id, self.questions))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Screen) and self.key == other.key


@lru_cache(maxsize=512)
def _form_of(screen: _Screen) -> type[PageForm]:
    """The class of a screen's form. Making it costs more than filling it; it holds no answers."""
    fields: dict[str, Any] = {"questions": screen.questions}
    for question in screen.questions:
        name, made = f"q_{question.code}", _field(question)
        if made is None:
            continue
        fields[name] = made
        if question.other is not None:
            fields[f"{name}_comment"] = StringField(
                _("「%(choice)s」の内容", choice=question.other.label), [_storable, longest(LONGEST_COMMENT)]
            )
        elif question.hours:
            fields[f"{name}_comment"] = _hours(question)
    return type("PageForm", (PageForm,), fields)


def _shown(questions: Sequence[Asked], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The values the fields begin with, by the field's name."""
    shown: dict[str, Any] = {}
    for question in questions:
        name, saved = f"q_{question.code}", answers.get(question.code)
        shown[name] = (["yes"] if saved else []) if question.kind == "consent" else saved
        if question.other is not None:
            shown[f"{name}_comment"] = answers.get(question.code + COMMENT, "")
        elif question.hours:
            shown[f"{name}_comment"] = answers.get(question.code + COMMENT) or question.hours[-1]
    return shown


def _field(question: Asked) -> Any:
    """The field in which a question of this kind is answered; None for a statement."""
    return _MAKERS[question.kind](question) if question.kind in _MAKERS else None


def _nps(question: Asked) -> Any:
    return _radio(question, [(point, str(point)) for point in range(11)], int)


def _scale(question: Asked) -> Any:
    points = int(question.settings.get("points", 5))
    return _radio(question, [(point, str(point)) for point in range(1, points + 1)], int)


def _single(question: Asked) -> Any:
    return _radio(question, [(one.code, one.label) for one in question.choices], str, [_one_meant(question)])


def _multiple(question: Asked) -> Any:
    choices = [(choice.code, choice.label) for choice in question.choices]
    return _ticks(question, choices, _l("ひとつ以上選んでください。"), [_alone(question)])


def _consent(question: Asked) -> Any:
    label = question.settings.get("label") or _("同意します")
    return _ticks(question, [("yes", label)], _l("同意いただけるときだけ、先へ進めます。"), [])


def _hours(question: Asked) -> Any:
    """When to call; it counts only where the call is wished for."""
    listed = [SelectChoice(word, word) for word in question.hours]
    return RadioField(_("お電話の時間帯"), [Optional()], choices=listed, validate_choice=False)


def _text(question: Asked) -> Any:
    checks = [*_needed(question), _storable, _not_too_long]
    return TextAreaField(question.title, checks, filters=[_plain_lines])


def _number(question: Asked) -> Any:
    unit = str(question.settings.get("unit") or "")
    return NumberField(question.title, [*_needed(question), _within(question)], unit=unit)


def _day(question: Asked) -> Any:
    return DayField(question.title, _needed(question), format=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"])


_MAKERS = {
    "nps": _nps,
    "scale": _scale,
    "single": _single,
    "contact": _single,
    "multiple": _multiple,
    "consent": _consent,
    "text": _text,
    "number": _number,
    "date": _day,
}


class Given:
    """An answer is needed; 0 is one, blanks are none. What cannot be read has its own message."""

    field_flags = {"required": True}

    def __init__(self, sentence: Any) -> None:
        self.sentence = sentence

    def __call__(self, form: Form, field: Field) -> None:
        if field.data in (None, "", []) and not field.process_errors:
            field.errors[:] = []
            raise StopValidation(self.sentence)


def _needed(question: Asked, sentence: Any = None) -> list[Any]:
    return [Given(sentence or _l("入力してください。")) if question.required else Optional()]


def _radio(
    question: Asked, choices: Iterable[tuple[Any, str]], coerce: type, checks: Sequence[Any] = ()
) -> Any:
    listed = [SelectChoice(value, label) for value, label in choices]
    sentence = _l("ひとつ選んでください。")
    return RadioField(
        question.title,
        [*_needed(question, sentence), *checks],
        choices=listed,
        coerce=coerce,
        invalid_value_message=sentence,
        invalid_choice_message=sentence,
    )


def _ticks(question: Asked, choices: list[tuple[str, str]], sentence: Any, checks: list[Any]) -> Any:
    listed = [SelectChoice(value, label) for value, label in choices]
    return TicksField(
        question.title,
        [*_needed(question, sentence), *checks],
        choices=listed,
        invalid_choice_message=_l("並んでいるものから選んでください。"),
    )


def _alone(question: Asked) -> Any:
    """An exclusive choice goes with no other."""

    def check(form: Form, field: Field) -> None:
        chosen = field.data or []
        alone = next((one for one in question.choices if one.exclusive and one.code in chosen), None)
        if alone is not None and len(chosen) > 1:
            raise ValidationError(_("「%(choice)s」は、ほかの答えと一緒に選べません。", choice=alone.label))

    return check


def _one_meant(question: Asked) -> Any:
    """A single choice, and words beside another one: only the respondent knows which is meant."""

    def check(form: PageForm, field: Field) -> None:
        comment, other = form.comment_of(question), question.other
        if other is None or comment is None or not comment.data or field.data == other.code:
            return
        chosen = next((one.label for one in question.choices if one.code == field.data), "")
        raise ValidationError(
            _(
                "「%(choice)s」が選ばれ、「%(other)s」の内容も書かれています。"
                "どちらかひとつを選び、「%(other)s」でなければ、書いた内容を消してください。",
                choice=chosen,
                other=other.label,
            )
        )

    return check


def _within(question: Asked) -> Any:
    """Between the lowest and the highest number a question allows, and whole where things are counted."""
    lowest, highest = question.settings.get("lowest"), question.settings.get("highest")

    def check(form: Form, field: Field) -> None:
        if field.data is None:
            return
        if (lowest is not None and field.data < lowest) or (highest is not None and field.data > highest):
            bounds = {"low": "" if lowest is None else lowest, "high": "" if highest is None else highest}
            raise ValidationError(_("%(low)s〜%(high)s の数を入力してください。", **bounds))
        if question.is_counted:
            if field.data != int(field.data):
                raise ValidationError(_("小数のない数で入力してください。例：12"))
            field.data = int(field.data)

    return check


def _storable(form: Form, field: Field) -> None:
    """NUL and halves of characters cannot be kept."""
    if _LONE.search(field.data or ""):
        raise StopValidation(_("保存できない文字が含まれています。入力しなおしてください。"))


def _not_too_long(form: Form, field: Field) -> None:
    count = len(field.data or "")
    if count > LONGEST_ANSWER:
        limit = f"{LONGEST_ANSWER:,}"
        raise ValidationError(
            _("%(limit)s文字までで入力してください。今は%(count)s文字です。", limit=limit, count=f"{count:,}")
        )


def _plain_lines(text: str | None) -> str:
    """Browsers send line ends as two characters."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


def _half_width(text: str) -> str:
    """A short text in half-width figures. Cut first: NFKC is not linear."""
    return unicodedata.normalize("NFKC", text[:LONGEST_NUMBER]).strip()
