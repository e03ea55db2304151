"""When customers are left in peace: no mail is handed over from 21:00 to 8:00 in Japan."""

from datetime import datetime, time, timedelta

from flask import current_app

from app.clock import TOKYO

OPENS, CLOSES = time(8), time(21)


def is_quiet(at: datetime) -> bool:
    """Does this instant fall into the quiet hours? Never where mail only goes to the built-in mailbox and QUIET_HOURS=0."""
    if not current_app.extensions["settings"].quiet_hours:
        return False
    return not OPENS <= at.astimezone(TOKYO).time() < CLOSES


def next_opening(at: datetime) -> datetime:
    """The next instant at which mail may be handed over: `at` itself outside the quiet hours, else 8:00."""
    local = at.astimezone(TOKYO)
    if not is_quiet(at):
        return local
    day = local.date() + timedelta(days=local.time() >= CLOSES)
    return datetime.combine(day, OPENS, TOKYO)
