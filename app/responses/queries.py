"""Which responses there are, and how far one of them has come."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.campaigns.models import Invitation
from app.db import db
from app.responses.models import Door, Response, ResponseState
from app.responses.values import COMMENT, answer_value
from app.surveys.compiled import CompiledQuestion, CompiledVersion, Page
from app.surveys.models import QuestionKind


def response_of(invitation: Invitation) -> Response | None:
    """The response an invitation has led to, with its answers."""
    query = sa.select(Response).where(Response.invitation_id == invitation.id)
    return db.session.scalar(query.options(selectinload(Response.answers)))


def submitted_counts(survey_ids: Sequence[int]) -> dict[int, int]:
    """Submitted responses by survey, test answers left out."""
    counted = (
        sa.select(Response.survey_id, sa.func.count())
        .where(
            Response.survey_id.in_(survey_ids),
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
        )
        .group_by(Response.survey_id)
    )
    return dict(db.session.execute(counted).all())


def answers_so_far(response: Response, version: CompiledVersion) -> dict[str, Any]:
    """The saved answers by question code, as conditions see them; a text beside a choice under "<code>-Comment"."""
    rows = {answer.question_id: answer for answer in response.answers}
    found: dict[str, Any] = {}
    for question in version.questions:
        if (row := rows.get(question.id)) is None:
            continue
        found[question.code] = answer_value(question, row.value, row.text)
        if question.other is not None:
            found[question.code + COMMENT] = row.text
    return found


def page_to_resume(response: Response, version: CompiledVersion) -> Page:
    """The first screen that was not passed yet, with the statements before it, or else the last one.

    A question that was passed has a row, empty where it was skipped.
    """
    passed = {answer.question_id for answer in response.answers}
    pages = version.pages(answers_so_far(response, version))
    place = next((place for place, page in enumerate(pages) if not _is_passed(page, passed)), len(pages) - 1)
    while place > 0 and not pages[place - 1].is_asked:
        place -= 1
    return pages[place]


def _is_passed(page: Page, passed: set[int]) -> bool:
    return all(question.id in passed for question in page.questions if question.is_asked)


def first_unanswered(version: CompiledVersion, answers: dict[str, Any]) -> CompiledQuestion | None:
    """The first visible question that must be answered and is not."""
    return next(
        (one for one in version.visible(answers) if one.required and not _is_given(one, answers)), None
    )


def _is_given(question: CompiledQuestion, answers: dict[str, Any]) -> bool:
    value = answers.get(question.code)
    return value is True if question.kind is QuestionKind.CONSENT else value not in (None, "", [])
