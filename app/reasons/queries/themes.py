"""Themes, and the answers they are made of."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import Member
from app.db import db
from app.reasons.engine import NONE, FoundTheme, OpenWords, OwnCode, Words
from app.reasons.models import (
    Clause,
    Coding,
    Reading,
    ReadingState,
    Reason,
    ReviewEvent,
    Theme,
    ThemeMember,
    ThemeState,
)
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import last_heir, reasons_in_use
from app.reasons.queries.few import fewest_shown
from app.reasons.queries.readable import asked_as
from app.reasons.standing import ThemeStanding
from app.responses.models import Answer
from app.surveys.models import Question

DECIDED = (ThemeState.ADOPTED, ThemeState.DISMISSED)
FEWEST_INSIDE, LOOKED_INSIDE, MOST_INSIDE = 30, 3, 3000  # answers of a reason, reasons, answers of each
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


def open_answers(survey_id: int, within_id: int | None = None) -> set[int]:
    """The ids of all answers of a survey that may still become part of a theme (or of one inside a reason)."""
    may = may_join_a_theme() if within_id is None else Reading.main_reason_id == within_id
    return set(db.session.scalars(sa.select(Reading.answer_id).where(may, Reading.survey_id == survey_id)))


def may_join_a_theme() -> sa.ColumnElement[bool]:
    """A reading that may still become part of a theme."""
    said = sa.select(Reason.id).where(Reason.code == NONE).scalar_subquery()
    proposed = sa.and_(Reading.state == ReadingState.PROPOSED, Reading.main_reason_id != said)
    return sa.or_(Reading.unexplained, proposed)


def known_themes(survey_id: int, within_id: int | None = None) -> list[FoundTheme]:
    """Every theme there has been, decided or not, so that what is found again keeps its id.

    One that was merged away is known by its centroid alone: its answers are its heir's.
    """
    return [
        FoundTheme(
            theme.id,
            theme.name,
            () if theme.merged_into_id else tuple(member.answer_id for member in theme.members),
            () if theme.merged_into_id else tuple(_quotes(theme)),
            tuple(theme.centroid),
        )
        for theme in _all_of(survey_id, within_id)
    ]


def standing_themes(survey_id: int, within_id: int | None = None) -> list[ThemeStanding]:
    """What people made of the themes there are."""
    themes = {theme.id: theme for theme in _all_of(survey_id, within_id)}
    into = {number: one.merged_into_id for number, one in themes.items() if one.merged_into_id}
    heirs = {number: last_heir(number, into) for number in themes}
    split = {one.split_from_id for one in themes.values() if one.split_from_id and one.members}
    made = split | {one.id for one in themes.values() if one.split_from_id}
    made |= {heirs[number] for number in into}
    roots = {number: _root(number, themes) for number in themes}
    return [
        ThemeStanding(
            theme_id=number,
            heir=heirs[number],
            family=roots[heirs[number]],
            is_decided=one.state in DECIDED,
            is_made=bool(one.members) and one.state not in DECIDED and (number in made or one.revision > 1),
            members=frozenset(member.answer_id for member in one.members),
            placed=frozenset(member.answer_id for member in one.members if member.placed),
            centroid=tuple(one.centroid),
        )
        for number, one in themes.items()
    ]


def _all_of(survey_id: int, within_id: int | None) -> list[Theme]:
    mine = sa.select(Theme).where(Theme.survey_id == survey_id, Theme.within_id == within_id)
    return list(db.session.scalars(mine.options(selectinload(Theme.members)).order_by(Theme.id)))


def _root(number: int, themes: dict[int, Theme]) -> int:
    while (above := themes[number].split_from_id) in themes and above is not None:
        number = above
    return number


def decisions_about_themes(survey_id: int) -> set[tuple[object, ...]]:
    """What changes when somebody decides about a theme: to notice it where they were sought meanwhile."""
    placed = sa.select(sa.func.count()).where(ThemeMember.theme_id == Theme.id, ThemeMember.placed)
    columns = (Theme.id, Theme.state, Theme.merged_into_id, Theme.split_from_id, placed.scalar_subquery())
    return {tuple(row) for row in db.session.execute(sa.select(*columns).where(Theme.survey_id == survey_id))}


def words_inside(survey_id: int, reason_id: int) -> list[OpenWords]:
    """The answers of a survey whose main reason is this one, no sub-reason of it: the newest MOST_INSIDE of them."""
    query = (
        sa.select(Answer.id, Answer.text, Question.read_as, Question.asks_for)
        .join(Reading, Reading.answer_id == Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Reading.survey_id == survey_id, Reading.main_reason_id == reason_id, asks_why())
        .where(Question.read_as.is_not(None))
        .order_by(Answer.id.desc())
        .limit(MOST_INSIDE)
    )
    rows = sorted(db.session.execute(query), key=lambda row: row.id)
    return [OpenWords(row.id, row.text, asked_as(row.read_as, row.asks_for)) for row in rows]


def reasons_to_look_inside(survey_id: int) -> list[int]:
    """The reasons of the top level that most answers give, and those inside which themes wait already."""
    counted = (
        sa.select(Reading.main_reason_id)
        .join(Reason, Reason.id == Reading.main_reason_id)
        .where(Reading.survey_id == survey_id, Reason.active, Reason.parent_id.is_(None), Reason.code != NONE)
        .group_by(Reading.main_reason_id)
        .having(sa.func.count() >= FEWEST_INSIDE)
        .order_by(sa.func.count().desc(), Reading.main_reason_id)
        .limit(LOOKED_INSIDE)
    )
    waiting = sa.select(Theme.within_id).where(
        Theme.survey_id == survey_id, Theme.within_id.is_not(None), Theme.state == ThemeState.PROPOSED
    )
    found = [*db.session.scalars(counted), *db.session.scalars(waiting)]
    return [number for number in dict.fromkeys(found) if number is not None]


def codes_to_compare() -> list[OwnCode]:
    """The reasons in use, as themes are compared with them."""
    return [
        OwnCode(one.code, one.label, one.definition, tuple(one.examples))
        for one in reasons_in_use()
        if one.code != NONE
    ]


def _quotes(theme: Theme) -> list[int]:
    ranked = sorted((member.typical, member.answer_id) for member in theme.members if member.typical > 0)
    return [answer_id for _, answer_id in ranked]


def themes_of(survey_id: int | None, states: Sequence[ThemeState] = (ThemeState.PROPOSED,)) -> list[Theme]:
    """Themes in these states, of one survey or of all, largest first, without their members."""
    size = (
        sa.select(sa.func.count()).where(ThemeMember.theme_id == Theme.id).correlate(Theme).scalar_subquery()
    )
    query = sa.select(Theme).where(Theme.state.in_(states)).order_by(size.desc(), Theme.id)
    if survey_id is not None:
        query = query.where(Theme.survey_id == survey_id)
    near = (Theme.reason, Theme.within, Theme.nearest, Theme.decided_by)
    return list(db.session.scalars(query.options(*(selectinload(one) for one in near))))


def sizes_of(theme_ids: Collection[int]) -> dict[int, int]:
    """How many answers each of these themes has."""
    counted = sa.select(ThemeMember.theme_id, sa.func.count()).where(ThemeMember.theme_id.in_(theme_ids))
    found = dict.fromkeys(theme_ids, 0)
    found.update(db.session.execute(counted.group_by(ThemeMember.theme_id)).all())
    return found


def quotes_of(theme_ids: Collection[int]) -> dict[int, tuple[list[int], list[int]]]:
    """For each theme the answers that are typical of it and those that just belong, in their order."""
    ranked = sa.or_(ThemeMember.typical > 0, ThemeMember.edge > 0)
    rows = sa.select(ThemeMember.theme_id, ThemeMember.answer_id, ThemeMember.typical, ThemeMember.edge)
    found: dict[int, tuple[list[int], list[int]]] = {number: ([], []) for number in theme_ids}
    mine = db.session.execute(rows.where(ThemeMember.theme_id.in_(theme_ids), ranked)).all()
    for place in (0, 1):
        for row in sorted(mine, key=lambda one: (one[2 + place], one.answer_id)):
            if row[2 + place]:
                found[row.theme_id][place].append(row.answer_id)
    return found


def themes_named(survey_id: int | None, limit: int) -> list[tuple[int, str, int]]:
    """(id, name, size) of the largest themes that wait."""
    size = sa.func.count(ThemeMember.id)
    query = sa.select(Theme.id, Theme.name, size).join(ThemeMember).where(_waits())
    if survey_id is not None:
        query = query.where(Theme.survey_id == survey_id)
    rows = db.session.execute(
        query.group_by(Theme.id, Theme.name).order_by(size.desc(), Theme.id).limit(limit)
    )
    return [(number, name, count) for number, name, count in rows]


def themes_waiting(survey_id: int | None = None) -> int:
    """How many themes wait for a decision."""
    query = sa.select(sa.func.count()).select_from(Theme).where(_waits())
    if survey_id is not None:
        query = query.where(Theme.survey_id == survey_id)
    return db.session.scalar(query) or 0


def _waits() -> sa.ColumnElement[bool]:
    """Themes nobody has decided on; those inside a reason are an offer and wait for nobody."""
    return sa.and_(Theme.state == ThemeState.PROPOSED, Theme.within_id.is_(None))


def unexplained_count(survey_id: int | None = None) -> int:
    """How many answers have substance that no reason covers."""
    query = sa.select(sa.func.count()).select_from(Reading).where(Reading.unexplained)
    if survey_id is not None:
        query = query.where(Reading.survey_id == survey_id)
    return db.session.scalar(query) or 0


def words_of_theme(theme_id: int) -> list[Words]:
    """What the answers of a theme say."""
    query = (
        sa.select(Answer.id, Answer.text, Question.read_as, Question.asks_for)
        .join(ThemeMember, ThemeMember.answer_id == Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(ThemeMember.theme_id == theme_id)
        .order_by(Answer.id)
    )
    rows = db.session.execute(query)
    return [Words(row.id, row.text, asked_as(row.read_as, row.asks_for)) for row in rows]


def themes_shown(survey_id: int | None) -> list[Theme]:
    """The themes that wait and may be shown, those inside reasons too, largest first."""
    themes = themes_of(survey_id)
    sizes = sizes_of([theme.id for theme in themes])
    return [theme for theme in themes if sizes[theme.id] >= fewest_shown(theme.survey_id)]


def may_show(theme: Theme) -> bool:
    """Are there enough voices, where nobody's name stands by them?"""
    return sizes_of([theme.id])[theme.id] >= fewest_shown(theme.survey_id)


def themes_merged(survey_id: int | None) -> list[Theme]:
    """Themes that people merged into another that still waits."""
    heir = sa.orm.aliased(Theme)
    query = sa.select(Theme).join(heir, heir.id == Theme.merged_into_id)
    query = query.where(heir.state == ThemeState.PROPOSED).order_by(Theme.id)
    if survey_id is not None:
        query = query.where(Theme.survey_id == survey_id)
    return list(db.session.scalars(query.options(selectinload(Theme.decided_by))))


def themes_to_merge_with(theme: Theme) -> list[Theme]:
    """The others that wait in the same survey, or inside the same reason of it."""
    others = sa.select(Theme).where(
        Theme.survey_id == theme.survey_id,
        Theme.within_id == theme.within_id,
        Theme.id != theme.id,
        Theme.state == ThemeState.PROPOSED,
    )
    return list(db.session.scalars(others.order_by(Theme.id)))


def split_by(theme: Theme, member: Member | None) -> ReviewEvent | None:
    """How this member split a theme from another, where that has not been taken back."""
    if theme.split_from_id is None or member is None:
        return None
    mine = sa.select(ReviewEvent).where(ReviewEvent.theme_id == theme.id, ReviewEvent.verb == "split")
    return db.session.scalar(mine.where(ReviewEvent.member_id == member.id).limit(1))
