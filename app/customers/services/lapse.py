"""Lapse rules: saved as versions, applied set-based."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts.models import Member
from app.customers.days import day_in_japan
from app.customers.models import Customer, CustomerFact, CustomerState, LapseRule, StateSource, TimelineEntry
from app.customers.queries import customers_gone, gone, lapse_rule_in_force
from app.customers.queries.lapse import GONE, contract_runs
from app.customers.services.changes import note_changes
from app.customers.services.loaded import forget
from app.db import db
from app.edits import Overtaken, Theirs
from app.i18n import gettext as _

FIGURES = ("silent_months", "fewest_purchases", "contract_grace_days", "grievance_lapses")
MOVED = ("state", "state_source", "state_at")


@dataclass(frozen=True)
class Preset:
    """What the guides of a field call gone. Months without a purchase, fewest purchases, days after a contract."""

    silent_months: int
    fewest_purchases: int = 2
    contract_grace_days: int = 0
    grievance_lapses: bool = True


# Figures of the field's guides: retail 6–12 months, apparel a season, a subscription some weeks (here: two skipped
# months), a business contract a year of silence or 60 days after its end.
PRESETS = {
    "retail": Preset(6),
    "mail_order": Preset(9),
    "apparel": Preset(3),
    "subscription": Preset(2, fewest_purchases=1),
    "contract": Preset(12, fewest_purchases=1, contract_grace_days=60),
}


def draft_lapse_rule(
    preset: str, silent_months: int, fewest_purchases: int, contract_grace_days: int, grievance_lapses: bool
) -> LapseRule:
    """A rule that is not saved, for counting. The preset is kept where its figures are still the same."""
    figures = Preset(silent_months, fewest_purchases, contract_grace_days, grievance_lapses)
    return LapseRule(
        preset=preset if PRESETS.get(preset) == figures else "",
        silent_months=silent_months,
        fewest_purchases=fewest_purchases,
        contract_grace_days=contract_grace_days,
        grievance_lapses=grievance_lapses,
    )


def save_lapse_rule(
    preset: str,
    silent_months: int,
    fewest_purchases: int,
    contract_grace_days: int,
    grievance_lapses: bool,
    member: Member | None,
    today: date,
    at: datetime,
    shown_version: int | None = None,
) -> LapseRule:
    """Save the next version and apply it. `shown_version`: the one in force when the form was filled, 0 for none.

    Raises Overtaken where others have saved one since. The same form sent twice saves one.
    """
    before = lapse_rule_in_force()
    rule = draft_lapse_rule(preset, silent_months, fewest_purchases, contract_grace_days, grievance_lapses)
    if before is not None and shown_version is not None and shown_version != before.version:
        if all(getattr(before, name) == getattr(rule, name) for name in FIGURES):
            return before
        raise _overtaken(before)
    count = customers_gone(rule, today)
    rule.version = before.version + 1 if before else 1
    rule.dormant_count, rule.lapsed_count = count.dormant, count.lapsed
    rule.member_id, rule.saved_at = member.id if member else None, at
    try:
        with db.session.begin_nested():
            db.session.add(rule)
    except IntegrityError:
        newest = lapse_rule_in_force()
        assert newest is not None
        raise _overtaken(newest) from None
    audit.record("saved", "lapse_rule", rule.id, rule.member_id, at, version=rule.version)
    apply_lapse_rule(rule, today, at)
    return rule


def _overtaken(newest: LapseRule) -> Overtaken:
    """Who saved the version in force, and its figures."""
    member = db.session.get(Member, newest.member_id) if newest.member_id else None
    name = _("%(name)sさん", name=member.name) if member else _("ほかの方")
    sentence = _(
        "%(name)sが先に第%(version)s版を保存しました。どちらにしますか。", name=name, version=newest.version
    )
    figures = {one: Theirs(getattr(newest, one), True, name, newest.saved_at) for one in FIGURES}
    return Overtaken(sentence, newest.version, figures)


def apply_lapse_rule(
    rule: LapseRule,
    today: date,
    at: datetime,
    customer_id: int | None = None,
    batch_id: int | None = None,
) -> int:
    """Bring the states of all customers (or of one) up to date and write changes into their timelines.

    Only states that a rule has set change. Whoever was gone and bought since, or has a running contract again, is
    "returned"; whoever was gone and no longer counts so is "active". Where an import is the cause, it remembers the
    states before. Returns how many changed.
    """
    db.session.flush()
    after = _target(rule, today).label("after")
    each = sa.select(Customer.id, sa.cast(Customer.state, sa.String).label("before"), after)
    each = each.outerjoin(Customer.account).where(Customer.state_source == StateSource.RULE)
    if customer_id is not None:
        each = each.where(Customer.id == customer_id)
    moves = each.subquery()
    pairs = sa.select(moves.c.before, moves.c.after).where(moves.c.before != moves.c.after).distinct()
    count = 0
    for before, after_word in db.session.execute(pairs).all():
        ids = sa.select(moves.c.id).where(moves.c.before == before, moves.c.after == after_word)
        count += _move(ids, StateSource.RULE, before, after_word, at, batch_id)
    if customer_id is None:
        rule.applied_on = today
    forget(MOVED)
    return count


def follow_purchases(today: date, at: datetime, batch_id: int | None = None) -> int:
    """After purchases came in, and once a day: apply the rule in force, and see who came back.

    A purchase after the day somebody answered is newer than the answer: such a customer has returned. What a person
    of the organisation said stays. `batch_id`: the import that brought the purchases, if one did.
    """
    since = Customer.last_bought_on > day_in_japan(Customer.state_at)
    answered = Customer.state_source == StateSource.ANSWER
    count = 0
    for state in GONE:
        ids = sa.select(Customer.id).where(answered, Customer.state == state, since)
        count += _move(ids, StateSource.ANSWER, state.value, CustomerState.RETURNED.value, at, batch_id)
    rule = lapse_rule_in_force()
    forget(MOVED)
    return count + (apply_lapse_rule(rule, today, at, batch_id=batch_id) if rule else 0)


def _target(rule: LapseRule, today: date) -> sa.ColumnElement[Any]:
    """SQL: the state a rule gives the customer at hand, knowing the one before."""
    was_gone = Customer.state.in_(GONE)
    since = Customer.last_bought_on >= day_in_japan(Customer.state_at)
    back = sa.or_(since, contract_runs(rule, today))
    otherwise = sa.case(
        (sa.and_(was_gone, sa.func.coalesce(back, sa.false())), CustomerState.RETURNED.value),
        (was_gone, CustomerState.ACTIVE.value),
        else_=sa.cast(Customer.state, sa.String),
    )
    return sa.func.coalesce(gone(rule, today), otherwise)


def _move(
    ids: sa.Select[Any], said_by: StateSource, before: str, after: str, at: datetime, batch_id: int | None
) -> int:
    """Move customers from one state to another, with a timeline entry each, and the fact "returned".

    The state and who said it are asked for again by the UPDATE itself: on PostgreSQL a person may have said otherwise
    since the subquery was read.
    """
    matching = (
        Customer.id.in_(ids),
        Customer.state == CustomerState(before),
        Customer.state_source == said_by,
    )
    since = _held_since(batch_id, matching) if batch_id is not None else {}
    change = sa.update(Customer).where(*matching)
    change = change.values(state=CustomerState(after), state_source=StateSource.RULE, state_at=at)
    change = change.execution_options(synchronize_session=False)
    moved = db.session.scalars(change.returning(Customer.id)).all()
    if not moved:
        return 0
    params = {"before": before, "after": after, "source": StateSource.RULE.value}
    line = {"at": at, "kind": "state_changed", "params": params}
    db.session.execute(sa.insert(TimelineEntry), [{"customer_id": one, **line} for one in moved])
    if after == CustomerState.RETURNED.value:
        fact = {"kind": "returned", "value": before, "source": "purchase", "at": at}
        db.session.execute(sa.insert(CustomerFact), [{"customer_id": one, **fact} for one in moved])
    if batch_id is not None:
        was = {"state": before, "state_source": said_by}
        now = {"state": after, "state_source": StateSource.RULE, "state_at": at}
        both = ((one, one, {**was, "state_at": since[one]}, now) for one in moved if one in since)
        note_changes(batch_id, "state", both)
    return len(moved)


def _held_since(batch_id: int, matching: Sequence[sa.ColumnElement[bool]]) -> dict[int, datetime | None]:
    """Since when customers that an import did not bring itself have been as they are. Holds their rows."""
    rows = sa.select(Customer.id, Customer.state_at).where(
        *matching, Customer.import_batch_id.is_distinct_from(batch_id)
    )
    return {row.id: row.state_at for row in db.session.execute(rows.with_for_update())}
