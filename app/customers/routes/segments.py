"""Segments: saved choices of customers with live counts."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.clashes import is_removed_by_me, row_or_told
from app.customers import queries, services, wording
from app.customers.models import Segment
from app.customers.queries import SegmentCount
from app.customers.routes import blueprint
from app.customers.services.segments import NameTaken
from app.db import db
from app.i18n import gettext as _
from forms.customer_editing import SegmentFilterForm, SegmentForm


@blueprint.get("/customers/segments")
@needs(Right.READ)
def list_segments() -> ResponseReturnValue:
    found = queries.segments()
    counts = {segment.id: queries.count_customers(segment.filters) for segment in found}
    return render_template("customers/segments.html", segments=found, counts=counts, wording=wording)


@blueprint.get("/customers/segments/new")
@needs(Right.EDIT)
def new_segment() -> ResponseReturnValue:
    return _page(SegmentForm(formdata=request.args))


def _page(form: SegmentForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("customers/segment_new.html", form=form, count=_count(form), wording=wording)
    return page, status


def _count(form: SegmentFilterForm) -> SegmentCount | None:
    """How many the filters on the screen choose; None where a day cannot be read."""
    readable = not any(field.process_errors for field in form)
    return queries.count_customers(form.filters()) if readable else None


@blueprint.get("/customers/segments/count")
@needs(Right.READ)
def count_segment() -> ResponseReturnValue:
    form = SegmentFilterForm(formdata=request.args, meta={"csrf": False})
    count = _count(form) if form.validate() else None
    return render_template("customers/_segment_count.html", count=count)


@blueprint.post("/customers/segments")
@needs(Right.EDIT)
def save_segment() -> ResponseReturnValue:
    form = SegmentForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        segment = services.save_segment(form.name.data, form.filters(), current_member(), clock.now())
    except NameTaken as error:
        form.name.errors = [error.sentence]
        return _page(form, 422)
    flash(_("「%(name)s」を保存しました。", name=segment.name))
    return redirect(url_for(".list_segments"))


@blueprint.post("/customers/segments/<int:segment_id>/delete")
@needs(Right.EDIT)
def delete_segment(segment_id: int) -> ResponseReturnValue:
    if db.session.get(Segment, segment_id) is None and is_removed_by_me(Segment, segment_id):
        return redirect(url_for(".list_segments"))
    segment = row_or_told(Segment, segment_id)
    services.delete_segment(segment, current_member(), clock.now())
    flash(_("「%(name)s」を消しました。", name=segment.name))
    return redirect(url_for(".list_segments"))
