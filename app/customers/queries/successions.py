"""Which changes of contact wait for a member."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.customers.models import Succession, SuccessionState
from app.db import db


def successions_waiting() -> Sequence[Succession]:
    """All that wait for a decision, oldest first, with their customers."""
    waiting = sa.select(Succession).where(Succession.state == SuccessionState.PENDING)
    return db.session.scalars(waiting.options(joinedload(Succession.customer)).order_by(Succession.id)).all()


def successions_of(customer_id: int) -> Sequence[Succession]:
    """Those of a customer that wait, oldest first."""
    mine = sa.select(Succession).where(
        Succession.customer_id == customer_id, Succession.state == SuccessionState.PENDING
    )
    return db.session.scalars(mine.order_by(Succession.id)).all()
