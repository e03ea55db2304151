"""Who is asked what: conditions of questions, of screens and of other wordings; which details may be shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app import edits
from app.accounts.models import Member
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.attributes import imported_names
from app.surveys.conditions import BadRule, Condition, Rule
from app.surveys.models import Question, Survey, SurveyVersion
from app.surveys.services.drafts import draft_of
from app.surveys.services.editing import LONGEST_HELP, LONGEST_TITLE, part_of, question_of, wordings_of

MOST_WORDINGS = 30


def set_condition(
    survey: Survey, code: str, rule: Rule | None, revision: int | None, member: Member | None, at: datetime
) -> None:
    """Ask a question only where the rule holds; None: ask everybody. Raises Overtaken, BadInput, LookupError."""
    edits.hold(survey)
    part, wanted = f"condition:{code}", {"condition": _checked(rule)}
    standing = {"condition": question_of(survey.newest_version, code).condition}
    if edits.settle(survey, part, wanted, standing, revision, member):
        question_of(draft_of(survey), code).condition = wanted["condition"]
        edits.keep_edit(survey, part, standing, wanted, member, at)


def set_page_condition(
    survey: Survey, code: str, rule: Rule | None, revision: int | None, member: Member | None, at: datetime
) -> None:
    """Show the screen this question stands on only where the rule holds. Raises as `set_condition`."""
    edits.hold(survey)
    lead = screen_of(survey.newest_version, code)[0]
    part, wanted = f"screen:{lead.code}", {"condition": _checked(rule)}
    standing = {"condition": lead.page_condition}
    if edits.settle(survey, part, wanted, standing, revision, member):
        for question in screen_of(draft_of(survey), code):
            question.page_condition = wanted["condition"]
        edits.keep_edit(survey, part, standing, wanted, member, at)


def set_wording(
    survey: Survey,
    code: str,
    number: int,
    wording: Mapping[str, Any] | None,
    revision: int | None,
    member: Member | None,
    at: datetime,
) -> None:
    """Write the wording of this number, from 1; one more than there are adds one, None takes it out.

    `wording`: {"when": rule, "title", "help"}. Raises Overtaken, BadInput, LookupError.
    """
    edits.hold(survey)
    standing = list(question_of(survey.newest_version, code).settings.get("prompts", []))
    if not 1 <= number <= min(len(standing) + (wording is not None), MOST_WORDINGS):
        raise LookupError(f"no wording {number} of {code!r}")
    wanted = [*standing]
    wanted[number - 1 : number] = [] if wording is None else [_wording(wording)]
    if wanted == standing:
        return
    said = {"wordings": wanted}
    if edits.repeat_of(survey, wordings_of(code), said, revision, member):
        return
    edits.check_unchanged(survey, revision, member, parts=(part_of(code), wordings_of(code)))
    question = question_of(draft_of(survey), code)
    question.settings = {**question.settings, "prompts": wanted}
    flag_modified(question, "settings")
    edits.keep_edit(survey, wordings_of(code), {"wordings": standing}, said, member, at)


def show_attributes(
    survey: Survey, names: Sequence[str], revision: int | None, member: Member | None, at: datetime
) -> None:
    """Say which details of customers may stand in texts, at once also where the survey is in use.

    What is no imported detail, or tells a name, an address or an amount, is left out. Raises Overtaken.
    """
    edits.hold(survey)
    known = dict.fromkeys([*imported_names(), *(survey.shown_attributes or ())])
    wanted = {"shown_attributes": [name for name in known if name in names]}
    standing = {"shown_attributes": list(survey.shown_attributes or ())}
    if edits.settle(survey, "shown_attributes", wanted, standing, revision, member):
        survey.shown_attributes = wanted["shown_attributes"]
        edits.keep_edit(survey, "shown_attributes", standing, wanted, member, at)


def screen_of(version: SurveyVersion, code: str) -> list[Question]:
    """The questions on the screen of this one, in order. Raises LookupError."""
    page = question_of(version, code).page
    return [question for question in version.questions if question.page == page]


def _checked(rule: Rule | None) -> dict[str, Any] | None:
    try:
        return dict(Condition(rule).rule) if rule is not None else None
    except BadRule:
        raise BadInput(_("条件の形が読み取れません。条件を消して、作りなおしてください。")) from None


def _wording(wording: Mapping[str, Any]) -> dict[str, Any]:
    title, text = " ".join(str(wording["title"]).split()), str(wording.get("help") or "").strip()
    rule = _checked(wording["when"])
    if rule is None:
        raise BadInput(_("だれに出すかの条件を、ひとつ以上足してください。"))
    if not title or len(title) > LONGEST_TITLE or len(text) > LONGEST_HELP:
        raise BadInput(
            _("問いかけは%(title)s文字、補足は%(help)s文字までです。", title=LONGEST_TITLE, help=LONGEST_HELP)
        )
    found = {"when": rule, "title": title, "help": text}
    return {name: value for name, value in found.items() if value}
