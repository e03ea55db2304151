"""The forms of those who look after customers: imports, lapse rules, segments."""

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
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from forms.base import Form, RevisionForm
from forms.validators import ONE_LINE, REQUIRED, between, longest

STATES = [
    SelectChoice("active", _l("利用中")),
    SelectChoice("dormant", _l("休眠")),
    SelectChoice("lapsed", _l("離反")),
    SelectChoice("returned", _l("復帰")),
]
KINDS = [SelectChoice("person", _l("個人")), SelectChoice("account", _l("法人"))]
EITHER = [SelectChoice("", _l("どちらでも")), SelectChoice("yes", _l("あり")), SelectChoice("no", _l("なし"))]
FILLED = InputRequired(_l("入力してください。"))


class UploadForm(Form):
    kind = RadioField(
        _l("中身"),
        choices=[
            SelectChoice("customers", _l("顧客（1人・1社を1行に）")),
            SelectChoice("purchases", _l("購入（1注文を1行に）")),
        ],
        default="customers",
    )
    file = FileField(_l("ファイル"), [FileRequired(_l("ファイルをお選びください。"))])


def columns_form(choices: list[tuple[str, Any]]) -> type[Form]:
    """A form with one choice for each column of a file."""

    class ColumnsForm(Form):
        columns = FieldList(SelectField(choices=[SelectChoice(*one) for one in choices]), max_entries=200)

    return ColumnsForm


class LapseRuleForm(RevisionForm):
    """The slider begins at 0, so that it lies under its axis; the least that counts is one month."""

    preset = HiddenField()
    silent_months = IntegerField(
        _l("最後のご購入から"),
        [FILLED, between(1, 60)],
        filters=[lambda months: 1 if months == 0 else months],
    )
    fewest_purchases = IntegerField(_l("それまでのご購入"), [FILLED, between(1, 50)])
    contract_grace_days = IntegerField(_l("契約が終わってからの猶予"), [FILLED, between(0, 730)])
    grievance_lapses = BooleanField(_l("苦情の記録があれば、休眠ではなく離反とする"))


class TickList(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SegmentFilterForm(Form):
    states = TickList(_l("状態"), choices=STATES)
    kind = SelectField(_l("個人・法人"), choices=[SelectChoice("", _l("どちらも")), *KINDS], default="")
    bought_after = DateField(_l("最後のご購入が、この日から"), [Optional()])
    bought_before = DateField(_l("最後のご購入が、この日より前"), [Optional()])
    has_mail = SelectField(_l("メールアドレス"), choices=EITHER, default="")
    has_consent = SelectField(_l("メールの同意（停止の方を除く）"), choices=EITHER, default="")

    def validate_bought_before(self, field: DateField) -> None:
        start = self.bought_after.data
        if start and field.data and field.data <= start:
            raise ValidationError(_l("はじめの日より後の日を入力してください。"))

    def filters(self) -> dict[str, Any]:
        """The chosen filters, in the words of the services."""
        found: dict[str, Any] = {}
        if self.states.data:
            found["states"] = list(self.states.data)
        if self.kind.data:
            found["kind"] = self.kind.data
        for name in ("bought_after", "bought_before"):
            if self[name].data:
                found[name] = self[name].data.isoformat()
        for name in ("has_mail", "has_consent"):
            if self[name].data:
                found[name] = self[name].data == "yes"
        return found


class SegmentForm(SegmentFilterForm):
    name = StringField(_l("セグメントの名前"), [REQUIRED, longest(120), ONE_LINE])


class StateForm(RevisionForm):
    state = SelectField(_l("状態"), choices=[*STATES, SelectChoice("", _l("定義にまかせる"))])


class RefusalForm(RevisionForm):
    """Why a change of contact is not taken over."""

    why = StringField(_l("見送る理由"), [REQUIRED, longest(300), ONE_LINE])
