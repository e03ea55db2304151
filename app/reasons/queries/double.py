"""Blind double coding: who has read what, and how far the two agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from analysis.metrics import cohen_kappa, kappa_interval
from app.accounts.models import Member
from app.db import db
from app.reasons.doubles import DoubleCode, DoubleItem, DoubleSample
from app.reasons.models import Reading
from app.reasons.queries.quality import Hits
from app.reasons.queries.voices import UNEXPLAINED, readings_with_words

FEWEST_SAID = 5  # who said a reason less often cannot be told to agree about it
GOOD, FAIR = 0.6, 0.4


@dataclass(frozen=True)
class ReasonAgreement:
    """How far the two agree about one reason: how often each gave it and both did, Cohen's kappa with its interval.

    advice: few, good, firmer, talk or redefine; mixed_with: what the other said most often instead.
    """

    code: str
    first: int
    second: int
    both: int
    kappa: float | None
    low: float
    high: float
    mixed_with: str = ""

    @property
    def advice(self) -> str:
        if self.kappa is None or max(self.first, self.second) < FEWEST_SAID:
            return "few"
        if self.kappa >= GOOD:
            return "good" if self.low >= FAIR else "firmer"
        return "talk" if self.kappa >= FAIR else "redefine"


@dataclass(frozen=True)
class Agreement:
    """What two people read in the same answers. same: how often they gave the same main reason."""

    same: Hits
    kappa: float | None
    rows: tuple[ReasonAgreement, ...]
    differing: tuple[DoubleItem, ...]


@dataclass(frozen=True)
class SampleProgress:
    """A sample and how many of its answers each of the two has read; changed and erased answers are out of it."""

    sample: DoubleSample
    first: int
    second: int
    total: int

    @property
    def is_done(self) -> bool:
        return self.total > 0 and min(self.first, self.second) >= self.total

    def of(self, member: Member) -> int:
        return self.first if member.id == self.sample.first_id else self.second


def items_of(sample: DoubleSample) -> list[DoubleItem]:
    """The answers of a sample whose words still are what was drawn, in order, with what was read in them."""
    query = (
        sa.select(DoubleItem)
        .join(Reading, Reading.id == DoubleItem.reading_id)
        .where(DoubleItem.sample_id == sample.id, Reading.text_hash == DoubleItem.text_hash)
        .options(selectinload(DoubleItem.codes), selectinload(DoubleItem.reading))
        .order_by(DoubleItem.position)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def progress_of(sample: DoubleSample) -> SampleProgress:
    """How far the two have come."""
    items = items_of(sample)
    counts = Counter(code.member_id for item in items for code in item.codes)
    return SampleProgress(sample, counts[sample.first_id], counts[sample.second_id], len(items))


def samples_drawn(survey_id: int | None) -> list[SampleProgress]:
    """The samples of a survey, or of all, newest first."""
    query = sa.select(DoubleSample).order_by(DoubleSample.id.desc()).limit(20)
    if survey_id is not None:
        query = query.where(DoubleSample.survey_id == survey_id)
    return [progress_of(sample) for sample in db.session.scalars(query)]


def is_read_by_both(sample: DoubleSample) -> bool:
    """Have both read everything? Only then does anybody see what they read."""
    return progress_of(sample).is_done


def mine_of(item: DoubleItem, member: Member) -> DoubleCode | None:
    """What this member read in an answer."""
    return next((code for code in item.codes if code.member_id == member.id), None)


def pair_of(item: DoubleItem) -> tuple[list[str], list[str]]:
    """What the first and the second read."""
    found = {code.member_id: code.codes for code in item.codes}
    return found[item.sample.first_id], found[item.sample.second_id]


def agreement_between(sample: DoubleSample) -> Agreement:
    """Compare the two; both have read everything."""
    items = items_of(sample)
    pairs = [pair_of(item) for item in items]
    firsts, seconds = [_main(one) for one, _other in pairs], [_main(other) for _one, other in pairs]
    same = sum(one == other for one, other in zip(firsts, seconds, strict=True))
    codes = Counter(code for pair in pairs for one in pair for code in _said(one))
    return Agreement(
        Hits(same, len(items)),
        cohen_kappa(firsts, seconds),
        tuple(_about(code, pairs) for code, _count in codes.most_common()),
        tuple(item for item, (one, other) in zip(items, pairs, strict=True) if _differ(one, other)),
    )


def words_of(items: Sequence[DoubleItem]) -> dict[int, Reading]:
    """The readings of these items with their words, by id."""
    return {one.id: one for one in readings_with_words([item.reading_id for item in items])}


def _said(codes: Sequence[str]) -> list[str]:
    return list(codes) or [UNEXPLAINED]


def _main(codes: Sequence[str]) -> str:
    return _said(codes)[0]


def _differ(one: Sequence[str], other: Sequence[str]) -> bool:
    return _main(one) != _main(other) or set(one) != set(other)


def _about(code: str, pairs: Sequence[tuple[list[str], list[str]]]) -> ReasonAgreement:
    firsts = [code in _said(one) for one, _other in pairs]
    seconds = [code in _said(other) for _one, other in pairs]
    low, high = kappa_interval(firsts, seconds)
    kappa = cohen_kappa(firsts, seconds)
    if kappa is not None:
        low, high = min(low, kappa), max(high, kappa)
    instead = Counter[str]()
    for one, other in pairs:
        if (code in _said(one)) != (code in _said(other)):
            saying, silent = (_said(one), _said(other)) if code in _said(one) else (_said(other), _said(one))
            instead.update(said for said in silent if said not in saying)
    return ReasonAgreement(
        code,
        sum(firsts),
        sum(seconds),
        sum(one and other for one, other in zip(firsts, seconds, strict=True)),
        kappa,
        low,
        high,
        next((other for other, _count in instead.most_common(1)), ""),
    )
