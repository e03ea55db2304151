"""The organisation's dictionary, and the answers it is made from. Anonymous surveys are left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.db import db
from app.reasons.engine import Words
from app.reasons.lexicon import Heard, OwnWord
from app.reasons.models import Reading
from app.reasons.models_dictionary import DictionaryCheck, DictionaryEntry, DictionaryVersion, EntryKind
from app.reasons.queries.few import anonymous_surveys
from app.reasons.queries.readable import asked_as
from app.reasons.queries.search import holds_words
from app.reasons.queries.words import masked_text
from app.reasons.terms import Needle, needles_of
from app.responses.models import Answer
from app.surveys.models import Question

AROUND = 24  # characters shown on either side of a word


@dataclass(frozen=True)
class Example:
    """Words of one answer around a word, what is hidden left out; sheet: where they stand."""

    answer_id: int
    sheet: int
    text: str


def entries() -> list[DictionaryEntry]:
    """What people are editing, by kind and word."""
    query = sa.select(DictionaryEntry).options(selectinload(DictionaryEntry.member))
    found = list(db.session.scalars(query.order_by(DictionaryEntry.surface)))
    order = list(EntryKind)
    return sorted(found, key=lambda one: (order.index(one.kind), one.surface))


def entry_of(surface: str) -> DictionaryEntry | None:
    """The entry of a word."""
    return db.session.scalar(sa.select(DictionaryEntry).where(DictionaryEntry.surface == surface))


def words_edited() -> tuple[OwnWord, ...]:
    """The entries that have an effect, as they stand now."""
    rows = db.session.execute(
        sa.select(DictionaryEntry.surface, DictionaryEntry.kind, DictionaryEntry.target).where(
            DictionaryEntry.kind != EntryKind.PLAIN
        )
    )
    return tuple(sorted(OwnWord(surface, kind.value, target) for surface, kind, target in rows))


def words_of(version: DictionaryVersion | None) -> tuple[OwnWord, ...]:
    """The entries of a version; none before the first."""
    return tuple(sorted(OwnWord(*row) for row in version.content)) if version else ()


def newest_version() -> DictionaryVersion | None:
    """The dictionary in force."""
    return db.session.scalar(sa.select(DictionaryVersion).order_by(DictionaryVersion.number.desc()).limit(1))


def in_force() -> tuple[int, str]:
    """(number, hash) of the dictionary in force; (0, "") before the first."""
    query = sa.select(DictionaryVersion.number, DictionaryVersion.hash)
    row = db.session.execute(query.order_by(DictionaryVersion.number.desc()).limit(1)).first()
    return (row.number, row.hash) if row else (0, "")


def dictionary_numbered(number: int) -> DictionaryVersion | None:
    """The version of this number."""
    return db.session.scalar(sa.select(DictionaryVersion).where(DictionaryVersion.number == number))


def dictionary_versions() -> list[DictionaryVersion]:
    """All versions, newest first."""
    every = sa.select(DictionaryVersion).options(selectinload(DictionaryVersion.member))
    return list(db.session.scalars(every.order_by(DictionaryVersion.number.desc())))


def newest_check() -> DictionaryCheck | None:
    """What the last look through the answers found."""
    return db.session.scalar(sa.select(DictionaryCheck).order_by(DictionaryCheck.id.desc()).limit(1))


def heard_lately(limit: int) -> tuple[list[Heard], int]:
    """(the newest answers read, how many there are)."""
    named = Reading.survey_id.not_in(anonymous_surveys())
    total = db.session.scalar(sa.select(sa.func.count(Reading.id)).where(named)) or 0
    query = (
        sa.select(Answer.id, Reading.response_id, Answer.text, Reading.masked)
        .join(Answer, Answer.id == Reading.answer_id)
        .where(named)
        .order_by(Reading.id.desc())
        .limit(limit)
    )
    return [Heard(*row) for row in db.session.execute(query)], total


def holding(surfaces: Sequence[str], limit: int) -> tuple[list[Words], int]:
    """(the newest answers that hold one of these words, how many hold one)."""
    needles = [needle for one in surfaces for needle in needles_of(f'"{one}"')]
    either: Needle = tuple(phrase for needle in needles for phrase in needle)
    held = holds_words([either] if either else [], unmasked=False)
    where = (held, Reading.survey_id.not_in(anonymous_surveys()))
    total = db.session.scalar(sa.select(sa.func.count(Reading.id)).where(*where)) or 0
    query = (
        sa.select(Answer.id, Answer.text, Question.read_as, Question.asks_for)
        .join(Reading, Reading.answer_id == Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(*where)
        .order_by(Reading.id.desc())
        .limit(limit)
    )
    rows = db.session.execute(query)
    return [Words(row.id, row.text, asked_as(row.read_as, row.asks_for)) for row in rows], total


def examples_of(wanted: Mapping[str, Iterable[int]]) -> dict[str, list[Example]]:
    """Answers as they may be shown, cut around the word they are examples of."""
    ids = {number for numbers in wanted.values() for number in numbers}
    query = (
        sa.select(Answer.id, Reading.response_id, Answer.text, Reading.masked)
        .join(Reading, Reading.answer_id == Answer.id)
        .where(Answer.id.in_(ids), Reading.survey_id.not_in(anonymous_surveys()))
    )
    texts = {
        row.id: (row.response_id, masked_text(row.text, row.masked)) for row in db.session.execute(query)
    }
    return {
        word: [Example(one, texts[one][0], _around(texts[one][1], word)) for one in numbers if one in texts]
        for word, numbers in wanted.items()
    }


def _around(text: str, word: str) -> str:
    """The text near a word; its beginning where the word is spelled otherwise there."""
    text = " ".join(text.split())
    place = max(text.find(word), 0)
    start, end = max(place - AROUND, 0), place + len(word) + AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
