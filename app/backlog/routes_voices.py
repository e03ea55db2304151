"""/backlog/<item>/voices: every answer an item stands on, so that its count can be looked through."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.access import Right, needs
from app.backlog import queries
from app.backlog.routes import blueprint, item_or_404
from app.customers.models import Segment
from app.db import db
from app.reasons.queries.few import is_anonymous
from app.reasons.queries.words import reasons_stated, segments_of
from forms.product import LARGEST_NUMBER


@blueprint.get("/backlog/<int:item_id>/voices")
@needs(Right.READ)
def list_voices(item_id: int) -> ResponseReturnValue:
    item = item_or_404(item_id)
    segment = _segment(item.survey_id)
    page = queries.voices_of(item, request.args.get("page", 1, type=int), segment)
    return render_template(
        "backlog/voices.html",
        item=item,
        segment=segment,
        page=page,
        voices=[(one, segments_of(one), reasons_stated(one)) for one in page.rows],
    )


def _segment(survey_id: int) -> Segment | None:
    """The segment asked for; there is none of an anonymous survey."""
    wanted = request.args.get("segment", type=int)
    if wanted is None:
        return None
    found = db.session.get(Segment, wanted) if 0 < wanted <= LARGEST_NUMBER else None
    return found if found is not None and not is_anonymous(survey_id) else abort(404)
