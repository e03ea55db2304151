"""What a new item can be made of: reasons, themes that wait, and clauses to pick."""

import sqlalchemy as sa

from app.backlog.models import BacklogItem, Evidence
from app.backlog.queries.evidence import coded, held_reasons, picked_here
from app.backlog.queries.items import items_of
from app.db import db
from app.paging import Page
from app.reasons.engine import NONE
from app.reasons.models import Clause, Coding, Reading, Reason, Theme, ThemeState
from app.reasons.queries.codebook import family_of
from app.reasons.queries.few import fewest_shown
from app.reasons.queries.mentions import ReasonShare, clauses_with_words, reasons_by_mentions
from app.responses.models import Response

PAGE = 30


def reasons_to_choose(survey_id: int) -> list[tuple[ReasonShare, BacklogItem | None]]:
    """Reasons given in a survey, most often first, sub-reasons after their top reason; with the item that has it."""
    items = {item.id: item for item in items_of(survey_id)}
    taken = {reason: items[item] for reason, item in held_reasons(survey_id).items()}
    rows = [row for top in reasons_by_mentions(survey_id).rows for row in (top, *top.below)]
    return [(row, taken.get(row.reason.id)) for row in rows if row.reason and row.reason.code != NONE]


def open_themes(survey_id: int) -> list[Theme]:
    """Themes that wait for a decision."""
    mine = sa.select(Theme).where(Theme.survey_id == survey_id, Theme.state == ThemeState.PROPOSED)
    return list(db.session.scalars(mine.order_by(Theme.id)))


def clauses_to_pick(survey_id: int, reason: Reason, number: int) -> Page:
    """A page of Clause that mean a reason and that nobody has picked, newest first.

    Nothing where so few sheets of an anonymous survey give the reason that they could be told apart.
    """
    mine = Coding.reason_id.in_(family_of(reason.id))
    sheets = coded(survey_id).where(mine).add_columns(sa.func.count(Response.id.distinct()))
    if (db.session.scalar(sheets) or 0) < fewest_shown(survey_id):
        return Page([], 1, PAGE, 0)
    here = sa.select(Evidence.id).where(picked_here()).correlate(Clause, Reading)
    found = coded(survey_id).where(mine, sa.not_(here.exists())).add_columns(Clause.id).distinct()
    page = Page.of(found.order_by(Clause.id.desc()), number, PAGE)
    return Page(clauses_with_words(page.rows), page.number, page.size, page.total)
