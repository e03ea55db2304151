"""Which public links a survey has, what came through them, and who says to be whom."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.customers.addresses import normal_mail, plain
from app.customers.models import Contact, Customer
from app.db import db
from app.responses.models import PublicLink, Response, ResponseState
from app.surveys.models import Survey

_KEY = re.compile(r"[A-Za-z0-9_-]{24}")


@dataclass(frozen=True)
class LinkRow:
    """A public link with what came through it; of the submitted sheets, `repeated` may be somebody's second."""

    link: PublicLink
    started: int = 0
    submitted: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class Claim:
    """A sheet whose respondent says to be somebody; `customer`: the only one this fits, if there is one."""

    response: Response
    customer: Customer | None


def link_by_key(key: str) -> PublicLink | None:
    """The public link of this address."""
    if not _KEY.fullmatch(key):
        return None
    query = sa.select(PublicLink).where(PublicLink.key == key).options(joinedload(PublicLink.survey))
    return db.session.scalar(query)


def link_of(survey: Survey, link_id: int) -> PublicLink | None:
    """A link of this survey."""
    mine = sa.select(PublicLink).where(PublicLink.survey_id == survey.id, PublicLink.id == link_id)
    return db.session.scalar(mine)


def links_of(survey: Survey) -> list[LinkRow]:
    """The public links of a survey, oldest first, with their counts."""
    done = Response.state == ResponseState.SUBMITTED
    counted = sa.select(
        Response.public_link_id,
        sa.func.count(),
        sa.func.count().filter(done),
        sa.func.count().filter(done, Response.repeat_cause.is_not(None)),
    ).where(Response.survey_id == survey.id, Response.public_link_id.is_not(None))
    counts = {row[0]: row[1:] for row in db.session.execute(counted.group_by(Response.public_link_id))}
    mine = sa.select(PublicLink).where(PublicLink.survey_id == survey.id).order_by(PublicLink.id)
    return [LinkRow(link, *counts.get(link.id, (0, 0, 0))) for link in db.session.scalars(mine)]


def claims_of(survey: Survey) -> list[Claim]:
    """The sheets of a survey whose respondents say who they are, oldest first."""
    mine = sa.select(Response).where(
        Response.survey_id == survey.id, Response.claimed_as != "", Response.customer_id.is_(None)
    )
    return [
        Claim(one, customer_claimed(one.claimed_as)) for one in db.session.scalars(mine.order_by(Response.id))
    ]


def customer_claimed(who: str) -> Customer | None:
    """The one customer whose number or mail address (or a contact's) this is; None where it is none or several."""
    mail = normal_mail(who)
    if not mail:
        return None
    contacts = sa.select(Contact.customer_id).where(sa.func.lower(Contact.email) == mail)
    fits = sa.or_(
        Customer.key == plain(who),
        sa.and_(Customer.email != "", sa.func.lower(Customer.email) == mail),
        Customer.id.in_(contacts),
    )
    found: Sequence[Customer] = db.session.scalars(sa.select(Customer).where(fits).limit(2)).all()
    return found[0] if len(found) == 1 else None
