"""The forms of the organisation's own dictionary."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from forms.base import Form, RevisionForm
from forms.validators import ONE_LINE, REQUIRED, longest

KINDS = [
    SelectChoice("word", _l("一語として読む")),
    SelectChoice("synonym", _l("別のことばと同じに読む")),
    SelectChoice("stop", _l("意味のないことばとして読みとばす")),
    SelectChoice("competitor", _l("競合の名前")),
    SelectChoice("product", _l("自社の商品・サービスの名前")),
    SelectChoice("plain", _l("このままでよい")),
]


class WordForm(RevisionForm):
    """One word of the dictionary."""

    surface = StringField(_l("ことば"), [REQUIRED, longest(40), ONE_LINE])
    kind = SelectField(_l("読み方"), choices=KINDS)
    target = StringField(_l("同じに読むことば"), [longest(40), ONE_LINE])


class RemoveWordForm(RevisionForm):
    """Taking a word out."""


class DictionaryForm(Form):
    """Putting the entries in force; `number` and `content`: the version and the entries that were on the screen."""

    number = HiddenField()
    content = HiddenField()
    note = StringField(_l("変えるわけ"), [longest(300), ONE_LINE])
