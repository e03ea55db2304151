"""Filling in a sheet: start, save screen by screen, submit once. And what else a link lets a customer say.

None of this needs a request: the pages, imports and the demo all call it. Facts written to customers (kind: value):
started and answered: id of the survey; nps: detractor, passive, promoter; wants_contact: mail, phone; wants_notice:
id of the survey; asked_stop, says_returned: id of the survey. Their source is "invitation:<id>" or "response:<id>".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from app import jobs
from app.accounts.models import Member
from app.campaigns.models import Invitation
from app.clock import day_of
from app.customers import services as customers
from app.db import db, write
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _
from app.responses import anonymous, history, queries, rewriting
from app.responses.holding import AlreadyAnswered as AlreadyAnswered  # noqa: PLC0414 - part of what services raise
from app.responses.holding import already_answered, hold
from app.responses.models import Door, EventKind, Response, ResponseState
from app.responses.values import COMMENT, stored
from app.surveys.attributes import snapshot_of
from app.surveys.compiled import CompiledQuestion, CompiledVersion, compiled_version
from app.surveys.models import QuestionKind, Survey

_INVITATION, _RESPONSE = (cast(sa.Table, one.__table__) for one in (Invitation, Response))
_SPEND = (
    sa.update(_INVITATION)
    .where(_INVITATION.c.id == sa.bindparam("number"), _INVITATION.c.spent_at.is_(None))
    .values(spent_at=sa.bindparam("at"))
)
_CHANGE = sa.update(_RESPONSE).where(_RESPONSE.c.id == sa.bindparam("number"))


class SurveyClosed(OkaeriError):
    """The survey takes no answers (any more)."""

    status = 410


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
    # Whoever was first has let go of the invitation by now. Inserting beside their row would wait for its writer, who may
    # in turn wait for the invitation.
    if (found := queries.response_of(invitation)) is not None:
        return found
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
) -> dict[str, Any]:
    """Keep these answers (question code → value, None for passed over; a text beside a choice as "<code>-Comment").

    Answers to questions that are hidden by them are dropped. Returns all that stand now, as queries.answers_so_far does.
    Raises SurveyClosed, AlreadyAnswered, BadAnswer.
    """
    hold(response)
    if response.state is ResponseState.SUBMITTED:
        raise already_answered()
    _check_may_go_on(response, at)
    version = compiled_version(response.survey_version_id)
    kept = {answer.question_id: (answer.value, answer.text) for answer in response.answers}
    for code, given in values.items():
        if not code.endswith(COMMENT):
            question = _known(version, code)
            kept[question.id] = stored(question, given, values.get(code + COMMENT) or "")
    answers = queries.answers_among(kept, version)
    visible = {question.id for question in version.visible(answers, response.attributes)}
    kept = {number: row for number, row in kept.items() if number in visible}
    rewriting.rewrite(response, kept)
    _store(response, saved_at=at)
    pages = {question.page for question in version.questions if question.code in values}
    history.note(response, EventKind.SAVED, door or response.door, at, member, min(pages, default=None))
    return queries.answers_among(kept, version)


def submit_response(
    response: Response,
    at: datetime,
    door: Door | None = None,
    member: Member | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Response:
    """Hand the sheet in: spend the invitation, tell the customer's facts and timeline, have it read.

    `door`: the one it came in by, where that is not the one it was begun through; `answers`: what stands now, where
    the caller knows it and holds the sheet.
    A second call changes nothing and gives the same response. Raises SurveyClosed, AlreadyAnswered, Unanswered.
    """
    hold(response)
    if response.state is ResponseState.SUBMITTED:
        return response
    _check_may_go_on(response, at)
    version = compiled_version(response.survey_version_id)
    answers = queries.answers_so_far(response, version) if answers is None else answers
    asked = version.visible(answers, response.attributes)
    missing = queries.first_unanswered(asked, answers)
    if missing is not None:
        raise Unanswered(missing)
    _spend(response, at)
    given = {one.kind: answers.get(one.code) for one in asked}
    if response.anonymous and response.door is not Door.TEST:
        return anonymous.hand_in(response, (one.id for one in asked), given.get(QuestionKind.NPS), at)
    _store(
        response,
        nps=given.get(QuestionKind.NPS),
        state=ResponseState.SUBMITTED,
        submitted_at=at,
        saved_at=at,
        door=door or response.door,
    )
    history.note(response, EventKind.SUBMITTED, response.door, at, member)
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
        raise already_answered()


def _store(response: Response, **changes: Any) -> None:
    """Write these columns of a sheet that is held; the object follows. A flush of the session would cost four times that."""
    write(_CHANGE, {"number": response.id, **changes})
    for name, value in changes.items():
        set_committed_value(response, name, value)


def _known(version: CompiledVersion, code: str) -> CompiledQuestion:
    question = version.question(code)
    if question is None:
        raise BadInput(_("「%(code)s」という設問はありません。", code=code[:40]))
    return question


def _spend(response: Response, at: datetime) -> None:
    """An invitation is answered once, whatever happens at the same time."""
    if response.invitation_id is None:
        return
    if response.anonymous and response.invitation is not None:
        at = anonymous.start_of_day(response.invitation.invited_at)
    if write(_SPEND, {"number": response.invitation_id, "at": at}).rowcount != 1:
        raise already_answered()
    if response.invitation is not None:
        set_committed_value(response.invitation, "spent_at", at)


def tell_answered(response: Response, customer_id: int, wish: str | None, at: datetime) -> None:
    """Write the facts and the line of the history that a submitted sheet is to its customer."""
    survey_id, source = str(response.survey_id), f"response:{response.id}"
    told = [("answered", survey_id)]
    if response.nps is not None:
        told.append(("nps", _nps_class(response.nps)))
    if wish in ("mail", "phone"):
        told.append(("wants_contact", wish))
    if wish == "notice":
        told.append(("wants_notice", survey_id))
    customers.record_facts(customer_id, told, source, at)
    customers.add_to_timeline(
        customer_id, "answered", at, survey=response.survey.name, number=response.number
    )


def _nps_class(points: int) -> str:
    return "promoter" if points >= 9 else "passive" if points >= 7 else "detractor"
