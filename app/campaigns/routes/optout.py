"""/u/<token>: stopping all mail. People press a button; mail programs send one POST without a cookie (RFC 8058)."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import respondent
from app.campaigns import services
from app.campaigns.queries import invitation_by_token
from app.campaigns.routes import blueprint


@blueprint.get("/u/<token>")
@respondent
def show_unsubscribe(token: str) -> ResponseReturnValue:
    return render_template("campaigns/unsubscribe.html", is_done=False)


@blueprint.post("/u/<token>")
@respondent
def unsubscribe(token: str) -> ResponseReturnValue:
    """Answers alike for known, unknown and used links: nobody learns which ones exist."""
    invitation = invitation_by_token(token)
    if invitation is not None:
        services.unsubscribe(invitation, clock.now())
    return render_template("campaigns/unsubscribe.html", is_done=True)
