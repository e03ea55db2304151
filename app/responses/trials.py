"""Trial answers: a member fills in a survey as a respondent would. Kept apart by their door, counted nowhere.

A trial may answer a draft. Whatever is taken out of the draft later takes its trial answers along.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import audit
from app.accounts.models import Member
from app.db import db
from app.i18n import gettext as _
from app.responses import history
from app.responses.models import Answer, Door, EventKind, Response, ResponseState
from app.surveys.compiled import CompiledQuestion, compile_question
from app.surveys.conditions import NOBODY
from app.surveys.eras import day_in_words
from app.surveys.models import Question, QuestionKind, Survey, SurveyVersion


@dataclass(frozen=True)
class Trial:
    """One trial sheet. said: (question, answer in words) of what was answered, in the order of the questions."""

    response: Response
    version: int
    by: str
    said: list[tuple[str, str]]

    @property
    def submitted(self) -> bool:
        return self.response.state is ResponseState.SUBMITTED


def start_trial(
    survey: Survey, member: Member | None, at: datetime, known: Mapping[str, Any] = NOBODY
) -> Response:
    """Begin a trial sheet of the newest version, published or not, in use or closed.

    `known`: the details of the customer it is tried out as.
    """
    response = Response(
        survey_id=survey.id,
        anonymous=survey.anonymous,
        survey_version_id=survey.newest_version.id,
        door=Door.TEST,
        member_id=member.id if member else None,
        attributes=dict(known),
        started_at=at,
        saved_at=at,
    )
    db.session.add(response)
    db.session.flush()
    history.note(response, EventKind.STARTED, Door.TEST, at, member)
    return response


def trial_of(response_id: int) -> Response | None:
    """The trial sheet of this number; sheets of customers are none."""
    mine = (Response.id == response_id, Response.door == Door.TEST)
    return db.session.scalar(sa.select(Response).where(*mine).options(selectinload(Response.answers)))


def trials_of(survey: Survey) -> list[Trial]:
    """All trial sheets of a survey, newest first."""
    rows = (
        sa.select(Response, SurveyVersion.number, Member.name)
        .join(SurveyVersion, SurveyVersion.id == Response.survey_version_id)
        .outerjoin(Member, Member.id == Response.member_id)
        .where(Response.survey_id == survey.id, Response.door == Door.TEST)
        .options(selectinload(Response.answers).options(joinedload(Answer.question)))
        .order_by(Response.id.desc())
    )
    return [
        Trial(response, number, name or "", _said(response.answers))
        for response, number, name in db.session.execute(rows)
    ]


def remove_trials(trials: Iterable[Response], member: Member | None, at: datetime) -> int:
    """Delete these trial sheets with their answers; how many. Sheets of customers are left alone."""
    removed = [one for one in trials if one.door is Door.TEST]
    for one in removed:
        db.session.delete(one)
        audit.record("deleted", "response", one.id, member.id if member else None, at)
    return len(removed)


def _said(answers: Sequence[Answer]) -> list[tuple[str, str]]:
    placed = sorted(answers, key=lambda one: (one.question.page, one.question.position))
    said = ((one.question.title, _in_words(compile_question(one.question), one)) for one in placed)
    return [(title, words) for title, words in said if words]


def _in_words(question: CompiledQuestion, answer: Answer) -> str:
    """What was answered, as it reads on the sheet; "" where nothing was. A choice taken out since keeps its code."""
    if answer.value is None:
        return answer.text
    if question.kind is QuestionKind.CONSENT:
        return _("同意する") if answer.value else _("同意しない")
    if question.kind is QuestionKind.DATE:
        return day_in_words(answer.value)
    labels = {choice.code: choice.label for choice in question.choices}
    given: list[Any] = answer.value if isinstance(answer.value, list) else [answer.value]
    words = _("、").join(labels.get(str(one), str(one)) for one in given)
    words += str(question.settings.get("unit") or "")
    return _("%(answer)s（%(written)s）", answer=words, written=answer.text) if answer.text else words


@sa.event.listens_for(Question, "before_delete")
def _let_go_of_trial_answers(mapper: Any, connection: sa.Connection, question: Question) -> None:
    """A question goes out of a draft with what was tried on it; answers of customers would hold it."""
    trials = sa.select(Response.id).where(Response.door == Door.TEST)
    tried = (Answer.question_id == question.id, Answer.response_id.in_(trials))
    connection.execute(sa.delete(Answer).where(*tried))
