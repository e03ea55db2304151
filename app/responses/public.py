"""Public links: an address of a survey that anybody may open, and the sheets begun through it.

Such a sheet has neither invitation nor customer. Whoever fills it in may say who they are: that stays a claim until a
member has confirmed it, and nobody who answers is told whether such a customer exists.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import audit, jobs
from app.accounts.models import Member
from app.clock import day_of
from app.customers.models import Customer
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.responses import erasing, history, queries
from app.responses.models import Door, EventKind, PublicLink, RepeatCause, Response, ResponseState
from app.responses.services import SurveyClosed, tell_answered
from app.surveys.compiled import compiled_version
from app.surveys.models import QuestionKind, Survey

KEY_BYTES = 18  # 144 random bits
Untying = Callable[[Mapping[int, int], datetime], None]
UNTYING: list[Untying] = []


class AlreadyDecided(OkaeriError):
    """Somebody else has decided about this claim."""


def make_link(survey: Survey, name: str, member: Member | None, at: datetime) -> PublicLink:
    """A public link of this name. A second one of the same name is the first one."""
    link = PublicLink(
        survey_id=survey.id,
        key=secrets.token_urlsafe(KEY_BYTES),
        name=name,
        created_at=at,
        member_id=member.id if member else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(link)
    except IntegrityError:
        mine = (PublicLink.survey_id == survey.id, PublicLink.name == name)
        return db.session.scalars(sa.select(PublicLink).where(*mine)).one()
    audit.record("created", "public_link", link.id, link.member_id, at)
    return link


def switch_link(link: PublicLink, on: bool, member: Member | None, at: datetime) -> None:
    """Switch a link off or on again. What was begun through it may be finished."""
    if on == (link.closed_at is None):
        return
    link.closed_at = None if on else at
    audit.record("resumed" if on else "stopped", "public_link", link.id, member.id if member else None, at)


def token_for(start: str, link: PublicLink, secret: str) -> str:
    """The token of the sheet that one form begins: pressed twice, the same form leads to the same sheet.

    144 bits of a hash with the installation's secret, so that nobody can choose it.
    """
    made = hmac.digest(secret.encode(), f"sheet:{link.key}:{start}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made[:KEY_BYTES]).decode()


def network_key(network: str, secret: str) -> str:
    """What stands for a network address wherever it is counted: a keyed hash."""
    return hmac.digest(secret.encode(), f"network:{network}".encode(), hashlib.sha256).hex()[:32]


def start_response(link: PublicLink, token: str, repeat: RepeatCause | None, at: datetime) -> Response:
    """The sheet of this token, made now if there is none. However often and at once: one. Raises SurveyClosed."""
    found = queries.response_by_token(token)
    if found is not None:
        return found
    version = link.survey.published_version
    if link.closed_at is not None or version is None or not link.survey.is_open(day_of(at)):
        raise SurveyClosed(_("この調査は締め切りました。"))
    response = Response(
        survey_id=link.survey_id,
        survey_version_id=version.id,
        public_link_id=link.id,
        anonymous=link.survey.anonymous,
        token=token,
        repeat_cause=repeat,
        door=Door.PUBLIC,
        started_at=at,
        saved_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(response)
    except IntegrityError:
        return db.session.scalars(sa.select(Response).where(Response.token == token)).one()
    history.note(response, EventKind.STARTED, Door.PUBLIC, at)
    return response


def resume_response(response: Response | None, at: datetime) -> Response:
    """Go on with a sheet that was begun through a public link."""
    assert response is not None
    history.note(response, EventKind.RESUMED, Door.PUBLIC, at)
    return response


def may_claim(response: Response) -> bool:
    """May whoever sent this sheet still say who they are?"""
    is_public = response.public_link_id is not None and response.state is ResponseState.SUBMITTED
    is_open = response.customer_id is None and not response.claimed_as
    return is_public and is_open and not response.anonymous


def claim_identity(response: Response, who: str) -> None:
    """Keep who the respondent says to be, until a member has decided. The first word stands."""
    if may_claim(response):
        response.claimed_as = who.strip()[:254]


def accept_claim(response: Response, customer: Customer, member: Member, at: datetime) -> None:
    """Say that this customer gave this sheet: facts, history and reading follow as if they had been invited.

    Raises AlreadyDecided where it was decided before.
    """
    _decide(response, customer.id)
    version = compiled_version(response.survey_version_id)
    answers = queries.answers_so_far(response, version)
    given = {one.kind: answers.get(one.code) for one in version.visible(answers, response.attributes)}
    submitted_at = response.submitted_at or at
    tell_answered(response, customer.id, given.get(QuestionKind.CONTACT), submitted_at)
    audit.record("accepted", "response", response.id, member.id, at)
    if "read_response" in jobs.JOBS:
        jobs.ring("read_response", response.id)


def untying(act: Untying) -> Untying:
    """Register what is done once sheets (sheet → customer until now) are nobody's again."""
    UNTYING.append(act)
    return act


def take_back_claim(response: Response, member: Member, at: datetime) -> None:
    """Say that the sheet may not be this customer's after all: what it told about them goes, the claim is open again.

    The claim names the customer by their number, as the words it was made with were let go. Raises AlreadyDecided.
    """
    tied = (Response.id == response.id, Response.public_link_id.is_not(None))
    held = sa.select(Response).where(*tied).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(held)
    if found is None or found.customer_id is None:
        raise AlreadyDecided(_("ほかの方が、先に決めました。"))
    customer = db.session.get_one(Customer, found.customer_id)
    found.customer_id, found.claimed_as = None, customer.key
    db.session.flush()
    for act in UNTYING:
        act({found.id: customer.id}, at)
    erasing.unsay(found, customer.id)
    audit.record("untied", "response", response.id, member.id, at)


def decline_claim(response: Response, member: Member, at: datetime) -> None:
    """Forget who the respondent says to be. Raises AlreadyDecided."""
    _decide(response, None)
    audit.record("declined", "response", response.id, member.id, at)


def _decide(response: Response, customer_id: int | None) -> None:
    """Whoever takes the claim away has decided."""
    open_claim = (Response.id == response.id, Response.claimed_as != "", Response.customer_id.is_(None))
    change = sa.update(Response).where(*open_claim).values(claimed_as="", customer_id=customer_id)
    found: sa.CursorResult[None] = db.session.execute(change)  # type: ignore[assignment] # a change has a row count
    if found.rowcount != 1:
        raise AlreadyDecided(_("ほかの方が、先に決めました。"))
    db.session.refresh(response)
