"""The draft of a survey: the next version, the order of questions."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from app.db import db
from app.surveys.models import Question, Survey, SurveyVersion

KEPT = ("code", "page", "position", "kind", "title", "help", "required", "choices", "condition", "page_condition", "settings", "read_as", "asks_for")  # fmt: skip


def draft_of(survey: Survey) -> SurveyVersion:
    """The version that may be changed: the newest one, or the next one, made now with the same questions."""
    newest = survey.newest_version
    if newest.published_at is None:
        return newest
    draft = SurveyVersion(number=newest.number + 1)
    draft.questions = [
        Question(**{name: getattr(question, name) for name in KEPT}) for question in newest.questions
    ]
    survey.versions.append(draft)
    db.session.flush()
    return draft


def joined_codes(questions: Sequence[Question]) -> set[str]:
    """The codes of the questions that share a screen with the one before them."""
    return {after.code for before, after in pairwise(questions) if after.page == before.page}


def joined_without(questions: Sequence[Question], code: str) -> set[str]:
    """The joined codes once a question has left its place: where it led a screen, the next one leads it."""
    joined = joined_codes(questions)
    after = next((after for before, after in pairwise(questions) if before.code == code), None)
    return joined - {after.code} if after is not None and code not in joined else joined


def moved(questions: Sequence[Question], code: str, steps: int) -> tuple[list[Question], set[str]]:
    """The order and the joined codes once a question went `steps` up (< 0) or down.

    Inside its screen it changes places and stays on it; beyond, it stands on a screen of its own and passes the next
    screen as a whole, so that no screen is torn apart.
    """
    screens: list[list[Question]] = []
    for question in questions:
        if screens and screens[-1][0].page == question.page:
            screens[-1].append(question)
        else:
            screens.append([question])
    for _step in range(abs(steps)):
        _take_step(screens, code, 1 if steps > 0 else -1)
    joined = {question.code for screen in screens for question in screen[1:]}
    return [question for screen in screens for question in screen], joined


def left_by(before: Sequence[str], joined_before: set[str], joined: set[str], code: str) -> str | None:
    """The question that shared its screen with `code` and was its neighbour there, where moving `code` took it off.

    before: the codes in their order before.
    """
    parted = joined_before - joined
    if len(joined) >= len(joined_before) or not parted:
        return None
    return before[before.index(code) - 1] if code in parted else parted.pop()


def put_back(
    questions: Sequence[Question], code: str, other: str, behind: bool
) -> tuple[list[Question], set[str]] | None:
    """The order and the joined codes with a question on the screen of `other` again, behind or before it.

    None where one of them is gone, or they are not shown to the same respondents any more.
    """
    named = {one.code: one for one in questions}
    if not {code, other} <= named.keys() or named[code].page_condition != named[other].page_condition:
        return None
    order, joined = [one for one in questions if one.code != code], joined_without(questions, code) - {code}
    order.insert(order.index(named[other]) + behind, named[code])
    if behind or other in joined:
        joined = joined | {code}
    return order, joined if behind else joined | {other}


def _take_step(screens: list[list[Question]], code: str, step: int) -> None:
    here = next(place for place, screen in enumerate(screens) if code in [one.code for one in screen])
    screen, beyond = screens[here], here + step
    inside = [one.code for one in screen].index(code)
    if 0 <= inside + step < len(screen):
        screen[inside], screen[inside + step] = screen[inside + step], screen[inside]
    elif 0 <= beyond < len(screens) and len(screen) == 1:
        screens[here], screens[beyond] = screens[beyond], screen
    elif 0 <= beyond < len(screens):
        screens.insert(beyond + (step > 0), [screen.pop(inside)])


def joined_alike(questions: Sequence[Question], joined: set[str]) -> set[str]:
    """Of `joined`, those whose screen has the condition of the question now before them: moving lets nobody in or out."""
    same = {
        after.code for before, after in pairwise(questions) if after.page_condition == before.page_condition
    }
    return joined & same


def arrange(version: SurveyVersion, questions: Sequence[Question], joined: set[str]) -> None:
    """Put the questions into this order: each on a screen of its own but those of `joined`.

    Whoever joins a screen comes under its condition; whoever leaves one takes the condition along.
    """
    page = position = 0
    condition: dict[str, Any] | None = None
    for question in questions:
        if page and question.code in joined:
            position += 1
            question.page_condition = condition
        else:
            page, position, condition = page + 1, 1, question.page_condition
        question.page, question.position, question.survey_version_id = page, position, version.id
    db.session.add_all(questions)
    db.session.flush()
    db.session.expire(version, ["questions"])
