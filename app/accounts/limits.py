"""How often something guarded may be tried: a counter per key and window, shared by all processes."""

from datetime import UTC, datetime

import sqlalchemy as sa

from app.accounts.models import RateLimit
from app.db import apart


def try_once(key: str, at: datetime, limit: int, window_seconds: int) -> bool:
    """Count one try under `key`; return whether it is within `limit` per window. Kept even if the request fails."""
    start = int(at.timestamp()) // window_seconds * window_seconds
    window_at = datetime.fromtimestamp(start, UTC)
    with apart() as connection:
        bumped = connection.execute(
            sa.update(RateLimit)
            .where(RateLimit.key == key, RateLimit.window_at == window_at)
            .values(count=RateLimit.count + 1)
            .returning(RateLimit.count)
        ).scalar()
        if bumped is None:
            connection.execute(sa.delete(RateLimit).where(RateLimit.key == key))
            connection.execute(sa.insert(RateLimit).values(key=key, window_at=window_at, count=1))
            bumped = 1
    return bumped <= limit
