"""Links to one's own answers, sent within seconds after they were asked for."""

import secrets
from collections.abc import Iterator
from datetime import timedelta

from flask import current_app

from app import clock, jobs, mail
from app.accounts.queries import organisation
from app.db import unit_of_work
from app.points import reach
from app.responses import own_answers
from app.responses.models import AnswerLinkState

STILL = timedelta(minutes=1)


@jobs.urgent_job
def send_answer_link(link_id: int) -> None:
    """Send one link to one's own answers: its address is made here and stands in the mail alone."""
    settings = current_app.extensions["settings"]
    with unit_of_work():
        own = organisation()
        letter = own_answers.link_to_send(link_id, own, settings.public_url, clock.now()) if own else None
        reach("answers.writing")
    if letter is None:
        return
    reach("answers.handing_over")
    state = _given(letter)
    reach("answers.given")
    with unit_of_work():
        own_answers.settle_link(link_id, state, clock.now())
    reach("answers.settled")


def _given(letter: mail.Letter) -> AnswerLinkState:
    """Speak to the mail server with no transaction open."""
    domain = letter.sender_address.rpartition("@")[2]
    try:
        message = mail.compose(letter, f"<{secrets.token_hex(16)}@{domain}>")
        with mail.connection(current_app.extensions["settings"]) as server:
            mail.hand_over(server, message)
    except (mail.BadHeader, mail.Refused):
        return AnswerLinkState.FAILED
    except mail.HandOverUnknown:
        return AnswerLinkState.UNKNOWN
    except OSError:
        return AnswerLinkState.QUEUED
    return AnswerLinkState.SENT


@jobs.sweep
def answer_links_standing_still() -> Iterator[jobs.Ring]:
    """Links nobody has sent for a minute: their bell was lost, or the mail server was away."""
    for link_id in own_answers.links_standing_still(clock.now() - STILL):
        yield "send_answer_link", (link_id,)
