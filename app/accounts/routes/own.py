"""/settings/own (自分の設定): name, language, password, where one is signed in, the second step."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import codes, queries, services, sessions
from app.accounts.access import current_member, signed_in
from app.accounts.models import Member
from app.accounts.routes import blueprint
from app.errors import BadInput
from app.i18n import counted as _n
from app.i18n import gettext as _
from forms.member import ChangePasswordForm, CodeForm, OwnForm, ProveForm


def _me() -> Member:
    member = current_member()
    return member or abort(403)


@blueprint.get("/settings/own")
@signed_in
def show_own() -> ResponseReturnValue:
    return _page()


def _page(status: int = 200, **forms: object) -> ResponseReturnValue:
    """The page with the form that came in, if one did, and fresh ones for the rest."""
    me = _me()
    fresh = {
        "form": OwnForm(formdata=None, obj=me),
        "password_form": ChangePasswordForm(formdata=None),
        "prove_form": ProveForm(formdata=None, prefix="second"),
    }
    page = render_template(
        "accounts/own.html",
        me=me,
        sessions=sessions.sessions_of(me, clock.now()),
        codes_left=queries.recovery_codes_left(me),
        **{**fresh, **forms},
    )
    return page, status


@blueprint.post("/settings/own")
@signed_in
def change_own() -> ResponseReturnValue:
    form = OwnForm()
    if not form.validate_on_submit():
        return _page(422, form=form)
    services.change_own(_me(), at=clock.now(), **form.values())
    flash(_("保存しました。"))
    return redirect(url_for(".show_own"))


@blueprint.post("/settings/own/password")
@signed_in
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            services.change_password(_me(), form.current.data, form.password.data, clock.now())
            flash(_("パスワードを変えました。ほかの端末ではサインアウトしました。"))
            return redirect(url_for(".show_own"))
        except BadInput as error:
            form.current.errors = [error.sentence]
            return _page(error.status, password_form=form)
    return _page(422, password_form=form)


@blueprint.post("/settings/own/sessions/end")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    count = services.end_other_sessions(_me(), clock.now())
    flash(_n("ほかの%(count)s台でサインアウトしました。", count, count=count))
    return redirect(url_for(".show_own"))


def _proved(act: Callable[[str], ResponseReturnValue]) -> ResponseReturnValue:
    """Do what needs the password once more, or show the page with what was wrong."""
    form = ProveForm(prefix="second")
    if form.validate_on_submit():
        try:
            return act(form.current.data)
        except BadInput as error:
            form.current.errors = [error.sentence]
            return _page(error.status, prove_form=form)
    return _page(422, prove_form=form)


@blueprint.post("/settings/own/second-step")
@signed_in
def begin_second_step() -> ResponseReturnValue:
    def begin(password: str) -> ResponseReturnValue:
        services.begin_second_step(_me(), password, clock.now())
        return redirect(url_for(".show_new_second_step"))

    return _proved(begin)


@blueprint.get("/settings/own/second-step")
@signed_in
def show_new_second_step() -> ResponseReturnValue:
    return _new_second_step(CodeForm())


def _new_second_step(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    me = _me()
    if me.has_second_step or me.totp_secret is None:
        return redirect(url_for(".show_own"))
    picture = codes.qr_picture(me.totp_secret, me.email)
    page = render_template(
        "accounts/new_second_step.html", form=form, picture=picture, secret=codes.spaced(me.totp_secret)
    )
    return page, status


@blueprint.post("/settings/own/second-step/confirm")
@signed_in
def confirm_second_step() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return _new_second_step(form, 422)
    try:
        drawn = services.confirm_second_step(_me(), form.code.data, clock.now())
    except BadInput as error:
        form.code.errors = [error.sentence]
        return _new_second_step(form, error.status)
    return render_template("accounts/recovery_codes.html", codes=drawn, is_new=True)


@blueprint.post("/settings/own/second-step/codes")
@signed_in
def renew_recovery_codes() -> ResponseReturnValue:
    def renew(password: str) -> ResponseReturnValue:
        drawn = services.renew_recovery_codes(_me(), password, clock.now())
        return render_template("accounts/recovery_codes.html", codes=drawn, is_new=False)

    return _proved(renew)


@blueprint.post("/settings/own/second-step/drop")
@signed_in
def drop_second_step() -> ResponseReturnValue:
    def drop(password: str) -> ResponseReturnValue:
        services.drop_second_step(_me(), password, clock.now())
        flash(_("サインインは、パスワードだけになりました。"))
        return redirect(url_for(".show_own"))

    return _proved(drop)
