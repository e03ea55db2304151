"""Tending the organisation's dictionary: entries are edited, and put in force as a version that readings use."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from app import audit, edits
from app.accounts.models import Member
from app.db import db
from app.errors import BadInput, EditClash
from app.i18n import gettext as _
from app.reasons import lexicon
from app.reasons.lexicon import OwnDictionary, OwnWord
from app.reasons.models_dictionary import DictionaryEntry, DictionaryVersion, EntryKind
from app.reasons.models_voices import SearchFill
from app.reasons.queries import dictionary as queries
from app.reasons.services.search import start_fill

PART = "entry"
MOST_ENTRIES = 2000
log = structlog.get_logger()


def take_dictionary() -> None:
    """Let this process read with the version in force. One small question where it does already."""
    number, content = queries.in_force()
    if (number, content) != (lexicon.in_use().number, lexicon.in_use().hash):
        lexicon.take_up(compiled(queries.words_of(queries.newest_version()), number))


def compiled(words: Iterable[OwnWord], number: int) -> OwnDictionary:
    """A dictionary of these entries, kept with what else is the organisation's."""
    return lexicon.compiled(words, number, lexicon.home())


def keep_word(
    values: Mapping[str, Any],
    member: Member,
    at: datetime,
    entry: DictionaryEntry | None = None,
    revision: int | None = None,
) -> DictionaryEntry:
    """Add a word, or change an entry. BadInput where it does not fit, Overtaken where others changed it since."""
    wanted = _fitting(values, entry)
    if entry is None:
        return _add(wanted, member, at)
    edits.hold(entry)
    standing = {"surface": entry.surface, "kind": entry.kind, "target": entry.target}
    if edits.settle(entry, PART, wanted, standing, revision, member):
        _write(entry, wanted, member, at)
        edits.keep_edit(entry, PART, standing, wanted, member, at)
    return entry


def remove_word(entry: DictionaryEntry, member: Member, at: datetime, revision: int | None = None) -> None:
    """Take an entry out, from the next version on. Raises Overtaken, Removed."""
    edits.hold(entry)
    edits.check_unchanged(entry, revision, member)
    edits.keep_removal(entry, member, at)
    audit.record("deleted", "dictionary_entry", entry.id, member.id, at)
    db.session.delete(entry)
    db.session.flush()


def apply_words(
    member: Member, at: datetime, number: int | None = None, shown: str | None = None, note: str = ""
) -> DictionaryVersion | None:
    """Put the entries in force as the next version. `number`, `shown`: the version in force and the hash of the
    entries as they were on the screen; EditClash where either is another now. None where nothing would change."""
    _hold_versions()
    words = queries.words_edited()
    standing, _content = queries.in_force()
    if (number is not None and number != standing) or (
        shown is not None and shown != lexicon.hash_of_words(words)
    ):
        raise EditClash(_("そのあいだに、辞書が変わりました。もう一度、反映の前の数を見てください。"))
    if words == queries.words_of(queries.newest_version()):
        return None
    return _put_in_force("applied", words, member, at, note)


def revert_words(
    source: int, member: Member, at: datetime, number: int | None = None
) -> DictionaryVersion | None:
    """Put what was in force as version `source` (0: nothing) in force again, as the next version.

    The entries follow it. EditClash as above.
    """
    _hold_versions()
    standing = queries.newest_version()
    if number is not None and (standing is None or number != standing.number):
        raise EditClash(_("そのあいだに、辞書が変わりました。ページを開きなおしてください。"))
    words = queries.words_of(queries.dictionary_numbered(source))
    _write_entries(words, member, at)
    if words == queries.words_of(standing):
        return None
    return _put_in_force("reverted", words, member, at, "", source)


def drop_changes(member: Member, at: datetime) -> None:
    """Bring the entries back to the version in force."""
    _write_entries(queries.words_of(queries.newest_version()), member, at)


def _fitting(values: Mapping[str, Any], entry: DictionaryEntry | None) -> dict[str, Any]:
    kind = EntryKind(values["kind"])
    surface = lexicon.spelled_word(str(values["surface"]))
    target = lexicon.spelled_word(str(values.get("target") or "")) if kind is EntryKind.SYNONYM else ""
    if not surface:
        raise BadInput(
            _(
                "ことばは%(count)s文字までで、空白・カンマ・引用符を入れずに書いてください。",
                count=lexicon.LONGEST,
            )
        )
    there = queries.entry_of(surface)
    if there is not None and there is not entry:
        raise BadInput(_("「%(word)s」は、もう登録されています。", word=surface))
    if len(surface) < 2 and kind in (EntryKind.WORD, EntryKind.COMPETITOR, EntryKind.PRODUCT):
        raise BadInput(_("一文字のことばは、ほかのことばの中でも区切られてしまうため、登録できません。"))
    if kind is EntryKind.SYNONYM:
        _check_target(surface, target)
    return {"surface": surface, "kind": kind, "target": target}


def _check_target(surface: str, target: str) -> None:
    others = [one for one in queries.words_edited() if one.kind != EntryKind.SYNONYM]
    if not target:
        raise BadInput(_("どのことばと同じに読むかを入力してください。"))
    if target == surface:
        raise BadInput(_("同じことばどうしです。別のことばを入力してください。"))
    if not lexicon.is_one_word(target, others):
        raise BadInput(
            _("「%(word)s」は一語として読まれていません。先に一語として登録してください。", word=target)
        )


def _add(wanted: Mapping[str, Any], member: Member, at: datetime) -> DictionaryEntry:
    count = db.session.scalar(sa.select(sa.func.count(DictionaryEntry.id))) or 0
    if count >= MOST_ENTRIES:
        raise BadInput(_("登録できることばは%(count)s件までです。", count=MOST_ENTRIES))
    entry = DictionaryEntry(revision=1)
    try:
        with db.session.begin_nested():
            _write(entry, wanted, member, at)
            db.session.add(entry)
    except IntegrityError:  # somebody registered it at the same moment
        raise BadInput(_("「%(word)s」は、もう登録されています。", word=wanted["surface"])) from None
    audit.record("added", "dictionary_entry", entry.id, member.id, at)
    return entry


def _write(entry: DictionaryEntry, wanted: Mapping[str, Any], member: Member, at: datetime) -> None:
    for name, value in wanted.items():
        setattr(entry, name, value)
    entry.member_id, entry.at = member.id, at


def _write_entries(words: Iterable[OwnWord], member: Member, at: datetime) -> None:
    """Make the entries those of a version; what was looked at and left as it is stays so."""
    wanted = {one.surface: one for one in words}
    for entry in queries.entries():
        one = wanted.pop(entry.surface, None)
        if one is None and entry.kind is not EntryKind.PLAIN:
            edits.keep_removal(entry, member, at)
            db.session.delete(entry)
        elif one is not None and (entry.kind.value, entry.target) != (one.kind, one.target):
            standing = {"kind": entry.kind, "target": entry.target}
            values = {"kind": EntryKind(one.kind), "target": one.target}
            _write(entry, values, member, at)
            edits.keep_edit(entry, PART, standing, values, member, at)
    for one in wanted.values():
        entry = DictionaryEntry(revision=1)
        _write(entry, {"surface": one.surface, "kind": EntryKind(one.kind), "target": one.target}, member, at)
        db.session.add(entry)
    db.session.flush()


def _hold_versions() -> None:
    """One version at a time: the first is the key; two first ones are refused by the database."""
    first = sa.select(DictionaryVersion.id).where(DictionaryVersion.number == 1)
    db.session.execute(first.with_for_update())


def _put_in_force(
    verb: str, words: tuple[OwnWord, ...], member: Member, at: datetime, note: str, source: int | None = None
) -> DictionaryVersion:
    number = queries.in_force()[0] + 1
    version = DictionaryVersion(
        number=number,
        verb=verb,
        member_id=member.id,
        at=at,
        note=note,
        hash=lexicon.hash_of_words(words),
        content=[list(one) for one in words],
        source=source,
    )
    compiled(words, number)  # a dictionary that cannot be made is never in force
    try:
        with db.session.begin_nested():
            db.session.add(version)
    except IntegrityError:
        raise EditClash(_("そのあいだに、辞書が変わりました。ページを開きなおしてください。")) from None
    audit.record("applied", "dictionary", version.id, member.id, at, version=number)
    _follow(at)
    log.info("dictionary_in_force", reference=version.id, count=len(words))
    return version


def _follow(at: datetime) -> None:
    """Have search texts and competitors follow. A filling under way gives way: the new one goes through everything."""
    under_way = sa.update(SearchFill).where(SearchFill.finished_at.is_(None))
    db.session.execute(under_way.values(finished_at=at))
    start_fill(at)
