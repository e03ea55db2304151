"""Slips to print: for each person asked, the QR code and the code that open their sheet."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from app import qr
from app.accounts.access import Right, needs
from app.campaigns import labels, queries
from app.campaigns.codes import spaced_code
from app.campaigns.letters import salutation
from app.campaigns.models import Campaign, Invitation
from app.campaigns.routes import blueprint
from app.db import db
from app.paging import Page

SLIPS = 20


@blueprint.get("/campaigns/<int:campaign_id>/slips")
@needs(Right.PERSONAL)
def list_slips(campaign_id: int) -> ResponseReturnValue:
    campaign = db.get_or_404(Campaign, campaign_id)
    asked = queries.invitations_of(campaign).options(joinedload(Invitation.customer))
    page = Page.of(asked, request.args.get("page", 1, int), size=SLIPS)
    public_url = current_app.extensions["settings"].public_url
    return render_template(
        "campaigns/slips.html",
        campaign=campaign,
        page=page,
        pictures={one.id: qr.picture(f"{public_url}/s/{one.token}?door=qr", dot=3) for one in page.rows},
        codes={one.id: spaced_code(one.code) for one in page.rows},
        names={one.id: salutation(one.customer) for one in page.rows},
        address=f"{public_url}/c",
        labels=labels,
    )
