"""Themes, and the answers they are made of."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.reasons.engine import FoundTheme, Words
from app.reasons.models import Reading, Theme, ThemeMember, ThemeState
from app.reasons.queries.readable import asked_as
from app.responses.models import Answer
from app.surveys.models import Question


def unexplained_words(survey_id: int) -> list[Words]:
    """The answers of a survey with substance that no reason covers."""
    query = (
        sa.select(Answer.id, Answer.text, Question.read_as, Question.asks_for)
        .join(Reading, Reading.answer_id == Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Reading.unexplained, Reading.survey_id == survey_id, Question.read_as.is_not(None))
        .order_by(Answer.id)
    )
    return [Words(row.id, row.text, asked_as(row.read_as, row.asks_for)) for row in db.session.execute(query)]


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
