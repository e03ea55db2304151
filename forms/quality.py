"""The forms of those who look after the quality of reading."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Regexp

from forms.analyst import CODE, WHOLE
from forms.base import Form
from forms.validators import REQUIRED, between

UNNAMED = "unexplained"


class DrawForm(Form):
    """A sample for two people; the same seed draws the same answers."""

    survey = SelectField(_l("調査"), coerce=int)
    size = IntegerField(_l("件数"), [InputRequired(), between(10, 300)], default=50)
    seed = IntegerField(_l("乱数の種"), [InputRequired(), between(1, 999_999)], default=1)
    first = SelectField(_l("一人目"), coerce=int)
    second = SelectField(_l("二人目"), coerce=int)


class BlindForm(Form):
    """What one person reads in an answer: the main reason, "none" or "unexplained", and any others."""

    main = StringField(validators=[REQUIRED, Regexp(rf"^{CODE}$")])
    others = SelectMultipleField(validate_choice=False)

    @property
    def codes(self) -> list[str]:
        """The reasons, main one first; none for one without a name."""
        main = str(self.main.data)
        if main == UNNAMED:
            return []
        return [main, *(one for one in self.others.data or [] if main not in (one, "none"))]


class SettleForm(BlindForm):
    """What the two have agreed on, for the reading as it was on the screen."""

    revision = HiddenField(validators=[REQUIRED, WHOLE])
