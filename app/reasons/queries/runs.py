"""Runs there were and are."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.reasons.models import AnalysisRun, RunState
from app.surveys.models import Survey

HISTORY_SIZE = 30


def runs_listed(survey_id: int | None = None) -> Sequence[tuple[AnalysisRun, str, str | None]]:
    """The newest runs: (run, name of its survey, name of the member who started it)."""
    query = (
        sa.select(AnalysisRun, Survey.name, Member.name)
        .join(Survey, Survey.id == AnalysisRun.survey_id)
        .outerjoin(Member, Member.id == AnalysisRun.member_id)
    )
    if survey_id is not None:
        query = query.where(AnalysisRun.survey_id == survey_id)
    return [
        (run, survey, member)
        for run, survey, member in db.session.execute(
            query.order_by(AnalysisRun.id.desc()).limit(HISTORY_SIZE)
        )
    ]


def open_run_of(survey_id: int) -> AnalysisRun | None:
    """The run of a survey that is queued or under way."""
    query = sa.select(AnalysisRun).where(
        AnalysisRun.survey_id == survey_id, AnalysisRun.state.in_((RunState.QUEUED, RunState.RUNNING))
    )
    return db.session.scalar(query)
