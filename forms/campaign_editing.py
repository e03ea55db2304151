"""The forms of those who ask: audience, words, holdout."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forms.base import RevisionForm
from forms.validators import ONE_LINE, REQUIRED, longest

CHOSEN = InputRequired(_l("お選びください。"))
CONTENTS = [
    ("advert", _l("広告を含む（迷うときは、こちら）")),
    ("survey_only", _l("調査のみ（商品やサービスのご案内を含まない）")),
]
PERCENTS = [(0, _l("控えを取らない")), (5, "5%"), (10, "10%"), (20, "20%"), (30, "30%")]


class AudienceForm(RevisionForm):
    """Whom to ask what. The choices of survey and segment are set by the page."""

    name = StringField(_l("配信の名前（社内用）"), [REQUIRED, longest(120), ONE_LINE])
    segment = SelectField(_l("相手"), [CHOSEN], coerce=int)
    survey = SelectField(_l("調査"), [CHOSEN], coerce=int)
    content = RadioField(
        _l("メールの内容"), [CHOSEN], choices=[SelectChoice(*one) for one in CONTENTS], default="advert"
    )


class WordsForm(RevisionForm):
    subject = StringField(_l("件名"), [REQUIRED, longest(120), ONE_LINE])
    body = TextAreaField(_l("本文"), [REQUIRED, longest(8_000)])


class HoldoutForm(RevisionForm):
    percent = SelectField(_l("控えの割合"), coerce=int, choices=[SelectChoice(*one) for one in PERCENTS])
