"""Versions of the codebook: every change makes the next one, with the whole codebook as it stands after it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import selectinload

from app import audit
from app.accounts.models import Member
from app.db import db
from app.edits import plain
from app.reasons.models import Reason
from app.reasons.models_codebook import CodebookVersion


def entry_of(reason: Reason) -> dict[str, Any]:
    """An entry of the codebook as plain JSON; others are named by their codes."""
    return {
        "code": reason.code,
        "label": reason.label,
        "seal": reason.seal,
        "parent": reason.parent.code if reason.parent else None,
        "definition": reason.definition,
        "examples": list(reason.examples),
        "counter_examples": list(reason.counter_examples),
        "owner": reason.owner,
        "recoverability": reason.recoverability.value,
        "active": reason.active,
        "merged_into": reason.merged_into.code if reason.merged_into else None,
        "origin": reason.origin.value,
    }


def codebook_content() -> list[dict[str, Any]]:
    """All entries, in use or not, in their order."""
    every = sa.select(Reason).order_by(Reason.position, Reason.id)
    near = every.options(selectinload(Reason.parent), selectinload(Reason.merged_into))
    return [entry_of(reason) for reason in db.session.scalars(near)]


def hold_codebook() -> None:
    """One change of the codebook at a time: the first version is the key to it."""
    first = sa.select(CodebookVersion.id).where(CodebookVersion.number == 1)
    db.session.execute(first.with_for_update())


def keep_version(
    verb: str,
    reason: Reason | None,
    member: Member,
    at: datetime,
    note: str = "",
    **detail: Any,
) -> CodebookVersion:
    """Write down what was changed just now, and tell the audit log. Call `hold_codebook` before changing."""
    db.session.flush()
    version = CodebookVersion(
        number=_next_number(),
        verb=verb,
        reason_id=reason.id if reason else None,
        member_id=member.id,
        at=at,
        note=note,
        detail={**({"label": reason.label} if reason else {}), **plain(detail)},
        content=codebook_content(),
    )
    db.session.add(version)
    db.session.flush()
    audit.record(verb, "codebook", version.reason_id, member.id, at, version=version.number)
    return version


def keep_seeding(at: datetime) -> None:
    """The version the product itself makes: the first one, or one with reasons a newer product brought."""
    number = _next_number()
    row: dict[str, Any] = {
        "number": number,
        "verb": "began" if number == 1 else "grew",
        "at": at,
        "note": "",
        "detail": {},
        "content": codebook_content(),
    }
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(CodebookVersion).values([row]).on_conflict_do_nothing())


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What of `before` became what of `after`: {"before": …, "after": …} of the values that differ."""
    old, new = plain(before), plain(after)
    names = [name for name in new if old.get(name) != new[name]]
    return {"before": {name: old.get(name) for name in names}, "after": {name: new[name] for name in names}}


def _next_number() -> int:
    return (db.session.scalar(sa.select(sa.func.max(CodebookVersion.number))) or 0) + 1
