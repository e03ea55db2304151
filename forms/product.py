"""Forms of the product team: the backlog."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FloatField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from forms.base import Form, RevisionForm
from forms.validators import NO_NUL, ONE_LINE, REQUIRED, between, longest

LARGEST_NUMBER = 2**31 - 1
VERDICTS = [
    SelectChoice("do", _l("やる")),
    SelectChoice("later", _l("あとで")),
    SelectChoice("dont", _l("やらない")),
]
EXPORT_FORMS = [
    SelectChoice("csv", _l("CSV（UTF-8、いまのExcelで開けます）")),
    SelectChoice("csv-cp932", _l("CSV（CP932、古いExcel向け）")),
    SelectChoice("xlsx", _l("Excel（XLSX）")),
    SelectChoice("json", _l("JSON（ほかの道具に渡す）")),
    SelectChoice("md", _l("Markdown（文書に貼る）")),
    SelectChoice("github", _l("GitHub Issues に取り込むCSV")),
    SelectChoice("jira", _l("Jira に取り込むCSV")),
    SelectChoice("nulab", _l("Backlog（ヌーラボ）に取り込むCSV")),
]


class PromoteForm(Form):
    reason_id = IntegerField(validators=[InputRequired(), between(1, LARGEST_NUMBER)])
    survey_id = IntegerField(validators=[InputRequired(), between(1, LARGEST_NUMBER)])


class ItemForm(RevisionForm):
    title = StringField(_l("改善項目"), [REQUIRED, longest(200), ONE_LINE])
    owner = StringField(_l("担当"), [Optional(), longest(120), ONE_LINE])
    effort_days = FloatField(_l("手間"), [Optional(), between(0.1, 10_000)])


class DecisionForm(RevisionForm):
    verdict = RadioField(
        _l("決定"), choices=VERDICTS, validators=[InputRequired(_l("ひとつ選んでください。"))]
    )
    why = TextAreaField(_l("決定の理由"), [Optional(), longest(1000), NO_NUL])


class ReleaseForm(RevisionForm):
    on = DateField(_l("直した日"), [InputRequired(_l("日付を入力してください。"))])


class ExportForm(Form):
    form = SelectField(_l("形式"), choices=EXPORT_FORMS)
    survey_id = IntegerField(widget=HiddenInput(), validators=[InputRequired(), between(1, LARGEST_NUMBER)])
