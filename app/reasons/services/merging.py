"""Two reviewers at one answer: what they decided about different clauses goes together, the rest is told."""

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.errors import EditClash
from app.i18n import gettext as _
from app.reasons.models import Reading, ReviewEvent
from app.reasons.queries.words import reasons_stated
from app.reasons.services.snapshots import codings_in, spans_of

Codings = dict[int, list[int]]


def standing(reading: Reading) -> Codings:
    """The codings there are, by clause."""
    return {
        clause.id: [coding.reason_id for coding in clause.codings]
        for clause in reading.clauses
        if clause.codings
    }


def seen(reading: Reading, shown: int | None) -> tuple[Codings, int | None]:
    """The codings and the main reason that were on the screen of that revision.

    Raises EditClash where nobody can tell any more, as after another pass of reading.
    """
    if is_fresh(reading, shown):
        return standing(reading), reading.main_reason_id
    events = _events_since(reading, shown or 0)
    if not events or events[0].before.get("revision") != shown:
        raise EditClash(clash_in_words(reading))
    if events[0].before.get("spans", spans_of(reading)) != spans_of(reading):
        raise EditClash(clash_in_words(reading))  # cut otherwise meanwhile: what was ticked is no more
    return codings_in(events[0].before), events[0].before["main_reason_id"]


def is_fresh(reading: Reading, shown: int | None) -> bool:
    """Is what was on the screen still what stands? Callers without a screen always see what stands."""
    return shown is None or shown == reading.revision


def decided_alone(reading: Reading, shown: int | None, member: Member) -> bool:
    """Has nobody but this member decided since? Then a form was sent twice."""
    events = _events_since(reading, shown or 0)
    return bool(events) and all(event.member_id == member.id for event in events)


def merged(
    reading: Reading, wanted: Codings, main: int | None, shown: int | None, follows: bool
) -> tuple[Codings, int | None]:
    """What is wanted, together with what others decided since. EditClash where both changed the same clause.

    `follows`: the main reason was not chosen but follows from the clauses, and gives way to one others chose.
    """
    base, base_main = seen(reading, shown)
    now = standing(reading)
    together: Codings = {}
    for clause in reading.clauses:
        mine, theirs, before = (sorted(one.get(clause.id, [])) for one in (wanted, now, base))
        if before not in (mine, theirs) and mine != theirs:
            raise EditClash(clash_in_words(reading))
        kept = wanted if theirs == before else now
        if kept.get(clause.id):
            together[clause.id] = kept[clause.id]
    now_main, left = reading.main_reason_id, {one for ids in together.values() for one in ids}
    if main in (base_main, now_main):
        return together, now_main
    if now_main == base_main:
        return together, main
    if follows and now_main in left:
        return together, now_main
    raise EditClash(clash_in_words(reading))


def clash_in_words(reading: Reading) -> str:
    """Who was faster, and what the answer says by them."""
    newest = sa.select(ReviewEvent).where(ReviewEvent.reading_id == reading.id)
    last = db.session.scalar(newest.order_by(ReviewEvent.id.desc()).limit(1))
    if last is None:
        return _("そのあいだに読み直されて、内容が変わりました。いまの理由をお確かめください。")
    name = last.member.name
    if last.verb == "undone":
        return _("%(name)sさんが先に元に戻しました。どちらにしますか。", name=name)
    if last.verb == "recut":
        return _("%(name)sさんが先に文のくぎりを直しました。どちらにしますか。", name=name)
    stated = _("、").join(reason.label for reason in reasons_stated(reading)) or _("まだ名前のない理由")
    if last.verb == "confirmed":
        return _(
            "%(name)sさんが先に「%(reason)s」で確定しました。どちらにしますか。", name=name, reason=stated
        )
    return _("%(name)sさんが先に「%(reason)s」に直しました。どちらにしますか。", name=name, reason=stated)


def _events_since(reading: Reading, shown: int) -> list[ReviewEvent]:
    """The decisions made after this revision, oldest first; none where something else changed the reading too."""
    mine = sa.select(ReviewEvent).where(ReviewEvent.reading_id == reading.id).order_by(ReviewEvent.id)
    events = [one for one in db.session.scalars(mine) if one.before.get("revision", -1) >= shown]
    return events if events and events[-1].after.get("revision") == reading.revision else []
