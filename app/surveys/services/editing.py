"""Changing a survey's questions. A version in use never changes: a change to it makes the next draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import edits
from app.accounts.models import Member
from app.db import db
from app.edits import Edit
from app.errors import BadInput
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.surveys.checks import WITH_CHOICES
from app.surveys.choices import choices_from_lines, marked
from app.surveys.contact import CONTACT_LABELS, wishes_offered
from app.surveys.models import AsksFor, Question, QuestionKind, ReadAs, Survey, SurveyVersion
from app.surveys.services.drafts import (
    arrange,
    draft_of,
    joined_alike,
    joined_codes,
    joined_without,
    left_by,
    moved,
    put_back,
)

LONGEST_TITLE, LONGEST_HELP, MOST_QUESTIONS = 300, 600, 60
# The settings of a question: words, empty where there are none, and numbers.
WORDED, COUNTED = ("low", "middle", "high", "unit", "label"), ("points", "lowest", "highest")
TICKED = ("short", "shuffle")


@dataclass(frozen=True)
class QuestionTexts:
    """What a question says. choices: labels in order; settings: what its kind has (see Question).

    wishes: (code, label) of the answers a contact wish offers; None leaves them, or offers all of them in a new one.

    meant: new line → code of the choice it words anew, "" for a new choice; None leaves that to how alike they read.

    boxed: the code of the choice with a box to write in; alone, pinned: codes of the choices that go with no other,
    or that shuffling leaves in place. None leaves them as they are.
    """

    title: str
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    read_as: ReadAs | None = None
    asks_for: AsksFor = AsksFor.ANYTHING
    joined: bool = False
    always: bool = False
    boxed: str | None = None
    alone: tuple[str, ...] | None = None
    pinned: tuple[str, ...] | None = None
    wishes: tuple[tuple[str, str], ...] | None = None
    meant: Mapping[str, str] | None = None


def add_question(
    survey: Survey,
    kind: QuestionKind,
    texts: QuestionTexts,
    revision: int | None,
    member: Member | None,
    at: datetime,
    code: str | None = None,
) -> Question:
    """Put a question at the end, but before a contact wish that stands there. Raises BadInput.

    Others may add theirs meanwhile: both stay. The same form sent twice adds one.
    """
    edits.hold(survey)
    version, said = draft_of(survey), {"kind": kind.value, **texts_in_fields(texts)}
    repeat = edits.repeat_of(survey, "question_added", said, revision, member)
    order, joined = list(version.questions), joined_codes(version.questions)
    added = next((one for one in order if repeat and one.code == repeat.after["code"]), None)
    if added is not None:
        return added
    if len(order) >= MOST_QUESTIONS:
        raise BadInput(_("設問は%(count)s問までです。", count=MOST_QUESTIONS))
    question = Question(kind=kind, code=code or _free_code(survey), choices=[], settings={})
    if question.code in {one.code for one in order}:
        raise BadInput(_("記号「%(code)s」の設問がもうあります。", code=question.code))
    _write(question, texts, set())
    ends_with_contact = bool(order) and order[-1].kind is QuestionKind.CONTACT
    place = len(order) - ends_with_contact
    if texts.joined and place:
        question.page_condition = order[place - 1].page_condition
    order.insert(place, question)
    arrange(version, order, joined_alike(order, joined) | ({question.code} if texts.joined else set()))
    edits.keep_edit(survey, "question_added", {}, {**said, "code": question.code}, member, at)
    return question


def edit_question(
    survey: Survey,
    code: str,
    texts: QuestionTexts,
    revision: int | None,
    member: Member | None,
    at: datetime,
) -> Question:
    """Change what a question says. Raises Overtaken, BadInput, LookupError where there is no such question."""
    edits.hold(survey)
    standing = texts_in_fields(texts_of(survey.newest_version, code))
    wanted = {
        name: value for name, value in texts_in_fields(texts).items() if value is not None or name in COUNTED
    }
    if not edits.settle(survey, part_of(code), wanted, standing, revision, member):
        return question_of(survey.newest_version, code)
    version = draft_of(survey)
    question = question_of(version, code)
    _write(question, texts, _codes_ever(survey, code))
    joined = joined_codes(version.questions) - {code}
    arrange(version, list(version.questions), joined | ({code} if texts.joined else set()))
    edits.keep_edit(survey, part_of(code), standing, wanted, member, at)
    return question


def move_question(
    survey: Survey, code: str, steps: int, revision: int | None, member: Member | None, at: datetime
) -> Question | None:
    """Move a question up (steps < 0) or down in the order as it is now. Raises LookupError.

    Returns its neighbour on the screen it has left by that, if it shared one.
    """
    edits.hold(survey)
    said = {"code": code, "steps": steps}
    if edits.repeat_of(survey, "question_moved", said, revision, member):
        return None
    version = draft_of(survey)
    question_of(version, code)
    before, joined_before = [one.code for one in version.questions], joined_codes(version.questions)
    order, joined = moved(version.questions, code, steps)
    neighbour = left_by(before, joined_before, joined, code)
    arrange(version, order, joined)
    edits.keep_edit(survey, "question_moved", {}, said, member, at)
    return question_of(version, neighbour) if neighbour else None


def put_question_back(
    survey: Survey, code: str, other: str, behind: bool, member: Member | None, at: datetime
) -> bool:
    """Take back a step that led a question off the screen it shared with `other`. False where that cannot be any more."""
    edits.hold(survey)
    version = draft_of(survey)
    found = put_back(version.questions, code, other, behind)
    if found is None:
        return False
    arrange(version, *found)
    edits.keep_edit(survey, "question_put_back", {}, {"code": code, "other": other}, member, at)
    return True


def remove_question(
    survey: Survey, code: str, revision: int | None, member: Member | None, at: datetime
) -> None:
    """Take a question out of the draft; versions in use keep it. Raises Overtaken, LookupError."""
    edits.hold(survey)
    question_of(survey.newest_version, code)
    edits.check_unchanged(
        survey, revision, member, parts=(part_of(code), f"condition:{code}", wordings_of(code))
    )
    version = draft_of(survey)
    question, joined = question_of(version, code), joined_without(version.questions, code)
    version.questions.remove(question)
    db.session.flush()
    arrange(version, list(version.questions), joined)
    edits.keep_edit(
        survey, f"removed:{code}", {}, {"title": question.title, "kind": question.kind}, member, at
    )


def removal_of_question(survey: Survey, code: str) -> Edit | None:
    """Who took this question out of the draft, and when."""
    return edits.last_edit(survey, f"removed:{code}")


def part_of(code: str) -> str:
    """What the form of a question changes."""
    return f"question:{code}"


def wordings_of(code: str) -> str:
    """What the page of another wording changes."""
    return f"wordings:{code}"


def texts_of(version: SurveyVersion, code: str) -> QuestionTexts:
    """What a question says now. Raises LookupError."""
    question = question_of(version, code)
    return QuestionTexts(
        title=question.title,
        help=question.help,
        required=question.required,
        choices=tuple(choice["label"] for choice in question.choices),
        settings=question.settings,
        read_as=question.read_as,
        asks_for=question.asks_for,
        joined=code in joined_codes(version.questions),
        boxed=next((one["code"] for one in question.choices if one.get("other")), ""),
        alone=tuple(one["code"] for one in question.choices if one.get("exclusive")),
        pinned=tuple(one["code"] for one in question.choices if one.get("pinned")),
        wishes=tuple((one["code"], one["label"]) for one in question.choices)
        if question.kind is QuestionKind.CONTACT
        else None,
    )


def texts_in_fields(texts: QuestionTexts) -> dict[str, Any]:
    """The same, named as the fields of its form."""
    settings = {name: value for name, value in texts.settings.items() if name != "prompts"}
    return {
        "title": texts.title,
        "help": texts.help,
        "required": texts.required,
        "choices": "\n".join(line.strip() for line in texts.choices if line.strip()),
        "read_as": texts.read_as.value if texts.read_as else "",
        "asks_for": texts.asks_for.value,
        "joined": texts.joined,
        "always": texts.always,
        "prompts": [one.get("title", "") for one in texts.settings.get("prompts", [])],
        **{name: settings.get(name) or "" for name in WORDED},
        **{name: settings.get(name) for name in COUNTED},
        **{name: bool(settings.get(name)) for name in TICKED},
        "boxed": texts.boxed,
        "alone": None if texts.alone is None else sorted(texts.alone),
        "pinned": None if texts.pinned is None else sorted(texts.pinned),
        **_wishes_in_fields(texts),
    }


def _wishes_in_fields(texts: QuestionTexts) -> dict[str, Any]:
    labels = None if texts.wishes is None else dict(texts.wishes)
    named = {f"wish_{code}": None if labels is None else labels.get(code, "") for code in CONTACT_LABELS}
    return {"wishes": None if labels is None else sorted(labels), **named}


def question_of(version: SurveyVersion, code: str) -> Question:
    """The question of this code. Raises LookupError."""
    found = next((question for question in version.questions if question.code == code), None)
    if found is None:
        raise LookupError(f"no question {code!r} in version {version.id}")
    return found


def _codes_ever(survey: Survey, code: str) -> set[str]:
    """Every choice code this question had in any version: none is ever given to another choice."""
    same = (
        question for version in survey.versions for question in version.questions if question.code == code
    )
    return {choice["code"] for question in same for choice in question.choices}


def _free_code(survey: Survey) -> str:
    used = {question.code for version in survey.versions for question in version.questions}
    number = 1
    while f"q{number}" in used:
        number += 1
    return f"q{number}"


def _write(question: Question, texts: QuestionTexts, taken: set[str]) -> None:
    if not texts.title.strip():
        raise BadInput(_("問いかけの文を入力してください。"))
    if len(texts.title) > LONGEST_TITLE or len(texts.help) > LONGEST_HELP:
        raise BadInput(
            _("問いかけは%(title)s文字、補足は%(help)s文字までです。", title=LONGEST_TITLE, help=LONGEST_HELP)
        )
    question.title, question.help = "".join(texts.title.splitlines()).strip(), texts.help.strip()
    question.required = texts.required and question.kind is not QuestionKind.STATEMENT
    if question.kind is QuestionKind.CONTACT:
        _write_wishes(question, texts)
    elif question.kind in WITH_CHOICES:
        if not any(line.strip() for line in texts.choices):
            raise BadInput(_("選択肢を、一行にひとつずつ入力してください。"))
        before = {choice["code"] for choice in question.choices}
        chosen = choices_from_lines(texts.choices, question.choices, taken, texts.meant)
        question.choices = marked(chosen, before, texts.boxed, texts.alone, texts.pinned)
    question.settings = {**question.settings, **texts.settings}
    if question.kind is QuestionKind.TEXT:
        question.read_as, question.asks_for = texts.read_as, texts.asks_for
    if texts.always:
        question.condition = None


def _write_wishes(question: Question, texts: QuestionTexts) -> None:
    """Its codes have meanings elsewhere: only the words change, and which of them are offered."""
    if texts.wishes is not None:
        question.choices = wishes_offered(dict(texts.wishes))
    elif not question.choices:
        with speaking(JAPANESE):
            question.choices = wishes_offered({code: str(one) for code, one in CONTACT_LABELS.items()})
