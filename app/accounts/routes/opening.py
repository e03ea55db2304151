"""/setup/<key>: the first start, once. Without the key from the console, and ever after, there is no such page."""

import hmac
from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import queries, services
from app.accounts.access import public
from app.accounts.routes import blueprint
from app.accounts.services.opening import key_hash
from app.i18n import gettext as _
from app.i18n import pick_locale
from forms.administrator import SetUpForm

# Who held the key and was second is told so; by then nobody should still have the form open.
TOLD_FOR = timedelta(hours=1)
OWN_FIELDS = ("own_name", "own_email", "password", "again", "locale", "time_zone")


def _check_key(key: str) -> None:
    kept = queries.set_up_key()
    if kept is None or not hmac.compare_digest(kept.key_hash, key_hash(key)):
        abort(404)


@blueprint.get("/setup/<key>")
@public
def show_set_up(key: str) -> ResponseReturnValue:
    _check_key(key)
    if queries.organisation() is not None:
        abort(404)
    return render_template("accounts/set_up.html", form=SetUpForm(data={"locale": pick_locale()}))


@blueprint.post("/setup/<key>")
@public
def set_up(key: str) -> ResponseReturnValue:
    _check_key(key)
    if queries.organisation() is not None:
        return _second()
    form = SetUpForm()
    if not form.validate_on_submit():
        return render_template("accounts/set_up.html", form=form), 422
    identity = {name: value for name, value in form.values().items() if name not in OWN_FIELDS}
    founder = services.Founder(
        name=form.own_name.data,
        email=form.own_email.data,
        password=form.password.data,
        locale=form.locale.data,
        time_zone=form.time_zone.data,
    )
    try:
        services.set_up(identity, founder, clock.now())
    except services.AlreadySetUp:
        return _second()
    flash(_("準備ができました。"))
    return redirect(url_for("reports.show_today"))


def _second() -> ResponseReturnValue:
    """Tell who came second, that and by whom it is done."""
    organisation = queries.organisation()
    if organisation is None or clock.now() - organisation.created_at > TOLD_FOR:
        abort(404)
    return render_template(
        "accounts/set_up_done.html", founder=queries.founder(), name=organisation.name
    ), 409
