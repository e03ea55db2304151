"""Anonymous sheets: while one is filled in it hangs on its link; handing it in cuts the tie, for good.

What is handed in becomes a fresh row that names nobody, numbered by lot and dated by the day. On the customer's side
stands only that there was an answer, dated like the invitation, so that nobody is reminded or asked again; when it came
stands nowhere. The database's own checks (responses.models) refuse anything else.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, time
from random import SystemRandom

import sqlalchemy as sa

from app import jobs
from app.clock import TOKYO, day_of
from app.customers.models import CustomerFact
from app.db import db
from app.responses.models import Answer, Door, Response, ResponseState, SpentToken

READ = "read_anonymous"
LOWEST = -(2**31)
_chance = SystemRandom()


def start_of_day(at: datetime) -> datetime:
    """The first instant of this day in Japan."""
    return datetime.combine(day_of(at), time.min, TOKYO)


def hand_in(draft: Response, question_ids: Iterable[int], nps: int | None, at: datetime) -> Response:
    """Write the answers to these questions anew, without whose they are, and let go of the draft and its history."""
    day, kept = start_of_day(at), set(question_ids)
    sheet = Response(
        id=_drawn(Response),
        survey_id=draft.survey_id,
        survey_version_id=draft.survey_version_id,
        anonymous=True,
        door=Door.PUBLIC if draft.invitation_id is None else Door.LINK,  # by which letter or call is not kept
        state=ResponseState.SUBMITTED,
        nps=nps,
        attributes={},
        started_at=day,
        saved_at=day,
        submitted_at=day,
    )
    said = [(answer.question_id, answer.value, answer.text) for answer in draft.answers]
    sheet.answers = [
        Answer(id=_drawn(Answer), question_id=question_id, value=value, text=text)
        for question_id, value, text in sorted(said, key=lambda one: one[0])
        if question_id in kept
    ]
    _let_go(draft)
    db.session.add(sheet)
    db.session.flush()
    if READ in jobs.JOBS:
        jobs.ring(READ, sheet.survey_id)
    return sheet


def spent_by(token: str) -> SpentToken | None:
    """The anonymous sheet of a public link that was handed in with this token: which survey, and nothing more."""
    return db.session.scalar(sa.select(SpentToken).where(SpentToken.token_hash == hash_of(token)))


def hash_of(token: str) -> str:
    """What stands for a link where the link itself must not stand."""
    return hashlib.sha256(token.encode()).hexdigest()


def _drawn(kind: type[Response] | type[Answer] | type[CustomerFact]) -> int:
    """A free number by lot: numbers in a row would tell the order. Below zero, so that the row of others goes on."""
    while True:
        number = _chance.randrange(LOWEST, 0)
        if db.session.scalar(sa.select(kind.id).where(kind.id == number)) is None:
            return number


def _let_go(draft: Response) -> None:
    """Forget the draft, when it was begun, and by which browser's link; keep that there was an answer."""
    invitation, token = draft.invitation, draft.token
    db.session.flush()
    db.session.expunge(draft)
    _delete(sa.delete(Response).where(Response.id == draft.id))
    if invitation is None:
        if token is not None:
            db.session.add(SpentToken(token_hash=hash_of(token), survey_id=draft.survey_id))
        return
    source, value = f"invitation:{invitation.id}", str(draft.survey_id)
    begun = (CustomerFact.customer_id == invitation.customer_id, CustomerFact.source == source)
    _delete(sa.delete(CustomerFact).where(*begun, CustomerFact.kind == "started"))
    db.session.add(
        CustomerFact(
            id=_drawn(CustomerFact),
            customer_id=invitation.customer_id,
            kind="answered",
            value=value,
            source=source,
            at=start_of_day(invitation.invited_at),
        )
    )


def _delete(rows: sa.Delete) -> None:
    db.session.execute(rows.execution_options(synchronize_session=False))
