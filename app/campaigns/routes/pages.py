"""Looking: the list, one campaign while it goes out and afterwards, whom it left in peace, what became of its mails."""

from enum import StrEnum
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, pages
from app.accounts.access import Right, current_member, needs
from app.campaigns import labels, queries
from app.campaigns.letters import preview
from app.campaigns.models import Campaign, CampaignState, MessageState, SkipRule
from app.campaigns.queries import Progress
from app.campaigns.routes import blueprint
from app.db import db
from app.paging import Page

FEWEST = 10  # answers among fewer say nothing about a share


@pages.waits("campaigns", Right.APPROVE)
def waiting() -> int:
    """Campaigns of others that this member may approve."""
    member = current_member()
    return queries.waiting_for_approval(member) if member else 0


@blueprint.get("/campaigns")
@needs(Right.READ)
def list_campaigns() -> ResponseReturnValue:
    page = Page.of(queries.campaigns_listed(), request.args.get("page", 1, int), size=20)
    numbers = [campaign.id for campaign in page.rows]
    counts = queries.message_counts(numbers)
    funnels = queries.funnels(numbers)
    highest = max((funnel.interval[1] for funnel in funnels.values() if funnel.accepted >= FEWEST), default=0)
    return render_template(
        "campaigns/list.html",
        page=page,
        funnels=funnels,
        scale=max(highest, 0.1),
        fewest=FEWEST,
        progress={number: Progress(counts.get(number, {})) for number in numbers},
        has_mailbox=_has_mailbox(),
        labels=labels,
    )


def _has_mailbox() -> bool:
    """Is the built-in mailbox of a first try there to look at?"""
    return "mailbox.list_mails" in current_app.view_functions


@blueprint.get("/campaigns/<int:campaign_id>")
@needs(Right.READ)
def show_campaign(campaign_id: int) -> ResponseReturnValue:
    campaign = db.get_or_404(Campaign, campaign_id)
    if campaign.state in (CampaignState.DRAFT, CampaignState.APPROVED):
        return redirect(url_for(".show_approval", campaign_id=campaign.id))
    return render_template(
        "campaigns/show.html",
        skips=queries.skip_counts(campaign.id),
        people=queries.people_of(campaign),
        has_mailbox=_has_mailbox(),
        letter=preview(campaign, current_app.extensions["settings"].public_url, clock.now()),
        **_moving(campaign),
    )


def _moving(campaign: Campaign) -> dict[str, Any]:
    """What changes on the page of a campaign while it goes out."""
    limit, at = current_app.extensions["settings"].hourly_send_limit, clock.now()
    progress = Progress(queries.message_counts([campaign.id]).get(campaign.id, {}))
    is_moving = campaign.state is CampaignState.SENDING and progress.waiting > 0
    return {
        "campaign": campaign,
        "funnel": queries.campaign_funnel(campaign.id),
        "progress": progress,
        "held_up": queries.held_up_by(campaign, limit, at) if is_moving else None,
        "opening": labels.opening_in_words(at),
        "hourly_limit": limit,
        "labels": labels,
    }


@blueprint.get("/campaigns/<int:campaign_id>/progress")
@needs(Right.READ)
def show_progress(campaign_id: int) -> ResponseReturnValue:
    campaign = db.get_or_404(Campaign, campaign_id)
    # Once all is sent, the whole page is another one: no stop button, no waiting.
    over = {} if campaign.state is CampaignState.SENDING else {"HX-Refresh": "true"}
    return render_template("campaigns/_progress.html", **_moving(campaign)), over


@blueprint.get("/campaigns/<int:campaign_id>/skipped")
@needs(Right.READ)
def list_skipped(campaign_id: int) -> ResponseReturnValue:
    campaign = db.get_or_404(Campaign, campaign_id)
    rule = _word(SkipRule, "rule")
    page = Page.of(queries.skips_of(campaign, rule), request.args.get("page", 1, int))
    return render_template(
        "campaigns/skipped.html",
        campaign=campaign,
        page=page,
        rule=rule,
        counts=queries.skip_counts(campaign.id),
        labels=labels,
    )


@blueprint.get("/campaigns/<int:campaign_id>/messages")
@needs(Right.READ)
def list_messages(campaign_id: int) -> ResponseReturnValue:
    campaign = db.get_or_404(Campaign, campaign_id)
    state = _word(MessageState, "state")
    page = Page.of(queries.messages_of(campaign, state), request.args.get("page", 1, int))
    counts = queries.message_counts([campaign.id]).get(campaign.id, {})
    return render_template(
        "campaigns/messages.html", campaign=campaign, page=page, state=state, counts=counts, labels=labels
    )


def _word(kind: type[StrEnum], name: str) -> Any:
    """An argument that must be a word of an enumeration, or nothing."""
    given = request.args.get(name, "")
    if given and given not in set(kind):
        abort(404)
    return kind(given) if given else None
