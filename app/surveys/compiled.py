"""A version of a survey as a plain object: made once, kept per process, free of the database.

Published versions never change, so they are kept; a draft is compiled afresh each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine

from app.db import db
from app.surveys.conditions import NOBODY, Answers, Attributes, Condition
from app.surveys.contact import HOURS, PHONE
from app.surveys.models import SECONDS, AsksFor, Question, QuestionKind, ReadAs, SurveyVersion

# What is counted one by one; a weight or a length of time may be a part of one.
COUNTERS = frozenset(
    (
        "回",
        "個",
        "人",
        "名",
        "本",
        "枚",
        "袋",
        "箱",
        "件",
        "台",
        "社",
        "店",
        "店舗",
        "冊",
        "杯",
        "点",
        "品",
        "歳",
        "才",
        "円",
    )
)
# By database, then by id and instant of publishing: an id alone may come back after a rollback.
_kept: "WeakKeyDictionary[Engine, dict[tuple[int, datetime], CompiledVersion]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Choice:
    """One choice. other: has a box to write in; exclusive: goes with no other choice; pinned: shuffling leaves it there."""

    code: str
    label: str
    other: bool = False
    exclusive: bool = False
    pinned: bool = False


@dataclass(frozen=True)
class Prompt:
    """Another wording of a question, for those whose earlier answers meet a condition."""

    when: Condition
    title: str
    help: str = ""


@dataclass(frozen=True)
class CompiledQuestion:
    """One question as it is asked. `settings` holds what only some kinds have; `page_condition` that of its screen."""

    id: int
    code: str
    page: int
    kind: QuestionKind
    title: str
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    condition: Condition | None = None
    page_condition: Condition | None = None
    prompts: tuple[Prompt, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    read_as: ReadAs | None = None
    asks_for: AsksFor = AsksFor.ANYTHING

    @property
    def is_asked(self) -> bool:
        """Everything but a mere statement waits for an answer."""
        return self.kind is not QuestionKind.STATEMENT

    @property
    def is_conditional(self) -> bool:
        """Are there people it is not asked of?"""
        return self.condition is not None or self.page_condition is not None

    @property
    def looks_at(self) -> frozenset[str]:
        """The codes of the questions whose answers decide whether it is asked, and in which words."""
        rules = (self.condition, self.page_condition, *(prompt.when for prompt in self.prompts))
        return frozenset().union(*(rule.questions for rule in rules if rule is not None))

    @property
    def waits_for(self) -> frozenset[str]:
        """The codes of the questions whose answers decide whether it is asked."""
        rules = (self.condition, self.page_condition)
        return frozenset().union(*(rule.questions for rule in rules if rule is not None))

    def is_for(self, answers: Answers, attributes: Attributes = NOBODY) -> bool:
        """Is it asked of somebody who gave these answers, and of whom this is known?"""
        rules = (self.page_condition, self.condition)
        return all(rule is None or rule.holds(answers, attributes) for rule in rules)

    @property
    def hours(self) -> tuple[str, ...]:
        """What may be wished for where the contact is to be by telephone."""
        by_phone = any(choice.code == PHONE for choice in self.choices)
        return HOURS if self.kind is QuestionKind.CONTACT and by_phone else ()

    @property
    def is_counted(self) -> bool:
        """Is the answer a number without decimals: a unit of counting, and no bound that has any?"""
        bounds = (self.settings.get("lowest"), self.settings.get("highest"))
        is_whole = all(one is None or one == int(one) for one in bounds)
        return is_whole and str(self.settings.get("unit") or "").strip() in COUNTERS

    @property
    def other(self) -> Choice | None:
        """The choice with a box to write in, if there is one."""
        return next((choice for choice in self.choices if choice.other), None)

    def worded(self, answers: Answers, attributes: Attributes = NOBODY) -> "CompiledQuestion":
        """The question in the words for somebody who gave these answers; the first prompt that holds wins."""
        for prompt, worded in zip(self.prompts, self._wordings, strict=True):
            if prompt.when.holds(answers, attributes):
                return worded
        return self

    @cached_property
    def _wordings(self) -> tuple["CompiledQuestion", ...]:
        # Made once: what is built for a question, like its form, is kept by the object (forms.respondent).
        return tuple(replace(self, title=one.title, help=one.help or self.help) for one in self.prompts)

    @cached_property
    def is_alike_for_all(self) -> bool:
        """Does nothing stand in its texts that is filled in for each respondent, and are its choices in one order?"""
        texts = [self.title, self.help, *(choice.label for choice in self.choices)]
        texts += [text for one in self.prompts for text in (one.title, one.help)]
        texts += [value for value in self.settings.values() if isinstance(value, str)]
        return not self.settings.get("shuffle") and not any("{{" in text for text in texts)


@dataclass(frozen=True)
class Page:
    """The questions shown on one screen."""

    number: int
    questions: tuple[CompiledQuestion, ...]

    def has_more_than(self, before: "Page") -> bool:
        """Is it the same screen with questions that were not on it, since an answer given there calls for them?"""
        known = {question.code for question in before.questions}
        return self.number == before.number and any(one.code not in known for one in self.questions)

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

    def visible(self, answers: Answers, attributes: Attributes = NOBODY) -> tuple[CompiledQuestion, ...]:
        """The questions asked of somebody with these answers, walking from the top: a hidden one holds no value.

        `attributes`: what was known of the customer when the sheet was begun.
        """
        known: dict[str, Any] = {}
        shown = []
        for question in self.questions:
            if question.is_for(known, attributes):
                shown.append(question.worded(known, attributes))
                if question.code in answers:
                    known[question.code] = answers[question.code]
        return tuple(shown)

    def pages(self, answers: Answers, attributes: Attributes = NOBODY) -> tuple[Page, ...]:
        """The screens somebody with these answers walks through."""
        shown: dict[int, list[CompiledQuestion]] = {}
        for question in self.visible(answers, attributes):
            shown.setdefault(question.page, []).append(question)
        return tuple(Page(number, tuple(questions)) for number, questions in shown.items())

    def may_follow(self, page: int) -> bool:
        """Could anything come after this screen as it is, whatever is answered on it?"""
        here = {question.code for question in self.questions if question.page == page}
        return any(one.page > page or (one.code in here and one.waits_for & here) for one in self.questions)

    @cached_property
    def is_alike_for_all(self) -> bool:
        """Are its questions?"""
        return all(question.is_alike_for_all for question in self.questions)

    @property
    def asked_count(self) -> int:
        """How many questions are asked of everybody."""
        return sum(question.is_asked and not question.is_conditional for question in self.questions)

    @property
    def needed_count(self) -> int:
        """How many questions must be answered, if they are asked."""
        return sum(question.required for question in self.questions)

    @property
    def minutes(self) -> int:
        """About how long it takes."""
        seconds = sum(SECONDS[question.kind] for question in self.questions if not question.is_conditional)
        return max(1, round(seconds / 60))


def compiled_version(version_id: int) -> CompiledVersion:
    """The version as a plain object. Raises sqlalchemy.exc.NoResultFound where there is none."""
    version = db.session.get_one(SurveyVersion, version_id)
    if version.published_at is None:
        return compile_version(version)
    # A session forgets the rows nobody holds: held by it, this one is asked for once in a request and not at each call.
    db.session.info.setdefault("versions", set()).add(version)
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
        page_condition=Condition(question.page_condition) if question.page_condition else None,
        prompts=tuple(Prompt(Condition(one["when"]), one["title"], one.get("help", "")) for one in prompts),
        settings=settings,
        read_as=question.read_as,
        asks_for=question.asks_for,
    )
