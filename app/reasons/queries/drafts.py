"""What a run would change, counted and in the customers' words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from analysis.agreeing import chance_of_change
from analysis.metrics import SMALL, share_interval
from app.db import db
from app.paging import Page
from app.reasons.drafts import DraftFate, DraftKind, ReadingDraft
from app.reasons.engine import NONE
from app.reasons.models import AnalysisRun, Polarity, Reading, ReadingState, Reason
from app.reasons.queries.few import fewest_shown
from app.reasons.queries.voices import readings_of_answers
from app.reasons.queries.words import Segment, reasons_stated, segments_of
from app.responses.models import Answer

LEVEL = 0.95
# One row of the difference: main reasons, None for one without a name.
Pair = tuple[int | None, int | None]


@dataclass(frozen=True)
class Move:
    """So many answers would move from a main reason to another; None is a reason without a name."""

    before: Reason | None
    after: Reason | None
    count: int

    @property
    def key(self) -> str:
        """The move as it stands in addresses and forms: "3-7"; 0 for no name."""
        return f"{self.before.id if self.before else 0}-{self.after.id if self.after else 0}"


@dataclass(frozen=True)
class Difference:
    """What a run would change. Where few answer without a name, small groups are one: `few` moves in all.

    turned: same main reason, other reasons beside it or another polarity; same: nothing that is counted; against: people
    decided otherwise, never applied; overtaken: waiting, but a person has decided since; polarities: over all that moves
    or turns.
    """

    moves: list[Move] = field(default_factory=list)
    few: list[Move] = field(default_factory=list)
    turned: int = 0
    same: int = 0
    against: int = 0
    overtaken: int = 0
    polarities: list[tuple[Polarity, Polarity, int]] = field(default_factory=list)
    fates: dict[DraftFate, int] = field(default_factory=dict)
    fewest: int = 1

    @property
    def moved(self) -> int:
        return sum(move.count for move in (*self.moves, *self.few))


@dataclass(frozen=True)
class Share:
    """How often readings said what people decided, with the interval: fractions."""

    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Quality:
    """Agreement with people before and after; better, worse: answers only the new, only the old readings had right.

    small: n < 30, too few to go by; folds: 0 where the reader had learnt no decision; more_than_chance: better and worse
    differ by more than tossing a coin for each would make them (exact test of McNemar, 5 in 100).
    """

    n: int
    before: Share
    after: Share
    better: int
    worse: int
    folds: int
    small: bool
    more_than_chance: bool


@dataclass(frozen=True)
class Drafted:
    """One answer of a draft, as it stands and as it would be."""

    draft: ReadingDraft
    reading: Reading
    segments: list[Segment]
    stated: list[Reason]
    would_state: list[Reason]


def quality_of(run: AnalysisRun) -> Quality | None:
    """The estimate stored with a run; None where it has none."""
    if not run.quality.get("n"):
        return None
    stored = run.quality
    before, after = (_share(stored[name], stored["n"]) for name in ("before", "after"))
    better, worse, n = stored["better"], stored["worse"], stored["n"]
    told = chance_of_change(better, worse) < 1 - LEVEL
    return Quality(n, before, after, better, worse, stored["folds"], n < SMALL, told)


def _share(count: int, n: int) -> Share:
    return Share(count, count / n, *share_interval(count, n))


def difference_of(run: AnalysisRun) -> Difference:
    """The draft of a run, counted."""
    pair = (ReadingDraft.from_reason_id, ReadingDraft.to_reason_id)
    mood = (ReadingDraft.from_polarity, ReadingDraft.to_polarity)
    every = (ReadingDraft.kind, *pair, *mood, ReadingDraft.fate)
    query = sa.select(*every, sa.func.count()).where(ReadingDraft.run_id == run.id).group_by(*every)
    kinds: Counter[DraftKind] = Counter()
    pairs: Counter[Pair] = Counter()
    moods: Counter[tuple[Polarity, Polarity]] = Counter()
    fates: Counter[DraftFate] = Counter()
    for kind, before, after, was, will_be, fate, count in db.session.execute(query):
        kinds[kind] += count
        if kind is DraftKind.AGAINST:
            continue
        fates[fate] += count
        if kind is DraftKind.MOVED:
            pairs[before, after] += count
        if kind is not DraftKind.SAME and was is not will_be:
            moods[was, will_be] += count
    fewest = fewest_shown(run.survey_id)
    moves = _moves(pairs)
    return Difference(
        moves=[move for move in moves if move.count >= fewest],
        few=[move for move in moves if move.count < fewest],
        turned=kinds[DraftKind.TURNED],
        same=kinds[DraftKind.SAME],
        against=kinds[DraftKind.AGAINST],
        overtaken=_overtaken(run.id),
        polarities=[(*key, count) for key, count in moods.most_common() if count >= fewest],
        fates=dict(fates),
        fewest=fewest,
    )


def _moves(pairs: Counter[Pair]) -> list[Move]:
    ids = {one for pair in pairs for one in pair if one is not None}
    reasons = {one.id: one for one in db.session.scalars(sa.select(Reason).where(Reason.id.in_(ids)))}
    return [
        Move(reasons.get(before or 0), reasons.get(after or 0), count)
        for (before, after), count in sorted(
            pairs.items(), key=lambda one: (-one[1], one[0][0] or 0, one[0][1] or 0)
        )
    ]


def _overtaken(run_id: int) -> int:
    """Answers in the draft that a person has decided on since: these stay."""
    query = (
        sa.select(sa.func.count())
        .select_from(ReadingDraft)
        .join(Reading, Reading.answer_id == ReadingDraft.answer_id)
        .where(
            ReadingDraft.run_id == run_id,
            ReadingDraft.fate == DraftFate.WAITING,
            ReadingDraft.kind != DraftKind.AGAINST,
            Reading.state == ReadingState.CONFIRMED,
        )
    )
    return db.session.scalar(query) or 0


def drafted_voices(
    run: AnalysisRun,
    number: int,
    kind: DraftKind | None = None,
    pair: Pair | None = None,
    mood: tuple[Polarity, Polarity] | None = None,
) -> Page:
    """One page of Drafted: of a kind, of a move, or of a change of polarity. Too few without names show none."""
    query = sa.select(ReadingDraft).where(ReadingDraft.run_id == run.id)
    if kind is not None:
        query = query.where(ReadingDraft.kind == kind)
    if pair is not None:
        query = query.where(ReadingDraft.kind == DraftKind.MOVED)
        query = query.where(
            *(column.is_not_distinct_from(one) for column, one in zip(_PAIR, pair, strict=True))
        )
    if mood is not None:
        query = query.where(ReadingDraft.kind.in_((DraftKind.MOVED, DraftKind.TURNED)))
        query = query.where(ReadingDraft.from_polarity == mood[0], ReadingDraft.to_polarity == mood[1])
    if _sheets_in(query) < fewest_shown(run.survey_id):
        return Page([], 1, 1, 0)
    page = Page.of(query.order_by(ReadingDraft.answer_id), number)
    return Page(_drafted(page.rows), page.number, page.size, page.total)


_PAIR = (ReadingDraft.from_reason_id, ReadingDraft.to_reason_id)


def _sheets_in(query: sa.Select[ReadingDraft]) -> int:
    answers = query.with_only_columns(ReadingDraft.answer_id)
    sheets = sa.select(sa.func.count(Answer.response_id.distinct())).where(Answer.id.in_(answers))
    return db.session.scalar(sheets) or 0


def _drafted(drafts: Sequence[ReadingDraft]) -> list[Drafted]:
    readings = {one.answer_id: one for one in readings_of_answers([draft.answer_id for draft in drafts])}
    reasons = {one.code: one for one in db.session.scalars(sa.select(Reason).where(Reason.active))}
    found = []
    for draft in drafts:
        reading = readings.get(draft.answer_id)
        if reading is None:
            continue
        found.append(
            Drafted(draft, reading, segments_of(reading), reasons_stated(reading), _would(draft, reasons))
        )
    return found


def _would(draft: ReadingDraft, reasons: dict[str, Reason]) -> list[Reason]:
    """The reasons an answer would state, main one first; a compliment states none, whatever it brings up."""
    main = draft.to_reason
    if main is None or main.code == NONE:
        return [main] if main is not None else []
    stated = [reasons[code] for code, _chance in draft.found["reasons"] if code in reasons]
    return [main, *(one for one in stated if one.id != main.id)]
