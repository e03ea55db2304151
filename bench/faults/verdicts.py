"""The words of a fault report, and the judge: what stands in the database against what was acknowledged.

ok           acknowledged and whole
lost         acknowledged and not there
duplicated   there more than once
recovered    never acknowledged, and whole: allowed
unexpected   half a record, or an answer to the browser that must not be
unknown      nobody can know: shown to a person
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.campaigns.models import Invitation
from app.customers.models import CustomerFact, TimelineEntry
from app.db import db
from app.responses.models import Answer, Response, ResponseState
from bench.faults.load import Pressed
from bench.respondents import ANSWERS


class Word(StrEnum):
    OK = "ok"
    LOST = "lost"
    DUPLICATED = "duplicated"
    RECOVERED = "recovered"
    UNEXPECTED = "unexpected"
    UNKNOWN = "unknown"


FORBIDDEN = (Word.LOST, Word.DUPLICATED, Word.UNEXPECTED)


@dataclass
class Verdict:
    """One line of the report. `times`: how often the fault was made to happen; `must_fail`: a seeded bug."""

    name: str
    times: int
    words: Counter[str] = field(default_factory=Counter)
    note: str = ""
    must_fail: bool = False
    not_yet: str = ""

    @property
    def is_clean(self) -> bool:
        return not any(self.words[word] for word in FORBIDDEN)

    @property
    def holds(self) -> bool:
        """Is it as promised? A seeded bug has to be caught; what could not be tried holds nothing."""
        return not self.not_yet and self.is_clean != self.must_fail

    @property
    def bound(self) -> str:
        return "" if self.must_fail or self.not_yet or not self.is_clean else zeros_mean(self.times)

    @property
    def row(self) -> list[str]:
        if self.not_yet:
            return [self.name, "not yet", *[""] * len(Word), "", self.not_yet]
        result = (
            ("caught" if self.holds else "MISSED")
            if self.must_fail
            else ("holds" if self.holds else "BROKEN")
        )
        counts = [f"{self.words[word]:,}" for word in Word]
        return [
            self.name,
            f"{self.times:,}",
            *counts,
            result,
            " ".join(filter(None, (self.bound, self.note))),
        ]

    @property
    def figures(self) -> dict[str, Any]:
        return {**asdict(self), "words": dict(self.words), "holds": self.holds, "row": self.row}


HEADS = ("fault", "times", *Word, "", "zeros mean, and more")


def zeros_mean(times: int) -> str:
    """What no failure in so many independent tries says, at 95 %: 0 in 200 means below 1.5 %."""
    return f"0 in {times:,}: below {100 * (1 - 0.05 ** (1 / times)):.2g} %." if times else ""


def judge(app: Flask, sheets: Iterable[Pressed]) -> Counter[str]:
    """Hold the database against what was acknowledged."""
    with app.app_context():
        db.session.rollback()
        stored = _stored()
    words: Counter[str] = Counter()
    for sheet in sheets:
        found = stored.get(sheet.token, [])
        submitted = [one for one in found if one["state"] == ResponseState.SUBMITTED]
        whole = len(submitted) == 1 and _is_whole(submitted[0], sheet)
        if len(found) > 1:
            words[Word.DUPLICATED] += 1
        elif submitted and not whole:
            words[Word.UNEXPECTED] += 1
        elif sheet.acknowledged:
            words[Word.OK if whole else Word.LOST] += 1
        elif whole:
            words[Word.RECOVERED] += 1
    return words


def _is_whole(row: dict[str, Any], sheet: Pressed) -> bool:
    """All five answers in the words that were sent, the link spent, and what must follow: one fact, one line of history."""
    return (
        row["answers"] == len(ANSWERS)
        and row["text"] == sheet.words
        and row["spent_at"] is not None
        and row["facts"] == row["lines"] == 1
    )


def _stored() -> dict[str, list[dict[str, Any]]]:
    """Responses by the token of their link."""
    mine = Answer.response_id == Response.id
    told = (
        sa.select(sa.func.count())
        .select_from(CustomerFact)
        .where(
            CustomerFact.kind == "answered",
            CustomerFact.source == sa.literal("response:").concat(sa.cast(Response.id, sa.String)),
        )
    )
    lines = (
        sa.select(sa.func.count())
        .select_from(TimelineEntry)
        .where(TimelineEntry.customer_id == Response.customer_id, TimelineEntry.kind == "answered")
    )
    query = sa.select(
        Invitation.token,
        Invitation.spent_at,
        Response.state,
        sa.select(sa.func.count())
        .select_from(Answer)
        .where(mine)
        .correlate(Response)
        .scalar_subquery()
        .label("answers"),
        sa.select(sa.func.max(Answer.text))
        .where(mine, Answer.text.like("%kill-%"))
        .correlate(Response)
        .scalar_subquery()
        .label("text"),
        told.correlate(Response).scalar_subquery().label("facts"),
        lines.correlate(Response).scalar_subquery().label("lines"),
    ).join(Response, Response.invitation_id == Invitation.id)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in db.session.execute(query).mappings():
        found.setdefault(row["token"], []).append(dict(row))
    return found
