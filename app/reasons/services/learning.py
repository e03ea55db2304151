"""What people's decisions teach the reader."""

from collections import defaultdict
from pathlib import Path

import sqlalchemy as sa

from app.db import db
from app.reasons import engine
from app.reasons.engine import Engine, Lesson, OwnCode
from app.reasons.models import Clause, Coding, Reading, ReadingState, Reason, ReasonOrigin
from app.reasons.queries.readable import asked_as
from app.responses.models import Answer
from app.surveys.models import Question

FEWEST, MOST = 20, 2000


def lessons() -> list[Lesson]:
    """The newest 2,000 confirmed readings; none while there are fewer than 20, which teach chance more than sense."""
    query = (
        sa.select(Reading.id, Answer.id, Answer.text, Question.read_as, Question.asks_for, Reason.code)
        .join(Answer, Answer.id == Reading.answer_id)
        .join(Question, Question.id == Answer.question_id)
        .outerjoin(Reason, Reason.id == Reading.main_reason_id)
        .where(Reading.state == ReadingState.CONFIRMED, Question.read_as.is_not(None))
        .order_by(Reading.confirmed_at.desc(), Reading.id.desc())
        .limit(MOST)
    )
    rows = list(db.session.execute(query))
    if len(rows) < FEWEST:
        return []
    stated = _codes_of([row[0] for row in rows])
    return [
        Lesson(
            answer_id,
            text,
            asked_as(read_as, asks_for),
            tuple(dict.fromkeys(filter(None, (main, *stated[number])))),
        )
        for number, answer_id, text, read_as, asks_for, main in rows
    ]


def own_codes() -> list[OwnCode]:
    """The reasons the team added, with the sentences that were given as examples."""
    mine = sa.select(Reason).where(Reason.origin != ReasonOrigin.CODEBOOK, Reason.active).order_by(Reason.id)
    return [
        OwnCode(reason.code, reason.label, reason.definition, tuple(reason.examples))
        for reason in db.session.scalars(mine)
    ]


def taught_engine(folder: Path, taught: list[Lesson], own: list[OwnCode]) -> Engine:
    """The reader for a run: with the lessons learnt where there are enough of them, and the team's own reasons."""
    return engine.teach(folder, taught, own) if taught or own else engine.shipped()


def _codes_of(reading_ids: list[int]) -> dict[int, list[str]]:
    query = (
        sa.select(Clause.reading_id, Reason.code)
        .join(Coding, Coding.clause_id == Clause.id)
        .join(Reason, Reason.id == Coding.reason_id)
        .where(Clause.reading_id.in_(reading_ids))
        .order_by(Clause.reading_id, Clause.start, Coding.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for number, code in db.session.execute(query):
        found[number].append(code)
    return found
