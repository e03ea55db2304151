"""How well the reading holds: against what people decided about answers the reader had not learnt."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from analysis.metrics import SMALL, difference_interval, share_interval
from app.db import db
from app.reasons.engine import NONE
from app.reasons.models import Reading, ReadingState, Reason, ReviewEvent
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import reasons_in_use
from app.reasons.queries.few import FEWEST, anonymous_surveys, is_anonymous
from app.reasons.queries.mentions import moving_counts, reasons_by_mentions
from app.reasons.queries.voices import UNEXPLAINED

NEWEST = 3000  # decisions looked at, the newest: enough for every figure, and quick
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
LATELY, LEVEL = timedelta(days=90), 0.95


@dataclass(frozen=True)
class Judged:
    """One answer a person decided on: the main reason as it was proposed unseen, its confidence, the one decided.

    Codes of reasons; "unexplained" where none of them fits.
    """

    reading_id: int
    response_id: int
    proposed: str
    decided: str
    confidence: float

    @property
    def is_right(self) -> bool:
        return self.proposed == self.decided


@dataclass(frozen=True)
class Hits:
    """How many of n were right, with the 95 % interval (Wilson). Below 30 it says too little."""

    count: int
    n: int

    @property
    def share(self) -> float:
        return self.count / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return share_interval(self.count, self.n)

    @property
    def is_few(self) -> bool:
        return self.n < SMALL


@dataclass(frozen=True)
class Bin:
    """Answers whose confidence lay in [low, high): its mean, and how often the first reason was right."""

    low: float
    high: float
    confidence: float
    hits: Hits

    @property
    def holds(self) -> bool:
        """Does the mean confidence lie within what people's decisions allow?"""
        low, high = self.hits.interval
        return low <= self.confidence <= high


@dataclass(frozen=True)
class Confusion:
    """The machine proposed one, people decided on the other, so often."""

    proposed: str
    decided: str
    count: int


@dataclass(frozen=True)
class Standing:
    """One line of the codebook: sheets, their share of those that give a reason, where it moves, how far people kept it."""

    count: int
    share: float | None
    trend: str = ""
    kept: int = 0
    asked: int = 0


@dataclass(frozen=True)
class Coverage:
    """Answers that ask why, read so far: with a reason of the codebook, with none at all, with one it does not name."""

    named: int
    silent: int
    unexplained: int

    @property
    def n(self) -> int:
        return self.named + self.silent + self.unexplained

    def share(self, count: int) -> Hits:
        return Hits(count, self.n)


def judged(survey_id: int | None) -> list[Judged]:
    """The newest 3,000 decisions about answers that the reader had not learnt when it proposed their reason.

    The proposal is what stood before the first decision on the words as they were read. Left out is what a reader may
    have known: answers that had been decided on before they were read, and answers whose very words a person had
    confirmed before then. So are those that a theme's adoption moved: nobody judged them one by one. Without a survey,
    anonymous ones are left out.
    """
    first = (
        sa.select(sa.func.min(ReviewEvent.id).label("event_id"), sa.func.min(ReviewEvent.at).label("at"))
        .join(Reading, Reading.id == ReviewEvent.reading_id)
        .where(Reading.state == ReadingState.CONFIRMED, asks_why(), _of(survey_id))
        .group_by(ReviewEvent.reading_id)
        .order_by(sa.desc("event_id"))
        .limit(NEWEST)
        .subquery()
    )
    query = (
        sa.select(ReviewEvent.before, Reading)
        .join(first, first.c.event_id == ReviewEvent.id)
        .join(Reading, Reading.id == ReviewEvent.reading_id)
        .where(ReviewEvent.at >= Reading.read_at, ReviewEvent.theme_id.is_(None))
    )
    codes, known = _codes(), _words_confirmed()
    found = []
    for before, reading in db.session.execute(query):
        learnt = known.get(reading.text_hash, reading.read_at) < reading.read_at
        if before.get("state") == ReadingState.PROPOSED and not learnt:
            proposed = codes.get(before.get("main_reason_id"), UNEXPLAINED)
            decided = codes.get(reading.main_reason_id, UNEXPLAINED)
            found.append(Judged(reading.id, reading.response_id, proposed, decided, reading.confidence))
    return found


def hits_of(rows: Sequence[Judged]) -> Hits:
    """How often the first reason was right."""
    return Hits(sum(row.is_right for row in rows), len(rows))


def bins_of(rows: Iterable[Judged]) -> list[Bin]:
    """The decisions by confidence, in five steps; empty ones are left out."""
    steps: dict[int, list[Judged]] = defaultdict(list)
    for row in rows:
        steps[min(int(row.confidence * 5), 4)].append(row)
    return [
        Bin(BINS[step], BINS[step + 1], sum(row.confidence for row in ones) / len(ones), hits_of(ones))
        for step, ones in sorted(steps.items())
    ]


def confusions_of(rows: Iterable[Judged], fewest: int = 1) -> list[Confusion]:
    """What was taken for what, most often first."""
    counts = Counter((row.proposed, row.decided) for row in rows if not row.is_right)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Confusion(*pair, count) for pair, count in ranked if count >= fewest]


def agreement_of(rows: Iterable[Judged]) -> dict[str, Hits]:
    """For each reason proposed: how often people kept it."""
    asked, kept = Counter[str](), Counter[str]()
    for row in rows:
        asked[row.proposed] += 1
        kept[row.proposed] += row.is_right
    return {code: Hits(kept[code], asked[code]) for code in asked}


def coverage_of(survey_id: int | None) -> Coverage:
    """How many answers have a reason, none, or one nobody has named. Of anonymous surveys groups below five are 0."""
    none = sa.select(Reason.id).where(Reason.code == NONE).scalar_subquery()
    silent = sa.func.count(sa.case((sa.and_(~Reading.unexplained, Reading.main_reason_id == none), 1)))
    unnamed = sa.func.count(sa.case((Reading.unexplained, 1)))
    counted = sa.select(sa.func.count(), silent, unnamed).select_from(Reading)
    total, quiet, unexplained = db.session.execute(counted.where(asks_why(), _of(survey_id))).one()
    groups = (total - quiet - unexplained, quiet, unexplained)
    fewest = fewest_of(survey_id)
    return Coverage(*(count if count >= fewest else 0 for count in groups))


def fewest_of(survey_id: int | None) -> int:
    """The smallest group of answers that may be told of this survey."""
    return FEWEST if is_anonymous(survey_id) else 1


def standings(survey_id: int | None, now: datetime) -> dict[str, Standing]:
    """The codebook's lines by code, with "unexplained": how often, where it moves (90 days against the 90 before), how
    far people kept what the machine proposed."""
    shares = reasons_by_mentions(survey_id)
    agreed = agreement_of(judged(survey_id))
    trends = _trends(survey_id, now)
    found = {NONE: (shares.silent, None), UNEXPLAINED: (shares.unexplained.count, shares.unexplained.share)}
    for row in shares.rows:
        for one in (row, *row.below):
            if one.reason is not None:
                found[one.reason.code] = (one.count, one.share)
    fewest = fewest_of(survey_id)
    lines = {}
    for code, (count, share) in found.items():
        hits = agreed.get(code, Hits(0, 0))
        asked = hits.n if hits.n >= fewest else 0
        lines[code] = Standing(count, share, trends.get(code, ""), hits.count if asked else 0, asked)
    return lines


def _trends(survey_id: int | None, now: datetime) -> dict[str, str]:
    """ "up" or "down" where the share has moved by more than chance, all reasons seen; n below 30 says nothing."""
    spans = ((now - LATELY, now + LATELY), (now - 2 * LATELY, now - LATELY))
    (n, late), (n_before, early) = moving_counts(survey_id, spans)
    if min(n, n_before) < SMALL:
        return {}
    codes = {one.id: one.code for one in reasons_in_use() if one.id in late or one.id in early}
    level = 1 - (1 - LEVEL) / max(len(codes), 1)
    found = {}
    for number, code in codes.items():
        low, high = difference_interval(late.get(number, 0), n, early.get(number, 0), n_before, level)
        found[code] = "up" if low > 0 else "down" if high < 0 else ""
    return found


def _of(survey_id: int | None) -> sa.ColumnElement[bool]:
    if survey_id is not None:
        return Reading.survey_id == survey_id
    return Reading.survey_id.not_in(anonymous_surveys())


def _words_confirmed() -> dict[str, datetime]:
    """When a person first confirmed a reading of these words, by their hash."""
    first = sa.select(Reading.text_hash, sa.func.min(Reading.confirmed_at)).where(
        Reading.state == ReadingState.CONFIRMED
    )
    rows = db.session.execute(first.group_by(Reading.text_hash))
    return {text_hash: at for text_hash, at in rows if at is not None}


def _codes() -> dict[int | None, str]:
    """Codes by id; a reason that was merged away counts as its heir."""
    reasons = {one.id: one for one in db.session.scalars(sa.select(Reason))}
    found: dict[int | None, str] = {}
    for number, reason in reasons.items():
        heir, seen = reason, set[Any]()
        while heir.merged_into_id in reasons and heir.id not in seen:
            seen.add(heir.id)
            heir = reasons[heir.merged_into_id]
        found[number] = heir.code
    return found
