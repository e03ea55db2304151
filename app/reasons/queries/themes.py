"""Themes, and the answers they are made of."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.reasons.engine import NONE, FoundTheme, OpenWords
from app.reasons.models import Clause, Coding, Reading, ReadingState, Reason, Theme, ThemeMember, ThemeState
from app.reasons.queries.readable import asked_as
from app.responses.models import Answer
from app.surveys.models import Question

MOST = 20_000  # answers; every one costs some milliseconds and 4 kB


def open_words(survey_id: int) -> list[OpenWords]:
    """The answers of a survey among which themes are looked for, the least explained MOST of them.

    Those with substance that no reason covers, and those a run explained and nobody confirmed: a theme that is new
    is often taken for a known reason at first.
    """
    of_main = sa.and_(Clause.reading_id == Reading.id, Coding.reason_id == Reading.main_reason_id)
    chance = sa.select(sa.func.max(Coding.probability)).join(Clause).where(of_main).scalar_subquery()
    explained = sa.case((Reading.unexplained, 0.0), else_=sa.func.coalesce(chance, Reading.confidence))
    query = (
        sa.select(Answer.id, Answer.text, Question.read_as, Question.asks_for, explained.label("explained"))
        .join(Reading, Reading.answer_id == Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(may_join_a_theme(), Reading.survey_id == survey_id, Question.read_as.is_not(None))
        .order_by(sa.literal_column("explained"), Answer.id)
        .limit(MOST)
    )
    rows = sorted(db.session.execute(query), key=lambda row: row.id)
    return [
        OpenWords(row.id, row.text, asked_as(row.read_as, row.asks_for), float(row.explained)) for row in rows
    ]


def open_answers(survey_id: int) -> set[int]:
    """The ids of all answers of a survey that may still become part of a theme."""
    query = sa.select(Reading.answer_id).where(may_join_a_theme(), Reading.survey_id == survey_id)
    return set(db.session.scalars(query))


def may_join_a_theme() -> sa.ColumnElement[bool]:
    """A reading that may still become part of a theme."""
    said = sa.select(Reason.id).where(Reason.code == NONE).scalar_subquery()
    proposed = sa.and_(Reading.state == ReadingState.PROPOSED, Reading.main_reason_id != said)
    return sa.or_(Reading.unexplained, proposed)


def known_themes(survey_id: int) -> list[FoundTheme]:
    """Every theme there has been, decided or not, so that what is found again keeps its id."""
    query = sa.select(Theme).where(Theme.survey_id == survey_id).options(selectinload(Theme.members))
    return [
        FoundTheme(
            theme.id,
            theme.name,
            tuple(member.answer_id for member in theme.members),
            tuple(_quotes(theme)),
            tuple(theme.centroid),
        )
        for theme in db.session.scalars(query.order_by(Theme.id))
    ]


def _quotes(theme: Theme) -> list[int]:
    ranked = sorted((member.typical, member.answer_id) for member in theme.members if member.typical)
    return [answer_id for _, answer_id in ranked]


def themes_of(survey_id: int | None, states: Sequence[ThemeState] = (ThemeState.PROPOSED,)) -> list[Theme]:
    """Themes in these states, of one survey or of all, largest first; their members and words come along."""
    size = (
        sa.select(sa.func.count()).where(ThemeMember.theme_id == Theme.id).correlate(Theme).scalar_subquery()
    )
    query = sa.select(Theme).where(Theme.state.in_(states)).order_by(size.desc(), Theme.id)
    if survey_id is not None:
        query = query.where(Theme.survey_id == survey_id)
    members = selectinload(Theme.members).selectinload(ThemeMember.answer)
    return list(db.session.scalars(query.options(members, selectinload(Theme.reason))))


def themes_named(survey_id: int | None, limit: int) -> list[tuple[int, str, int]]:
    """(id, name, size) of the largest themes that wait."""
    size = sa.func.count(ThemeMember.id)
    query = sa.select(Theme.id, Theme.name, size).join(ThemeMember).where(Theme.state == ThemeState.PROPOSED)
    if survey_id is not None:
        query = query.where(Theme.survey_id == survey_id)
    rows = db.session.execute(
        query.group_by(Theme.id, Theme.name).order_by(size.desc(), Theme.id).limit(limit)
    )
    return [(number, name, count) for number, name, count in rows]


def themes_waiting(survey_id: int | None = None) -> int:
    """How many themes wait for a decision."""
    query = sa.select(sa.func.count()).select_from(Theme).where(Theme.state == ThemeState.PROPOSED)
    if survey_id is not None:
        query = query.where(Theme.survey_id == survey_id)
    return db.session.scalar(query) or 0


def unexplained_count(survey_id: int | None = None) -> int:
    """How many answers have substance that no reason covers."""
    query = sa.select(sa.func.count()).select_from(Reading).where(Reading.unexplained)
    if survey_id is not None:
        query = query.where(Reading.survey_id == survey_id)
    return db.session.scalar(query) or 0
