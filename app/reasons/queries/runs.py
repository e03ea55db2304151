"""Runs there were and are."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.reasons.models import AnalysisRun, DraftState, RunState
from app.surveys.models import Survey

HISTORY_SIZE = 30
SETTLING = (DraftState.APPLYING, DraftState.RETURNING)


def runs_open() -> Sequence[tuple[AnalysisRun, str]]:
    """Runs that have not ended, or whose draft is being applied or taken back, each with the name of its survey."""
    mine = sa.select(AnalysisRun, Survey.name).join(Survey, Survey.id == AnalysisRun.survey_id)
    is_open = AnalysisRun.state.in_((RunState.QUEUED, RunState.RUNNING))
    mine = mine.where(sa.or_(is_open, AnalysisRun.draft.in_(SETTLING))).order_by(AnalysisRun.id)
    return [(run, survey) for run, survey in db.session.execute(mine)]


def name_of_survey(run: AnalysisRun) -> str:
    """What the survey of a run is called."""
    return db.session.scalars(sa.select(Survey.name).where(Survey.id == run.survey_id)).one()


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


def surveys_without_themes(before: datetime, after: datetime) -> list[int]:
    """Surveys with a run that ended between the two instants and after which no theme was looked for."""
    ended = (AnalysisRun.finished_at > after, AnalysisRun.finished_at < before)
    runs = sa.select(AnalysisRun.survey_id).where(AnalysisRun.state == RunState.DONE, *ended)
    return list(db.session.scalars(runs.where(AnalysisRun.themed_at.is_(None)).distinct()))
