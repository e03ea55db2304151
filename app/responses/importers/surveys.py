"""The survey that imported sheets belong to."""

from datetime import datetime

import sqlalchemy as sa

from app.customers.models import ImportBatch
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.responses.importers.changes import note_brought
from app.responses.importers.columns import Columns, TextColumn
from app.surveys.models import Question, QuestionKind, Survey, SurveyState, SurveyVersion

PRESET = "import"
NPS_CODE = "nps"


def survey_named(name: str) -> Survey | None:
    """The survey of this name, or None."""
    return db.session.scalar(sa.select(Survey).where(Survey.name == name))


def version_for(columns: Columns, batch: ImportBatch, at: datetime) -> SurveyVersion:
    """The published version whose questions these columns answer; a new one where there is none yet.

    Raises BadInput where a survey of that name was made here: imported sheets get a survey of their own.
    """
    survey = survey_named(columns.survey)
    if survey is None:
        survey = Survey(
            name=columns.survey,
            preset=PRESET,
            state=SurveyState.PUBLISHED,
            public_title=columns.survey,
            created_at=at,
            member_id=batch.member_id,
        )
        db.session.add(survey)
        note_brought(batch.id, survey)
    if survey.preset != PRESET:
        raise BadInput(
            _(
                "「%(name)s」はこちらで作った調査です。取り込みには別の名前をつけてください。",
                name=columns.survey,
            )
        )
    last = survey.versions[-1] if survey.versions else None
    if last is not None and _answers(last, columns):
        return last
    version = SurveyVersion(number=len(survey.versions) + 1, published_at=at)
    version.questions = _questions(columns, last)
    survey.versions.append(version)
    note_brought(batch.id, version)
    return version


def question_of(version: SurveyVersion, text: TextColumn) -> Question | None:
    """The question a column of words answers."""
    wanted = (text.col, text.question, text.asks_for)
    asked = (one for one in version.questions if one.kind is QuestionKind.TEXT)
    return next((one for one in asked if (one.title, one.read_as, one.asks_for) == wanted), None)


def nps_question_of(version: SurveyVersion) -> Question | None:
    """The question the score answers."""
    return next((one for one in version.questions if one.kind is QuestionKind.NPS), None)


def _answers(version: SurveyVersion, columns: Columns) -> bool:
    has_nps = not columns.nps or nps_question_of(version) is not None
    return has_nps and all(question_of(version, text) for text in columns.texts)


def _questions(columns: Columns, last: SurveyVersion | None) -> list[Question]:
    """What these columns ask, and what the last version asked besides."""
    texts = list(columns.texts)
    if last is not None:
        asked = (one for one in last.questions if one.kind is QuestionKind.TEXT and one.read_as)
        texts += [TextColumn(one.title, one.read_as, one.asks_for) for one in asked if one.read_as]
    found = []
    if columns.nps or (last is not None and nps_question_of(last)):
        title = columns.nps or _("推奨度")
        found.append(Question(code=NPS_CODE, page=1, position=1, kind=QuestionKind.NPS, title=title))
    for place, text in enumerate(dict.fromkeys(texts), 1):
        question = Question(
            code=f"text{place}",
            page=place + 1,
            position=1,
            kind=QuestionKind.TEXT,
            title=text.col,
            read_as=text.question,
            asks_for=text.asks_for,
        )
        found.append(question)
    return found
