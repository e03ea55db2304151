"""The codebook: the eleven reasons everybody starts with."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from app.reasons import engine
from app.reasons.models import Reason, ReasonOrigin, Recoverability


def seed_codebook(at: datetime) -> None:
    """Add the shipped reasons that are not there yet; a team's own labels and seals stay as they are."""
    known = set(db.session.scalars(sa.select(Reason.code)))
    rows = [
        {
            "code": entry.code,
            "label": entry.label,
            "seal": entry.seal,
            "definition": entry.definition,
            "recoverability": Recoverability(entry.recoverability),
            "origin": ReasonOrigin.CODEBOOK,
            "position": place,
            "active": True,
            "created_at": at,
        }
        for place, entry in enumerate(engine.codebook())
        if entry.code not in known
    ]
    if rows:
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(Reason).values(rows).on_conflict_do_nothing())
