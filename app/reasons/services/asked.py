"""What a reading keeps of the question its answer stands under."""

import sqlalchemy as sa

from app.db import db
from app.reasons.models import Reading
from app.responses.models import Answer
from app.surveys.models import Question, ReadAs


def follow_questions(survey_id: int) -> int:
    """Let the readings of a survey follow answers that a new mapping put under another question; how many did.

    Decided ones, too: what people decided stays, only whether it tells why somebody left is another matter now.
    """
    used_today = (
        sa.select(Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.id == Reading.answer_id, Question.read_as == ReadAs.CURRENT)
        .correlate(Reading)
        .exists()
    )
    moved = sa.update(Reading).where(Reading.survey_id == survey_id, Reading.why == used_today)
    done = db.session.execute(
        moved.values(why=~Reading.why).returning(Reading.id),
        execution_options={"synchronize_session": False},
    )
    return len(done.all())
