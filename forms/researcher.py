"""The forms of those who make surveys."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from forms.base import Form, RevisionForm
from forms.customer_editing import TickList
from forms.validators import NO_NUL, ONE_LINE, REQUIRED, between, longest

READ_AS = [
    ("reason", _l("離れた理由として読む")),
    ("improve", _l("直してほしいこととして読む")),
    ("current", _l("今の代わりとして読む")),
    ("nps", _l("点数の理由として読む")),
    ("other", _l("そのほかの声として読む")),
    ("", _l("読まない")),
]
# What becomes of each answer to a wish for contact; its words are free, its meaning is not.
WISHES = [
    ("none", _l("連絡しない")),
    ("mail", _l("メールで返事をする")),
    ("phone", _l("電話で返事をする")),
    ("notice", _l("直したら知らせる")),
]
ASKS_FOR = [
    ("anything", _l("何でも")),
    ("complaint", _l("困ったこと")),
    ("wish", _l("希望")),
    ("praise", _l("よかったこと")),
]


MOST_LINES = 60  # more than the choices a question may have


class DefinitionForm(Form):
    """A survey as another tool wrote it."""

    file = FileField(_l("ファイル"), [FileRequired(_l("ファイルをお選びください。"))])


class NewSurveyForm(Form):
    preset = HiddenField()
    name = StringField(_l("調査の名前（社内用）"), [REQUIRED, longest(120), ONE_LINE])


class SurveyTextsForm(RevisionForm):
    name = StringField(_l("調査の名前（社内用）"), [REQUIRED, longest(120), ONE_LINE])
    public_title = StringField(_l("お客さまに見える題"), [REQUIRED, longest(200), ONE_LINE])
    welcome = TextAreaField(_l("はじめのあいさつ"), [REQUIRED, longest(2000), NO_NUL])
    purpose = TextAreaField(_l("使いみち"), [longest(2000), NO_NUL])
    thanks = TextAreaField(_l("おわりのお礼"), [longest(2000), NO_NUL])
    talk_script = TextAreaField(_l("お電話の台本"), [longest(4000), NO_NUL])
    retention_months = IntegerField(_l("回答を残す期間"), [between(1, 120)])
    closes_on = DateField(_l("締め切りの日"), [Optional()])


class AnonymityForm(RevisionForm):
    named = RadioField(
        _l("回答とお客さま"),
        choices=[
            SelectChoice("named", _l("記名：お客さまの記録と結びつける")),
            SelectChoice("anonymous", _l("無記名：送った時点で、結びつきを消す")),
        ],
    )


class PublicLinkForm(Form):
    """A public link of a survey, named after the place it is put."""

    name = StringField(_l("置く場所"), [REQUIRED, longest(60), ONE_LINE])


class MoveForm(RevisionForm):
    steps = SelectField(choices=[SelectChoice("-1", ""), SelectChoice("1", "")])


class QuestionForm(RevisionForm):
    """One question. Fields that its kind does not have are taken out by `for_kind`."""

    title = TextAreaField(_l("問いかけ"), [REQUIRED, longest(300), NO_NUL])
    help = TextAreaField(_l("補足"), [longest(600), NO_NUL])
    choices = TextAreaField(_l("選択肢"), [longest(12_000), NO_NUL])
    wishes = TickList(_l("連絡の希望として出すもの"), choices=[SelectChoice(*one) for one in WISHES])
    wish_none = StringField(_l("「連絡しない」のことば"), [longest(200), ONE_LINE])
    wish_mail = StringField(_l("「メールで返事をする」のことば"), [longest(200), ONE_LINE])
    wish_phone = StringField(_l("「電話で返事をする」のことば"), [longest(200), ONE_LINE])
    wish_notice = StringField(_l("「直したら知らせる」のことば"), [longest(200), ONE_LINE])
    low = StringField(_l("小さいほうの端のことば"), [longest(40), ONE_LINE])
    high = StringField(_l("大きいほうの端のことば"), [longest(40), ONE_LINE])
    middle = StringField(_l("真ん中のことば"), [longest(40), ONE_LINE])
    points = IntegerField(_l("段階の数"), [Optional(), between(2, 11)])
    lowest = IntegerField(_l("いちばん小さい数"), [Optional()])
    highest = IntegerField(_l("いちばん大きい数"), [Optional()])
    unit = StringField(_l("単位"), [longest(20), ONE_LINE])
    label = StringField(_l("同意のことば"), [longest(200), ONE_LINE])
    read_as = SelectField(_l("読み方"), choices=[SelectChoice(*pair) for pair in READ_AS], default="other")
    asks_for = SelectField(_l("たずねていること"), choices=[SelectChoice(*pair) for pair in ASKS_FOR])
    short = BooleanField(_l("ひとことの欄にする"))
    boxed = RadioField(_l("書き込む欄のある選択肢"), [Optional()], validate_choice=False)
    alone = TickList(_l("ほかと一緒に選べない選択肢"), validate_choice=False)
    pinned = TickList(_l("並べ替えても動かさない選択肢"), validate_choice=False)
    meant_lines = FieldList(HiddenField(), max_entries=MOST_LINES)
    meant = FieldList(
        SelectField(validate_choice=False), _l("書きかえた選択肢の数え方"), max_entries=MOST_LINES
    )
    shuffle = BooleanField(_l("選択肢の順番を、答える方ごとに変える"))
    prompts = FieldList(TextAreaField(_l("問いかけ"), [longest(300), NO_NUL]))
    required = BooleanField(_l("答えてもらってから先へ進む"))
    joined = BooleanField(_l("前の設問と同じ画面に出す"))
    always = BooleanField(_l("条件を消して、全員に聞く"))

    def validate_wishes(self, field: TickList) -> None:
        chosen = field.data or []
        if len(chosen) < 2:
            raise ValidationError(_l("連絡の希望は、2つ以上を残してください。"))
        words = [self._fields[f"wish_{code}"].data for code in chosen]
        if not all(words) or len(set(words)) < len(words):
            raise ValidationError(_l("出すものには、ひとつずつ違うことばを入力してください。"))

    def validate_choices(self, field: TextAreaField) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_l("選択肢を、一行にひとつずつ入力してください。"))

    def for_kind(
        self,
        kind: str,
        prompted: bool = False,
        conditional: bool = False,
        first: bool = False,
        choices: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Keep only the fields a question of this kind has. `choices`: (code, label) of those there are already."""
        kept = {"title", "help", *_OWN.get(kind, ())}
        if choices and kind in _MARKED:
            kept |= _MARKED[kind]
            self.boxed.choices = [SelectChoice("", _l("なし")), *(SelectChoice(*one) for one in choices)]
            self.alone.choices = [SelectChoice(*one) for one in choices]
            self.pinned.choices = [SelectChoice(*one) for one in choices]
        kept |= set() if kind == "statement" else {"required"}
        kept |= {"prompts"} if prompted else set()
        kept |= {"always"} if conditional else set()
        kept |= set() if first else {"joined"}
        for name in list(self._fields):
            if name not in kept | {"csrf_token", "revision"}:
                del self[name]

    def meanings(self) -> dict[str, str]:
        """What somebody said each new line stands for: its words → the code of a choice, "" for a new one."""
        lines, meant = (self[name].data if name in self else [] for name in ("meant_lines", "meant"))
        return {line: code or "" for line, code in zip(lines, meant, strict=False) if line}

    def ask_what_is_meant(
        self, guesses: Sequence[tuple[str, str]], choices: Sequence[tuple[str, str]]
    ) -> None:
        """Ask it. `guesses`: (words, code) of each new line; `choices`: (code, label) of those whose words are gone."""
        listed = [
            *(SelectChoice(code, _l("「%(label)s」の言いかえ", label=label)) for code, label in choices),
            SelectChoice("", _l("新しい選択肢（これまでとは別に数える）")),
        ]
        for name, values in (
            ("meant_lines", [line for line, _code in guesses]),
            ("meant", [code for _line, code in guesses]),
        ):
            while self[name].entries:
                self[name].pop_entry()
            for value in values:
                self[name].append_entry(value)
        for entry, (line, _code) in zip(self.meant, guesses, strict=True):
            entry.choices, entry.label.text = listed, line

    def settings(self) -> dict[str, Any]:
        """The values that only some kinds have, without those left empty."""
        found = {name: self._fields[name].data for name in _SETTINGS if name in self._fields}
        return {name: value for name, value in found.items() if value is not None}


_SETTINGS = ("low", "middle", "high", "points", "lowest", "highest", "unit", "label", "short", "shuffle")
# Marks a single choice can wear, by kind; a contact wish has fixed choices.
_MARKED = {"single": {"boxed", "pinned"}, "multiple": {"boxed", "alone", "pinned"}}
_OWN = {
    "nps": ("low", "high"),
    "scale": ("points", "low", "middle", "high"),
    "single": ("choices", "meant_lines", "meant", "shuffle"),
    "multiple": ("choices", "meant_lines", "meant", "shuffle"),
    "contact": ("wishes", *(f"wish_{code}" for code, _meaning in WISHES)),
    "text": ("read_as", "asks_for", "short"),
    "number": ("lowest", "highest", "unit"),
    "consent": ("label",),
}
