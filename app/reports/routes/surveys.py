"""/reports/surveys/<id> (結果): what a survey found, the score first, then the reasons and the words."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.access import Right, needs
from app.db import db
from app.reasons import wording
from app.reasons.queries import ReasonShares, quote_of, reasons_by_mentions, typical_clauses
from app.reasons.queries.older_shares import shares_then
from app.reasons.routes.older import codebook_asked, codebook_filter
from app.reports import queries
from app.reports.routes import blueprint
from app.surveys.models import Survey

FEWEST_MONTHS = 3
NAMED_THEMES = 5
QUOTED_REASONS, QUOTES = 3, 2


@blueprint.get("/reports/surveys/<int:survey_id>")
@needs(Right.READ)
def show_survey(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    result = queries.nps_of(survey.id)
    book = codebook_asked(survey.id)
    shares, later = shares_then(book, survey.id) if book else (reasons_by_mentions(survey.id), None)
    months = queries.nps_by_month(survey.id) if result.nps.n else []
    telling = [month for month in months if month.is_telling]
    themes = queries.theme_sizes(survey.id)
    return render_template(
        "reports/survey.html",
        survey=survey,
        result=result,
        months=[month for month in months if month.nps.n],
        last=telling[-1] if len(telling) >= FEWEST_MONTHS else None,
        shares=shares,
        scale=max((row.high for row in (*shares.rows, shares.unexplained)), default=1.0),
        themes=themes[:NAMED_THEMES],
        theme_count=len(themes),
        quotes=[] if book else _quotes(shares, survey.id),
        book=book,
        later=later,
        filters=codebook_filter(book, survey.id),
        run=queries.newest_run_of(survey.id),
        wording=wording,
    )


def _quotes(shares: ReasonShares, survey_id: int) -> list[tuple[Any, list[Any]]]:
    """A few clauses that show the reasons given most often, as they may be shown."""
    found = []
    for row in shares.rows[:QUOTED_REASONS]:
        clauses = typical_clauses(row.reason.id, survey_id, QUOTES) if row.reason else []
        found.append((row, [(clause, quote_of(clause)) for clause in clauses]))
    return [pair for pair in found if pair[1]]
