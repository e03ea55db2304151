"""Sheets of a survey counted by the set of top reasons they give: what drivers, pairs and weighting are made of.

Counted as everywhere: a reason once per sheet, with those below it, from answers that say why. The set is one whole
number in the database, a bit for each reason, so that a million sheets come back as some hundred rows.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from analysis.drivers import Alike
from app.db import db
from app.reasons.engine import NONE
from app.reasons.models import Clause, Coding, Reading, Reason
from app.reasons.queries import reasons_in_use
from app.reasons.queries.causes import asks_why
from app.responses.models import Response

UNEXPLAINED = "unexplained"
MOST_REASONS = 60  # bits of a whole number that both databases hold; the last ones of a longer list stay out


@dataclass(frozen=True)
class Tally:
    """reasons: code and reason of each that is given, most often first, None for what has no name; sheets: those read
    with it, counted; n: sheets that give a reason."""

    reasons: tuple[tuple[str, Reason | None], ...]
    sheets: tuple[Alike, ...]

    @property
    def n(self) -> int:
        return sum(one.count for one in self.sheets)

    @property
    def scored(self) -> int:
        """Sheets that give a reason and a score."""
        return sum(one.count for one in self.sheets if one.score is not None)

    @property
    def codes(self) -> list[str]:
        return [code for code, _reason in self.reasons]

    def count(self, code: str) -> int:
        return sum(one.count for one in self.sheets if code in one.codes)


class Bits:
    """Which bit stands for which top reason."""

    def __init__(self) -> None:
        reasons = [one for one in reasons_in_use() if one.code != NONE]
        tops = [one for one in reasons if one.parent_id is None][: MOST_REASONS - 1]
        self.codes = [UNEXPLAINED, *(one.code for one in tops)]
        self.reasons: dict[str, Reason | None] = {UNEXPLAINED: None, **{one.code: one for one in tops}}
        place = {one.id: number for number, one in enumerate(tops, 1)}
        self._bit = {
            one.id: 1 << place[one.parent_id or one.id]
            for one in reasons
            if (one.parent_id or one.id) in place
        }

    def set_of(self, mask: int) -> frozenset[str]:
        """The codes of a mask."""
        return frozenset(code for place, code in enumerate(self.codes) if mask >> place & 1)

    def given(self, survey_id: int) -> sa.SelectBase:
        """SQL: (response_id, bit) of every reason a sheet gives, several times where several clauses say so."""
        whole = sa.BigInteger()
        bit = sa.case(
            *((Coding.reason_id == number, sa.literal(bit, whole)) for number, bit in self._bit.items()),
            else_=sa.literal(0, whole),
        )
        why = (Reading.survey_id == survey_id, asks_why())
        coded = sa.select(Reading.response_id, bit.label("bit")).join(Clause, Clause.reading_id == Reading.id)
        coded = coded.join(Coding, Coding.clause_id == Clause.id).where(*why)
        unnamed = sa.select(Reading.response_id, sa.literal(1, whole)).where(*why, Reading.unexplained)
        return sa.union_all(coded, unnamed)

    def masks(self, survey_id: int) -> sa.Subquery:
        """SQL: (response_id, mask), one row for each sheet with a reason."""
        given = self.given(survey_id).subquery()
        mask = sa.cast(sa.func.sum(sa.distinct(given.c.bit)), sa.BigInteger)
        return sa.select(given.c.response_id, mask.label("mask")).group_by(given.c.response_id).subquery()


def tally_of(survey_id: int) -> Tally:
    """Count the sheets of a survey that give a reason."""
    bits = Bits()
    masks = bits.masks(survey_id)
    counted = (
        sa.select(masks.c.mask, Response.nps, sa.func.count())
        .join(Response, Response.id == masks.c.response_id)
        .where(masks.c.mask > 0)
        .group_by(masks.c.mask, Response.nps)
    )
    sheets = tuple(Alike(bits.set_of(mask), nps, count) for mask, nps, count in db.session.execute(counted))
    counts = {code: sum(one.count for one in sheets if code in one.codes) for code in bits.codes}
    ranked = sorted(
        (code for code in bits.codes if counts[code]), key=lambda code: (code == UNEXPLAINED, -counts[code])
    )
    return Tally(tuple((code, bits.reasons[code]) for code in ranked), sheets)


def sheets_giving(survey_id: int, codes: list[str]) -> sa.Select[Any] | None:
    """SQL: the ids of the sheets that give all these reasons; None where one is not known."""
    bits = Bits()
    if not set(codes) <= set(bits.codes):
        return None
    wanted = sum(1 << bits.codes.index(code) for code in set(codes))
    masks = bits.masks(survey_id)
    return sa.select(masks.c.response_id).where(masks.c.mask.op("&")(wanted) == wanted)
