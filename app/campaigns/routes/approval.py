"""The last step: holdout, approval by a second person, start. And stopping, or throwing a draft away."""

from collections.abc import Callable

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clashes, clock, edits
from app.accounts.access import Right, current_member, needs
from app.accounts.models import Member
from app.campaigns import guard, labels, queries, services
from app.campaigns.hours import is_quiet
from app.campaigns.letters import preview
from app.campaigns.models import Campaign, CampaignState
from app.campaigns.routes import blueprint
from app.campaigns.services.approval import may_approve_alone
from app.clashes import row_or_told, take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import counted as _n
from app.i18n import gettext as _
from forms.base import RevisionForm
from forms.campaign_editing import HoldoutForm


def _member() -> Member:
    member = current_member()
    assert member is not None
    return member


@blueprint.get("/campaigns/<int:campaign_id>/approval")
@needs(Right.READ)
def show_approval(campaign_id: int) -> ResponseReturnValue:
    campaign = db.get_or_404(Campaign, campaign_id)
    if campaign.state not in (CampaignState.DRAFT, CampaignState.APPROVED):
        return redirect(url_for(".show_campaign", campaign_id=campaign.id))
    return _page(campaign)


def _page(
    campaign: Campaign, form: HoldoutForm | None = None, status: int = 200, problem: str = ""
) -> ResponseReturnValue:
    """Everything at a glance: whom, which words, how many held out, who approves."""
    if form is None:
        shown = {"percent": campaign.holdout_percent, "revision": campaign.revision}
        form = HoldoutForm(formdata=None, data=shown)
    member, at = _member(), clock.now()
    page = render_template(
        "campaigns/approval.html",
        campaign=campaign,
        form=form,
        run=guard.dry_run(campaign, at),
        approvers=queries.approvers_of(campaign),
        is_author=queries.has_hand_in(campaign, member),
        alone=may_approve_alone(member),
        people=queries.people_of(campaign),
        letter=preview(campaign, current_app.extensions["settings"].public_url, at),
        opening=labels.opening_in_words(at) if is_quiet(at) else None,
        labels=labels,
        problem=problem,
    )
    return page, status


@blueprint.post("/campaigns/<int:campaign_id>/holdout")
@needs(Right.EDIT)
def edit_holdout(campaign_id: int) -> ResponseReturnValue:
    form = HoldoutForm()
    campaign = row_or_told(Campaign, campaign_id, form)
    if not form.validate_on_submit():
        return _page(campaign, form, 422)
    try:
        services.edit_holdout(campaign, form.percent.data, form.shown_revision, _member(), clock.now())
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_approval", campaign_id=campaign.id))
        return _page(campaign, form, status)
    return _back(campaign, _("控えの割合を変えました。"))


@blueprint.post("/campaigns/<int:campaign_id>/ask")
@needs(Right.EDIT)
def ask_for_approval(campaign_id: int) -> ResponseReturnValue:
    campaign = row_or_told(Campaign, campaign_id)
    return _press(
        campaign,
        lambda: services.ask_for_approval(campaign, _member(), clock.now()),
        _("承認をお願いしました。承認できる方の「配信」に、1件と出ます。"),
    )


@blueprint.post("/campaigns/<int:campaign_id>/approve")
@needs(Right.APPROVE)
def approve_campaign(campaign_id: int) -> ResponseReturnValue:
    campaign, form = row_or_told(Campaign, campaign_id), RevisionForm()
    return _press(
        campaign,
        lambda: services.approve_campaign(campaign, _member(), clock.now(), form.shown_revision),
        _("承認しました。まだ送っていません。"),
    )


@blueprint.post("/campaigns/<int:campaign_id>/reopen")
@needs(Right.EDIT)
def reopen_campaign(campaign_id: int) -> ResponseReturnValue:
    campaign = row_or_told(Campaign, campaign_id)
    return _press(
        campaign,
        lambda: services.reopen_campaign(campaign, _member(), clock.now()),
        _("下書きに戻しました。変えたあとは、もう一度承認がいります。"),
    )


@blueprint.post("/campaigns/<int:campaign_id>/start")
@needs(Right.EDIT)
def start_campaign(campaign_id: int) -> ResponseReturnValue:
    campaign, form, member = row_or_told(Campaign, campaign_id), RevisionForm(), _member()
    try:
        services.start_campaign(campaign, clock.now(), member, form.shown_revision)
    except OkaeriError as error:
        db.session.rollback()
        if not edits.was_mine(campaign, edits.STATE, member) or campaign.state is not CampaignState.SENDING:
            flash(error.sentence, "error")
    return redirect(url_for(".show_campaign", campaign_id=campaign_id), 303)


@blueprint.post("/campaigns/<int:campaign_id>/stop")
@needs(Right.EDIT)
def stop_campaign(campaign_id: int) -> ResponseReturnValue:
    campaign = db.get_or_404(Campaign, campaign_id)
    try:
        count = services.stop_campaign(campaign, _member(), clock.now())
    except OkaeriError as error:
        flash(error.sentence, "error")
    else:
        flash(_n("止めました。まだ送っていなかった%(count)s通は送りません。", count, count=count))
    return redirect(url_for(".show_campaign", campaign_id=campaign.id), 303)


@blueprint.post("/campaigns/<int:campaign_id>/discard")
@needs(Right.EDIT)
def discard_campaign(campaign_id: int) -> ResponseReturnValue:
    if clashes.is_removed_by_me(Campaign, campaign_id) and db.session.get(Campaign, campaign_id) is None:
        return redirect(url_for(".list_campaigns"), 303)
    campaign, form = row_or_told(Campaign, campaign_id), RevisionForm()
    try:
        services.discard_campaign(campaign, _member(), clock.now(), form.shown_revision)
    except OkaeriError as error:
        return _page(campaign, None, error.status, error.sentence)
    flash(_("下書き「%(name)s」を捨てました。", name=campaign.name))
    return redirect(url_for(".list_campaigns"), 303)


def _press(campaign: Campaign, act: Callable[[], object], sentence: str) -> ResponseReturnValue:
    """Do what a button says; where it cannot be done any more, the page as it stands now says why."""
    try:
        act()
    except OkaeriError as error:
        return _page(campaign, None, error.status, error.sentence)
    flash(sentence)
    return redirect(url_for(".show_approval", campaign_id=campaign.id), 303)


def _back(campaign: Campaign, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for(".show_approval", campaign_id=campaign.id), 303)
