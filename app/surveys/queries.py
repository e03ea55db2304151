"""Which surveys there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.surveys.models import Survey, SurveyState, SurveyVersion

# Answers live to the right of surveys: the feature that keeps them says at start how to count them.
_COUNTS: list[Callable[[Sequence[int]], dict[int, int]]] = []


@dataclass(frozen=True)
class SurveyRow:
    """A line of the list: a survey, its questions and how many sheets came back."""

    survey: Survey
    question_count: int
    response_count: int


def counts_responses(
    count: Callable[[Sequence[int]], dict[int, int]],
) -> Callable[[Sequence[int]], dict[int, int]]:
    """Register how many submitted responses the surveys with these ids have."""
    _COUNTS[:] = [count]
    return count


def response_counts(survey_ids: Sequence[int]) -> dict[int, int]:
    """Submitted responses by survey id; a survey without any is left out."""
    return _COUNTS[0](survey_ids) if _COUNTS and survey_ids else {}


def surveys_listed(state: str = "") -> list[SurveyRow]:
    """All surveys, newest first; of one state, where given."""
    query = sa.select(Survey).order_by(Survey.id.desc())
    query = query.options(selectinload(Survey.versions).selectinload(SurveyVersion.questions))
    if state in set(SurveyState):
        query = query.where(Survey.state == SurveyState(state))
    surveys = db.session.scalars(query).all()
    counts = response_counts([survey.id for survey in surveys])
    return [
        SurveyRow(survey, len(survey.newest_version.questions), counts.get(survey.id, 0))
        for survey in surveys
    ]


def surveys_in_use() -> list[Survey]:
    """The surveys that can be sent, newest first."""
    query = sa.select(Survey).where(Survey.state == SurveyState.PUBLISHED).order_by(Survey.id.desc())
    return list(db.session.scalars(query))
