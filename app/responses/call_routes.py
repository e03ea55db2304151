"""/calls: whom to call, and the sheet filled in for somebody on the telephone, with the talk script beside it."""

from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.accounts.models import Member
from app.campaigns.codes import fault_of
from app.campaigns.models import Invitation
from app.campaigns.queries import invitation_by_code
from app.db import db
from app.errors import OkaeriError
from app.i18n import customers_read
from app.i18n import gettext as _
from app.paging import Page
from app.responses import calls, history, queries, screens
from app.responses.code_routes import fault_in_words
from app.responses.models import CallOutcome, Door
from app.responses.services import AlreadyAnswered
from app.responses.sheet import Sheet
from app.responses.wording import OUTCOMES
from app.surveys.compiled import Page as Screen
from forms.base import Form
from forms.operator import CallOutcomeForm
from forms.respondent import CodeForm

blueprint = Blueprint("calls", __name__)


class CallSheet(Sheet):
    """The sheet of an invitation, as an operator fills it in."""

    template = "calls/page.html"
    door = Door.PHONE

    def __init__(self, invitation: Invitation, member: Member) -> None:
        super().__init__(invitation.token)
        self.member = member
        self.script = calls.script_of(self.survey)

    @property
    def url(self) -> str:
        if self.is_submitted:
            return self.url_after
        return url_for("calls.show_call", invitation_id=self.invited.id)

    @property
    def url_after(self) -> str:
        return url_for("calls.show_done", invitation_id=self.invited.id)

    def url_of(self, page: Screen | None) -> str:
        if page is None:
            return url_for("calls.show_send", invitation_id=self.invited.id)
        return url_for("calls.show_page", invitation_id=self.invited.id, number=page.number)


@blueprint.get("/calls")
@needs(Right.CALL)
def list_calls() -> ResponseReturnValue:
    search = request.args.get("q", "")
    page = Page.of(calls.call_list(search, clock.now()), request.args.get("page", 1, int), size=20)
    return render_template(
        "calls/list.html", page=page, search=search, made=calls.calls_of(page.rows), outcomes=OUTCOMES
    )


@blueprint.get("/calls/code")
@needs(Right.CALL)
def show_code() -> ResponseReturnValue:
    return render_template("calls/code.html", form=CodeForm())


@blueprint.post("/calls/code")
@needs(Right.CALL)
def find_by_code() -> ResponseReturnValue:
    """The page of whoever reads the code of their letter out on the telephone."""
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("calls/code.html", form=form), 422
    found, fault = invitation_by_code(form.code.data), fault_of(form.code.data)
    if found is not None and calls.take_call(found, _member(), clock.now()):
        return redirect(url_for(".show_call", invitation_id=found.id), 303)
    form.code.errors = [
        fault_in_words(fault)
        if found is None
        else _(
            "この方からは、お電話ではうかがえません（もうお答えくださった、調査を締め切った、無記名の調査であるなど）。"
        )
    ]
    return render_template("calls/code.html", form=form), 422 if fault else 404


@blueprint.get("/calls/<int:invitation_id>")
@needs(Right.CALL)
def show_call(invitation_id: int) -> ResponseReturnValue:
    return _call_page(_invitation(invitation_id), CallOutcomeForm())


@blueprint.post("/calls/<int:invitation_id>/outcome")
@needs(Right.CALL)
def record_call(invitation_id: int) -> ResponseReturnValue:
    invitation = calls.invitation_to_call(invitation_id, clock.now()) or abort(404)
    form, member = CallOutcomeForm(), _member()
    if not form.validate_on_submit():
        return _call_page(invitation, form), 422
    again_at = form.again_at.data
    if again_at is not None:
        again_at = again_at.replace(tzinfo=ZoneInfo(member.time_zone))
    outcome = CallOutcome(form.outcome.data)
    try:
        calls.record_call(invitation, outcome, again_at, member, clock.now())
    except OkaeriError as error:
        form.again_at.errors = [error.sentence]
        return _call_page(invitation, form), error.status
    flash(_("「%(outcome)s」と記録しました。", outcome=OUTCOMES[outcome]))
    return redirect(url_for(".list_calls"), 303)


@blueprint.post("/calls/<int:invitation_id>")
@needs(Right.CALL)
def start(invitation_id: int) -> ResponseReturnValue:
    member = _member()
    response = calls.start_call_response(_invitation(invitation_id), member, clock.now())
    sheet = _sheet(invitation_id)
    return redirect(sheet.url_of(queries.page_to_resume(response, sheet.version)), 303)


@blueprint.get("/calls/<int:invitation_id>/<int:number>")
@needs(Right.CALL)
@customers_read
def show_page(invitation_id: int, number: int) -> ResponseReturnValue:
    return screens.show(_sheet(invitation_id), number)


@blueprint.post("/calls/<int:invitation_id>/<int:number>")
@needs(Right.CALL)
@customers_read
def save_page(invitation_id: int, number: int) -> ResponseReturnValue:
    return screens.save(_sheet(invitation_id), number)


@blueprint.get("/calls/<int:invitation_id>/send")
@needs(Right.CALL)
@customers_read
def show_send(invitation_id: int) -> ResponseReturnValue:
    return screens.show_send(_sheet(invitation_id))


@blueprint.post("/calls/<int:invitation_id>/send")
@needs(Right.CALL)
@customers_read
def send(invitation_id: int) -> ResponseReturnValue:
    return screens.submit(_sheet(invitation_id))


@blueprint.get("/calls/<int:invitation_id>/done")
@needs(Right.CALL)
def show_done(invitation_id: int) -> ResponseReturnValue:
    sheet = _sheet(invitation_id)
    if sheet.response is None or not sheet.is_submitted:
        return redirect(sheet.url)
    return render_template("calls/done.html", response=sheet.response, survey=sheet.survey)


@blueprint.errorhandler(AlreadyAnswered)
def _answered(error: AlreadyAnswered) -> ResponseReturnValue:
    flash(_("お客さまが、先にご自分で答えてくださいました。"))
    return redirect(url_for(".list_calls"), 303)


def _member() -> Member:
    member = current_member()
    assert member is not None  # the mark lets in nobody else
    return member


def _invitation(invitation_id: int) -> Invitation:
    """Somebody of the call list, or who has called in. Aborts with 404 for anybody else."""
    return calls.invitation_on_the_line(invitation_id, clock.now()) or abort(404)


def _sheet(invitation_id: int) -> CallSheet:
    """The sheet of somebody on the line, or one this member has handed in. Aborts with 404 for any other."""
    member, invitation = _member(), db.get_or_404(Invitation, invitation_id)
    response = queries.response_of(invitation)
    is_own = response is not None and history.took_part(response, member)
    if not is_own:
        _invitation(invitation_id)
    elif invitation.spent_at is None and calls.invitation_on_the_line(invitation_id, clock.now()) is None:
        abort(404)
    return CallSheet(invitation, member)


def _call_page(invitation: Invitation, form: CallOutcomeForm) -> str:
    response = queries.response_of(invitation)
    return render_template(
        "calls/show.html",
        invitation=invitation,
        customer=invitation.customer,
        may_call=calls.invitation_to_call(invitation.id, clock.now()) is not None,
        survey=invitation.campaign.survey,
        response=response,
        lines=history.history_of(response) if response else [],
        made=calls.calls_of([invitation])[invitation.id],
        outcomes=OUTCOMES,
        script=calls.script_of(invitation.campaign.survey),
        form=form,
        plain_form=Form(),
    )
