"""How often something guarded may be tried: a counter per key and window, shared by all processes."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import RateLimit
from app.db import apart


def try_once(key: str, at: datetime, limit: int, window_seconds: int) -> bool:
    """Count one try under `key`; return whether it is within `limit` per window. Kept even if the request fails."""
    start = int(at.timestamp()) // window_seconds * window_seconds
    window_at = datetime.fromtimestamp(start, UTC)
    with apart() as connection:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        count = (
            dialect.insert(RateLimit)
            .values(key=key, window_at=window_at, count=1)
            .on_conflict_do_update(
                index_elements=[RateLimit.key, RateLimit.window_at], set_={"count": RateLimit.count + 1}
            )
            .returning(RateLimit.count)
        )
        tried: int = connection.execute(count).scalar_one()
        if tried == 1:
            passed = sa.delete(RateLimit).where(RateLimit.key == key, RateLimit.window_at < window_at)
            connection.execute(passed)
    return tried <= limit
