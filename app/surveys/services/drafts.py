"""The draft of a survey: the next version, the order of questions."""

from collections.abc import Sequence
from itertools import pairwise

from app.db import db
from app.surveys.models import Question, Survey, SurveyVersion

KEPT = ("code", "page", "position", "kind", "title", "help", "required", "choices", "condition", "settings", "read_as", "asks_for")  # fmt: skip


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


def arrange(version: SurveyVersion, questions: Sequence[Question], joined: set[str]) -> None:
    """Put the questions into this order: each on a screen of its own but those of `joined`."""
    page = position = 0
    for question in questions:
        if page and question.code in joined:
            position += 1
        else:
            page, position = page + 1, 1
        question.page, question.position, question.survey_version_id = page, position, version.id
    db.session.add_all(questions)
    db.session.flush()
    db.session.expire(version, ["questions"])
