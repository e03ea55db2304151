"""Which answers say why somebody left, and which only what they use today."""

import sqlalchemy as sa

from app.reasons.models import Reading
from app.responses.models import Answer
from app.surveys.models import Question, ReadAs


def asks_why() -> sa.ColumnElement[bool]:
    """SQL: the reading at hand is not of an answer to 今はどうされていますか.

    Nearly everybody names a substitute there. Counted as a reason it would lead every list and say nothing.
    """
    today = (
        sa.select(Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.id == Reading.answer_id, Question.read_as == ReadAs.CURRENT)
        .correlate(Reading)
    )
    return ~today.exists()
