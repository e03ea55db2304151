"""Sheets with scores, for tests of the reports. Surveys and read answers come from factories_backlog."""

from datetime import datetime
from typing import Any

from app.db import db
from app.responses.models import Door, Response, ResponseState
from app.surveys.models import Survey
from tests.factories_backlog import AT


def scored(survey: Survey, *scores: int | None, at: datetime = AT, **changes: Any) -> None:
    """A submitted sheet for each score; None is a sheet without one."""
    values = {
        "survey_id": survey.id,
        "survey_version_id": survey.versions[0].id,
        "door": Door.LINK,
        "state": ResponseState.SUBMITTED,
        "started_at": at,
        "saved_at": at,
        "submitted_at": at,
    }
    db.session.add_all(Response(**{**values, **changes, "nps": score}) for score in scores)
    db.session.flush()
