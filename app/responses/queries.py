"""Which responses there are, and how far one of them has come."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from app.campaigns.models import Arm, Campaign, Invitation
from app.campaigns.queries import TOKEN
from app.db import db
from app.responses.models import Door, Response, ResponseState
from app.responses.values import COMMENT, answer_value
from app.surveys.compiled import CompiledQuestion, CompiledVersion, Page
from app.surveys.models import QuestionKind, Survey, SurveyVersion

# Both are made once: making a statement costs as much as asking it. With the version a sheet was begun with, or will be.
_OPENED = (
    sa.select(Invitation, Survey, SurveyVersion, Response)
    .join(Campaign, Campaign.id == Invitation.campaign_id)
    .join(Survey, Survey.id == Campaign.survey_id)
    .outerjoin(Response, Response.invitation_id == Invitation.id)
    .join(
        SurveyVersion,
        SurveyVersion.id == sa.func.coalesce(Response.survey_version_id, Campaign.survey_version_id),
    )
    .where(Invitation.token == sa.bindparam("token"), Invitation.arm == Arm.ASKED)
)
_TAKEN_UP = (
    sa.select(Invitation, Survey, SurveyVersion, Response)
    .join(Response, Response.invitation_id == Invitation.id)
    .join(Survey, Survey.id == Response.survey_id)
    .join(SurveyVersion, SurveyVersion.id == Response.survey_version_id)
    .where(Invitation.token == sa.bindparam("token"), Invitation.arm == Arm.ASKED)
    .with_for_update(of=Response)
    .execution_options(populate_existing=True)
)


class Opened(NamedTuple):
    """What the link of an invitation leads to."""

    invitation: Invitation
    survey: Survey
    version: SurveyVersion
    response: Response | None


def opened_by(token: str) -> Opened | None:
    """What this link of an invitation leads to, in one statement. The holdout was never asked."""
    return _opened(_OPENED, token)


def taken_up(token: str) -> Opened | None:
    """As opened_by, where a sheet was begun, and its row locked until the transaction ends: see app.responses.holding."""
    return _opened(_TAKEN_UP, token)


def _opened(query: sa.Select[Invitation, Survey, SurveyVersion, Response], token: str) -> Opened | None:
    row = db.session.execute(query, {"token": token}).one_or_none() if TOKEN.fullmatch(token) else None
    return None if row is None else Opened(*row)


def response_of(invitation: Invitation) -> Response | None:
    """The response an invitation has led to, with its answers."""
    query = sa.select(Response).where(Response.invitation_id == invitation.id)
    return db.session.scalar(query.options(selectinload(Response.answers)))


def response_by_token(token: str) -> Response | None:
    """The sheet without an invitation that this token opens again, with its answers."""
    if not TOKEN.fullmatch(token):
        return None
    query = sa.select(Response).where(Response.token == token)
    return db.session.scalar(query.options(selectinload(Response.answers), joinedload(Response.survey)))


def submitted_counts(survey_ids: Sequence[int]) -> dict[int, int]:
    """Submitted responses by survey, test answers left out."""
    return _submitted(Response.survey_id, survey_ids)


def submitted_by_version(version_ids: Sequence[int]) -> dict[int, int]:
    """Submitted responses by version of a survey, test answers left out."""
    return _submitted(Response.survey_version_id, version_ids)


def _submitted(column: InstrumentedAttribute[int], ids: Sequence[int]) -> dict[int, int]:
    counted = (
        sa.select(column, sa.func.count())
        .where(column.in_(ids), Response.state == ResponseState.SUBMITTED, Response.door != Door.TEST)
        .group_by(column)
    )
    return dict(db.session.execute(counted).all())


def answers_so_far(response: Response, version: CompiledVersion) -> dict[str, Any]:
    """The saved answers by question code, as conditions see them; a text beside a choice under "<code>-Comment"."""
    return answers_among({one.question_id: (one.value, one.text) for one in response.answers}, version)


def answers_among(rows: Mapping[int, tuple[Any, str]], version: CompiledVersion) -> dict[str, Any]:
    """The same of (value, text) by the question's id."""
    found: dict[str, Any] = {}
    for question in version.questions:
        if (row := rows.get(question.id)) is None:
            continue
        found[question.code] = answer_value(question, *row)
        if question.other is not None or question.hours:
            found[question.code + COMMENT] = row[1]
    return found


def page_to_resume(response: Response, version: CompiledVersion) -> Page:
    """The first screen that was not passed yet, with the statements before it, or else the last one.

    A question that was passed has a row, empty where it was skipped.
    """
    passed = {answer.question_id for answer in response.answers}
    pages = version.pages(answers_so_far(response, version), response.attributes)
    place = next((place for place, page in enumerate(pages) if not _is_passed(page, passed)), len(pages) - 1)
    while place > 0 and not pages[place - 1].is_asked:
        place -= 1
    return pages[place]


def _is_passed(page: Page, passed: set[int]) -> bool:
    return all(question.id in passed for question in page.questions if question.is_asked)


def first_unanswered(
    shown: Iterable[CompiledQuestion], answers: Mapping[str, Any]
) -> CompiledQuestion | None:
    """The first of the questions shown that must be answered and is not."""
    return next((one for one in shown if one.required and not _is_given(one, answers)), None)


def _is_given(question: CompiledQuestion, answers: Mapping[str, Any]) -> bool:
    value = answers.get(question.code)
    return value is True if question.kind is QuestionKind.CONSENT else value not in (None, "", [])
