"""Surveys with free-text questions and submitted sheets, to be read. Added to the session by the test."""

from datetime import timedelta
from itertools import count
from typing import Any

from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys.models import (
    AsksFor,
    Question,
    QuestionKind,
    ReadAs,
    Survey,
    SurveyState,
    SurveyVersion,
)
from tests.factories import AT

# What no reason of the codebook explains, said in six ways: one theme.
UNNAMED = (
    "茶畑が太陽光パネルに変わっていくのが悲しい",
    "茶畑をつぶして太陽光パネルにしたのが悲しかった",
    "太陽光パネルだらけの茶畑を見て悲しくなった",
    "茶畑がパネルに変わってしまい悲しい",
    "あの茶畑が太陽光パネルになって悲しい",
    "ふるさとの茶畑が太陽光パネルに変わって悲しい",
)

TITLES = {
    "reason": "やめた いちばんの理由",
    "improve": "どうなれば、また使いたいか",
    "current": "今はどうされていますか",
    "nps": "その点数の理由",
    "praise": "よかったところ",
}
_numbers = count(1)


def survey(**changes: Any) -> Survey:
    """A published survey with one free-text question of each kind; `praise` asks for good points only."""
    number = next(_numbers)
    values = {"name": f"秋の調査 {number}", "state": SurveyState.PUBLISHED, "created_at": AT}
    made = Survey(**{**values, **changes})
    version = SurveyVersion(number=1, published_at=AT)
    for place, (code, title) in enumerate(TITLES.items(), 1):
        question = Question(
            code=code,
            page=1,
            position=place,
            kind=QuestionKind.TEXT,
            title=title,
            read_as=ReadAs.OTHER if code == "praise" else ReadAs(code),
            asks_for=AsksFor.PRAISE if code == "praise" else AsksFor.ANYTHING,
        )
        version.questions.append(question)
    made.versions.append(version)
    return made


def sheet(survey: Survey, **changes: Any) -> Response:
    """A submitted sheet; answers by question code: sheet(survey, reason="高い", nps_score=3)."""
    texts = {code: changes.pop(code) for code in TITLES if code in changes}
    number = next(_numbers)
    values = {
        "survey": survey,
        "survey_version_id": survey.versions[0].id,
        "door": Door.LINK,
        "state": ResponseState.SUBMITTED,
        "nps": changes.pop("nps_score", None),
        "started_at": AT,
        "saved_at": AT + timedelta(minutes=number),
        "submitted_at": AT + timedelta(minutes=number),
    }
    made = Response(**{**values, **changes})
    questions = {question.code: question for question in survey.versions[0].questions}
    for code, text in texts.items():
        made.answers.append(Answer(question=questions[code], text=text))
    return made
