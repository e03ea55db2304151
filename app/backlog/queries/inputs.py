"""What the ranking is worked out from: lapsed customers, who spoke, what they said, and the chances to win them back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import sqlalchemy as sa

from analysis.priority import PRIORS, RETURN_WINDOW, Beta, Coding
from analysis.weighting import Customer as Weighed
from analysis.weighting import rfm_cells
from app.backlog.models import BacklogItem, Evidence
from app.backlog.queries.evidence import coded, has_picked, owners_of, person, picked, picked_here
from app.backlog.queries.items import items_of
from app.clock import day_of
from app.customers.models import Account, Customer, CustomerState, Purchase
from app.db import db
from app.reasons.models import Clause
from app.reasons.models import Coding as CodingRow
from app.reasons.queries.few import is_anonymous
from app.responses.models import Door, Response, ResponseState

GONE = (CustomerState.DORMANT, CustomerState.LAPSED)


@dataclass(frozen=True)
class Chance:
    """The chance to win people back with an item: what was believed, what was seen since, what that makes."""

    prior: Beta
    returned: int = 0
    stayed: int = 0

    @property
    def now(self) -> Beta:
        return Beta(self.prior.a + self.returned, self.prior.b + self.stayed)

    @property
    def closed(self) -> int:
        """People whose window has passed."""
        return self.returned + self.stayed

    @property
    def total(self) -> float:
        """What `now` counts in all."""
        return self.now.a + self.now.b


@dataclass(frozen=True)
class Inputs:
    """Everything the formula takes. Items go by their id as text; people as `person` names them ("c12")."""

    items: Sequence[BacklogItem]
    base: Sequence[Weighed]
    people: Mapping[str, date]
    codings: Sequence[Coding]
    effort: Mapping[str, float]
    chances: Mapping[str, Chance]


def inputs_of(survey_id: int, today: date) -> Inputs:
    """Read them all, from purchases, answers and codings as they are now."""
    items = items_of(survey_id)
    owner = {reason: str(item) for reason, item in owners_of(survey_id).items()}
    # Without names nothing is known of what anybody has bought: people are counted, never yen.
    base = [] if is_anonymous(survey_id) else _lapsed_base(today)
    return Inputs(
        items=items,
        base=base,
        people=_people(survey_id),
        codings=_codings(survey_id, owner),
        effort={str(item.id): item.effort_days for item in items if item.effort_days},
        chances=_chances(survey_id, items, owner, today),
    )


def _lapsed_base(today: date) -> list[Weighed]:
    """Everybody dormant or lapsed, with yearly revenue and RFM cell."""
    query = (
        sa.select(
            Customer.id,
            Customer.last_bought_on,
            Customer.purchase_count,
            Customer.yearly_revenue,
            Account.yearly_fee,
        )
        .outerjoin(Account, Account.customer_id == Customer.id)
        .where(Customer.state.in_(GONE))
        .order_by(Customer.id)
    )
    rows = db.session.execute(query).all()
    known = [row for row in rows if row.last_bought_on is not None]
    cells = rfm_cells(
        [(today - row.last_bought_on).days for row in known],
        [row.purchase_count for row in known],
        [row.yearly_revenue for row in known],
    )
    cell_of = {row.id: cell for row, cell in zip(known, cells, strict=True)}
    return [Weighed(f"c{row.id}", _revenue(row), cell_of.get(row.id)) for row in rows]


def _revenue(row: Any) -> float | None:
    if row.yearly_fee is not None:
        return float(row.yearly_fee)
    return None if row.last_bought_on is None else float(row.yearly_revenue)


def _people(survey_id: int) -> dict[str, date]:
    """Who answered, with the day of the first answer."""
    query = (
        sa.select(person(), sa.func.min(Response.submitted_at))
        .where(
            Response.survey_id == survey_id,
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
            Response.submitted_at.is_not(None),
        )
        .group_by(person())
        .order_by(person())
    )
    return {who: day_of(at) for who, at in db.session.execute(query) if at is not None}


def _codings(survey_id: int, owner: Mapping[int, str]) -> list[Coding]:
    """Clauses per person and item; reasons without an item keep their share under a name of their own.

    A picked clause counts for the item it was picked for, whatever it is coded with, and also where it is not coded.
    """
    query = coded(survey_id).add_columns(person(), CodingRow.reason_id, sa.func.count())
    if not has_picked(survey_id):
        grouped = query.group_by(person(), CodingRow.reason_id).order_by(person(), CodingRow.reason_id)
        found = db.session.execute(grouped)
        return [Coding(who, owner.get(reason, f"reason {reason}"), count) for who, reason, count in found]
    by = (person(), CodingRow.reason_id, Evidence.item_id)
    split = query.add_columns(Evidence.item_id).outerjoin(Evidence, picked_here()).group_by(*by).order_by(*by)
    codings = [
        Coding(who, str(item) if item else owner.get(reason, f"reason {reason}"), count)
        for who, reason, count, item in db.session.execute(split)
    ]
    said = sa.select(CodingRow.id).where(CodingRow.clause_id == Clause.id).correlate(Clause).exists()
    bare = picked(survey_id).where(~said).add_columns(person(), Evidence.item_id, sa.func.count())
    bare = bare.group_by(person(), Evidence.item_id).order_by(person(), Evidence.item_id)
    return codings + [Coding(who, str(item), count) for who, item, count in db.session.execute(bare)]


def _chances(
    survey_id: int, items: Sequence[BacklogItem], owner: Mapping[int, str], today: date
) -> dict[str, Chance]:
    """The chance to win people back per item: its prior, and what was seen of those who named it."""
    seen = _returns(survey_id, owner, today)
    priors = {
        str(item.id): PRIORS[(item.recoverability or item.reason.recoverability).value] for item in items
    }
    return {
        number: Chance(prior, seen[number].count(True), seen[number].count(False))
        for number, prior in priors.items()
    }


def _returns(survey_id: int, owner: Mapping[int, str], today: date) -> defaultdict[str, list[bool]]:
    """Per item, for each customer who spoke of it: came back within the window, or not (closed windows only)."""
    answered: dict[tuple[str, int], date] = {}
    for number, customer_id, day in _spoken(survey_id, owner):
        answered[number, customer_id] = min(answered.get((number, customer_id), day), day)
    closed = {key: day for key, day in answered.items() if today > day + RETURN_WINDOW}
    bought = _purchase_days(survey_id) if closed else {}
    seen: defaultdict[str, list[bool]] = defaultdict(list)
    for (number, customer), day in closed.items():
        seen[number].append(any(day < bought_on <= day + RETURN_WINDOW for bought_on in bought[customer]))
    return seen


def _spoken(survey_id: int, owner: Mapping[int, str]) -> list[tuple[str, int, date]]:
    """(item, customer, day) of every answer that counts for an item."""
    at = sa.func.min(Response.submitted_at)
    known = Response.customer_id.is_not(None)
    query = coded(survey_id).where(known).add_columns(Response.customer_id, CodingRow.reason_id, at)
    by: tuple[Any, ...] = (Response.customer_id, CodingRow.reason_id)
    with_picks = has_picked(survey_id)
    if with_picks:
        query = query.outerjoin(Evidence, picked_here()).where(Evidence.id.is_(None))
    rows = [
        (owner[reason], customer, day_of(first))
        for customer, reason, first in db.session.execute(query.group_by(*by))
        if reason in owner
    ]
    if not with_picks:
        return rows
    picks = picked(survey_id).where(known).add_columns(Response.customer_id, Evidence.item_id, at)
    found = db.session.execute(picks.group_by(Response.customer_id, Evidence.item_id))
    return rows + [(str(item), customer, day_of(first)) for customer, item, first in found]


def _purchase_days(survey_id: int) -> Mapping[int, list[date]]:
    """The days on which the customers who answered a survey bought."""
    answered = sa.select(Response.customer_id).where(
        Response.survey_id == survey_id, Response.customer_id.is_not(None)
    )
    days: dict[int, list[date]] = defaultdict(list)
    query = sa.select(Purchase.customer_id, Purchase.bought_on).where(
        Purchase.customer_id.in_(answered), Purchase.amount > 0
    )
    for customer_id, bought_on in db.session.execute(query):
        days[customer_id].append(bought_on)
    return cast(Mapping[int, list[date]], days)
