"""The forms of those who read what customers wrote."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Optional, Regexp

from forms.base import Form
from forms.validators import ONE_LINE, REQUIRED, longest

WHOLE = Regexp(r"^\d{1,9}$")
CODE = r"[A-Za-z0-9_-]{1,40}"
# One change to one reading: confirm · none, unexplained · next_main · add, remove, main with a code · move from:to
ACT = Regexp(rf"^(confirm|none|unexplained|next_main|(add|remove|main):{CODE}|move:{CODE}:{CODE})$")


class StepForm(Form):
    """What every step of the workbench carries: the revision on the screen, and where the reviewer is."""

    revision = HiddenField(validators=[REQUIRED, WHOLE])
    survey = HiddenField(validators=[Optional(), WHOLE])
    order = HiddenField(validators=[longest(20)])
    before = HiddenField(validators=[Optional(), WHOLE])
    after = HiddenField(validators=[Optional(), WHOLE])

    def whole(self, name: str) -> int | None:
        """A field's number, or None where it is empty."""
        text = self[name].data
        return int(text) if text else None


class DecideForm(StepForm):
    """One change: `act`, and the clause that was chosen for it."""

    act = StringField(validators=[REQUIRED, ACT])
    clause = HiddenField(validators=[Optional(), WHOLE])

    @property
    def wanted(self) -> tuple[str, list[str]]:
        """The act and the codes it names: ("move", ["price", "quality"])."""
        verb, *codes = str(self.act.data).split(":")
        return verb, codes


class CodingsForm(StepForm):
    """All clauses at once: fields "clause-<id>" hold reason ids; `main` one of them, "none" or "unexplained"."""

    main = StringField(validators=[Optional(), Regexp(r"^(\d{1,9}|none|unexplained)$")])

    @staticmethod
    def codings(posted: Any) -> list[tuple[int, list[int]]]:
        """(clause id, reason ids) from the posted fields; what is no number is left out."""
        found = []
        for name in posted:
            number = name.removeprefix("clause-")
            if name != number and _is_whole(number):
                found.append((int(number), [int(one) for one in posted.getlist(name) if _is_whole(one)]))
        return found


class ThemeForm(Form):
    """What a theme is to be called as a reason."""

    label = StringField(_l("理由の名前"), [REQUIRED, longest(80), ONE_LINE])
    seal = StringField(_l("印の字"), [longest(1), ONE_LINE])
    parent = SelectField(_l("上の理由"), coerce=lambda value: int(value) if value else None)


class SurveyForm(Form):
    """Which survey is meant."""

    survey = SelectField(_l("調査"), coerce=int)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
