"""How often something guarded may be tried: a counter per key and window, shared by all processes."""

import ipaddress
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import RateLimit
from app.db import apart, db

GUESSES, GUESSES_WINDOW_SECONDS = 50, 900


def network_of(address: str | None) -> str:
    """What counts as one address: of IPv6 the first 64 bits, since everybody at home has all that follow."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    return str(found if found.version == 4 else ipaddress.ip_network((found, 64), strict=False))


def may_guess(address: str | None, at: datetime) -> bool:
    """Count a link nobody was sent; return whether this network address may still be told so.

    A token has 144 random bits: the limit saves work, not secrets. Known links stay open to an address that has
    guessed too often, which it may share with thousands of phones.
    """
    return try_once(f"link-from:{network_of(address)}"[:120], at, GUESSES, GUESSES_WINDOW_SECONDS)


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


def remembers(before: datetime) -> bool:
    """Is there a count of a window that began before this instant?"""
    return db.session.scalar(sa.select(RateLimit.id).where(RateLimit.window_at < before).limit(1)) is not None


def forget(before: datetime) -> None:
    """Take away all counts of windows that began before this instant."""
    db.session.execute(sa.delete(RateLimit).where(RateLimit.window_at < before))
