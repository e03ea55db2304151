"""What no reason explains well: themes are proposed from it, and people adopt or dismiss them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import selectinload

from app.accounts.models import Member
from app.db import db
from app.errors import BadInput, EditClash
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reasons import engine
from app.reasons.engine import FoundTheme, Words
from app.reasons.models import (
    Clause,
    ClauseRole,
    Coder,
    Coding,
    Reading,
    ReadingState,
    Reason,
    ReasonOrigin,
    Recoverability,
    ReviewEvent,
    Theme,
    ThemeMember,
    ThemeState,
)
from app.reasons.queries.themes import known_themes, open_answers, open_words
from app.reasons.services.review import last_decision, set_codings, undo_last
from app.surveys.models import Survey

SEED = 0
log = structlog.get_logger()


def propose_themes(survey: Survey, at: datetime) -> list[Theme]:
    """Look for themes among what is not settled in a survey; return those that wait for a decision."""
    words, known = open_words(survey.id), known_themes(survey.id)
    return store_themes(survey.id, words, engine.find_themes(words, known, SEED), at)


def store_themes(
    survey_id: int, words: Sequence[Words], found: Sequence[FoundTheme], at: datetime
) -> list[Theme]:
    """Keep what was found. A theme keeps its id and name; one that was decided on stays as decided."""
    mine = sa.select(Theme).where(Theme.survey_id == survey_id).options(selectinload(Theme.members))
    themes = {theme.id: theme for theme in db.session.scalars(mine.with_for_update())}
    still = open_answers(survey_id) & {one.answer_id for one in words}
    waiting = []
    for one in found:
        theme = themes.get(one.theme_id) if one.theme_id is not None else None
        if theme is not None and theme.state in (ThemeState.ADOPTED, ThemeState.DISMISSED):
            continue
        members = [answer_id for answer_id in one.members if answer_id in still]
        if not members:
            continue
        if theme is None:
            theme = Theme(survey_id=survey_id, name=" ".join(one.name.split())[:120], proposed_at=at)
            db.session.add(theme)
        theme.state, theme.centroid = ThemeState.PROPOSED, list(one.centroid)
        _set_members(theme, members, one.quotes)
        waiting.append(theme)
    for theme in themes.values():
        if theme.state is ThemeState.PROPOSED and theme not in waiting:
            theme.state = ThemeState.GONE
    db.session.flush()
    log.info("themes_proposed", survey=survey_id, count=len(waiting))
    return waiting


def adopt_theme(
    theme: Theme, label: str, seal: str, parent: Reason | None, member: Member, at: datetime
) -> Reason:
    """Make a theme a reason of the team's own; its answers are coded with it as the member's decision.

    What people decided about an answer stays; what a run guessed about it gives way, unseen as it is. The same form
    sent twice adopts once. Raises BadInput where label or
    parent do not fit, EditClash where somebody decided on the theme first.
    """
    db.session.refresh(theme, with_for_update=True)
    made = theme.reason if theme.state is ThemeState.ADOPTED and theme.decided_by_id == member.id else None
    if made is not None and made.label == label.strip()[:80]:
        return made
    _decide(theme, ThemeState.ADOPTED, member, at)
    reason = _reason_of(theme, label.strip(), seal.strip(), parent, at)
    db.session.add(ReviewEvent(theme_id=theme.id, member_id=member.id, verb="adopted", at=at))
    for reading in _open_members(theme):
        clause = _speaking_clause(reading, theme.name)
        if clause is not None:
            others = {one.id: _said_by_people(one) for one in reading.clauses}
            codings = others | {clause.id: [reason.id]}
            event = set_codings(reading, list(codings.items()), reason.id, member, at)
            event.verb, event.theme_id = "adopted", theme.id
    db.session.flush()
    log.info("theme_adopted", theme=theme.id, reason=reason.id, member=member.id)
    return reason


def dismiss_theme(theme: Theme, member: Member, at: datetime) -> None:
    """Say that a theme is none; it is not proposed again. Saying so twice is saying it once."""
    db.session.refresh(theme, with_for_update=True)
    if theme.state is ThemeState.DISMISSED and theme.decided_by_id == member.id:
        return
    _decide(theme, ThemeState.DISMISSED, member, at)
    db.session.add(ReviewEvent(theme_id=theme.id, member_id=member.id, verb="dismissed", at=at))
    db.session.flush()
    log.info("theme_dismissed", theme=theme.id, member=member.id)


def undo_theme(theme: Theme, member: Member, at: datetime) -> None:
    """Take back an adoption or a dismissal. EditClash where the new reason is already used elsewhere."""
    db.session.refresh(theme, with_for_update=True)
    if theme.state not in (ThemeState.ADOPTED, ThemeState.DISMISSED) or theme.decided_by_id != member.id:
        raise EditClash(_("元に戻せるのは、ご自分で決めた候補だけです。"))
    if theme.state is ThemeState.ADOPTED and theme.reason is not None:
        for reading in _readings_of(theme):
            last = last_decision(reading)
            if last is not None and last.theme_id == theme.id:
                undo_last(reading, member, at)
        used = sa.select(sa.func.count()).select_from(Coding).where(Coding.reason_id == theme.reason_id)
        if count := db.session.scalar(used):
            used_by = _n(
                "「%(label)s」は、すでに%(count)s件の声で使われているため、元に戻せません。",
                count,
                label=theme.reason.label,
                count=count,
            )
            raise EditClash(used_by)
        theme.reason.active = False
    db.session.add(ReviewEvent(theme_id=theme.id, member_id=member.id, verb="undone", at=at))
    theme.state, theme.decided_at, theme.decided_by_id = ThemeState.PROPOSED, None, None
    db.session.flush()


def _decide(theme: Theme, state: ThemeState, member: Member, at: datetime) -> None:
    db.session.refresh(theme, with_for_update=True)
    if theme.state is not ThemeState.PROPOSED:
        name = theme.decided_by.name if theme.decided_by else _("ほかの方")
        raise EditClash(_("%(name)sさんが先にこの候補を決めました。", name=name))
    theme.state, theme.decided_at, theme.decided_by_id = state, at, member.id


def _reason_of(theme: Theme, label: str, seal: str, parent: Reason | None, at: datetime) -> Reason:
    """The reason a theme becomes; one adopted before and taken back comes to life again."""
    if not label:
        raise BadInput(_("理由の名前を入力してください。"))
    same = sa.select(Reason.id).where(Reason.label == label, Reason.active)
    if db.session.scalar(same) is not None:
        raise BadInput(_("「%(label)s」という理由は、もうあります。", label=label))
    if parent is not None and parent.parent_id is not None:
        raise BadInput(_("理由は2段までです。上の理由には、いちばん上の段のものを選んでください。"))
    reason = theme.reason
    if reason is None:
        last = db.session.scalar(sa.select(sa.func.max(Reason.position))) or 0
        reason = Reason(code=f"theme-{theme.id}", origin=ReasonOrigin.THEME, position=last + 1, created_at=at)
        db.session.add(reason)
        theme.reason = reason
    reason.label, reason.seal, reason.parent, reason.active = label[:80], (seal or label)[:1], parent, True
    reason.definition = theme.name
    reason.recoverability = parent.recoverability if parent else Recoverability.MIDDLE
    db.session.flush()
    return reason


def _set_members(theme: Theme, answer_ids: Sequence[int], quotes: Sequence[int]) -> None:
    """Those who stay keep their row; `typical` ranks the quotes."""
    rank = {answer_id: place for place, answer_id in enumerate(quotes, 1)}
    there = {member.answer_id: member for member in theme.members}
    for answer_id, member in there.items():
        if answer_id not in answer_ids:
            theme.members.remove(member)
    for answer_id in answer_ids:
        if answer_id not in there:
            theme.members.append(ThemeMember(answer_id=answer_id))
    for member in theme.members:
        member.typical = rank.get(member.answer_id, 0)


def _readings_of(theme: Theme) -> list[Reading]:
    members = sa.select(ThemeMember.answer_id).where(ThemeMember.theme_id == theme.id)
    query = sa.select(Reading).where(Reading.answer_id.in_(members)).order_by(Reading.id)
    return list(
        db.session.scalars(
            query.options(
                selectinload(Reading.clauses).selectinload(Clause.codings), selectinload(Reading.answer)
            )
        )
    )


def _open_members(theme: Theme) -> list[Reading]:
    """Members whose reading nobody has settled: what a run guessed gives way, what a person decided stays."""
    unsettled = ReadingState.PROPOSED
    return [one for one in _readings_of(theme) if one.unexplained or one.state is unsettled]


def _said_by_people(clause: Clause) -> list[int]:
    """The reasons a person gave a clause."""
    return [coding.reason_id for coding in clause.codings if coding.coder is Coder.PERSON]


def _speaking_clause(reading: Reading, name: str) -> Clause | None:
    """The clause that shares most with the theme's name, plain ones first; the longest of equals."""
    text, pairs = reading.answer.text, _pairs(name)

    def rank(clause: Clause) -> tuple[bool, int, int]:
        words = text[clause.start : clause.end]
        return clause.role is ClauseRole.PLAIN, len(pairs & _pairs(words)), len(words)

    return max(reading.clauses, key=rank, default=None)


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}
