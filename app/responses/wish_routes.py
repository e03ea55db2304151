"""What a customer may say through a link besides answering."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import respondent
from app.responses import wishes
from app.responses.routes import blueprint
from app.responses.sheet import Sheet
from forms.base import Form


@blueprint.post("/s/<token>/returned")
@respondent
def say_returned(token: str) -> ResponseReturnValue:
    wishes.say_returned(Sheet(token).invited, clock.now())
    return redirect(url_for(".show_returned", token=token), 303)


@blueprint.get("/s/<token>/returned")
@respondent
def show_returned(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    if wishes.said_at(sheet.invited, "says_returned") is None:
        return redirect(sheet.url)
    return render_template("responses/returned.html", url=sheet.url, answered=sheet.is_submitted)


@blueprint.get("/s/<token>/stop")
@respondent
def show_stop(token: str) -> ResponseReturnValue:
    sheet = Sheet(token)
    stopped = wishes.is_left_alone(sheet.invited)
    return render_template(
        "responses/stop.html",
        url=sheet.url,
        preferences=url_for(".show_preferences", token=token),
        form=Form(),
        stopped=stopped,
    )


@blueprint.post("/s/<token>/stop")
@respondent
def stop(token: str) -> ResponseReturnValue:
    wishes.stop_contact(Sheet(token).invited, clock.now())
    return redirect(url_for(".show_stop", token=token), 303)
