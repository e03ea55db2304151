"""What people make of themes before deciding on them: another name, two as one, one as two. Each can be taken back."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog

from app import edits
from app.accounts.models import Member
from app.db import db
from app.errors import BadInput, EditClash
from app.i18n import gettext as _
from app.reasons import likeness
from app.reasons.engine import FoundTheme
from app.reasons.models import ReviewEvent, Theme, ThemeMember, ThemeState
from app.reasons.queries.codebook import reasons_by_code
from app.reasons.queries.themes import codes_to_compare, words_of_theme
from app.reasons.services.themes import describe, rank_members

NAME, LONGEST_NAME = "name", 120
log = structlog.get_logger()


def rename_theme(
    theme: Theme, name: str, member: Member, at: datetime, revision: int | None = None
) -> ReviewEvent | None:
    """Call a theme otherwise; None where it is called so already. Raises BadInput, Overtaken."""
    edits.hold(theme)
    wanted, standing = {NAME: " ".join(name.split())}, {NAME: theme.name}
    if not wanted[NAME] or len(wanted[NAME]) > LONGEST_NAME:
        raise BadInput(_("候補の名前を、%(count)s文字までで入力してください。", count=LONGEST_NAME))
    if not edits.settle(theme, NAME, wanted, standing, revision, member):
        return None
    theme.name = wanted[NAME]
    edits.keep_edit(theme, NAME, standing, wanted, member, at)
    return _keep(theme, "renamed", member, at, standing, wanted)


def merge_themes(theme: Theme, heir: Theme, member: Member, at: datetime) -> None:
    """Let `heir` take in the answers of a theme. No later run parts them again; the same form sent twice merges once.

    Raises BadInput for two that are not of one survey (and one reason), EditClash where one of them is decided.
    """
    _hold(theme, heir)
    if theme.merged_into_id == heir.id and theme.decided_by_id == member.id:
        return
    if theme is heir or (theme.survey_id, theme.within_id) != (heir.survey_id, heir.within_id):
        raise BadInput(_("まとめる先には、同じ調査のほかの候補を選んでください。"))
    for each in (theme, heir):
        _check_open(each)
    before = {"placed": {str(one.answer_id): one.placed for one in heir.members}}
    mine = [one.answer_id for one in theme.members]
    there = {one.answer_id for one in heir.members}
    for number in mine:
        if number not in there:
            heir.members.append(ThemeMember(answer_id=number))
    for row in heir.members:
        row.placed = True
    theme.state, theme.merged_into_id = ThemeState.GONE, heir.id
    theme.decided_at, theme.decided_by_id = at, member.id
    _describe_anew(heir)
    _keep(theme, "merged", member, at, before, {"into": heir.id, "brought": mine})
    log.info("themes_merged", theme=theme.id, heir=heir.id, member=member.id)


def split_theme(theme: Theme, picked: Collection[int], member: Member, at: datetime) -> Theme:
    """Make the picked answers, and those nearer to them than to the rest, a theme of their own.

    Raises BadInput where nothing was picked or nothing would be left, EditClash where the theme is decided.
    """
    _hold(theme)
    again = _split_already(theme, picked, member)
    if again is not None:
        return again
    _check_open(theme)
    words = words_of_theme(theme.id)
    mine = {one.answer_id for one in words}
    chosen = mine & set(picked)
    if not chosen:
        raise BadInput(_("分ける声を、ひとつ以上選んでください。"))
    if chosen == mine:
        raise BadInput(_("すべての声が選ばれています。もとの候補に残す声の印を外してください。"))
    going = likeness.nearer_to(words, chosen)
    if going == mine:  # what was not picked is to stay, however near it is
        going = chosen
    before = {"placed": {str(one.answer_id): one.placed for one in theme.members}}
    part = Theme(
        survey_id=theme.survey_id, within_id=theme.within_id, split_from_id=theme.id, name="", proposed_at=at
    )
    db.session.add(part)
    for one in [one for one in theme.members if one.answer_id in going]:
        theme.members.remove(one)
        part.members.append(ThemeMember(answer_id=one.answer_id))
    for one in (*theme.members, *part.members):
        one.placed = True
    db.session.flush()
    _describe_anew(theme)
    part.name = " ".join(_describe_anew(part).name.split())[:LONGEST_NAME]
    _keep(
        part, "split", member, at, before, {"from": theme.id, "picked": sorted(chosen), "took": sorted(going)}
    )
    log.info("theme_split", theme=theme.id, part=part.id, member=member.id)
    return part


def undo_merge_of_theme(theme: Theme, member: Member, at: datetime) -> None:
    """Let a theme that was merged away stand by itself again. EditClash where its heir was decided on since."""
    heir = db.session.get_one(Theme, theme.merged_into_id)
    _hold(theme, heir)
    event = _last(theme, "merged")
    if theme.merged_into_id != heir.id or event is None or theme.decided_by_id != member.id:
        raise EditClash(_("元に戻せるのは、ご自分で決めた候補だけです。"))
    if heir.state is not ThemeState.PROPOSED:
        raise EditClash(
            _(
                "まとめた先の「%(name)s」が、そのあとに決められています。先にそちらを元に戻してください。",
                name=heir.name,
            )
        )
    placed = event.before["placed"]
    brought = {one.answer_id for one in theme.members} | set(event.after["brought"])
    for one in list(heir.members):
        if one.answer_id in brought and str(one.answer_id) not in placed:
            heir.members.remove(one)
        else:
            one.placed = placed.get(str(one.answer_id), one.placed)
    theme.state, theme.merged_into_id = ThemeState.PROPOSED, None
    theme.decided_at = theme.decided_by_id = None
    _describe_anew(heir)
    _describe_anew(theme)
    _keep(theme, "undone", member, at, {}, {"event": event.id})


def undo_split(part: Theme, member: Member, at: datetime) -> None:
    """Bring the answers of a part back to the theme it was split from. EditClash where one of the two is decided."""
    whole = db.session.get_one(Theme, part.split_from_id)
    _hold(part, whole)
    event = _last(part, "split")
    if event is None or event.member_id != member.id or not part.members:
        raise EditClash(_("元に戻せるのは、ご自分で決めた候補だけです。"))
    for theme in (part, whole):
        _check_open(theme)
    placed, there = event.before["placed"], {one.answer_id for one in whole.members}
    for one in list(part.members):
        part.members.remove(one)
        if one.answer_id not in there:
            whole.members.append(ThemeMember(answer_id=one.answer_id))
    others = sa.select(Theme.id).where(
        Theme.split_from_id == whole.id, Theme.id != part.id, Theme.members.any()
    )
    if db.session.scalar(others.limit(1)) is None:
        for one in whole.members:
            one.placed = placed.get(str(one.answer_id), False)
    part.state, part.centroid = ThemeState.GONE, []  # like nothing that may be found
    db.session.flush()
    _describe_anew(whole)
    _keep(part, "undone", member, at, {}, {"event": event.id})


def _hold(*themes: Theme) -> None:
    """Two at once in one order, so that nobody waits for the other."""
    for theme in sorted(themes, key=lambda one: one.id):
        edits.hold(theme)
        db.session.refresh(theme, ["members"])


def _check_open(theme: Theme) -> None:
    if theme.state is not ThemeState.PROPOSED:
        name = theme.decided_by.name if theme.decided_by else _("ほかの方")
        raise EditClash(_("%(name)sさんが先にこの候補を決めました。", name=name))


def _split_already(theme: Theme, picked: Collection[int], member: Member) -> Theme | None:
    """What the same form made when it was sent the first time."""
    last = _last_split(member)
    if last is None or last.after["from"] != theme.id or last.after["picked"] != sorted(set(picked)):
        return None
    part = db.session.get(Theme, last.theme_id)
    return part if part is not None and part.members else None


def taken_by(theme: Theme, member: Member) -> list[int]:
    """The answers that the member's last split took from a theme: a form sent twice still names them."""
    event = _last_split(member)
    return list(event.after["took"]) if event is not None and event.after["from"] == theme.id else []


def _last_split(member: Member) -> ReviewEvent | None:
    mine = sa.select(ReviewEvent).where(ReviewEvent.verb == "split", ReviewEvent.member_id == member.id)
    return db.session.scalar(mine.order_by(ReviewEvent.id.desc()).limit(1))


def _describe_anew(theme: Theme) -> FoundTheme:
    """Where a theme lies now, its typical voices, the reason most like it. Its name stays as it is."""
    db.session.flush()
    found = likeness.describe_theme(theme.id, words_of_theme(theme.id))
    (near,) = likeness.nearest_reasons([found.centroid], codes_to_compare())
    found = replace(found, nearest=near)
    describe(theme, found, reasons_by_code())
    rank_members(theme, found)
    db.session.flush()
    return found


def _last(theme: Theme, verb: str) -> ReviewEvent | None:
    mine = sa.select(ReviewEvent).where(ReviewEvent.theme_id == theme.id, ReviewEvent.reading_id.is_(None))
    return db.session.scalar(mine.where(ReviewEvent.verb == verb).order_by(ReviewEvent.id.desc()).limit(1))


def _keep(
    theme: Theme, verb: str, member: Member, at: datetime, before: dict[str, Any], after: dict[str, Any]
) -> ReviewEvent:
    event = ReviewEvent(theme_id=theme.id, member_id=member.id, verb=verb, before=before, after=after, at=at)
    db.session.add(event)
    db.session.flush()
    return event
