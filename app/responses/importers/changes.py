"""What an import changes on sheets that were there before it, kept so that it can be undone."""

from typing import Any

from app.customers.services import note_changes
from app.db import Base, db
from app.responses.models import Response
from app.surveys.models import Survey, SurveyVersion

RESPONSE = (
    "survey_version_id",
    "customer_id",
    "respondent",
    "nps",
    "attributes",
    "started_at",
    "saved_at",
    "submitted_at",
)
ANSWER = ("question_id", "value", "text")


class Changes:
    """Sheets of an earlier time in the hands of an import: what they and their answers were, and become."""

    def __init__(self, batch_id: int) -> None:
        self.batch_id = batch_id
        self.responses: dict[int, tuple[Response, dict[str, Any]]] = {}
        self.answers: dict[int, dict[str, Any]] = {}

    def watch(self, response: Response) -> None:
        """Remember a sheet before it is written to; the first time counts."""
        if response.id in self.responses:
            return
        self.responses[response.id] = (response, _values(response, RESPONSE))
        self.answers |= {answer.id: _values(answer, ANSWER) for answer in response.answers}

    def note(self) -> None:
        """Write the sheets, and keep what differs."""
        db.session.flush()
        sheets = [one for one, _before in self.responses.values()]
        answers = [answer for sheet in sheets for answer in sheet.answers]
        for subject, rows in (
            (
                "response",
                [(one.id, one.id, before, _values(one, RESPONSE)) for one, before in self.responses.values()],
            ),
            (
                "answer",
                [
                    (one.id, one.response_id, self.answers.get(one.id), _values(one, ANSWER))
                    for one in answers
                ],
            ),
        ):
            note_changes(self.batch_id, subject, rows)


def _values(row: Base, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def note_brought(batch_id: int, row: Survey | SurveyVersion) -> None:
    """Keep that an import has made this survey or version."""
    db.session.flush()
    note_changes(batch_id, row.__tablename__, [(row.id, row.id, None, {})])
