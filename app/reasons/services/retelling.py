"""What customers' facts and states say of reasons follows when the codebook changes."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from app.db import db
from app.reasons.models import Clause, Coding, Reading
from app.reasons.services.telling import tell_customers

TOLD_AT_ONCE = 500  # sheets


def tell_of_reasons(reason_ids: Collection[int], at: datetime) -> None:
    """Tell the customers' side of all sheets that give these reasons."""
    given = sa.select(Reading.response_id).join(Clause).join(Coding).where(Coding.reason_id.in_(reason_ids))
    main = sa.select(Reading.response_id).where(Reading.main_reason_id.in_(reason_ids))
    found = sorted(set(db.session.scalars(given)) | set(db.session.scalars(main)))
    for start in range(0, len(found), TOLD_AT_ONCE):
        tell_customers(found[start : start + TOLD_AT_ONCE], at)
