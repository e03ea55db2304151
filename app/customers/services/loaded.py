"""What the session still holds of customers after a set-based change."""

from collections.abc import Sequence

from app.customers.models import Customer
from app.db import db


def forget(names: Sequence[str]) -> None:
    """Let customers that this session has loaded read these columns again when asked."""
    for loaded in list(db.session.identity_map.values()):
        if isinstance(loaded, Customer):
            db.session.expire(loaded, names)
