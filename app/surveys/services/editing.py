"""Changing a survey's texts and questions. A version in use never changes: a change to it makes the next draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.checks import WITH_CHOICES
from app.surveys.choices import choices_from_lines
from app.surveys.models import AsksFor, Question, QuestionKind, ReadAs, Survey, SurveyVersion
from app.surveys.services.creating import NameTaken
from app.surveys.services.drafts import arrange, begin_change, draft_of, joined_codes

LONGEST_TITLE, LONGEST_HELP, MOST_QUESTIONS = 300, 600, 60


@dataclass(frozen=True)
class QuestionTexts:
    """What a question says. choices: labels in order; settings: what its kind has (see Question)."""

    title: str
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    read_as: ReadAs | None = None
    asks_for: AsksFor = AsksFor.ANYTHING
    joined: bool = False
    always: bool = False


def edit_texts(
    survey: Survey,
    name: str,
    public_title: str,
    welcome: str,
    thanks: str,
    purpose: str,
    retention_months: int,
    closes_on: date | None,
    revision: int,
    member: Member | None,
    at: datetime,
) -> None:
    """Change a survey's texts, at once also where it is in use. Raises EditClash, NameTaken."""
    begin_change(survey, revision, member, at, "texts")
    survey.public_title, survey.welcome, survey.thanks, survey.purpose = (
        public_title,
        welcome,
        thanks,
        purpose,
    )
    survey.retention_months, survey.closes_on = retention_months, closes_on
    taken = sa.select(Survey.id).where(Survey.name == name, Survey.id != survey.id)
    if db.session.scalar(taken) is not None:
        raise NameTaken(_("「%(name)s」という調査がもうあります。別の名前をつけてください。", name=name))
    survey.name = name
    db.session.flush()


def add_question(
    survey: Survey,
    kind: QuestionKind,
    texts: QuestionTexts,
    revision: int,
    member: Member | None,
    at: datetime,
    code: str | None = None,
) -> Question:
    """Put a question at the end, but before a contact wish that stands there. Raises EditClash, BadInput."""
    begin_change(survey, revision, member, at, "question_added")
    version = draft_of(survey)
    order, joined = list(version.questions), joined_codes(version.questions)
    if len(order) >= MOST_QUESTIONS:
        raise BadInput(_("設問は%(count)s問までです。", count=MOST_QUESTIONS))
    question = Question(kind=kind, code=code or _free_code(survey), choices=[], settings={})
    if question.code in {one.code for one in order}:
        raise BadInput(_("記号「%(code)s」の設問がもうあります。", code=question.code))
    _write(question, texts, set())
    ends_with_contact = bool(order) and order[-1].kind is QuestionKind.CONTACT
    order.insert(len(order) - ends_with_contact, question)
    arrange(version, order, joined | ({question.code} if texts.joined else set()))
    return question


def edit_question(
    survey: Survey, code: str, texts: QuestionTexts, revision: int, member: Member | None, at: datetime
) -> Question:
    """Change what a question says. Raises EditClash, BadInput, LookupError where there is no such question."""
    begin_change(survey, revision, member, at, "question_changed")
    version = draft_of(survey)
    question = _question_of(version, code)
    _write(question, texts, _codes_ever(survey, code))
    joined = joined_codes(version.questions) - {code}
    arrange(version, list(version.questions), joined | ({code} if texts.joined else set()))
    return question


def move_question(
    survey: Survey, code: str, steps: int, revision: int, member: Member | None, at: datetime
) -> None:
    """Move a question up (steps < 0) or down. Raises EditClash, LookupError."""
    begin_change(survey, revision, member, at, "question_moved")
    version = draft_of(survey)
    question, order = _question_of(version, code), list(version.questions)
    place = order.index(question)
    order.insert(min(max(place + steps, 0), len(order) - 1), order.pop(place))
    arrange(version, order, joined_codes(version.questions))


def remove_question(survey: Survey, code: str, revision: int, member: Member | None, at: datetime) -> None:
    """Take a question out of the draft; versions in use keep it. Raises EditClash, LookupError."""
    begin_change(survey, revision, member, at, "question_removed")
    version = draft_of(survey)
    question, joined = _question_of(version, code), joined_codes(version.questions)
    version.questions.remove(question)
    db.session.flush()
    arrange(version, list(version.questions), joined)


def _question_of(version: SurveyVersion, code: str) -> Question:
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
    if question.kind in WITH_CHOICES:
        question.choices = choices_from_lines(texts.choices, question.choices, taken)
    question.settings = {**question.settings, **texts.settings}
    if question.kind is QuestionKind.TEXT:
        question.read_as, question.asks_for = texts.read_as, texts.asks_for
    if texts.always:
        question.condition = None
