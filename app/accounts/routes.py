"""Sign-in and settings."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import queries, services, sessions
from app.accounts.access import Right, current_member, needs, public, signed_in
from app.accounts.models import Member, Role
from app.db import db, let_go
from app.i18n import LANGUAGES
from app.i18n import gettext as _
from forms.administrator import ChangeMemberForm, MemberForm, OrganisationForm, SignInForm

blueprint = Blueprint("accounts", __name__)


def _own_address(target: str | None) -> str:
    """Only addresses of this site are followed after sign-in."""
    target = target or ""
    if not all(sign.isprintable() and not sign.isspace() and sign != "\\" for sign in target):
        return url_for("reports.show_today")
    parts = urlsplit(target)
    own = not parts.netloc and not parts.scheme and parts.path.startswith("/")
    return target if own and not target.startswith("//") else url_for("reports.show_today")


@blueprint.get("/sign-in")
@public
def show_sign_in() -> ResponseReturnValue:
    if current_member() is not None:
        return redirect(url_for("reports.show_today"))
    return render_template("accounts/sign_in.html", form=SignInForm(), next=request.args.get("next", ""))


@blueprint.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    problem, status = "", 422
    if form.validate_on_submit():
        try:
            services.sign_in(form.email.data, form.password.data, request.remote_addr or "", clock.now())
            return redirect(_own_address(request.form.get("next")))
        except (services.WrongPassword, services.TooManyTries) as error:
            problem, status = error.sentence, error.status
    page = render_template(
        "accounts/sign_in.html", form=form, problem=problem, next=request.form.get("next", "")
    )
    return page, status


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    sessions.close_session(clock.now())
    return redirect(url_for(".show_sign_in"))


@blueprint.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    locale = request.form.get("locale", "")
    if locale not in LANGUAGES:
        abort(400)
    session["locale"] = locale
    member = current_member()
    if member is not None:
        member.locale = locale
    return redirect(_own_address(request.form.get("next")))


@blueprint.get("/settings")
@needs(Right.READ)
def show_settings() -> ResponseReturnValue:
    return _settings_page(OrganisationForm(obj=queries.organisation()), MemberForm())


def _settings_page(form: OrganisationForm, member_form: MemberForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "accounts/settings.html",
        form=form,
        member_form=member_form,
        members=queries.members(),
        roles=list(Role),
        change=ChangeMemberForm(),
    )
    return page, status


@blueprint.post("/settings/organisation")
@needs(Right.SETTINGS)
def change_organisation() -> ResponseReturnValue:
    form = OrganisationForm()
    if not form.validate_on_submit():
        return _settings_page(form, MemberForm(formdata=None), 422)
    services.change_organisation(current_member(), clock.now(), **form.values())
    flash(_("保存しました。"))
    return redirect(url_for(".show_settings"))


@blueprint.post("/settings/members")
@needs(Right.SETTINGS)
def add_member() -> ResponseReturnValue:
    form = MemberForm()
    if form.validate_on_submit():
        # Nothing is written yet: the database is let go while the password is hashed.
        let_go()
        try:
            services.add_member(
                form.email.data,
                form.name.data,
                form.password.data,
                Role(form.role.data),
                clock.now(),
                current_member(),
            )
        except services.BadInput as error:
            form.email.errors = [error.sentence]
        else:
            flash(_("%(name)sさんを加えました。", name=form.name.data))
            return redirect(url_for(".show_settings"))
    return _settings_page(OrganisationForm(formdata=None, obj=queries.organisation()), form, 422)


@blueprint.post("/settings/members/<int:member_id>")
@needs(Right.SETTINGS)
def change_member(member_id: int) -> ResponseReturnValue:
    member = db.get_or_404(Member, member_id)
    form = ChangeMemberForm()
    if not form.validate_on_submit():
        abort(400)
    services.change_role(member, Role(form.role.data), form.active.data, current_member(), clock.now())
    flash(_("%(name)sさんの役割を変えました。", name=member.name))
    return redirect(url_for(".show_settings"))
