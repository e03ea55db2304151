"""The rows of a sheet's answers, written at once: one statement for new and changed ones, one for those that go."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db, write
from app.responses.models import Answer, Response

_ANSWERS = cast(sa.Table, Answer.__table__)


def rewrite(response: Response, kept: Mapping[int, tuple[Any, str]]) -> None:
    """Have these answers stand, (value, text) by the question's id, and no others. The sheet must be held."""
    before = {row.question_id: (row.value, row.text) for row in response.answers}
    changed = [
        {"response_id": response.id, "question_id": number, "value": value, "text": text}
        for number, (value, text) in kept.items()
        if before.get(number) != (value, text)
    ]
    gone = [number for number in before if number not in kept]
    if changed:
        write(_upsert(db.engine.dialect.name), changed)
    if gone:
        mine = (_ANSWERS.c.response_id == response.id, _ANSWERS.c.question_id.in_(gone))
        write(sa.delete(_ANSWERS).where(*mine), {})
    _forget(response)


@cache
def _upsert(dialect: str) -> Any:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(_ANSWERS)
    newer = {"value": insert.excluded.value, "text": insert.excluded.text}
    return insert.on_conflict_do_update(index_elements=["response_id", "question_id"], set_=newer)


def _forget(response: Response) -> None:
    """Whoever asks the session for the sheet's answers reads them anew."""
    for row in response.answers:
        db.session.expire(row)
    db.session.expire(response, ["answers"])
