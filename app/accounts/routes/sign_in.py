"""/sign-in: the password, then the code for those who have a second step; signing out; the language switch."""

from flask import abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import queries, services, sessions
from app.accounts.access import current_member, public, signed_in
from app.accounts.routes import blueprint, own_address
from app.i18n import LANGUAGES
from forms.member import CodeForm, SignInForm


@blueprint.get("/sign-in")
@public
def show_sign_in() -> ResponseReturnValue:
    if current_member() is not None:
        return redirect(url_for("reports.show_today"))
    if queries.organisation() is None:
        return render_template("accounts/not_open.html")
    return render_template("accounts/sign_in.html", form=SignInForm(), next=request.args.get("next", ""))


@blueprint.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    problem, status = "", 422
    target = request.form.get("next", "")
    if form.validate_on_submit():
        try:
            member = services.sign_in(
                form.email.data, form.password.data, request.remote_addr or "", clock.now()
            )
        except (services.WrongPassword, services.TooManyTries) as error:
            problem, status = error.sentence, error.status
        else:
            if member.has_second_step:
                return redirect(url_for(".show_second_step", next=target or None))
            return redirect(own_address(target))
    return render_template("accounts/sign_in.html", form=form, problem=problem, next=target), status


@blueprint.get("/sign-in/code")
@public
def show_second_step() -> ResponseReturnValue:
    if sessions.member_waiting_for_code() is None:
        return redirect(url_for(".show_sign_in"))
    return render_template("accounts/second_step.html", form=CodeForm(), next=request.args.get("next", ""))


@blueprint.post("/sign-in/code")
@public
def pass_second_step() -> ResponseReturnValue:
    member = sessions.member_waiting_for_code()
    if member is None:
        return redirect(url_for(".show_sign_in"))
    form, status = CodeForm(), 422
    target = request.form.get("next", "")
    if form.validate_on_submit():
        try:
            services.pass_second_step(member, form.code.data, clock.now())
            return redirect(own_address(target))
        except (services.WrongPassword, services.TooManyTries) as error:
            form.code.errors, status = [error.sentence], error.status
    return render_template("accounts/second_step.html", form=form, next=target), status


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
    member = current_member()
    if member is None:
        session["locale"] = locale
    else:
        member.locale = locale
    return redirect(own_address(request.form.get("next")))
