"""Taking past answers back: the sheets an import brought, what it changed on others, and the survey it made for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa

from app import jobs
from app.customers.importers import Undo, holds, register_undo, speaks_for, words_of_use
from app.customers.importers.restoring import SUBJECTS, subject_of
from app.customers.models import ImportBatch, ImportKind
from app.i18n import lazy_gettext as _l
from app.responses.importers.surveys import survey_named
from app.responses.models import Answer, Response
from app.surveys.models import Question, Survey, SurveyVersion

READ_SURVEY = "read_survey"


class UndoOfResponses(Undo):
    subjects = ("response", "answer")
    counted = subjects
    last = ("survey_version", "survey")

    def named(self, ids: Sequence[int]) -> dict[int, tuple[str, int | None]]:
        return {number: (f"R-{number:04d}", None) for number in ids}

    def finish(self, batch: ImportBatch, owners: set[int], at: datetime) -> None:
        """Have the survey read, where it still stands: words that were put back are other words."""
        survey = survey_named(str(batch.mapping.get("survey", "")))
        if survey is not None and READ_SURVEY in jobs.JOBS:
            jobs.ring(READ_SURVEY, survey.id)


@holds("survey_version", "answer", _l("回答があります"))
def _answered(batch: ImportBatch) -> sa.Select[int]:
    return sa.select(Question.survey_version_id).join(Answer, Answer.question_id == Question.id)


@holds("survey", "survey_version", _l("回答があります"))
def _has_versions(batch: ImportBatch) -> sa.Select[int]:
    return sa.select(SurveyVersion.survey_id)


def register() -> None:
    """Say how past answers are undone, and what answers hold."""
    SUBJECTS.update(
        response=subject_of(Response),
        answer=subject_of(Answer),
        survey=subject_of(Survey),
        survey_version=subject_of(SurveyVersion),
    )
    speaks_for("answer", "question", "survey_version")
    words_of_use("response", _l("回答があります"))
    register_undo(ImportKind.RESPONSES, cast(sa.Table, Response.__table__), UndoOfResponses())
