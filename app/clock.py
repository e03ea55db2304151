"""The only place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def day_of(instant: datetime, zone: ZoneInfo = TOKYO) -> date:
    """Return the calendar day of an instant as people in `zone` see it."""
    return instant.astimezone(zone).date()


def today() -> date:
    """Return today's day in Japan."""
    return day_of(now())
