"""/settings: the organisation and its members."""

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import queries, services
from app.accounts.access import Right, current_member, needs
from app.accounts.models import Member, Role
from app.accounts.routes import blueprint
from app.clashes import take_refusal
from app.db import db, let_go
from app.errors import OkaeriError
from app.i18n import gettext as _
from forms.administrator import ChangeMemberForm, MemberForm, NewPasswordForm, OrganisationForm


@blueprint.get("/settings")
@needs(Right.READ)
def show_settings() -> ResponseReturnValue:
    return _settings_page(OrganisationForm(obj=queries.organisation()), MemberForm())


def _settings_page(
    form: OrganisationForm,
    member_form: MemberForm,
    status: int = 200,
    refused: tuple[int, ChangeMemberForm] | None = None,
) -> ResponseReturnValue:
    """`refused`: a member's number and the form about them that was not saved."""
    page = render_template(
        "accounts/settings.html",
        form=form,
        member_form=member_form,
        members=queries.members(),
        roles=list(Role),
        change=ChangeMemberForm(formdata=None),
        refused=refused,
        mailbox_url=url_for("mailbox.list_mails") if "mailbox" in current_app.blueprints else None,
    )
    return page, status


@blueprint.post("/settings/organisation")
@needs(Right.SETTINGS)
def change_organisation() -> ResponseReturnValue:
    form = OrganisationForm()
    if not form.validate_on_submit():
        return _settings_page(form, MemberForm(formdata=None), 422)
    try:
        services.change_organisation(current_member(), clock.now(), form.shown_revision, **form.values())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_settings"))
        return _settings_page(form, MemberForm(formdata=None), status)
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
    role, by = Role(form.role.data), current_member()
    try:
        services.change_role(member, role, form.active.data, by, clock.now(), form.shown_revision)
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_settings"))
        shown = OrganisationForm(formdata=None, obj=queries.organisation())
        return _settings_page(shown, MemberForm(formdata=None), status, (member.id, form))
    flash(_("%(name)sさんの役割を変えました。", name=member.name))
    return redirect(url_for(".show_settings"))


@blueprint.get("/settings/members/<int:member_id>")
@needs(Right.SETTINGS)
def show_member(member_id: int) -> ResponseReturnValue:
    member = db.get_or_404(Member, member_id)
    return render_template("accounts/member.html", member=member, form=NewPasswordForm())


@blueprint.post("/settings/members/<int:member_id>/password")
@needs(Right.SETTINGS)
def set_password(member_id: int) -> ResponseReturnValue:
    member = db.get_or_404(Member, member_id)
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("accounts/member.html", member=member, form=form), 422
    services.set_password(member, form.password.data, current_member(), clock.now())
    flash(_("%(name)sさんのパスワードを決めなおしました。", name=member.name))
    return redirect(url_for(".show_settings"))


@blueprint.post("/settings/members/<int:member_id>/second-step")
@needs(Right.SETTINGS)
def reset_second_step(member_id: int) -> ResponseReturnValue:
    member = db.get_or_404(Member, member_id)
    services.reset_second_step(member, current_member(), clock.now())
    flash(_("%(name)sさんの二段階の確認を解きました。", name=member.name))
    return redirect(url_for(".show_member", member_id=member.id))
