"""What to mend first: the inputs of analysis.priority, from the database, and its ranking as backlog items."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

import sqlalchemy as sa

from analysis.priority import PRIORS, RETURN_WINDOW, Beta, Coding, Ranked, Ranking, rank_reasons
from analysis.weighting import Customer as Weighed
from analysis.weighting import rfm_cells
from app.backlog.models import BacklogItem
from app.backlog.queries.evidence import coded, person, reason_ids_of
from app.backlog.queries.items import items_of
from app.clock import day_of
from app.customers.models import Account, Customer, CustomerState, Purchase
from app.db import db
from app.reasons.models import Coding as CodingRow
from app.reasons.queries.few import fewest_shown, is_anonymous
from app.responses.models import Door, Response, ResponseState

By = Literal["value", "score", "lost", "count"]
VIEWS: tuple[By, ...] = ("value", "score", "lost", "count")
LEAST_PEOPLE = 10
GONE = (CustomerState.DORMANT, CustomerState.LAPSED)


@dataclass(frozen=True)
class RankedItem:
    """An item with its place. `figures` is None where nobody's words support it now."""

    item: BacklogItem
    figures: Ranked | None


@dataclass(frozen=True)
class RankedBacklog:
    """Items best first, ones below ten people after them. `respondents` speak for `base` lapsed customers."""

    items: Sequence[RankedItem]
    in_yen: bool
    respondents: int
    base: int


def ranked_items(survey_id: int, today: date, by: By = "value", with_mended: bool = False) -> RankedBacklog:
    """Rank the items of a survey that are still to be mended (or all of them).

    Every figure is computed now, from purchases, answers and codings.
    """
    everything = items_of(survey_id)
    items = [item for item in everything if with_mended or not item.is_mended]
    # Without names nothing is known of what anybody has bought: people are counted, never yen.
    base = [] if is_anonymous(survey_id) else _lapsed_base(today)
    speaking = _people(survey_id)
    owner = _owners(everything)
    ranking = rank_reasons(
        base,
        list(speaking),
        _codings(survey_id, owner),
        effort={str(item.id): item.effort_days for item in items if item.effort_days},
        recover=_chances(survey_id, items, owner, today),
        by=by,
        least=LEAST_PEOPLE,
        among={str(item.id) for item in items},
    )
    fewest = fewest_shown(survey_id)
    in_order = [
        one if one.figures is None or one.figures.n >= fewest else RankedItem(one.item, None)
        for one in _in_order(items, ranking)
    ]
    return RankedBacklog(in_order, ranking.in_yen, len(speaking), len(base))


def _in_order(items: Sequence[BacklogItem], ranking: Ranking) -> list[RankedItem]:
    by_id = {str(item.id): item for item in items}
    ranked = [RankedItem(by_id.pop(figures.reason), figures) for figures in ranking.items]
    return ranked + [RankedItem(item, None) for item in by_id.values()]


def _owners(items: Sequence[BacklogItem]) -> dict[int, str]:
    """Which item each reason counts for, by reason id."""
    own = {item.reason_id: str(item.id) for item in items}
    found = {item: reason_ids_of(item, own) for item in items}
    below = {child: str(item.id) for item, (_first, *rest) in found.items() for child in rest}
    return below | {ids[0]: str(item.id) for item, ids in found.items()} | own


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
    """Clauses per person and item; reasons without an item keep their share under a name of their own."""
    query = (
        coded(survey_id)
        .add_columns(person(), CodingRow.reason_id, sa.func.count())
        .group_by(person(), CodingRow.reason_id)
        .order_by(person(), CodingRow.reason_id)
    )
    found = db.session.execute(query)
    return [Coding(who, owner.get(reason, f"reason {reason}"), count) for who, reason, count in found]


def _chances(
    survey_id: int, items: Sequence[BacklogItem], owner: Mapping[int, str], today: date
) -> dict[str, Beta]:
    """The chance to win people back per item: its prior, and what was seen of those who named it."""
    seen = _returns(survey_id, owner, today)
    priors = {
        str(item.id): PRIORS[(item.recoverability or item.reason.recoverability).value] for item in items
    }
    return {number: prior.updated(seen.get(number, ())) for number, prior in priors.items()}


def _returns(survey_id: int, owner: Mapping[int, str], today: date) -> dict[str, list[bool | None]]:
    """Per item, for each customer who named its reason: came back within the window, or not (closed windows only)."""
    query = (
        coded(survey_id)
        .where(Response.customer_id.is_not(None))
        .add_columns(Response.customer_id, CodingRow.reason_id, sa.func.min(Response.submitted_at))
        .group_by(Response.customer_id, CodingRow.reason_id)
    )
    answered: dict[tuple[str, int], date] = {}
    for customer_id, reason_id, at in db.session.execute(query):
        if reason_id in owner:
            key = (owner[reason_id], customer_id)
            answered[key] = min(answered.get(key, day_of(at)), day_of(at))
    closed = {key: day for key, day in answered.items() if today > day + RETURN_WINDOW}
    bought = _purchase_days(survey_id)
    seen: dict[str, list[bool | None]] = defaultdict(list)
    for (number, customer), day in closed.items():
        seen[number].append(any(day < bought_on <= day + RETURN_WINDOW for bought_on in bought[customer]))
    return seen


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
