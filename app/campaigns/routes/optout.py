"""/u/<token>: stopping all mail. People press a button; mail programs send one POST without a cookie (RFC 8058)."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import limits
from app.accounts.access import respondent
from app.campaigns import services
from app.campaigns.queries import invitation_by_token
from app.campaigns.routes import blueprint


@blueprint.get("/u/<token>")
@respondent
def show_unsubscribe(token: str) -> ResponseReturnValue:
    if invitation_by_token(token) is None:
        return _unknown()
    return render_template("campaigns/unsubscribe.html", is_done=False)


@blueprint.post("/u/<token>")
@respondent
def unsubscribe(token: str) -> ResponseReturnValue:
    """Answers alike the first time and ever after."""
    invitation = invitation_by_token(token)
    if invitation is None:
        return _unknown()
    services.unsubscribe(invitation, clock.now())
    return render_template("campaigns/unsubscribe.html", is_done=True)


def _unknown() -> ResponseReturnValue:
    """A link cut short by a mail program must not be told that mail has stopped. A token has 144 random bits:
    that an unknown one is told apart helps nobody to guess."""
    status = 404 if limits.may_guess(request.remote_addr, clock.now()) else 429
    return render_template("campaigns/unsubscribe.html", is_unknown=True), status
