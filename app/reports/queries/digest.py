"""定例資料: what people said in a month, what was decided, what was mended, and what came of it; for one department or all.

A department is what a reason says is in charge of it (担当の部署), or the owner of an item. Everything counts as of the
month's end, so that an old month tells the same whenever it is asked. Customers' words are named by clause only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.backlog.models import BacklogItem, Decision
from app.clock import TOKYO, day_of
from app.db import db
from app.reasons.models import Clause, Coding, Reading, ReadingState, Reason
from app.reasons.queries import ReasonShare, ReasonShares, reasons_by_mentions
from app.reasons.queries.causes import asks_why
from app.reasons.queries.codebook import family_of
from app.reasons.queries.few import anonymous_surveys
from app.reasons.queries.mentions import clauses_with_words
from app.reasons.queries.words import quote_of, shown_text
from app.recovery.queries import Outcome, outcome_of
from app.reports.queries.nps import month_after
from app.responses.models import Door, Response, ResponseState

MOST_REASONS, QUOTED_REASONS, QUOTES = 10, 3, 2


@dataclass(frozen=True)
class Digest:
    """Plain values alone, as a record keeps them; `quotes` are looked up when a file is written.

    said: reasons of the month with (count, n, low, high) and the month before, clauses by id; n: sheets giving a reason;
    decided, mended, effects: items with what is to be told of them.
    """

    month: date
    department: str
    n: int
    n_before: int
    said: Sequence[Mapping[str, Any]]
    decided: Sequence[Mapping[str, Any]]
    mended: Sequence[Mapping[str, Any]]
    effects: Sequence[Mapping[str, Any]]
    quotes: Mapping[int, str] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """The digest as a record keeps it: without anybody's words."""
        found = asdict(self)
        del found["quotes"]
        return found | {"month": self.month.isoformat()}


def departments() -> list[str]:
    """Those in charge of reasons or items, in the order of their names."""
    reasons = sa.select(Reason.owner).where(Reason.owner != "", Reason.active)
    items = sa.select(BacklogItem.owner).where(BacklogItem.owner != "")
    return sorted(db.session.scalars(sa.union(reasons, items)))


def digest_of(month: date, department: str = "") -> Digest:
    """The digest of a month (its first day); of one department, or of all."""
    now = _shares(month)
    before = _shares(month_after(month, -1))
    rows = [row for row in now.rows if _in_charge(row.reason, department)][:MOST_REASONS]
    earlier = {row.reason.id: row for row in before.rows if row.reason}
    said = [
        _said(row, earlier.get(row.reason.id), month, place < QUOTED_REASONS)
        for place, row in enumerate(rows)
        if row.reason is not None
    ]
    plain = Digest(
        month,
        department,
        now.n,
        before.n,
        said,
        [_decided(one) for one in _decisions(month, department)],
        [_mended(item) for item in _items(department, sa.and_(*_within_days(month)))],
        [
            _effect(outcome_of(item, _last_day(month)))
            for item in _items(department, BacklogItem.released_on <= _last_day(month))
        ],
    )
    return _with_quotes(plain)


def digest_again(kept: Mapping[str, Any]) -> Digest:
    """A digest from its record, with the voices as they are now; those erased since are no longer in it."""
    return _with_quotes(Digest(**{**kept, "month": date.fromisoformat(kept["month"])}))


def _with_quotes(plain: Digest) -> Digest:
    clauses = clauses_with_words([number for row in plain.said for number in row["clauses"]])
    quotes = {clause.id: shown_text(quote_of(clause)) for clause in clauses}
    return Digest(
        **{**{name: getattr(plain, name) for name in Digest.__dataclass_fields__}, "quotes": quotes}
    )


def _start(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=TOKYO).astimezone(UTC)


def _last_day(month: date) -> date:
    return month_after(month) - timedelta(days=1)


def _shares(month: date) -> ReasonShares:
    """The reasons of the surveys that name their respondents, most often first, sub-reasons within theirs."""
    return reasons_by_mentions(None, _start(month), _start(month_after(month)))


def _in_charge(reason: Reason | None, department: str) -> bool:
    return reason is not None and (not department or reason.owner == department)


def _said(row: ReasonShare, before: ReasonShare | None, month: date, quoted: bool) -> dict[str, Any]:
    reason = row.reason
    assert reason is not None
    return {
        "code": reason.code,
        "label": reason.label,
        "count": row.count,
        "n": row.n,
        "share": round(row.share, 4),
        "low": round(row.low, 4),
        "high": round(row.high, 4),
        "count_before": before.count if before else 0,
        "clauses": _clauses(reason, month) if quoted else [],
    }


def _clauses(reason: Reason, month: date) -> list[int]:
    """Clauses of the month that show a reason well, from different sheets: confirmed and sure ones first."""
    fair = sa.case(((Clause.end - Clause.start).between(10, 60), 0), else_=1)
    confirmed = sa.case((Reading.state == ReadingState.CONFIRMED, 0), else_=1)
    sure = sa.func.coalesce(Coding.probability, 1.0).desc()
    query = (
        sa.select(Clause.id, Reading.response_id)
        .select_from(Coding)
        .join(Clause, Clause.id == Coding.clause_id)
        .join(Reading, Reading.id == Clause.reading_id)
        .join(Response, Response.id == Reading.response_id)
        .where(
            Coding.reason_id.in_(family_of(reason.id)),
            Response.state == ResponseState.SUBMITTED,
            Response.door != Door.TEST,
            Response.submitted_at >= _start(month),
            Response.submitted_at < _start(month_after(month)),
            Reading.survey_id.not_in(anonymous_surveys()),
            asks_why(),
        )
        .order_by(fair, confirmed, sure, Clause.id)
        .limit(QUOTES * 5)
    )
    first: dict[int, int] = {}
    for clause_id, response_id in db.session.execute(query):
        first.setdefault(response_id, clause_id)
    return list(first.values())[:QUOTES]


def _of(department: str) -> sa.ColumnElement[bool]:
    """SQL: the item is in this department's hands."""
    if not department:
        return sa.true()
    reasons = sa.select(Reason.id).where(Reason.owner == department)
    return sa.or_(BacklogItem.owner == department, BacklogItem.reason_id.in_(reasons))


def _items(department: str, which: sa.ColumnElement[bool]) -> list[BacklogItem]:
    query = sa.select(BacklogItem).where(_of(department), BacklogItem.released_on.is_not(None), which)
    near = query.options(joinedload(BacklogItem.reason))
    return list(db.session.scalars(near.order_by(BacklogItem.released_on, BacklogItem.id)))


def _within_days(month: date) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return BacklogItem.released_on >= month, BacklogItem.released_on <= _last_day(month)


def _decisions(month: date, department: str) -> list[Decision]:
    """The decisions of a month, oldest first."""
    query = (
        sa.select(Decision)
        .join(BacklogItem, BacklogItem.id == Decision.item_id)
        .where(_of(department), Decision.at >= _start(month), Decision.at < _start(month_after(month)))
        .options(joinedload(Decision.item), joinedload(Decision.member))
    )
    return list(db.session.scalars(query.order_by(Decision.at, Decision.id)))


def _named(item: BacklogItem) -> dict[str, Any]:
    return {"item": item.id, "id": item.number, "title": item.title, "owner": item.owner}


def _decided(one: Decision) -> dict[str, Any]:
    return _named(one.item) | {
        "verdict": one.verdict.value,
        "why": one.why,
        "by": one.member.name,
        "on": day_of(one.at).isoformat(),
    }


def _mended(item: BacklogItem) -> dict[str, Any]:
    return _named(item) | {"on": item.released_on.isoformat() if item.released_on else ""}


def _effect(one: Outcome) -> dict[str, Any]:
    low, high = one.interval
    sides = {"before": one.before, "after": one.after}
    return _named(one.item) | {
        "on": one.item.released_on.isoformat() if one.item.released_on else "",
        "judgement": one.judgement.value,
        "turn": one.turn.value,
        "raised": [one.raised.returned, one.raised.people],
        "others": [one.others.returned, one.others.people],
        "difference": [round(one.difference, 4), round(low, 4), round(high, 4)],
        **{name: [side.count, side.n] if side else None for name, side in sides.items()},
    }
