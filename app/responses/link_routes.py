"""The public links of a survey, and which customers say to have answered through them. For members."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask import Response as Answer
from flask.typing import ResponseReturnValue

from app import clock, qr
from app.accounts.access import Right, current_member, may, needs
from app.customers.models import Customer
from app.db import db
from app.i18n import gettext as _
from app.responses import history, link_queries, public
from app.responses.models import PublicLink, Response
from app.responses.wording import DOOR_NAMES, REPEATS
from app.surveys.models import Survey
from forms.base import Form
from forms.researcher import PublicLinkForm

blueprint = Blueprint("public_links", __name__)
FILES = {"svg": (qr.svg, "image/svg+xml"), "png": (qr.png, "image/png")}


@blueprint.get("/surveys/<int:survey_id>/links")
@needs(Right.READ)
def list_links(survey_id: int) -> ResponseReturnValue:
    return _page(db.get_or_404(Survey, survey_id), PublicLinkForm())


@blueprint.post("/surveys/<int:survey_id>/links")
@needs(Right.EDIT)
def make_link(survey_id: int) -> ResponseReturnValue:
    survey, form = db.get_or_404(Survey, survey_id), PublicLinkForm()
    if not form.validate_on_submit():
        return _page(survey, form), 422
    if survey.published_version is None:
        form.name.errors = [_("公開してから、リンクを作れます。")]
        return _page(survey, form), 409
    link = public.make_link(survey, form.name.data, current_member(), clock.now())
    flash(_("「%(name)s」のリンクを作りました。", name=link.name))
    return redirect(url_for(".list_links", survey_id=survey.id), 303)


@blueprint.post("/surveys/<int:survey_id>/links/<int:link_id>/<word>")
@needs(Right.EDIT)
def switch_link(survey_id: int, link_id: int, word: str) -> ResponseReturnValue:
    link = _link(survey_id, link_id)
    if word not in ("on", "off"):
        abort(404)
    public.switch_link(link, word == "on", current_member(), clock.now())
    flash(
        _("またひらけるようにしました。")
        if word == "on"
        else _("止めました。ひらいた方には、締め切りの案内が出ます。")
    )
    return redirect(url_for(".list_links", survey_id=survey_id), 303)


@blueprint.get("/surveys/<int:survey_id>/links/<int:link_id>/qr.<word>")
@needs(Right.READ)
def download_qr(survey_id: int, link_id: int, word: str) -> ResponseReturnValue:
    link = _link(survey_id, link_id)
    if word not in FILES:
        abort(404)
    draw, kind = FILES[word]
    head = {"Content-Disposition": f'attachment; filename="okaeri-{survey_id}-{link_id}.{word}"'}
    return Answer(draw(address_of(link)), mimetype=kind, headers=head)


@blueprint.post("/responses/<int:response_id>/claim/accept")
@needs(Right.PERSONAL)
def accept_claim(response_id: int) -> ResponseReturnValue:
    response, member = db.get_or_404(Response, response_id), current_member()
    customer = link_queries.customer_claimed(response.claimed_as)
    if customer is None or customer.id != request.form.get("customer_id", 0, int):
        raise public.AlreadyDecided(_("そのあいだに変わりました。もう一度ご確認ください。"))
    assert member is not None
    public.accept_claim(response, customer, member, clock.now())
    undo = url_for(".take_back_claim", response_id=response.id)
    flash(_("%(number)s を、この方の回答としました。", number=response.number), f"undo:{undo}")
    return redirect(url_for(".list_links", survey_id=response.survey_id), 303)


@blueprint.post("/responses/<int:response_id>/claim/take-back")
@needs(Right.PERSONAL)
def take_back_claim(response_id: int) -> ResponseReturnValue:
    response, member = db.get_or_404(Response, response_id), current_member()
    assert member is not None
    public.take_back_claim(response, member, clock.now())
    flash(_("%(number)s と顧客の結びつきを外しました。もう一度お決めください。", number=response.number))
    return redirect(url_for(".list_links", survey_id=response.survey_id), 303)


@blueprint.post("/responses/<int:response_id>/claim/decline")
@needs(Right.PERSONAL)
def decline_claim(response_id: int) -> ResponseReturnValue:
    response, member = db.get_or_404(Response, response_id), current_member()
    assert member is not None
    public.decline_claim(response, member, clock.now())
    flash(_("%(number)s は、どなたの回答ともしません。お名乗りは消しました。", number=response.number))
    return redirect(url_for(".list_links", survey_id=response.survey_id), 303)


@blueprint.get("/responses/<int:response_id>")
@needs(Right.READ)
def show_history(response_id: int) -> ResponseReturnValue:
    response = db.get_or_404(Response, response_id)
    return render_template(
        "responses/history.html",
        response=response,
        lines=history.history_of(response),
        tied_to=db.session.get(Customer, response.customer_id) if _is_tied(response) else None,
        doors=DOOR_NAMES,
        repeats=REPEATS,
    )


def _is_tied(response: Response) -> bool:
    """Has a member said whose sheet of a public link this is, and may this one see it?"""
    return response.public_link_id is not None and may(current_member(), Right.PERSONAL)


def address_of(link: PublicLink) -> str:
    """The address people open."""
    return f"{current_app.extensions['settings'].public_url}/o/{link.key}"


def _link(survey_id: int, link_id: int) -> PublicLink:
    return link_queries.link_of(db.get_or_404(Survey, survey_id), link_id) or abort(404)


def _page(survey: Survey, form: PublicLinkForm) -> str:
    rows = link_queries.links_of(survey)
    return render_template(
        "surveys/links.html",
        survey=survey,
        is_open=survey.is_open(clock.today()),
        rows=rows,
        addresses={row.link.id: address_of(row.link) for row in rows},
        pictures={row.link.id: qr.picture(address_of(row.link), dot=3) for row in rows},
        claims=link_queries.claims_of(survey),
        form=form,
        plain_form=Form(),
    )
