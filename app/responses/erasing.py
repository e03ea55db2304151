"""Erasing one's answers: the sheet goes with all that was read from it; that the link was used stays.

What hangs on the sheet by a foreign key goes by it (answers, readings, clauses, codings, places in themes, decisions
about them, links to one's answers). Features to the right that wrote something elsewhere have registered what is to
be done first (customers.importers.before_removal), as they have for imports that are taken back.
"""

from datetime import datetime

import sqlalchemy as sa

from app import audit
from app.accounts.models import Member
from app.customers import services as customers
from app.customers.importers.holds import GOING
from app.customers.models import CustomerFact, ImportChange, TimelineEntry
from app.db import db
from app.responses.anonymous import hash_of
from app.responses.models import Response, SpentToken

# What a customer said through the link besides answering, and the lines of the history that quote the sheet.
SAID, TOLD = ("started", "says_returned"), ("answered", "says_returned")


def erase_response(response_id: int, member: Member | None, at: datetime) -> bool:
    """Erase a sheet and what it told about its customer, in this transaction. False where it is gone already.

    Whoever reads it at this moment finds no answer to store a reading for. `member`: who does it for the respondent.
    """
    held = sa.select(Response).where(Response.id == response_id).with_for_update()
    response = db.session.scalar(held.execution_options(populate_existing=True))
    if response is None or (response.anonymous and response.submitted_at is not None):
        return False
    for act in GOING["response"]:
        act([response.id], at)
    if response.customer_id is not None:
        _forget_what_was_told(response, response.customer_id, at)
    if response.token is not None:
        db.session.add(SpentToken(token_hash=hash_of(response.token), survey_id=response.survey_id))
    db.session.flush()
    db.session.expunge(response)
    of_answers = sa.and_(ImportChange.subject == "answer", ImportChange.owner_id == response_id)
    itself = sa.and_(ImportChange.subject == "response", ImportChange.row_id == response_id)
    for rows in (
        sa.delete(ImportChange).where(sa.or_(of_answers, itself)),
        sa.delete(Response).where(Response.id == response_id),
    ):
        db.session.execute(rows.execution_options(synchronize_session=False))
    db.session.expire_all()
    audit.record("erased", "response", response_id, member.id if member else None, at)
    return True


def _forget_what_was_told(response: Response, customer_id: int, at: datetime) -> None:
    """Facts and lines of the history go; that there was an answer stays, so that nobody is asked the same again."""
    invited, survey = f"invitation:{response.invitation_id}", response.survey
    unsay(response, customer_id)
    if response.invitation_id is not None:
        mine = sa.delete(CustomerFact).where(CustomerFact.customer_id == customer_id)
        db.session.execute(mine.where(CustomerFact.source == invited, CustomerFact.kind.in_(SAID)))
        if response.submitted_at is not None:
            customers.record_fact(customer_id, "answered", str(survey.id), invited, response.submitted_at)
    customers.write_timeline(customer_id, "erased_answers", at, survey=survey.name)


def unsay(response: Response, customer_id: int) -> None:
    """Take away the facts of this customer that come from this sheet, and the lines of their history that quote it."""
    facts = (CustomerFact.customer_id == customer_id, CustomerFact.source == f"response:{response.id}")
    db.session.execute(sa.delete(CustomerFact).where(*facts))
    lines = sa.select(TimelineEntry).where(
        TimelineEntry.customer_id == customer_id, TimelineEntry.kind.in_(TOLD)
    )
    for line in db.session.scalars(lines).all():
        if (
            line.params.get("number", response.number) == response.number
            and line.params.get("survey") == response.survey.name
        ):
            db.session.delete(line)
