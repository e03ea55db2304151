"""Trying a dictionary on the answers: what it may lack, and what it would change before it is in force."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.edits import plain
from app.reasons import engine, lexicon
from app.reasons.engine import Engine, Found, Words
from app.reasons.lexicon import OwnDictionary
from app.reasons.models_dictionary import DictionaryCheck
from app.reasons.queries import dictionary as queries
from app.reasons.services.dictionary import compiled, take_dictionary
from app.reasons.services.search import rival_names

LOOKED = 3000  # newest answers that are looked through for what the dictionary may lack
TRIED, READ_TWICE = 1000, 60  # newest answers cut both ways, and how many of them are read both ways
NAMES = (lexicon.OwnKind.COMPETITOR, lexicon.OwnKind.PRODUCT)
SHOWN_OF_A_KIND, SHOWN_CUTS = 20, 8


@dataclass(frozen=True)
class Cut:
    """One word of the difference: how it is cut today, and how it would be."""

    surface: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """What a dictionary would change. Of `total` answers that hold a changed word, the newest `tried` were cut both
    ways: `cut` are cut otherwise; the newest `read` of these (of all, where names change) were read both ways."""

    total: int
    tried: int
    cut: int
    read: int
    turned: int
    rivals_more: int
    rivals_less: int
    cuts: tuple[Cut, ...]


_Turned = tuple[int, int, int]


def look_through(member: Member, at: datetime) -> DictionaryCheck:
    """Look through the newest answers for what the dictionary may lack, with the dictionary in force."""
    take_dictionary()
    heard, total = queries.heard_lately(LOOKED)
    known = [one.surface for one in queries.entries()]
    found = lexicon.suspicions_in(heard, known, lexicon.in_use())
    kept: list[Any] = []
    for doubt in lexicon.Doubt:
        kept += [asdict(one) for one in found if one.doubt is doubt][:SHOWN_OF_A_KIND]
    db.session.execute(sa.delete(DictionaryCheck))
    check = DictionaryCheck(
        member_id=member.id, at=at, looked_count=len(heard), voice_count=total, found=plain(kept)
    )
    db.session.add(check)
    db.session.flush()
    return check


def try_words(reader: Engine) -> Trial:
    """What the entries as they stand would change, counted on the answers."""
    take_dictionary()
    standing, edited = set(lexicon.in_use().words), set(queries.words_edited())
    changed = sorted({one.surface for one in standing ^ edited})
    now, then = lexicon.in_use(), compiled(edited, lexicon.in_use().number + 1)
    words, total = queries.holding(changed, TRIED)
    otherwise = [one for one in words if lexicon.cuts_of(one.text, now) != lexicon.cuts_of(one.text, then)]
    # A name says nothing about the cut, only about whose it is.
    has_names = any(one.kind in NAMES for one in standing ^ edited)
    twice = (words if has_names else otherwise)[:READ_TWICE]
    turned = _read_both_ways(twice, reader, now, then)
    return Trial(
        total, len(words), len(otherwise), len(twice), *turned, _cuts(changed[:SHOWN_CUTS], now, then)
    )


def _read_both_ways(words: list[Words], reader: Engine, now: OwnDictionary, then: OwnDictionary) -> _Turned:
    """How many are read otherwise, and how many name a competitor more or one less."""
    before, after = (engine.speaking(reader, one).read(words) for one in (now, then))
    turned = more = less = 0
    for one, old, new in zip(words, before, after, strict=True):
        names, fresh = rival_names(one.text, old), rival_names(one.text, new)
        turned += _codes(old) != _codes(new)
        more += bool(fresh - names)
        less += bool(names - fresh)
    return turned, more, less


def _codes(found: Found) -> tuple[str, ...]:
    return tuple(code for code, _chance in found.reasons)


def _cuts(surfaces: Iterable[str], now: OwnDictionary, then: OwnDictionary) -> tuple[Cut, ...]:
    rows = ((one, lexicon.parts_of(one, now), lexicon.parts_of(one, then)) for one in surfaces)
    return tuple(Cut(surface, tuple(old), tuple(new)) for surface, old, new in rows)
