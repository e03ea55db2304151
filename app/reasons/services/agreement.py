"""How often the readings before a run and those of a run say what people decided.

Honest on both sides: before is what stood when the person looked, and a reader that has learnt decisions is tried only
on such as it has not seen. For that the texts are dealt into folds, and each fold is read by a reader that has learnt
the others; equal words are always in one fold.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.db import db
from app.reasons import engine
from app.reasons.engine import Engine, Found, Lesson, OwnCode
from app.reasons.models import AnalysisRun, Reading, ReadingState, ReviewEvent
from app.reasons.queries.codebook import heirs_of_merged, reasons_by_code
from app.reasons.queries.readable import Readable, confirmed_words
from app.reasons.services.learning import MOST
from app.reasons.services.reading import meaning

FOLDS = 5


@dataclass(frozen=True)
class Judged:
    """An answer a person decided on by itself: the main reason then proposed, and the one decided; None has no name."""

    readable: Readable
    proposed_id: int | None
    decided_id: int | None


def judged_in(survey_id: int) -> list[Judged]:
    """The newest 2,000 answers of a survey that people decided on one by one, oldest answer first.

    Left out: answers coded all at once with a theme, and words that have changed since.
    """
    first = (
        sa.select(sa.func.min(ReviewEvent.id))
        .where(ReviewEvent.reading_id == Reading.id, ReviewEvent.at >= Reading.read_at)
        .correlate(Reading)
        .scalar_subquery()
    )
    with_theme = sa.select(ReviewEvent.id).where(
        ReviewEvent.reading_id == Reading.id,
        ReviewEvent.theme_id.is_not(None),
        ReviewEvent.at >= Reading.read_at,
    )
    query = (
        sa.select(Reading.answer_id, Reading.main_reason_id, ReviewEvent.before)
        .join(ReviewEvent, ReviewEvent.id == first)
        .where(
            Reading.survey_id == survey_id,
            Reading.state == ReadingState.CONFIRMED,
            ~with_theme.correlate(Reading).exists(),
        )
        .order_by(Reading.confirmed_at.desc(), Reading.id.desc())
        .limit(MOST)
    )
    rows, heirs = {}, heirs_of_merged()
    for answer_id, decided, before in db.session.execute(query):
        proposed = before.get("main_reason_id")
        rows[answer_id] = (heirs.get(proposed, proposed), decided)
    return [Judged(one, *rows[one.words.answer_id]) for one in confirmed_words(list(rows))]


def read_unseen(
    judged: Sequence[Judged],
    taught: Sequence[Lesson],
    own: Sequence[OwnCode],
    reader: Engine,
    seed: int,
    goes_on: Callable[[], bool],
) -> list[Found] | None:
    """What the reader would say of these answers, had it not learnt them; None where `goes_on` said no in between."""
    words = [one.readable.words for one in judged]
    if not taught:
        return reader.read(words)
    if not goes_on():
        return None
    course, found = engine.Course(taught, own), dict[int, Found]()
    for fold in range(FOLDS):
        mine = [one for one in words if fold_of(one.text, seed) == fold]
        if not mine:
            continue
        if not goes_on():
            return None
        unseeing = course.taught(_outside(fold, seed))
        found |= {one.answer_id: one for one in unseeing.read(mine)}
    return [found[one.answer_id] for one in words]


def _outside(fold: int, seed: int) -> Callable[[str], bool]:
    return lambda text: fold_of(text, seed) != fold


def fold_of(text: str, seed: int) -> int:
    """The fold of a text: the same words always fall into the same one."""
    digest = hashlib.sha256(f"{seed}:{text}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) % FOLDS


def agreement(judged: Sequence[Judged], found: Sequence[Found], folds: int) -> dict[str, int]:
    """Counts over the main reason: n, how often it was right before and after, how often only the one or the other."""
    reasons = reasons_by_code()
    pairs = []
    for one, finding in zip(judged, found, strict=True):
        now = meaning(finding, one.readable.only_praise, reasons).main_id
        pairs.append((one.proposed_id == one.decided_id, now == one.decided_id))
    return {
        "n": len(pairs),
        "before": sum(before for before, _ in pairs),
        "after": sum(after for _, after in pairs),
        "better": sum(after and not before for before, after in pairs),
        "worse": sum(before and not after for before, after in pairs),
        "folds": folds,
    }


def is_judged(run: AnalysisRun) -> bool:
    """Has this been estimated for a run, or is there nothing to estimate it for?"""
    return not run.again or bool(run.quality)
