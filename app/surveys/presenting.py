"""The screens as one respondent sees them: answers and details put into the texts, choices in this sheet's order."""

from dataclasses import replace
from random import Random
from typing import Any

from app.surveys.compiled import CompiledQuestion, CompiledVersion, Page
from app.surveys.conditions import NOBODY, Answers, Attributes
from app.surveys.models import QuestionKind, Survey
from app.surveys.piping import filled, question_filled, said_by, said_of


def presented(
    survey: Survey, version: CompiledVersion, answers: Answers, attributes: Attributes = NOBODY, seed: int = 0
) -> tuple[Page, ...]:
    """The screens somebody with these answers walks through. `seed` draws the order of choices; it stays with a sheet."""
    if version.is_alike_for_all:
        return version.pages(answers, attributes)
    said = said_of(attributes, survey.shown_attributes or ())
    pages = []
    for page in version.pages(answers, attributes):
        questions = tuple(shuffled(question_filled(one, said), seed) for one in page.questions)
        pages.append(Page(page.number, questions))
        # What is answered on this screen is known on the next.
        said |= {one.code: said_by(one, answers.get(one.code)) for one in questions}
    return tuple(pages)


def thanks_for(
    survey: Survey, version: CompiledVersion, answers: Answers, attributes: Attributes = NOBODY
) -> str:
    """The survey's thanks with what was said put in."""
    said = said_of(attributes, survey.shown_attributes or ())
    for page in presented(survey, version, answers, attributes):
        said |= {one.code: said_by(one, answers.get(one.code)) for one in page.questions}
    return filled(survey.thanks, said)


def shuffled(question: CompiledQuestion, seed: Any) -> CompiledQuestion:
    """The question with its choices in the order this seed draws; pinned ones, その他 and exclusive ones stay in place."""
    if not question.settings.get("shuffle") or question.kind not in (
        QuestionKind.SINGLE,
        QuestionKind.MULTIPLE,
    ):
        return question
    free = [one for one in question.choices if not (one.pinned or one.other or one.exclusive)]
    # A text as seed draws the same order on every machine and in every version of Python.
    drawn = iter(Random(f"{seed}:{question.code}").sample(free, len(free)))
    mixed = (one if one.pinned or one.other or one.exclusive else next(drawn) for one in question.choices)
    return replace(question, choices=tuple(mixed))
