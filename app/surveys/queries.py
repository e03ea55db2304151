"""Which surveys there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import Member
from app.db import db
from app.surveys.models import Survey, SurveyState, SurveyVersion

# Answers live to the right of surveys: the feature that keeps them says at start how to count them.
Count = Callable[[Sequence[int]], dict[int, int]]
_COUNTS: list[Count] = []
_VERSION_COUNTS: list[Count] = []


@dataclass(frozen=True)
class SurveyRow:
    """A line of the list: a survey and how many sheets came back."""

    survey: Survey
    response_count: int


@dataclass(frozen=True)
class VersionRow:
    """A version of a survey, who published it and how many sheets came back on it."""

    version: SurveyVersion
    by: str
    response_count: int


def counts_responses(count: Count, by_version: Count) -> None:
    """Register how many submitted responses the surveys, and the versions, with these ids have."""
    _COUNTS[:], _VERSION_COUNTS[:] = [count], [by_version]


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
    return [SurveyRow(survey, counts.get(survey.id, 0)) for survey in surveys]


def versions_listed(survey: Survey) -> list[VersionRow]:
    """The versions of a survey, newest first."""
    names = (
        sa.select(SurveyVersion.id, Member.name)
        .join(Member, Member.id == SurveyVersion.member_id)
        .where(SurveyVersion.survey_id == survey.id)
    )
    by = dict(db.session.execute(names).all())
    counts = _VERSION_COUNTS[0]([one.id for one in survey.versions]) if _VERSION_COUNTS else {}
    return [VersionRow(one, by.get(one.id, ""), counts.get(one.id, 0)) for one in reversed(survey.versions)]


def surveys_in_use() -> list[Survey]:
    """The surveys that can be sent, newest first."""
    query = sa.select(Survey).where(Survey.state == SurveyState.PUBLISHED).order_by(Survey.id.desc())
    return list(db.session.scalars(query))
