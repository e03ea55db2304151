"""The score and the reasons of a survey by segment: saved segments, kinds of customers, RFM cells.

Counted as everywhere: one score per submitted sheet, a reason once per sheet with those below it, shares over the
sheets that give a reason. RFM: thirds of last purchase, purchases and yen among the customers who answered this survey.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from analysis.metrics import SMALL, Nps, nps_of_people
from app.backlog.queries.evidence import person
from app.customers.models import Customer, CustomerKind
from app.customers.queries.segments import customers_of_segment, segments
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.reasons.models import Reason
from app.reasons.queries import ReasonShare
from app.reasons.queries.few import fewest_shown
from app.reasons.queries.older import MISSING, UNNAMED, CodebookAt, sheets_then
from app.reports.queries.cells import Cells
from app.reports.queries.tally import MOST_REASONS, UNEXPLAINED, Bits
from app.responses.models import Door, Response, ResponseState

NOT_THEN = "missing"  # the column for what an older version of the codebook does not know
EVERYBODY, SEGMENT, KIND, RFM = "all", "segment", "kind", "rfm"


@dataclass(frozen=True)
class Slice:
    """Some of the sheets. group: all, segment, kind or rfm; key names it in an address; label: a segment's own name."""

    group: str
    key: str
    label: str = ""


@dataclass(frozen=True)
class SegmentRow(Slice):
    """One row. n: sheets; giving: those of them that give a reason; nps over those with a score; shares: by code, over
    the giving ones. withheld: too few to be shown."""

    n: int = 0
    giving: int = 0
    nps: Nps = field(default_factory=lambda: nps_of_people({}))
    shares: dict[str, ReasonShare] = field(default_factory=dict)
    fewest: int = 1

    @property
    def withheld(self) -> bool:
        return 0 < self.n < self.fewest

    @property
    def is_small(self) -> bool:
        return self.n < SMALL

    def hides(self, code: str) -> bool:
        """Is this reason given by too few here to be shown?"""
        return self.withheld or 0 < self.shares[code].count < self.fewest


@dataclass(frozen=True)
class SegmentTable:
    """The rows with the reasons that are their columns, most often given first; None has no name yet."""

    reasons: tuple[tuple[str, Reason | None], ...]
    rows: tuple[SegmentRow, ...]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return 3 + len(self.reasons)


def segment_table(survey_id: int, book: CodebookAt | None = None) -> SegmentTable:
    """Every segment with sheets of this survey; the first row is everybody. `book`: an older version to count under."""
    bits, slices = BitsThen(book) if book else Bits(), _Slices(survey_id)
    sheets, scores = _by_mask(survey_id, bits, slices), _by_score(survey_id, slices)
    counts = dict.fromkeys(bits.codes, 0)
    for mask, count in sheets[slices.everybody].items():
        for code in bits.set_of(mask):
            counts[code] += count
    given = sorted(
        (code for code in counts if counts[code]), key=lambda code: (code == UNEXPLAINED, -counts[code])
    )
    reasons = tuple((code, bits.reasons[code]) for code in given)
    fewest = fewest_shown(survey_id)
    rows = [_row(one, sheets[one], scores[one], bits, reasons, fewest) for one in slices.ordered(sheets)]
    return SegmentTable(reasons, tuple(row for row in rows if row.n or row.group == EVERYBODY))


@dataclass(frozen=True)
class Behind:
    """What is behind a figure: of which slice and reason, and a select of the sheets' ids and scores, newest first."""

    slice: Slice
    reason: Reason | None
    sheets: sa.Select[int, int | None]


def sheets_behind(survey_id: int, wanted: Slice, code: str, book: CodebookAt | None = None) -> Behind | None:
    """The sheets behind a figure: of a reason, or of the whole row. None where there are too few to be shown."""
    bits, slices = BitsThen(book) if book else Bits(), _Slices(survey_id)
    named = next((one for one in slices.known() if (one.group, one.key) == (wanted.group, wanted.key)), None)
    if named is None or (code and code not in bits.codes):
        return None
    query = sa.select(Response.id, Response.nps).outerjoin(Customer, Customer.id == Response.customer_id)
    query = query.where(_counted(survey_id), slices.inside(named))
    fewest = fewest_shown(survey_id)
    if fewest > 1 and _size(query) < fewest:
        return None
    if code:
        masks = bits.masks(survey_id)
        has = masks.c.mask.op("&")(1 << bits.codes.index(code)) != 0
        query = query.join(masks, masks.c.response_id == Response.id).where(has)
        if fewest > 1 and _size(query) < fewest:
            return None
    return Behind(named, bits.reasons[code] if code else None, query.order_by(Response.id.desc()))


def _size(query: sa.Select[int, int | None]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def _row(
    one: Slice,
    sheets: Mapping[int, int],
    scores: Mapping[tuple[int, int, int], int],
    bits: Bits,
    reasons: Sequence[tuple[str, Reason | None]],
    fewest: int,
) -> SegmentRow:
    counts: Counter[str] = Counter()
    for mask, count in sheets.items():
        for code in bits.set_of(mask):
            counts[code] += count
    n = sum(sheets.values())
    giving = n - sheets.get(0, 0)
    shares = {code: ReasonShare(reason, counts[code], giving) for code, reason in reasons}
    return SegmentRow(one.group, one.key, one.label, n, giving, nps_of_people(scores), shares, fewest)


class BitsThen(Bits):
    """The same under an older version of the codebook, with a bit for what it does not know."""

    def __init__(self, book: CodebookAt) -> None:
        tops = [one for one in book.used if one.parent_id is None][: MOST_REASONS - 2]
        later = Reason(code=NOT_THEN, label=_("この版にはない理由"), seal="―")  # of no session
        self._book, self._numbers = book, [UNNAMED, MISSING, *(one.id for one in tops)]
        self.codes = [UNEXPLAINED, NOT_THEN, *(one.code for one in tops)]
        self.reasons = {UNEXPLAINED: None, NOT_THEN: later, **{one.code: one for one in tops}}

    def given(self, survey_id: int) -> sa.Select[Any]:
        pairs, whole = sheets_then(self._book, survey_id), sa.BigInteger()
        bits = {number: sa.literal(1 << place, whole) for place, number in enumerate(self._numbers)}
        bit = sa.case(bits, value=pairs.c.reason_id, else_=sa.literal(0, whole))
        return sa.select(pairs.c.response_id, bit.label("bit"))


class _Slices:
    """The ways to part a survey's sheets, as columns of a select that joins sheet and customer."""

    everybody = Slice(EVERYBODY, "")

    def __init__(self, survey_id: int) -> None:
        answering = sa.select(Response.customer_id).where(
            _counted(survey_id), Response.customer_id.is_not(None)
        )
        self._answering = answering
        self._segments: list[tuple[Slice, sa.ColumnElement[bool]]] = []
        for segment in segments():
            try:
                inside = customers_of_segment(segment).with_only_columns(Customer.id)
            except BadInput:  # a condition of an older time, that is known no more
                continue
            one = Slice(SEGMENT, str(segment.id), segment.name)
            self._segments.append((one, Response.customer_id.in_(inside.correlate(None))))

    @cached_property
    def _cells(self) -> Cells:
        return Cells(Customer.id.in_(self._answering))

    @property
    def columns(self) -> list[sa.ColumnElement[Any]]:
        """Kind, RFM cell, then 1 for each segment the customer is in."""
        marks = [sa.case((inside, 1), else_=0).label(f"inside_{one.key}") for one, inside in self._segments]
        return [Customer.kind.label("kind"), self._cells.number.label("cell"), *marks]

    def of(self, kind: CustomerKind | None, cell: int, *marks: int) -> list[Slice]:
        """The slices that a row of the columns belongs to."""
        if kind is None:
            return [self.everybody]
        own = [one for (one, _inside), mark in zip(self._segments, marks, strict=True) if mark]
        return [self.everybody, *own, Slice(KIND, kind.value), Slice(RFM, f"{cell}" if cell else "none")]

    def known(self) -> Iterable[Slice]:
        """All there can be, in their order: RFM cells from the best to those of no purchase."""
        yield self.everybody
        yield from (one for one, _inside in self._segments)
        yield from (Slice(KIND, kind.value) for kind in CustomerKind)
        yield from (Slice(RFM, f"{r}{f}{m}") for r in (3, 2, 1) for f in (3, 2, 1) for m in (3, 2, 1))
        yield Slice(RFM, "none")

    def ordered(self, found: Container[Slice]) -> list[Slice]:
        """Those with sheets, and everybody."""
        return [one for one in self.known() if one in found or one == self.everybody]

    def inside(self, one: Slice) -> sa.ColumnElement[bool]:
        """SQL: is the sheet at hand, joined with its customer, in it?"""
        if one.group == SEGMENT:
            return dict(self._segments)[one]
        if one.group == KIND:
            return Customer.kind == CustomerKind(one.key)
        if one.group == RFM:
            cell = 0 if one.key == "none" else int(one.key)
            return sa.and_(Customer.id.is_not(None), self._cells.number == cell)
        return sa.true()


def _by_mask(survey_id: int, bits: Bits, slices: _Slices) -> dict[Slice, Counter[int]]:
    """Sheets by the set of reasons they give; 0: none."""
    masks = bits.masks(survey_id)
    mask = sa.func.coalesce(masks.c.mask, 0).label("mask")
    query = sa.select(mask, *slices.columns).select_from(Response)
    query = query.outerjoin(Customer, Customer.id == Response.customer_id)
    query = query.outerjoin(masks, masks.c.response_id == Response.id).where(_counted(survey_id))
    each = query.subquery()
    found: dict[Slice, Counter[int]] = defaultdict(Counter)
    for count, of, *place in db.session.execute(sa.select(sa.func.count(), *each.c).group_by(*each.c)):
        for one in slices.of(*place):
            found[one][of] += count
    return found


def _by_score(survey_id: int, slices: _Slices) -> dict[Slice, Counter[tuple[int, int, int]]]:
    """People by how many promoters', passives' and detractors' scores they gave."""
    gave = (
        sa.func.sum(sa.case((within, 1), else_=0)).label(name)
        for name, within in (
            ("promoters", Response.nps >= 9),
            ("passives", Response.nps.in_((7, 8))),
            ("detractors", Response.nps <= 6),
        )
    )
    columns = slices.columns
    who = sa.select(person().label("who"), *gave, *columns).select_from(Response)
    who = who.outerjoin(Customer, Customer.id == Response.customer_id)
    who = who.where(_counted(survey_id), Response.nps.is_not(None))
    each = who.group_by("who", *(column.name for column in columns)).subquery()
    kept = [column for column in each.c if column.name != "who"]
    found: dict[Slice, Counter[tuple[int, int, int]]] = defaultdict(Counter)
    for count, promoters, passives, detractors, *place in db.session.execute(
        sa.select(sa.func.count(), *kept).group_by(*kept)
    ):
        for one in slices.of(*place):
            found[one][int(promoters), int(passives), int(detractors)] += count
    return found


def _counted(survey_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        Response.survey_id == survey_id,
        Response.state == ResponseState.SUBMITTED,
        Response.door != Door.TEST,
    )
