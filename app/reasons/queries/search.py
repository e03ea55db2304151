"""Finding answers by their words, and what is known of the finding."""

from datetime import datetime

import sqlalchemy as sa

from app.db import db
from app.reasons.engine import Words
from app.reasons.models import Reading
from app.reasons.models_voices import RivalMention, SearchFill, SearchText
from app.reasons.queries.few import anonymous_surveys, fewest_shown
from app.reasons.queries.readable import Readable, asked_as
from app.reasons.terms import Needle, as_match, as_tsquery
from app.responses.models import Answer
from app.surveys.models import AsksFor, Question

FILL_SIZE = 200
ANY_RIVAL = "any"


def holds_words(needles: list[Needle], unmasked: bool) -> sa.ColumnElement[bool]:
    """SQL: the reading at hand is of an answer that holds all that is looked for.

    `unmasked`: may what is hidden be found too?
    """
    if not needles:
        return sa.false()
    if db.engine.dialect.name == "postgresql":
        wanted = sa.func.to_tsquery("simple", as_tsquery(needles))
        columns = (SearchText.shown, SearchText.whole) if unmasked else (SearchText.shown,)
        holds = (column.bool_op("@@")(wanted) for column in columns)
        return Reading.answer_id.in_(sa.select(SearchText.answer_id).where(sa.or_(*holds)))
    match = sa.literal_column("search_index").bool_op("MATCH")(as_match(needles, "" if unmasked else "shown"))
    index = sa.table("search_index", sa.column("rowid", sa.Integer))
    return Reading.answer_id.in_(sa.select(index.c.rowid).where(match))


def names_rival(name: str) -> sa.ColumnElement[bool]:
    """SQL: the answer of the reading at hand names this competitor, or any."""
    named = sa.select(RivalMention.reading_id)
    return Reading.id.in_(named if name == ANY_RIVAL else named.where(RivalMention.name == name))


def rivals_named(survey_id: int | None, limit: int = 40) -> list[tuple[str, int]]:
    """(name, how many sheets name it) of the competitors, most often named first.

    In anonymous surveys none that few name; counted over all surveys, none of theirs.
    """
    sheets = sa.func.count(Reading.response_id.distinct())
    query = sa.select(RivalMention.name, sheets).join(Reading, Reading.id == RivalMention.reading_id)
    if survey_id is not None:
        query = query.where(Reading.survey_id == survey_id).having(sheets >= fewest_shown(survey_id))
    else:
        query = query.where(Reading.survey_id.not_in(anonymous_surveys()))
    query = query.group_by(RivalMention.name).order_by(sheets.desc(), RivalMention.name).limit(limit)
    return [(name, count) for name, count in db.session.execute(query)]


def readings_to_fill(after_id: int) -> list[Readable]:
    """The words of the next readings after this one, in their order."""
    query = (
        sa.select(Answer.id, Answer.text, Question.read_as, Question.asks_for)
        .join(Reading, Reading.answer_id == Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Reading.id > after_id)
        .order_by(Reading.id)
        .limit(FILL_SIZE)
    )
    return [
        Readable(Words(row.id, row.text, asked_as(row.read_as, row.asks_for)), row.asks_for is AsksFor.PRAISE)
        for row in db.session.execute(query)
    ]


def fill_open() -> SearchFill | None:
    """The filling that has not come to its end."""
    return db.session.scalar(sa.select(SearchFill).where(SearchFill.finished_at.is_(None)).limit(1))


def fills_untouched(since: datetime) -> list[int]:
    """Fillings that have not moved since."""
    still = sa.select(SearchFill.id).where(SearchFill.finished_at.is_(None), SearchFill.touched_at < since)
    return list(db.session.scalars(still))
