"""Did mending bring people back? Who raised a mended item and bought again, beside those who did not raise it.

Nobody was drawn by lot here, so a difference shows what happened, not what the mending caused; the page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from analysis.metrics import difference_interval, share_interval
from app.backlog.models import BacklogItem, Evidence, ItemState
from app.backlog.queries.evidence import coded, picked, stands_on
from app.clock import TOKYO
from app.customers.models import Customer, CustomerState, Purchase
from app.db import db
from app.reasons.queries.few import fewest_shown
from app.reasons.queries.mentions import ReasonShare, reasons_by_mentions
from app.responses.models import Door, Response, ResponseState

WINDOW = timedelta(days=180)
FEWEST_PEOPLE = 10


class Judgement(StrEnum):
    """Plain verdicts; `few` means that either group is below ten people."""

    EFFECT = "effect"
    UNKNOWN = "unknown"
    HARM = "harm"
    FEW = "few"


class Turn(StrEnum):
    """What became of the voices: the reason's share after the mending beside the one before."""

    LESS = "less"
    UNKNOWN = "unknown"
    MORE = "more"
    FEW = "few"


@dataclass(frozen=True)
class Group:
    """So many people, and how many of them bought again within the window."""

    people: int
    returned: int

    @property
    def share(self) -> float:
        return self.returned / self.people if self.people else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return share_interval(self.returned, self.people)


@dataclass(frozen=True)
class Outcome:
    """What came of one mended item. `before` and `after`: its share of voices on either side of the day."""

    item: BacklogItem
    raised: Group
    others: Group
    until: date
    before: ReasonShare | None
    after: ReasonShare | None

    @property
    def difference(self) -> float:
        return self.raised.share - self.others.share

    @property
    def interval(self) -> tuple[float, float]:
        return difference_interval(
            self.raised.returned, self.raised.people, self.others.returned, self.others.people
        )

    @property
    def per_hundred(self) -> int:
        """The difference in people of a hundred, without its sign."""
        return abs(round(self.difference * 100))

    @property
    def per_hundred_signed(self) -> str:
        return f"{round(self.difference * 100):+d}".replace("-", "−")

    @property
    def per_hundred_low(self) -> str:
        return f"{round(self.interval[0] * 100)}".replace("-", "−")

    @property
    def per_hundred_high(self) -> str:
        return f"{round(self.interval[1] * 100)}".replace("-", "−")

    @property
    def judgement(self) -> Judgement:
        if min(self.raised.people, self.others.people) < FEWEST_PEOPLE:
            return Judgement.FEW
        low, high = self.interval
        if low > 0:
            return Judgement.EFFECT
        return Judgement.HARM if high < 0 else Judgement.UNKNOWN

    @property
    def turn(self) -> Turn:
        """Are there fewer voices of the kind since? `few`: below ten voices on either side."""
        before, after = self.before, self.after
        if before is None or after is None or min(before.n, after.n) < FEWEST_PEOPLE:
            return Turn.FEW
        low, high = difference_interval(after.count, after.n, before.count, before.n)
        return Turn.LESS if high < 0 else Turn.MORE if low > 0 else Turn.UNKNOWN


def outcomes(today: date) -> list[Outcome]:
    """One outcome for each item that was mended until today, the latest first."""
    query = (
        sa.select(BacklogItem)
        .where(
            BacklogItem.state.in_((ItemState.RELEASED, ItemState.MEASURED)),
            BacklogItem.released_on <= today,
        )
        .order_by(BacklogItem.released_on.desc(), BacklogItem.id.desc())
    )
    return [outcome_of(item, today) for item in db.session.scalars(query)]


def outcome_of(item: BacklogItem, today: date) -> Outcome:
    """Count returns since the day of mending among those who had answered before it; nothing after `today` counts."""
    if item.released_on is None:
        raise ValueError("the item is not mended")
    start, end = _start_of(item.released_on), _start_of(today + timedelta(days=1))
    answered = _answered_before(item.survey_id, start)
    raised = _raised_before(item, start) & answered
    until = min(today, item.released_on + WINDOW)
    back = _bought(item.released_on, until)
    return Outcome(
        item=item,
        raised=Group(len(raised), len(raised & back)),
        others=Group(len(answered - raised), len((answered - raised) & back)),
        until=until,
        before=_share(item, until=start),
        after=_share(item, since=start, until=end),
    )


def _answered_before(survey_id: int, start: datetime) -> set[int]:
    query = sa.select(Response.customer_id).where(
        Response.survey_id == survey_id,
        Response.customer_id.is_not(None),
        Response.state == ResponseState.SUBMITTED,
        Response.door != Door.TEST,
        Response.submitted_at < start,
    )
    return set(db.session.scalars(query))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), TOKYO).astimezone(UTC)


def _raised_before(item: BacklogItem, start: datetime) -> set[int]:
    return set(db.session.scalars(_speaking_of(item, Response.customer_id, Response.submitted_at < start)))


def _speaking_of(
    item: BacklogItem, column: sa.orm.InstrumentedAttribute[Any], *within: sa.ColumnElement[bool]
) -> sa.CompoundSelect[Any]:
    """A column of the sheets that speak of the item, each value once."""
    by_reason = coded(item.survey_id).where(stands_on(item), *within).add_columns(column)
    by_pick = picked(item.survey_id).where(Evidence.item_id == item.id, *within).add_columns(column)
    return sa.union(by_reason, by_pick)


def _bought(after: date, until: date) -> set[int]:
    query = sa.select(Purchase.customer_id).where(
        Purchase.amount > 0, Purchase.bought_on > after, Purchase.bought_on <= until
    )
    return set(db.session.scalars(query.distinct()))


def _share(item: BacklogItem, until: datetime, since: datetime | None = None) -> ReasonShare | None:
    """The item among the voices of a period; None where nobody gave a reason then, or too few to be told."""
    n = reasons_by_mentions(item.survey_id, since, until).n
    within = [Response.submitted_at < until, *([Response.submitted_at >= since] if since else [])]
    sheets = _speaking_of(item, Response.id, *within).subquery()
    count = db.session.scalar(sa.select(sa.func.count()).select_from(sheets)) or 0
    if not n or 0 < count < fewest_shown(item.survey_id):
        return None
    return ReasonShare(item.reason, count, max(n, count))


@dataclass(frozen=True)
class Returns:
    """How many who had gone are back, and the newest of them."""

    count: int
    newest: Sequence[Customer]


def returns(limit: int = 20) -> Returns:
    """Customers in the state 復帰, the latest buyers first."""
    mine = Customer.state == CustomerState.RETURNED
    count = db.session.scalar(sa.select(sa.func.count()).where(mine)) or 0
    newest = (
        sa.select(Customer).where(mine).order_by(Customer.last_bought_on.desc(), Customer.id).limit(limit)
    )
    return Returns(count, list(db.session.scalars(newest)))
