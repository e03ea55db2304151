"""/reasons: which reasons are given how often."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.access import Right, needs
from app.i18n import gettext as _
from app.reasons import queries
from app.reasons.models import Clause
from app.reasons.queries.older_shares import shares_then
from app.reasons.routes.older import codebook_asked, codebook_filter
from app.reasons.routes.shared import blueprint, number_asked, survey_filter, tabs

QUOTED_REASONS, QUOTES = 3, 2


@blueprint.get("/reasons")
@needs(Right.READ)
def list_reasons() -> ResponseReturnValue:
    every = request.args.get("survey") == "all"
    survey_id = None if every else number_asked("survey") or queries.latest_survey_read()
    book = codebook_asked(survey_id)
    shares, later = shares_then(book, survey_id) if book else (queries.reasons_by_mentions(survey_id), None)
    picker = survey_filter(survey_id, _("いちばん新しい調査"))
    picker["options"].append(("all", _("すべての調査")))
    quotes = (
        []
        if book
        else [
            (row, [(clause, queries.quote_of(clause)) for clause in _quoted(row, survey_id)])
            for row in shares.rows[:QUOTED_REASONS]
        ]
    )
    return render_template(
        "reasons/list.html",
        shares=shares,
        scale=max((row.high for row in shares.rows), default=1.0),
        quotes=quotes,
        survey_id=survey_id,
        filters=[
            {**picker, "value": "all" if every else survey_id or ""},
            *codebook_filter(book, survey_id),
        ],
        book=book,
        later=later,
        themes=queries.themes_waiting(survey_id),
        waiting=queries.readings_waiting(),
        tabs=tabs("list"),
    )


def _quoted(row: queries.ReasonShare, survey_id: int | None) -> list[Clause]:
    return queries.typical_clauses(row.reason.id, survey_id, QUOTES) if row.reason else []
