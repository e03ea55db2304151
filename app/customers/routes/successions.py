"""Deciding about a change of contact that a customer has told of."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.accounts.models import Member
from app.clashes import take_refusal
from app.customers import services
from app.customers.models import Succession
from app.customers.routes import blueprint
from app.customers.routes.people import customer_page
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from forms.customer_editing import RefusalForm


@blueprint.post("/customers/<int:customer_id>/successions/<int:succession_id>/confirm")
@needs(Right.EDIT)
def confirm_succession(customer_id: int, succession_id: int) -> ResponseReturnValue:
    succession = _succession(customer_id, succession_id)
    form = RefusalForm()
    try:
        services.confirm_succession(succession, _member(), clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_customer", customer_id=customer_id))
        return customer_page(succession.customer, refusal=form), status
    flash(_("新しい担当者を登録しました。前の担当者には、もうお送りしません。"))
    return redirect(url_for(".show_customer", customer_id=customer_id))


@blueprint.post("/customers/<int:customer_id>/successions/<int:succession_id>/refuse")
@needs(Right.EDIT)
def refuse_succession(customer_id: int, succession_id: int) -> ResponseReturnValue:
    succession, form = _succession(customer_id, succession_id), RefusalForm()
    if not form.validate_on_submit():
        return customer_page(succession.customer, refusal=form), 422
    try:
        services.refuse_succession(succession, form.why.data, _member(), clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_customer", customer_id=customer_id))
        return customer_page(succession.customer, refusal=form), status
    flash(_("担当者は、これまでのままにしました。"))
    return redirect(url_for(".show_customer", customer_id=customer_id))


def _succession(customer_id: int, succession_id: int) -> Succession:
    """One of this customer, held through its owner."""
    found = db.get_or_404(Succession, succession_id)
    if found.customer_id != customer_id:
        abort(404)
    return found


def _member() -> Member:
    member = current_member()
    assert member is not None  # the access mark of the route has made sure
    return member
