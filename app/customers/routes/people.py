"""The list of customers, and one of them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, may, needs
from app.clashes import take_refusal
from app.customers import queries, services, wording
from app.customers.models import Customer, CustomerKind, CustomerState, Segment
from app.customers.routes import blueprint
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.paging import Page
from app.security import LARGEST_ROW_NUMBER
from forms.customer_editing import RefusalForm, StateForm


@blueprint.get("/customers")
@needs(Right.READ)
def list_customers() -> ResponseReturnValue:
    filters, segment = _chosen()
    sort = request.args.get("sort", "-bought")
    found = queries.customers_listed(
        filters, request.args.get("search", ""), may(current_member(), Right.PERSONAL), sort
    )
    return render_template(
        "customers/list.html",
        page=Page.of(found, request.args.get("page", 1, int)),
        counts=queries.customer_states(),
        rule=queries.lapse_rule_in_force(),
        segment=segment,
        sort=sort,
        wording=wording,
    )


def _chosen() -> tuple[dict[str, Any], Segment | None]:
    """The filters of the address; words that are none are left out."""
    number = request.args.get("segment", 0, int)
    if not 0 <= number <= LARGEST_ROW_NUMBER:
        abort(404)
    segment = db.get_or_404(Segment, number) if number else None
    filters: dict[str, Any] = dict(segment.filters) if segment else {}
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    if state in set(CustomerState):
        filters["states"] = [state]
    if kind in set(CustomerKind):
        filters["kind"] = kind
    return filters, segment


@blueprint.get("/customers/<int:customer_id>")
@needs(Right.READ)
def show_customer(customer_id: int) -> ResponseReturnValue:
    return customer_page(db.get_or_404(Customer, customer_id))


def customer_page(
    customer: Customer, form: StateForm | None = None, refusal: RefusalForm | None = None
) -> str:
    """All that is known of a customer; `refusal`: of a change of contact, with what was wrong in it."""
    said = services.said_by_person(customer)
    return render_template(
        "customers/show.html",
        customer=customer,
        purchases=queries.purchases_of(customer),
        timeline=queries.timeline_of(customer),
        consents=queries.consents_in_force(customer.id),
        suppressions=queries.suppressions_of(customer),
        successions=queries.successions_of(customer.id),
        refusal=refusal or RefusalForm(formdata=None),
        form=form or StateForm(formdata=None, state=said.value if said else "", revision=customer.revision),
        wording=wording,
    )


@blueprint.post("/customers/<int:customer_id>/state")
@needs(Right.EDIT)
def change_state(customer_id: int) -> ResponseReturnValue:
    customer = db.get_or_404(Customer, customer_id)
    form = StateForm()
    if not form.validate_on_submit():
        return customer_page(customer, form), 422
    state, member = CustomerState(form.state.data) if form.state.data else None, current_member()
    try:
        services.say_state(customer, state, form.shown_revision, member, clock.today(), clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_customer", customer_id=customer.id))
        return customer_page(customer, form), status
    if form.state.data:
        flash(_("状態を「%(state)s」にしました。", state=wording.STATES[form.state.data]))
    else:
        flash(_("状態を定義にまかせました。"))
    return redirect(url_for(".show_customer", customer_id=customer.id))
