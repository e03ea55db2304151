"""/voices: what customers wrote, one sheet beside the list."""

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.accounts.access import Right, current_member, may, needs
from app.customers.models import Customer, TimelineEntry
from app.customers.queries import facts_of, timeline_of
from app.db import db
from app.filters import day_plain, locale_code
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reasons import queries, wording
from app.reasons.engine import NONE
from app.reasons.models import Reason
from app.reasons.queries import UNEXPLAINED, VoiceFilters
from app.reasons.queries.mentions import share_of_reason
from app.reasons.queries.views import views_of
from app.reasons.routes.shared import blueprint, is_partial, number_asked, number_in, reviewer
from app.reasons.routes.voice_filters import asked, choices, filters_of
from app.responses.models import Response
from app.surveys.contact import PHONE

TIMELINE_SIZE = 8


@blueprint.get("/voices")
@needs(Right.READ)
def list_voices() -> ResponseReturnValue:
    args = asked()
    filters = filters_of(args)
    unmasked = may(current_member(), Right.PERSONAL)
    page = queries.voices(filters, number_asked("page") or 1, unmasked)
    chosen = number_in(request.args.get("voice"), below=True) or (
        page.rows[0].response.id if page.rows else None
    )
    if request.args.get("voice") and not queries.voice_of(chosen or 0):
        abort(404)
    reason = queries.reason_by_code(filters.reason) if filters.reason else None
    return render_template(
        "voices/list.html",
        page=page,
        args=args,
        filters=choices(args),
        views=views_of(reviewer()),
        may_export=may(current_member(), Right.EXPORT),
        unfiltered=filters == VoiceFilters(),
        withheld=queries.is_withheld(filters),
        title=_title(filters, reason, page.total),
        share=_share(filters, reason),
        reason=reason,
        survey_id=filters.survey_id,
        shown=_one(chosen) if chosen else None,
        is_chosen=bool(request.args.get("voice")),
        wording=wording,
    )


@blueprint.post("/voices/<int(signed=True):response_id>/reveal")
@needs(Right.PERSONAL)
def reveal_voice(response_id: int) -> ResponseReturnValue:
    """Show the hidden words of one sheet once, and write down who looked."""
    if number_in(str(response_id), below=True) is None or not queries.voice_of(response_id):
        abort(404)
    audit.record("revealed", "response", response_id, reviewer().id, clock.now())
    template = "voices/_one.html" if is_partial() else "voices/revealed.html"
    return render_template(template, one=_one(response_id, reveal=True), wording=wording)


def _title(filters: VoiceFilters, reason: Reason | None, total: int) -> str:
    count = f"{total:,}"
    if filters.reason == UNEXPLAINED:
        return _n("まだ名前のない理由、%(count)s件の声", total, count=count)
    if filters.reason == NONE:
        return _n("理由のない声、%(count)s件", total, count=count)
    if reason is not None:
        return _n("%(reason)sについて、%(count)s件の声", total, reason=reason.label, count=count)
    return _n("お客さまの声、%(count)s件", total, count=count) if total else _("お客さまの声")


def _share(filters: VoiceFilters, reason: Reason | None) -> queries.ReasonShare | None:
    """How common the chosen reason is, where nothing else narrows the list."""
    alone = VoiceFilters(survey_id=filters.survey_id, reason=filters.reason)
    if reason is None or reason.code == NONE or filters != alone:
        return None
    return share_of_reason(reason, filters.survey_id)


def _one(response_id: int, reveal: bool = False) -> dict[str, Any] | None:
    """All that stands beside the list about one sheet."""
    readings = queries.voice_of(response_id)
    if not readings:
        return None
    response = db.session.get_one(Response, response_id)
    customer = response.customer
    return {
        "response": response,
        "readings": [(reading, queries.segments_of(reading, reveal)) for reading in readings],
        "has_hidden": any(reading.masked for reading in readings),
        "revealed": reveal,
        "customer": customer,
        "wishes": _wishes(customer, response) if customer else [],
        "timeline": _timeline(customer) if customer else [],
        "reasons": {reading.id: queries.strongest_codings(reading) for reading in readings},
    }


def _timeline(customer: Customer) -> list[tuple[str, str]]:
    """(day, what happened), newest first."""
    entries = timeline_of(customer)[:TIMELINE_SIZE]
    return [(day_plain(clock.day_of(entry.at), locale_code()), _told(entry)) for entry in entries]


def _told(entry: TimelineEntry) -> str:
    """A line of the history; what somebody typed into it only for those who may see who the customer is."""
    if "basis" in entry.params and not may(current_member(), Right.PERSONAL):
        entry = TimelineEntry(kind=entry.kind, at=entry.at, params={**entry.params, "basis": _("伏せ字")})
    return wording.sentence(entry)


def _wishes(customer: Customer, response: Response) -> list[str]:
    """What the customer asked for, in words; for a call, also when."""
    asked = dict.fromkeys(fact.value for fact in facts_of(customer.id, "wants_contact"))
    notice = ["notice"] if facts_of(customer.id, "wants_notice") else []
    hours = [one.text for one in response.answers if one.value == PHONE and one.text]
    said = {word: str(wording.WISHES[word]) for word in [*asked, *notice] if word in wording.WISHES}
    return [
        _("%(wish)s（%(hours)s）", wish=words, hours=hours[0]) if word == PHONE and hours else words
        for word, words in said.items()
    ]
