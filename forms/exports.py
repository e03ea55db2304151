"""Forms of what is taken home and what trackers say."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, Regexp
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from forms.base import Form, RevisionForm
from forms.validators import ONE_LINE, REQUIRED, between, longest

LARGEST_NUMBER = 2**31 - 1
EXPORT_FORMS = [
    SelectChoice("csv", _l("CSV（UTF-8、いまのExcelで開けます）")),
    SelectChoice("csv-cp932", _l("CSV（CP932、古いExcel向け）")),
    SelectChoice("xlsx", _l("Excel（XLSX）")),
    SelectChoice("pdf", _l("PDF（1枚にまとめた資料）")),
    SelectChoice("md", _l("Markdown（文書に貼る）")),
    SelectChoice("json", _l("JSON（ほかの道具に渡す）")),
    SelectChoice("github", _l("GitHub Issues に取り込むCSV")),
    SelectChoice("jira", _l("Jira に取り込むCSV")),
    SelectChoice("nulab", _l("Backlog（ヌーラボ）に取り込むCSV")),
]
STATES = [
    SelectChoice("candidate", _l("決定待ち")),
    SelectChoice("decided", _l("決定済み")),
    SelectChoice("in_progress", _l("取り組み中")),
    SelectChoice("released", _l("直しました")),
    SelectChoice("measured", _l("確かめました")),
]
VERDICTS = [
    SelectChoice("do", _l("やる")),
    SelectChoice("later", _l("あとで")),
    SelectChoice("dont", _l("やらない")),
]


class Boxes(SelectMultipleField):
    """Some of a list, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ChoiceFields:
    """What is taken home. The page fills in the columns and the owners there are."""

    form = SelectField(_l("形式"), choices=EXPORT_FORMS)
    owner = SelectField(_l("担当"), [Optional()])
    states = Boxes(_l("状態"), choices=STATES)
    verdicts = Boxes(_l("決定"), choices=VERDICTS)
    columns = Boxes(_l("列"))


class ExportForm(ChoiceFields, Form):
    survey_id = IntegerField(widget=HiddenInput(), validators=[InputRequired(), between(1, LARGEST_NUMBER)])


class PresetForm(ChoiceFields, RevisionForm):
    """A choice under a name."""

    name = StringField(_l("名前"), [REQUIRED, longest(60), ONE_LINE])
    shared = BooleanField(_l("ほかのメンバーにも見せる"))


class TrackerFileForm(Form):
    """States of another tracker."""

    file = FileField(_l("ファイル"), [FileRequired(_l("ファイルをお選びください。"))])


class DigestForm(Form):
    """Which month, for whom, as what."""

    month = StringField(_l("月"), [InputRequired(), Regexp(r"^[0-9]{4}-(0[1-9]|1[0-2])$")])
    department = SelectField(_l("部署"), [Optional()])
    form = SelectField(_l("形式"), choices=[SelectChoice("pdf", "PDF"), SelectChoice("md", "Markdown")])
