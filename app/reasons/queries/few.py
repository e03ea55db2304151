"""Anonymous surveys show no group of fewer than five: what few say in common may tell who they are."""

import sqlalchemy as sa

from app.db import db
from app.surveys.models import Survey

FEWEST = 5


def is_anonymous(survey_id: int | None) -> bool:
    """Is this survey answered without names?"""
    survey = None if survey_id is None else db.session.get(Survey, survey_id)
    return survey is not None and survey.anonymous


def anonymous_surveys() -> sa.Select[int]:
    """Their ids."""
    return sa.select(Survey.id).where(Survey.anonymous)


def fewest_shown(survey_id: int | None) -> int:
    """How many sheets a group of this survey must have to be shown."""
    return FEWEST if is_anonymous(survey_id) else 1
