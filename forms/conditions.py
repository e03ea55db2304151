"""The forms in which conditions are clicked together, and texts get their references.

A press of 足す or 消す posts the whole form; what was typed comes back in it, and nothing is stored before 保存.
"""

import json
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import Form as Part
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from forms.base import RevisionForm, trim
from forms.customer_editing import TickList
from forms.validators import NO_NUL, longest

MODES = [SelectChoice("all", _l("すべてに当てはまる")), SelectChoice("any", _l("どれかに当てはまる"))]
OPS = {
    "any_of": _l("次のどれか"),
    "none_of": _l("次のどれでもない"),
    "all_of": _l("次のすべて"),
    "exactly": _l("ちょうど次だけ"),
    "at_least": _l("以上"),
    "at_most": _l("以下"),
    "above": _l("より大きい"),
    "below": _l("より小さい"),
    "is": _l("と同じ"),
    "is_not": _l("と違う"),
    "contains": _l("を含む"),
    "lacks": _l("を含まない"),
    "answered": _l("答えがある"),
    "unanswered": _l("答えがない"),
    "agreed": _l("同意した"),
    "not_agreed": _l("同意していない"),
}
# Of a detail of the customer nobody was asked.
KNOWN = {"answered": _l("わかっている"), "unanswered": _l("わかっていない")}
MOST_ROWS, MOST_BLOCKS, LONGEST_RULE = 30, 8, 20_000
ACT = "act"


class RowPart(Part):
    """One comparison. What can be chosen depends on its subject, see `fit`."""

    subject = HiddenField(validators=[Length(max=200)])
    op = SelectField(_l("比べ方"), validate_choice=False)
    picked = TickList(_l("選択肢"), validate_choice=False)
    typed = StringField(_l("値"), [longest(200), NO_NUL], filters=[trim])


class BlockPart(Part):
    """Rows in brackets. `kept`: rules no row can say, as JSON."""

    mode = SelectField(_l("つなぎ方"), choices=MODES, default="all")
    denied = BooleanField(_l("当てはまらないとき"))
    rows = FieldList(FormField(RowPart), max_entries=MOST_ROWS)
    kept = FieldList(HiddenField(validators=[Length(max=LONGEST_RULE)]), max_entries=MOST_ROWS)


class ConditionForm(RevisionForm):
    """A whole condition, and what the next row is to look at."""

    sentence = HiddenField(_l("条件"))
    mode = SelectField(_l("つなぎ方"), choices=MODES, default="all")
    denied = BooleanField(_l("当てはまらないとき"))
    rows = FieldList(FormField(RowPart), max_entries=MOST_ROWS)
    kept = FieldList(HiddenField(validators=[Length(max=LONGEST_RULE)]), max_entries=MOST_ROWS)
    blocks = FieldList(FormField(BlockPart), max_entries=MOST_BLOCKS)
    subject = SelectField(_l("何を見るか"), validate_choice=False)
    place = SelectField(_l("どこに足すか"), validate_choice=False, default="")

    def fit(self, subjects: Any, offered: Any) -> None:
        """Give every row the words and choices of its subject, and the list what may be added: `offered`."""
        for row in self.all_rows():
            subject = subjects.get(row.subject.data)
            words = OPS | KNOWN if str(row.subject.data).startswith("attribute:") else OPS
            row.op.choices = [SelectChoice(op, words[op]) for op in (subject.ops if subject else ())]
            row.picked.choices = [SelectChoice(*choice) for choice in (subject.choices if subject else ())]
        self.subject.choices = [SelectChoice(name, one.label) for name, one in offered.items()]
        number = len(self.blocks.entries)
        inside = [
            SelectChoice(str(place), _l("かっこ%(number)s", number=place + 1)) for place in range(number)
        ]
        self.place.choices = [SelectChoice("", _l("いちばん外")), *inside]

    def all_rows(self) -> list[Any]:
        """The rows of the outer level, then those of each block."""
        found = [entry.form for entry in self.rows.entries]
        return found + [row.form for block in self.blocks.entries for row in block.form.rows.entries]


class WordingForm(ConditionForm):
    """Another wording of a question, for some."""

    title = TextAreaField(_l("この方への問いかけ"), [longest(300), NO_NUL])
    help = TextAreaField(_l("この方への補足"), [longest(600), NO_NUL])


class ShownForm(RevisionForm):
    """Which details of customers may stand in texts."""

    shown_attributes = TickList(_l("お客さまに見せてよい項目"), validate_choice=False)


def rules_of(field: Any) -> list[Any]:
    """The kept rules of a level; what is no JSON is left out."""
    found = []
    for entry in field.entries:
        try:
            found.append(json.loads(entry.data or ""))
        except (ValueError, RecursionError):
            continue
    return found


def kept_as(rules: list[Any]) -> list[str]:
    """Kept rules as the form carries them."""
    return [json.dumps(rule, ensure_ascii=False) for rule in rules]
