"""Which answers say why somebody left, and which only what they use today."""

import sqlalchemy as sa

from app.reasons.models import Reading


def asks_why() -> sa.ColumnElement[bool]:
    """SQL: the reading at hand is not of an answer to 今はどうされていますか.

    Nearly everybody names a substitute there. Counted as a reason it would lead every list and say nothing. The reading
    keeps which it was (services/asked.py): looking the question up cost more than counting.
    """
    return Reading.why.is_(True)
