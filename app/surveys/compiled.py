"""A version of a survey as a plain object: made once, kept per process, free of the database.

Published versions never change, so they are kept; a draft is compiled afresh each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine

from app.db import db
from app.surveys.conditions import Answers, Condition
from app.surveys.models import SECONDS, AsksFor, Question, QuestionKind, ReadAs, SurveyVersion

# By database, then by id and instant of publishing: an id alone may come back after a rollback.
_kept: "WeakKeyDictionary[Engine, dict[tuple[int, datetime], CompiledVersion]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Choice:
    """One choice. other: has a box to write in; exclusive: goes with no other choice."""

    code: str
    label: str
    other: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class Prompt:
    """Another wording of a question, for those whose earlier answers meet a condition."""

    when: Condition
    title: str
    help: str = ""


@dataclass(frozen=True)
class CompiledQuestion:
    """One question as it is asked. `settings` holds what only some kinds have."""

    id: int
    code: str
    page: int
    kind: QuestionKind
    title: str
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    condition: Condition | None = None
    prompts: tuple[Prompt, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    read_as: ReadAs | None = None
    asks_for: AsksFor = AsksFor.ANYTHING

    @property
    def is_asked(self) -> bool:
        """Everything but a mere statement waits for an answer."""
        return self.kind is not QuestionKind.STATEMENT

    @property
    def other(self) -> Choice | None:
        """The choice with a box to write in, if there is one."""
        return next((choice for choice in self.choices if choice.other), None)

    def worded(self, answers: Answers) -> "CompiledQuestion":
        """The question in the words for somebody who gave these answers; the first prompt that holds wins."""
        for prompt in self.prompts:
            if prompt.when.holds(answers):
                return replace(self, title=prompt.title, help=prompt.help or self.help)
        return self


@dataclass(frozen=True)
class Page:
    """The questions shown on one screen."""

    number: int
    questions: tuple[CompiledQuestion, ...]

    @property
    def is_needed(self) -> bool:
        """Must something on it be answered?"""
        return any(question.required for question in self.questions)

    @property
    def is_asked(self) -> bool:
        """Is there anything to answer on it?"""
        return any(question.is_asked for question in self.questions)


@dataclass(frozen=True)
class CompiledVersion:
    """All questions of one version, in order."""

    id: int
    survey_id: int
    number: int
    questions: tuple[CompiledQuestion, ...]

    def question(self, code: str) -> CompiledQuestion | None:
        """The question of this code."""
        return next((question for question in self.questions if question.code == code), None)

    def visible(self, answers: Answers) -> tuple[CompiledQuestion, ...]:
        """The questions asked of somebody with these answers, walking from the top: a hidden one holds no value."""
        known: dict[str, Any] = {}
        shown = []
        for question in self.questions:
            if question.condition is None or question.condition.holds(known):
                shown.append(question.worded(known))
                if question.code in answers:
                    known[question.code] = answers[question.code]
        return tuple(shown)

    def pages(self, answers: Answers) -> tuple[Page, ...]:
        """The screens somebody with these answers walks through."""
        shown: dict[int, list[CompiledQuestion]] = {}
        for question in self.visible(answers):
            shown.setdefault(question.page, []).append(question)
        return tuple(Page(number, tuple(questions)) for number, questions in shown.items())

    def may_follow(self, page: int) -> bool:
        """Could any screen come after this one, whatever is answered on it?"""
        return any(question.page > page for question in self.questions)

    @property
    def asked_count(self) -> int:
        """How many questions are asked of everybody."""
        return sum(question.is_asked and question.condition is None for question in self.questions)

    @property
    def needed_count(self) -> int:
        """How many questions must be answered, if they are asked."""
        return sum(question.required for question in self.questions)

    @property
    def minutes(self) -> int:
        """About how long it takes."""
        seconds = sum(SECONDS[question.kind] for question in self.questions if question.condition is None)
        return max(1, round(seconds / 60))


def compiled_version(version_id: int) -> CompiledVersion:
    """The version as a plain object. Raises sqlalchemy.exc.NoResultFound where there is none."""
    version = db.session.get_one(SurveyVersion, version_id)
    if version.published_at is None:
        return compile_version(version)
    kept, key = _kept.setdefault(db.engine, {}), (version.id, version.published_at)
    if key not in kept:
        kept[key] = compile_version(version)
    return kept[key]


def compile_version(version: SurveyVersion) -> CompiledVersion:
    """Make the plain object of a version, draft or published."""
    return CompiledVersion(
        id=version.id,
        survey_id=version.survey_id,
        number=version.number,
        questions=tuple(compile_question(question) for question in version.questions),
    )


def compile_question(question: Question) -> CompiledQuestion:
    """Make the plain object of one question."""
    settings = dict(question.settings)
    prompts = settings.pop("prompts", [])
    return CompiledQuestion(
        id=question.id,
        code=question.code,
        page=question.page,
        kind=question.kind,
        title=question.title,
        help=question.help,
        required=question.required,
        choices=tuple(Choice(**choice) for choice in question.choices),
        condition=Condition(question.condition) if question.condition else None,
        prompts=tuple(Prompt(Condition(one["when"]), one["title"], one.get("help", "")) for one in prompts),
        settings=settings,
        read_as=question.read_as,
        asks_for=question.asks_for,
    )
