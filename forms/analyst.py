"""The forms of those who read what customers wrote."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp

from forms.base import Form, RevisionForm
from forms.validators import ONE_LINE, REQUIRED, longest

WHOLE = Regexp(r"^\d{1,9}$")
CODE = r"[A-Za-z0-9_-]{1,40}"
# One change to one reading: confirm · none, unexplained · next_main · add, remove, main with a code · move from:to
# · split, join with the place of the first character behind the cut
ACT = Regexp(
    rf"^(confirm|none|unexplained|next_main|(add|remove|main):{CODE}|move:{CODE}:{CODE}|(split|join):\d{{1,7}})$"
)
MOST_AT_ONCE = 100


class StepForm(Form):
    """What every step of the workbench carries: the revision on the screen, and where the reviewer is."""

    revision = HiddenField(validators=[REQUIRED, WHOLE])
    survey = HiddenField(validators=[Optional(), WHOLE])
    order = HiddenField(validators=[longest(20)])
    reason = HiddenField(validators=[Optional(), Regexp(rf"^{CODE}$")])
    q = HiddenField(validators=[longest(100)])
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

    @staticmethod
    def also(posted: Any) -> dict[int, int]:
        """The answers chosen with the one at hand: their ids with the revision that was on the screen ("12:3")."""
        found = {}
        for one in posted.getlist("also")[:MOST_AT_ONCE]:
            number, _colon, revision = one.partition(":")
            if _is_whole(number) and _is_whole(revision):
                found[int(number)] = int(revision)
        return found


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


class ApplyForm(Form):
    """Which part of a draft is to be applied: all of it, or the rows ticked."""

    what = StringField(validators=[REQUIRED, Regexp("^(all|part)$")])


class SurveyForm(Form):
    """Which survey is meant."""

    survey = SelectField(_l("調査"), coerce=int)


class SavedViewForm(RevisionForm):
    """The filters on the screen, under a name."""

    name = StringField(_l("名前"), [REQUIRED, longest(60), ONE_LINE])
    shared = BooleanField(_l("ほかのメンバーにも見せる"))


class VoiceExportForm(Form):
    """The voices on the screen as a file; `named`: with customers' names, nothing hidden."""

    form = RadioField(
        _l("形式"),
        choices=[
            SelectChoice("csv", _l("CSV（UTF-8、Excelでそのまま開けます）")),
            SelectChoice("xlsx", _l("Excelブック（XLSX）")),
        ],
        default="csv",
    )
    named = BooleanField(_l("伏せ字を外し、お客さまのお名前も書き出す"))


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
