"""Filling in a sheet: start, save screen by screen, submit once. And what else a link lets a customer say.

None of this needs a request: the pages, imports and the demo all call it. Facts written to customers (kind: value):
started and answered: id of the survey; nps: detractor, passive, promoter; wants_contact: mail, phone; wants_notice:
id of the survey; asked_stop, says_returned: id of the survey. Their source is "invitation:<id>" or "response:<id>".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import jobs
from app.accounts.models import Member
from app.campaigns.models import Invitation
from app.clock import day_of
from app.customers import services as customers
from app.db import db
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _
from app.responses import anonymous, history, queries
from app.responses.models import Answer, Door, EventKind, Response, ResponseState
from app.responses.values import COMMENT, stored
from app.surveys.attributes import snapshot_of
from app.surveys.compiled import CompiledQuestion, CompiledVersion, compiled_version
from app.surveys.models import QuestionKind, Survey


class SurveyClosed(OkaeriError):
    """The survey takes no answers (any more)."""

    status = 410


class AlreadyAnswered(OkaeriError):
    """This sheet was submitted before; nothing of it changes."""


class Unanswered(BadInput):
    """A question that must be answered is not. `question`: its code and screen."""

    def __init__(self, question: CompiledQuestion) -> None:
        super().__init__(_("「%(title)s」に、まだ答えていただいていません。", title=question.title))
        self.question = question


def start_response(
    invitation: Invitation, door: Door, at: datetime, member: Member | None = None
) -> Response:
    """The response of an invitation, made now if there is none. However often and at once: one. Raises SurveyClosed."""
    found = queries.response_of(invitation)
    if found is not None:
        if found.state is ResponseState.STARTED:
            history.note(found, EventKind.RESUMED, door, at, member)
        return found
    campaign = invitation.campaign
    _check_unspent(invitation)
    _check_open(campaign.survey, at)
    response = Response(
        survey_id=campaign.survey_id,
        anonymous=campaign.survey.anonymous,
        survey_version_id=campaign.survey_version_id,
        invitation_id=invitation.id,
        customer_id=invitation.customer_id,
        door=door,
        attributes=snapshot_of(invitation.customer, day_of(at)),
        started_at=at,
        saved_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(response)
    except IntegrityError:
        return db.session.scalars(sa.select(Response).where(Response.invitation_id == invitation.id)).one()
    customers.record_fact(
        invitation.customer_id, "started", str(campaign.survey_id), f"invitation:{invitation.id}", at
    )
    history.note(response, EventKind.STARTED, door, at, member)
    return response


def save_page(
    response: Response,
    values: Mapping[str, Any],
    at: datetime,
    door: Door | None = None,
    member: Member | None = None,
) -> None:
    """Keep these answers (question code → value, None for passed over; a text beside a choice as "<code>-Comment").

    Answers to questions that are hidden by them are dropped. Raises SurveyClosed, AlreadyAnswered, BadAnswer.
    """
    _claim(response)
    if response.state is ResponseState.SUBMITTED:
        raise AlreadyAnswered(_("もうお答えいただいています。ありがとうございました。"))
    _check_may_go_on(response, at)
    version = compiled_version(response.survey_version_id)
    rows = {answer.question_id: answer for answer in response.answers}
    for code, given in values.items():
        if not code.endswith(COMMENT):
            _keep(response, rows, _known(version, code), given, values.get(code + COMMENT) or "")
    _drop_hidden(response, version)
    response.saved_at = at
    pages = {question.page for question in version.questions if question.code in values}
    history.note(response, EventKind.SAVED, door or response.door, at, member, min(pages, default=None))
    db.session.flush()


def submit_response(
    response: Response, at: datetime, door: Door | None = None, member: Member | None = None
) -> Response:
    """Hand the sheet in: spend the invitation, tell the customer's facts and timeline, have it read.

    `door`: the one it came in by, where that is not the one it was begun through.
    A second call changes nothing and gives the same response. Raises SurveyClosed, AlreadyAnswered, Unanswered.
    """
    _claim(response)
    if response.state is ResponseState.SUBMITTED:
        return response
    _check_may_go_on(response, at)
    version = compiled_version(response.survey_version_id)
    answers = queries.answers_so_far(response, version)
    missing = queries.first_unanswered(version, answers, response.attributes)
    if missing is not None:
        raise Unanswered(missing)
    _spend(response, at)
    given = {one.kind: answers.get(one.code) for one in version.visible(answers, response.attributes)}
    if response.anonymous and response.door is not Door.TEST:
        asked = (one.id for one in version.visible(answers, response.attributes))
        return anonymous.hand_in(response, asked, given.get(QuestionKind.NPS), at)
    response.nps = given.get(QuestionKind.NPS)
    response.state, response.submitted_at, response.saved_at = ResponseState.SUBMITTED, at, at
    response.door = door or response.door
    history.note(response, EventKind.SUBMITTED, response.door, at, member)
    db.session.flush()
    if response.customer_id is not None:
        tell_answered(response, response.customer_id, given.get(QuestionKind.CONTACT), at)
    if "read_response" in jobs.JOBS and response.door is not Door.TEST:
        jobs.ring("read_response", response.id)
    return response


def _check_may_go_on(response: Response, at: datetime) -> None:
    """A trial may be filled in whatever the survey's state is."""
    if response.door is not Door.TEST:
        _check_open(response.survey, at)


def _check_open(survey: Survey, at: datetime) -> None:
    if not survey.is_open(day_of(at)):
        raise SurveyClosed(_("この調査は締め切りました。"))


def _check_unspent(invitation: Invitation) -> None:
    """A sheet that is gone, since it was anonymous or has been erased, is not begun anew."""
    spent = sa.select(Invitation.spent_at).where(Invitation.id == invitation.id).with_for_update()
    if db.session.scalar(spent) is not None:
        raise AlreadyAnswered(_("もうお答えいただいています。ありがとうございました。"))


def _claim(response: Response) -> None:
    """Wait for whoever is writing this sheet at the same moment, then see what they wrote."""
    db.session.flush()
    fresh = sa.select(Response).where(Response.id == response.id).with_for_update()
    found = db.session.scalars(fresh.execution_options(populate_existing=True)).one_or_none()
    if found is None:  # handed in anonymously, or erased, a moment ago
        raise AlreadyAnswered(_("もうお答えいただいています。ありがとうございました。"))
    db.session.expire(response, ["answers"])


def _known(version: CompiledVersion, code: str) -> CompiledQuestion:
    question = version.question(code)
    if question is None:
        raise BadInput(_("「%(code)s」という設問はありません。", code=code[:40]))
    return question


def _keep(
    response: Response, rows: dict[int, Answer], question: CompiledQuestion, given: Any, comment: str
) -> None:
    value, text = stored(question, given, comment)
    row = rows.get(question.id)
    if row is None:
        row = Answer(question_id=question.id)
        response.answers.append(row)
    row.value, row.text = value, text


def _drop_hidden(response: Response, version: CompiledVersion) -> None:
    answers = queries.answers_so_far(response, version)
    visible = {question.id for question in version.visible(answers, response.attributes)}
    response.answers[:] = [answer for answer in response.answers if answer.question_id in visible]


def _spend(response: Response, at: datetime) -> None:
    """An invitation is answered once, whatever happens at the same time."""
    if response.invitation_id is None:
        return
    if response.anonymous and response.invitation is not None:
        at = anonymous.start_of_day(response.invitation.invited_at)
    unspent = (Invitation.id == response.invitation_id, Invitation.spent_at.is_(None))
    spent: Any = db.session.execute(sa.update(Invitation).where(*unspent).values(spent_at=at))
    if spent.rowcount != 1:
        raise AlreadyAnswered(_("もうお答えいただいています。ありがとうございました。"))


def tell_answered(response: Response, customer_id: int, wish: str | None, at: datetime) -> None:
    """Write the facts and the line of the history that a submitted sheet is to its customer."""
    survey_id, source = str(response.survey_id), f"response:{response.id}"
    customers.record_fact(customer_id, "answered", survey_id, source, at)
    if response.nps is not None:
        customers.record_fact(customer_id, "nps", _nps_class(response.nps), source, at)
    if wish in ("mail", "phone"):
        customers.record_fact(customer_id, "wants_contact", wish, source, at)
    if wish == "notice":
        customers.record_fact(customer_id, "wants_notice", survey_id, source, at)
    customers.write_timeline(customer_id, "answered", at, survey=response.survey.name, number=response.number)


def _nps_class(points: int) -> str:
    return "promoter" if points >= 9 else "passive" if points >= 7 else "detractor"
