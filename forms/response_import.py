"""Forms of those who bring in the answers of another tool."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import FieldList, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from forms.base import Form
from forms.validators import ONE_LINE, REQUIRED, longest

MOST_COLUMNS = 200
USES = [
    SelectChoice("", _l("使わない")),
    SelectChoice("respondent", _l("回答者の番号")),
    SelectChoice("answered_at", _l("回答の日時")),
    SelectChoice("nps", _l("推奨度（0〜10）")),
    SelectChoice("text:reason", _l("ことば：やめた・困った理由")),
    SelectChoice("text:improve", _l("ことば：どうなればよいか")),
    SelectChoice("text:current", _l("ことば：今はどうしているか")),
    SelectChoice("text:nps", _l("ことば：点数の理由")),
    SelectChoice("text:other", _l("ことば：そのほか")),
    SelectChoice("attribute", _l("属性として残す")),
]
ASKS = [
    SelectChoice("anything", _l("なんでも")),
    SelectChoice("complaint", _l("不満・不便")),
    SelectChoice("wish", _l("要望")),
    SelectChoice("praise", _l("良かった点")),
]
SINGLE = ("respondent", "answered_at", "nps")
TEXT = "text:"


class ResponseUploadForm(Form):
    file = FileField(_l("回答のファイル（CSVかXLSX）"), [FileRequired(_l("ファイルをお選びください。"))])


class ResponseColumnsForm(Form):
    """One use for each column, in the order of the file's header."""

    survey = StringField(_l("調査の名前"), [REQUIRED, longest(120), ONE_LINE])
    uses = FieldList(SelectField(choices=USES), max_entries=MOST_COLUMNS)
    asks = FieldList(SelectField(choices=ASKS, default="anything"), max_entries=MOST_COLUMNS)

    def mapping(self, header: list[str]) -> tuple[dict[str, Any], list[str]]:
        """The mapping, and the uses that more than one column was given although only one can have them."""
        found: dict[str, Any] = {"survey": self.survey.data, "texts": [], "attributes": []}
        twice = []
        for column, use, asks in zip(header, self.uses.data, self.asks.data, strict=False):
            if use.startswith(TEXT):
                found["texts"].append({"col": column, "question": use.removeprefix(TEXT), "asks_for": asks})
            elif use == "attribute":
                found["attributes"].append(column)
            elif use in found:
                twice.append(column)
            elif use:
                found[use] = column
        return found, twice


def uses_of(mapping: dict[str, Any], header: list[str]) -> tuple[list[str], list[str]]:
    """The choices a mapping stands for: (uses, asks), one of each per column."""
    texts = {one["col"]: one for one in mapping.get("texts", [])}
    single = {mapping[role]: role for role in SINGLE if mapping.get(role)}
    attributes = dict.fromkeys(mapping.get("attributes", []), "attribute")
    worded = {column: f"{TEXT}{one['question']}" for column, one in texts.items()}
    uses = [(single | attributes | worded).get(column, "") for column in header]
    return uses, [texts.get(column, {}).get("asks_for", "anything") for column in header]
