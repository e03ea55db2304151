"""What no reason explains well: themes are proposed from it, and people adopt or dismiss them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import selectinload

from app.accounts.models import Member
from app.db import db
from app.errors import EditClash
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reasons import engine, likeness
from app.reasons.engine import FoundTheme, OpenWords, OwnCode, Words
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
from app.reasons.queries.codebook import reasons_by_code
from app.reasons.queries.themes import (
    DECIDED,
    codes_to_compare,
    known_themes,
    open_answers,
    open_words,
    reasons_to_look_inside,
    standing_themes,
    words_inside,
)
from app.reasons.services.codebook import LONGEST_LABEL, fitting_entry, new_reason, write_entry
from app.reasons.services.keeping import keep_decisions
from app.reasons.services.review import last_decision, set_codings, undo_last
from app.reasons.services.versions import hold_codebook, keep_version
from app.reasons.standing import ThemeStanding
from app.surveys.models import Survey

SEED = 0
MOST_INSIDE = 0.6  # of a reason's answers, above which a theme is the reason itself
FEWEST_INSIDE = 5  # answers, below which a theme inside a reason is no sub-reason
LONGEST_NOTE = 500
log = structlog.get_logger()


@dataclass(frozen=True)
class Scope:
    """Where themes are looked for, as it stood at one moment: a survey, or one reason of it (`within_id`)."""

    survey_id: int
    within_id: int | None
    words: Sequence[OpenWords]
    known: Sequence[FoundTheme]
    standing: Sequence[ThemeStanding]
    codes: Sequence[OwnCode]


def scopes_of(survey_id: int) -> list[int | None]:
    """Where themes are looked for in a survey: in what is unsaid (None), and inside the reasons given most."""
    return [None, *reasons_to_look_inside(survey_id)]


def scope_of(survey_id: int, within_id: int | None = None) -> Scope:
    """All that looking for themes needs, so that it can be done between transactions."""
    words = open_words(survey_id) if within_id is None else words_inside(survey_id, within_id)
    known, standing = known_themes(survey_id, within_id), standing_themes(survey_id, within_id)
    return Scope(survey_id, within_id, words, known, standing, codes_to_compare())


def seek_themes(scope: Scope) -> list[FoundTheme]:
    """Themes as they may be stored: what people made of earlier ones holds. No database."""
    inside = scope.within_id is not None
    found = engine.find_themes(scope.words, scope.known, SEED, inside)
    if inside:
        most = MOST_INSIDE * len(scope.words)
        found = [one for one in found if FEWEST_INSIDE <= len(one.members) <= most]
    kept = keep_decisions(found, scope.standing, scope.words)
    nearest = likeness.nearest_reasons([one.centroid for one in kept], scope.codes)
    return [replace(one, nearest=near) for one, near in zip(kept, nearest, strict=True)]


def propose_themes(survey: Survey, at: datetime) -> list[Theme]:
    """Look for themes among what is not settled in a survey; return those that wait for a decision."""
    for within_id in scopes_of(survey.id)[1:]:
        scope = scope_of(survey.id, within_id)
        store_themes(survey.id, scope.words, seek_themes(scope), at, within_id)
    scope = scope_of(survey.id)
    return store_themes(survey.id, scope.words, seek_themes(scope), at)


def store_themes(
    survey_id: int,
    words: Sequence[Words],
    found: Sequence[FoundTheme],
    at: datetime,
    within_id: int | None = None,
) -> list[Theme]:
    """Keep what was found. A theme keeps its id and name; one that was decided on stays as decided."""
    mine = sa.select(Theme).where(Theme.survey_id == survey_id, Theme.within_id == within_id)
    mine = mine.options(selectinload(Theme.members)).with_for_update()
    themes = {theme.id: theme for theme in db.session.scalars(mine)}
    still = open_answers(survey_id, within_id) & {one.answer_id for one in words}
    codes = reasons_by_code()
    waiting = []
    for one in found:
        theme = themes.get(one.theme_id) if one.theme_id is not None else None
        if theme is not None and (theme.state in DECIDED or theme.merged_into_id is not None):
            continue
        members = [answer_id for answer_id in one.members if answer_id in still]
        if not members:
            continue
        if theme is None:
            theme = Theme(survey_id=survey_id, name=" ".join(one.name.split())[:120], proposed_at=at)
            theme.within_id = within_id
            db.session.add(theme)
        theme.state = ThemeState.PROPOSED
        describe(theme, one, codes)
        _set_members(theme, members, one)
        waiting.append(theme)
    for theme in themes.values():
        if theme.state is ThemeState.PROPOSED and theme not in waiting:
            theme.state = ThemeState.GONE
    db.session.flush()
    log.info("themes_proposed", survey=survey_id, within=within_id, count=len(waiting))
    return waiting


def described(one: FoundTheme, words: Sequence[Words]) -> FoundTheme:
    """A theme of these answers under the name it has, with all that is known of their words."""
    found = likeness.describe_theme(one.theme_id, words)
    (near,) = likeness.nearest_reasons([found.centroid], codes_to_compare())
    return replace(found, name=one.name, nearest=near)


def describe(theme: Theme, one: FoundTheme, codes: Mapping[str, int]) -> None:
    """Where a theme lies, and which reason is most like it. Its name stays."""
    theme.centroid = list(one.centroid)
    code, nearness = one.nearest or ("", 0.0)
    theme.nearest_id, theme.nearness = codes.get(code), nearness


def adopt_theme(
    theme: Theme, label: str, seal: str, parent: Reason | None, member: Member, at: datetime
) -> Reason:
    """Make a theme a reason of the team's own; its answers are coded with it as the member's decision.

    What people decided about an answer stays; what a run guessed about it gives way, unseen as it is. The same form
    sent twice adopts once. Raises BadInput where label or
    parent do not fit, EditClash where somebody decided on the theme first.
    """
    hold_codebook()
    db.session.refresh(theme, with_for_update=True)
    made = theme.reason if theme.state is ThemeState.ADOPTED and theme.decided_by_id == member.id else None
    if made is not None and made.label == label.strip()[:80]:
        return made
    _decide(theme, ThemeState.ADOPTED, member, at)
    reason = _reason_of(theme, label.strip(), seal.strip(), parent, at)
    db.session.add(ReviewEvent(theme_id=theme.id, member_id=member.id, verb="adopted", at=at))
    members = _open_members(theme) if theme.within_id is None else _readings_of(theme)
    for reading in members:
        codings = _codings_as(reason, theme, reading)
        if codings:
            main = (
                reading.main_reason_id if theme.within_id not in (None, reading.main_reason_id) else reason.id
            )
            event = set_codings(reading, list(codings.items()), main, member, at)
            event.verb, event.theme_id = "adopted", theme.id
    keep_version("adopted", reason, member, at, theme=theme.name, theme_id=theme.id)
    db.session.flush()
    log.info("theme_adopted", theme=theme.id, reason=reason.id, member=member.id)
    return reason


def dismiss_theme(theme: Theme, member: Member, at: datetime, cause: str = "", note: str = "") -> None:
    """Say that a theme is none, and why; it is not proposed again. Saying so twice is saying it once."""
    db.session.refresh(theme, with_for_update=True)
    if theme.state is ThemeState.DISMISSED and theme.decided_by_id == member.id:
        return
    _decide(theme, ThemeState.DISMISSED, member, at)
    theme.cause, theme.note = cause, note.strip()[:LONGEST_NOTE]
    event = ReviewEvent(theme_id=theme.id, member_id=member.id, verb="dismissed", at=at)
    event.after = {"cause": theme.cause, "note": theme.note}
    db.session.add(event)
    db.session.flush()
    log.info("theme_dismissed", theme=theme.id, member=member.id)


def undo_theme(theme: Theme, member: Member, at: datetime) -> None:
    """Take back an adoption or a dismissal. EditClash where the new reason is already used elsewhere."""
    hold_codebook()
    db.session.refresh(theme, with_for_update=True)
    if theme.state not in (ThemeState.ADOPTED, ThemeState.DISMISSED) or theme.decided_by_id != member.id:
        raise EditClash(_("元に戻せるのは、ご自分で決めた候補だけです。"))
    if theme.state is ThemeState.ADOPTED and theme.reason is not None:
        if theme.reason.merged_into is not None:
            heir = theme.reason.merged_into.label
            raise EditClash(
                _("「%(label)s」にまとめてあります。先に、まとめたことを元に戻してください。", label=heir)
            )
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
        keep_version("undone", theme.reason, member, at, theme=theme.name)
    db.session.add(ReviewEvent(theme_id=theme.id, member_id=member.id, verb="undone", at=at))
    theme.state, theme.decided_at, theme.decided_by_id = ThemeState.PROPOSED, None, None
    theme.cause = theme.note = ""
    db.session.flush()


def _decide(theme: Theme, state: ThemeState, member: Member, at: datetime) -> None:
    db.session.refresh(theme, with_for_update=True)
    if theme.state is not ThemeState.PROPOSED:
        name = theme.decided_by.name if theme.decided_by else _("ほかの方")
        raise EditClash(_("%(name)sさんが先にこの候補を決めました。", name=name))
    theme.state, theme.decided_at, theme.decided_by_id = state, at, member.id


def _reason_of(theme: Theme, label: str, seal: str, parent: Reason | None, at: datetime) -> Reason:
    """The reason a theme becomes; one adopted before and taken back comes to life again."""
    reason = theme.reason
    values = {
        "label": label[:LONGEST_LABEL],
        "seal": seal[:1],
        "parent_id": parent.id if parent else None,
        "definition": theme.name,
        "recoverability": parent.recoverability if parent else Recoverability.MIDDLE,
    }
    wanted = fitting_entry(values, reason)
    if reason is None:
        reason = theme.reason = new_reason(ReasonOrigin.THEME, at, f"theme-{theme.id}")
    reason.active = True
    write_entry(reason, wanted)
    return reason


def _set_members(theme: Theme, answer_ids: Sequence[int], one: FoundTheme) -> None:
    """Those who stay keep their row; `typical` and `edge` rank the quotes."""
    there = {member.answer_id: member for member in theme.members}
    for answer_id, member in there.items():
        if answer_id not in answer_ids:
            theme.members.remove(member)
    for answer_id in answer_ids:
        if answer_id not in there:
            theme.members.append(ThemeMember(answer_id=answer_id))
    rank_members(theme, one)


def rank_members(theme: Theme, one: FoundTheme) -> None:
    """Say which voices are typical of a theme and which just belong."""
    typical = {answer_id: place for place, answer_id in enumerate(one.quotes, 1)}
    edge = {answer_id: place for place, answer_id in enumerate(one.borderline, 1)}
    for member in theme.members:
        member.typical, member.edge = typical.get(member.answer_id, 0), edge.get(member.answer_id, 0)


def _codings_as(reason: Reason, theme: Theme, reading: Reading) -> dict[int, list[int]]:
    """The codings of an answer once its theme is a reason; none where it has to stay as it is."""
    if theme.within_id is None:
        clause = _speaking_clause(reading, theme.name)
        others = {one.id: _said_by_people(one) for one in reading.clauses}
        return others | {clause.id: [reason.id]} if clause is not None else {}
    stated = [(clause, coding) for clause in reading.clauses for coding in clause.codings]
    mine = [clause for clause, coding in stated if coding.reason_id == theme.within_id]
    others_guessed = any(
        coding.coder is Coder.RUN and coding.reason_id != theme.within_id for _clause, coding in stated
    )
    if not mine or others_guessed:  # nobody has looked at the rest of what it says
        return {}
    finer = {theme.within_id: reason.id}
    return {
        clause.id: [finer.get(coding.reason_id, coding.reason_id) for coding in clause.codings]
        for clause in reading.clauses
        if clause.codings
    }


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
