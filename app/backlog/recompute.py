"""Every figure of a backlog worked out once more, row by row from purchases and codings.

It shares the arithmetic of weights with the ranking and nothing else: no stored sums, no grouping in SQL, no matrix.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from math import isclose
from typing import Any

import sqlalchemy as sa

from analysis.priority import DEFAULT_EFFORT, PRIORS, returned
from analysis.weighting import Customer as Weighed
from analysis.weighting import rfm_cells, weights, yearly_revenue
from app.backlog.models import BacklogItem, Evidence
from app.backlog.queries import RankedItem, items_of, owners_of, ranked_items
from app.backlog.queries.evidence import coded, person, picked
from app.backlog.queries.inputs import GONE
from app.clock import day_of
from app.customers.models import Account, Customer, Purchase
from app.db import db
from app.reasons.models import Clause, Coding
from app.reasons.queries.few import is_anonymous
from app.responses.models import Door, Response, ResponseState

FIGURES = ("n", "count", "lost", "chance", "value", "effort", "score")


@dataclass(frozen=True)
class Recomputed:
    """One item's figures, named like those of analysis.priority.Ranked."""

    item: str
    n: int
    count: float
    lost: float
    chance: float
    value: float
    effort: float
    score: float


def recompute(survey_id: int, today: date) -> list[Recomputed]:
    """The figures of all items that anybody speaks of, by number."""
    bought = _purchases()
    base = [] if is_anonymous(survey_id) else _base(bought, today)
    revenue = {one.id: max(one.revenue or 0.0, 0.0) for one in base}
    weight = weights(base, _people(survey_id))
    said = _said(survey_id)
    in_yen = any(revenue.get(who, 0.0) for who in weight)
    found = []
    for item in items_of(survey_id):
        mine = {
            who: said[who].count(item.id) / len(said[who]) for who in weight if item.id in said.get(who, ())
        }
        if not mine:
            continue
        count = sum(weight[who] for who in mine)
        lost = sum(weight[who] * revenue.get(who, 0.0) * share for who, share in mine.items())
        chance = _chance(item, survey_id, bought, today)
        effort = item.effort_days or DEFAULT_EFFORT
        value = lost * chance if in_yen else count
        figures = Recomputed(item.number, len(mine), count, lost, chance, value, effort, value / effort)
        found.append(figures)
    return found


def differences(survey_id: int, today: date) -> list[str]:
    """Where the screens say something else, as "IM-001 lost"; empty where all agrees."""
    anew = {one.item: asdict(one) for one in recompute(survey_id, today)}
    shown = {row.item.number: row for row in ranked_items(survey_id, today, with_mended=True).items}
    return [f"{number} {name}" for number, row in shown.items() for name in _differing(row, anew.get(number))]


def _differing(row: RankedItem, anew: dict[str, Any] | None) -> list[str]:
    if row.figures is None or anew is None:
        # A group too small to be told is not shown; that is no difference.
        return ["n"] if anew is None and row.figures is not None else []
    return [name for name in FIGURES if not isclose(getattr(row.figures, name), anew[name], rel_tol=1e-9)]


def _purchases() -> dict[int, list[tuple[date, float]]]:
    found: dict[int, list[tuple[date, float]]] = defaultdict(list)
    rows = db.session.execute(sa.select(Purchase.customer_id, Purchase.bought_on, Purchase.amount))
    for customer, day, amount in rows:
        found[customer].append((day, float(amount)))
    return found


def _base(bought: dict[int, list[tuple[date, float]]], today: date) -> list[Weighed]:
    """Everybody gone, with revenue and cell from the purchases themselves."""
    query = sa.select(Customer.id, Account.yearly_fee).outerjoin(Account).where(Customer.state.in_(GONE))
    rows = db.session.execute(query.order_by(Customer.id)).all()
    fees: dict[int, float | None] = {row.id: row.yearly_fee for row in rows}
    buys = {number: [day for day, yen in bought.get(number, ()) if yen > 0] for number in fees}
    known = [number for number in fees if buys[number]]
    cells = rfm_cells(
        [(today - max(buys[number])).days for number in known],
        [len(buys[number]) for number in known],
        [yearly_revenue(bought[number]) or 0.0 for number in known],
    )
    cell_of = dict(zip(known, cells, strict=True))
    return [
        Weighed(f"c{number}", yearly_revenue(bought.get(number, ()), fee), cell_of.get(number))
        for number, fee in fees.items()
    ]


def _people(survey_id: int) -> list[str]:
    query = sa.select(person()).where(
        Response.survey_id == survey_id,
        Response.state == ResponseState.SUBMITTED,
        Response.door != Door.TEST,
        Response.submitted_at.is_not(None),
    )
    return sorted(set(db.session.scalars(query)))


def _voices(survey_id: int) -> Iterator[tuple[str, int | None, date, int | None]]:
    """(person, customer, day, item or None) of every coding, and of every picked clause that has none."""
    columns = (person(), Response.customer_id, Response.submitted_at)
    owner = owners_of(survey_id)
    picks = picked(survey_id).add_columns(*columns, Clause.id, Evidence.item_id)
    taken = {
        clause: (who, customer, at, item) for who, customer, at, clause, item in db.session.execute(picks)
    }
    bare = set(taken)
    for who, customer, at, clause, reason in db.session.execute(
        coded(survey_id).add_columns(*columns, Clause.id, Coding.reason_id)
    ):
        bare.discard(clause)
        item = taken[clause][3] if clause in taken else owner.get(reason)
        yield who, customer, day_of(at), item
    for clause in sorted(bare):
        who, customer, at, item = taken[clause]
        yield who, customer, day_of(at), item


def _said(survey_id: int) -> dict[Hashable, list[int | None]]:
    """What each person's coded clauses speak of: items, or None for a reason that is none."""
    said: dict[Hashable, list[int | None]] = defaultdict(list)
    for who, _customer, _day, item in _voices(survey_id):
        said[who].append(item)
    return said


def _chance(
    item: BacklogItem, survey_id: int, bought: dict[int, list[tuple[date, float]]], today: date
) -> float:
    first: dict[int, date] = {}
    for _who, customer, day, owner in _voices(survey_id):
        if customer is not None and owner == item.id:
            first[customer] = min(first.get(customer, day), day)
    outcomes = (
        returned(day, [on for on, yen in bought.get(customer, ()) if yen > 0], today)
        for customer, day in first.items()
    )
    prior = PRIORS[(item.recoverability or item.reason.recoverability).value]
    return prior.updated(outcomes).mean
