"""How often which reason was given, under another version of the codebook. Counted as in mentions.py."""

from collections import Counter

import sqlalchemy as sa

from app.db import db
from app.reasons.models import Reading
from app.reasons.queries.few import is_anonymous
from app.reasons.queries.mentions import ReasonShare, ReasonShares
from app.reasons.queries.older import MISSING, UNNAMED, CodebookAt, gives_reason, sheets_then, within


def shares_then(book: CodebookAt, survey_id: int | None) -> tuple[ReasonShares, ReasonShare]:
    """The reasons given, by the names of the version, and the share of sheets with a reason it does not know.

    Not for anonymous surveys: beside today's figures, those of a version would tell what fewer than five said.
    """
    if is_anonymous(survey_id):
        raise ValueError("anonymous surveys are shown under today's codebook only")
    sheets = sa.func.count(Reading.response_id.distinct())
    given = sa.func.count(sa.case((gives_reason(), Reading.response_id)).distinct())
    read, n = db.session.execute(sa.select(sheets, given).where(*within(survey_id))).one()
    counts = _counts(book, survey_id, tops=True)
    below = {one: count for one, count in _counts(book, survey_id, tops=False).items() if one in book.entries}

    def row(reason_id: int) -> ReasonShare:
        lower = [one for one in book.used if one.parent_id == reason_id and below.get(one.id)]
        shares = (ReasonShare(one, below[one.id], n) for one in lower)
        return ReasonShare(
            book.entries[reason_id],
            counts[reason_id],
            n,
            tuple(sorted(shares, key=lambda share: -share.count)),
        )

    rows = [row(one.id) for one in book.used if one.parent_id is None and counts[one.id]]
    ranked = tuple(sorted(rows, key=lambda share: -share.count))
    return ReasonShares(ranked, ReasonShare(None, counts[UNNAMED], n), n, read - n), ReasonShare(
        None, counts[MISSING], n
    )


def _counts(book: CodebookAt, survey_id: int | None, tops: bool) -> Counter[int]:
    pairs = sheets_then(book, survey_id, tops)
    counted = sa.select(pairs.c.reason_id, sa.func.count()).group_by(pairs.c.reason_id)
    return Counter(dict(db.session.execute(counted).all()))
