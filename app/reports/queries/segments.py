"""The score and the reasons of a survey by segment: saved segments, kinds of customers, RFM cells.

Counted as everywhere: one score per submitted sheet, a reason once per sheet with those below it, shares over the
sheets that give a reason. RFM: thirds of last purchase, purchases and yen among the customers who answered this survey.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from analysis.metrics import SMALL, Nps, nps_by_respondent, rfm_cells
from app.backlog.queries.evidence import coded, person
from app.customers.models import Customer, CustomerKind
from app.customers.queries.segments import customers_of_segment, segments
from app.db import db
from app.errors import BadInput
from app.reasons.engine import NONE
from app.reasons.models import Coding, Reading, Reason
from app.reasons.queries import ReasonShare, reasons_in_use
from app.reasons.queries.causes import asks_why
from app.reasons.queries.few import fewest_shown
from app.responses.models import Answer, Door, Response, ResponseState

UNEXPLAINED = "unexplained"
EVERYBODY, SEGMENT, KIND, RFM = "all", "segment", "kind", "rfm"


@dataclass(frozen=True)
class Sheet:
    """One submitted sheet: whose it is, its score, the codes of the reasons it gives; `given`: does it give any?"""

    id: int
    customer_id: int | None
    who: str
    score: int | None
    codes: frozenset[str]

    @property
    def given(self) -> bool:
        return bool(self.codes)


@dataclass(frozen=True)
class SegmentRow:
    """One row. group: all, segment, kind or rfm; key names it in an address; label: a segment's own name.

    n: sheets; nps over those with a score; shares: by code, over `giving` sheets. withheld: too few to be shown.
    """

    group: str
    key: str
    label: str
    sheets: tuple[Sheet, ...]
    nps: Nps
    shares: dict[str, ReasonShare]
    fewest: int = 1

    @property
    def n(self) -> int:
        return len(self.sheets)

    @property
    def withheld(self) -> bool:
        return 0 < self.n < self.fewest

    @property
    def giving(self) -> int:
        return sum(one.given for one in self.sheets)

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


def segment_table(survey_id: int, today: date) -> SegmentTable:
    """Every segment with sheets of this survey; the first row is everybody."""
    sheets = _sheets(survey_id)
    by_code = {reason.code: reason for reason in reasons_in_use() if reason.parent_id is None}
    counts: dict[str, int] = defaultdict(int)
    for sheet in sheets:
        for code in sheet.codes:
            counts[code] += 1
    named = sorted((code for code in counts if code in by_code), key=lambda code: -counts[code])
    reasons: list[tuple[str, Reason | None]] = [(code, by_code[code]) for code in named]
    if counts[UNEXPLAINED]:
        reasons.append((UNEXPLAINED, None))
    fewest = fewest_shown(survey_id)
    groups = [(EVERYBODY, "", "", None), *_groups(survey_id, today)]
    rows = [
        _row(group, key, label, _of(sheets, customers), reasons, fewest)
        for group, key, label, customers in groups
    ]
    return SegmentTable(tuple(reasons), tuple(row for row in rows if row.n or row.group == EVERYBODY))


def sheets_behind(row: SegmentRow, code: str) -> list[int]:
    """The ids of the sheets behind a figure: of a reason, or of the whole row. None where they are withheld."""
    if code and code not in row.shares:
        return []
    if row.withheld or (code and row.hides(code)):
        return []
    return [sheet.id for sheet in row.sheets if not code or code in sheet.codes]


def _row(
    group: str,
    key: str,
    label: str,
    sheets: Sequence[Sheet],
    reasons: Sequence[tuple[str, Reason | None]],
    fewest: int,
) -> SegmentRow:
    giving = sum(sheet.given for sheet in sheets)
    shares = {
        code: ReasonShare(reason, sum(code in sheet.codes for sheet in sheets), giving)
        for code, reason in reasons
    }
    nps = nps_by_respondent((sheet.who, sheet.score) for sheet in sheets if sheet.score is not None)
    return SegmentRow(group, key, label, tuple(sheets), nps, shares, fewest)


def _of(sheets: Sequence[Sheet], customers: Set[int] | None) -> list[Sheet]:
    return [one for one in sheets if customers is None or one.customer_id in customers]


def _sheets(survey_id: int) -> list[Sheet]:
    codes = _codes(survey_id)
    query = sa.select(Response.id, Response.customer_id, person(), Response.nps).where(_counted(survey_id))
    return [Sheet(*row, frozenset(codes[row[0]])) for row in db.session.execute(query.order_by(Response.id))]


def _counted(survey_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        Response.survey_id == survey_id,
        Response.state == ResponseState.SUBMITTED,
        Response.door != Door.TEST,
    )


def _codes(survey_id: int) -> dict[int, set[str]]:
    """The top reasons each sheet gives."""
    own, found = sa.orm.aliased(Reason), defaultdict[int, set[str]](set)
    named = coded(survey_id).join(own, own.id == Coding.reason_id)
    named = named.join(Reason, Reason.id == sa.func.coalesce(own.parent_id, own.id))
    named = named.where(own.active, Reason.active, Reason.code != NONE).add_columns(Response.id, Reason.code)
    for response_id, code in db.session.execute(named.distinct()):
        found[response_id].add(code)
    unnamed = (
        sa.select(Response.id)
        .join(Answer, Answer.response_id == Response.id)
        .join(Reading, Reading.answer_id == Answer.id)
        .where(_counted(survey_id), Reading.unexplained, asks_why())
    )
    for response_id in db.session.scalars(unnamed.distinct()):
        found[response_id].add(UNEXPLAINED)
    return found


def _groups(survey_id: int, today: date) -> Iterable[tuple[str, str, str, set[int]]]:
    """(group, key, name, customers) of each segment, among those who answered."""
    answering = sa.select(Response.customer_id).where(_counted(survey_id), Response.customer_id.is_not(None))
    for segment in segments():
        try:
            inside = customers_of_segment(segment).with_only_columns(Customer.id)
        except BadInput:  # a condition of an older time, that is known no more
            continue
        inside = inside.where(Customer.id.in_(answering))
        yield SEGMENT, str(segment.id), segment.name, set(db.session.scalars(inside))
    columns = (
        Customer.id,
        Customer.kind,
        Customer.last_bought_on,
        Customer.purchase_count,
        Customer.purchase_total,
    )
    people = list(db.session.execute(sa.select(*columns).where(Customer.id.in_(answering))))
    for kind in CustomerKind:
        yield KIND, kind.value, "", {one.id for one in people if one.kind is kind}
    yield from _cells(people, today)


def _cells(people: Sequence[Any], today: date) -> Iterable[tuple[str, str, str, set[int]]]:
    """The RFM cells, best first ("333"), and "none" for those without a purchase."""
    buyers = [one for one in people if one.last_bought_on is not None and one.purchase_count > 0]
    values = [((today - one.last_bought_on).days, one.purchase_count, one.purchase_total) for one in buyers]
    cells: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for one, cell in zip(buyers, rfm_cells(values), strict=True):
        cells[cell].add(one.id)
    for cell in sorted(cells, reverse=True):
        yield RFM, "".join(map(str, cell)), "", cells[cell]
    bought = {one.id for one in buyers}
    yield RFM, "none", "", {one.id for one in people if one.id not in bought}
