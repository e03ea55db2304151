"""One at a time writes a sheet: whoever holds its row has seen what others wrote, until the transaction ends.

SQLite has one writer anyway; elsewhere the row is locked. Held once, it is not asked for again in the transaction.
"""

import sqlalchemy as sa

from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.responses.models import Response

_HELD = "held sheet"  # in Session.info: the transaction, and the number of the sheet held in it
_FRESH = (
    sa.select(Response)
    .where(Response.id == sa.bindparam("number"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


class AlreadyAnswered(OkaeriError):
    """This sheet was submitted before; nothing of it changes."""


def already_answered() -> AlreadyAnswered:
    return AlreadyAnswered(_("もうお答えいただいています。ありがとうございました。"))


def hold(response: Response) -> None:
    """Wait for whoever is writing this sheet at the same moment, then see what they wrote. Raises AlreadyAnswered."""
    if db.session.info.get(_HELD) == _this(response):
        return
    db.session.flush()
    if db.session.scalars(_FRESH, {"number": response.id}).one_or_none() is None:
        raise already_answered()  # handed in anonymously, or erased, a moment ago
    db.session.expire(response, ["answers"])
    note_held(response)


def note_held(response: Response) -> None:
    """Remember that this sheet was just read and locked in this transaction."""
    db.session.info[_HELD] = _this(response)


def _this(response: Response) -> tuple[object, int]:
    # Rolled back to a savepoint, a lock is gone: what was held inside it counts there only.
    session = db.session()
    return session.get_nested_transaction() or session.get_transaction(), response.id
