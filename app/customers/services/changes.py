"""What imports do to rows that were there before, kept so that it can be undone."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from app.customers.models import ImportChange
from app.db import db

Values = Mapping[str, Any]


def plain(value: Any) -> Any:
    """A value of a column as JSON keeps it: days and instants (in UTC) as ISO text, enumerations as their word."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def note_changes(batch_id: int, subject: str, rows: Iterable[tuple[int, int, Values | None, Values]]) -> None:
    """Keep (row id, id of its customer or response, values before or None if it is new, values after).

    Of a row that was there before only what differs is kept, and nothing where nothing does.
    """
    kept = []
    for row_id, owner_id, before, after in rows:
        was = None if before is None else {name: plain(before[name]) for name in after}
        now = {name: plain(value) for name, value in after.items()}
        if was is not None:
            now = {name: value for name, value in now.items() if value != was[name]}
            was = {name: was[name] for name in now}
            if not now:
                continue
        values = {"batch_id": batch_id, "subject": subject, "row_id": row_id, "owner_id": owner_id}
        kept.append({**values, "before": was, "after": now, "kept": ""})
    if kept:
        db.session.execute(sa.insert(ImportChange), kept)
