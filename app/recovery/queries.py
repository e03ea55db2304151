"""Did mending bring people back? Who raised a mended item and bought again, beside those who did not raise it.

Nobody was drawn by lot here, so a difference shows what happened, not what the mending caused; the page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from analysis.metrics import difference_interval, share_interval
from app.backlog.models import BacklogItem, ItemState
from app.backlog.queries.evidence import coded, reason_ids_of
from app.clock import TOKYO
from app.customers.models import Customer, CustomerState, Purchase
from app.db import db
from app.reasons.models import Coding
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
    """What came of one mended item. `before` and `after`: the reason's share of voices on either side of the day."""

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


def outcomes(today: date) -> list[Outcome]:
    """One outcome for each item that was mended, the latest first."""
    query = (
        sa.select(BacklogItem)
        .where(BacklogItem.state.in_((ItemState.RELEASED, ItemState.MEASURED)))
        .order_by(BacklogItem.released_on.desc(), BacklogItem.id.desc())
    )
    return [outcome_of(item, today) for item in db.session.scalars(query)]


def outcome_of(item: BacklogItem, today: date) -> Outcome:
    """Count returns since the day of mending among those who had answered before it."""
    if item.released_on is None:
        raise ValueError("the item is not mended")
    start = datetime.combine(item.released_on, datetime.min.time(), TOKYO).astimezone(UTC)
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
        after=_share(item, since=start),
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


def _raised_before(item: BacklogItem, start: datetime) -> set[int]:
    query = (
        coded(item.survey_id)
        .add_columns(Response.customer_id)
        .where(Coding.reason_id.in_(reason_ids_of(item)), Response.submitted_at < start)
    )
    return set(db.session.scalars(query.distinct()))


def _bought(after: date, until: date) -> set[int]:
    query = sa.select(Purchase.customer_id).where(
        Purchase.amount > 0, Purchase.bought_on > after, Purchase.bought_on <= until
    )
    return set(db.session.scalars(query.distinct()))


def _share(
    item: BacklogItem, since: datetime | None = None, until: datetime | None = None
) -> ReasonShare | None:
    """The item's reason among the voices of a period; None where nobody gave a reason then."""
    shares = reasons_by_mentions(item.survey_id, since, until)
    if not shares.n:
        return None
    wanted = item.reason_id
    found = (
        row for top in shares.rows for row in (top, *top.below) if row.reason and row.reason.id == wanted
    )
    return next(found, ReasonShare(item.reason, 0, shares.n))


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
