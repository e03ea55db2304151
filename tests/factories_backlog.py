"""A survey with answers that were read, for tests of the backlog and of what came of it."""

from datetime import UTC, datetime
from itertools import count

from app.customers.models import Customer, CustomerState
from app.db import db
from app.reasons.models import (
    Clause,
    ClauseRole,
    Coder,
    Coding,
    Polarity,
    Reading,
    Reason,
    ReasonOrigin,
    Recoverability,
)
from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys.models import Question, QuestionKind, ReadAs, Survey, SurveyState, SurveyVersion
from tests import factories

AT = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
_numbers = count(1)


def survey(name: str = "離れた理由の調査") -> Survey:
    """A published survey with one free-text question."""
    made = Survey(name=name, state=SurveyState.PUBLISHED, created_at=AT)
    version = SurveyVersion(number=1, published_at=AT)
    version.questions.append(
        Question(
            code="reason",
            page=1,
            position=1,
            kind=QuestionKind.TEXT,
            title="やめた理由",
            read_as=ReadAs.REASON,
        )
    )
    made.versions.append(version)
    db.session.add(made)
    db.session.flush()
    return made


def reason(code: str, label: str, recoverability: Recoverability = Recoverability.MIDDLE) -> Reason:
    """A reason of the codebook."""
    made = Reason(
        code=code,
        label=label,
        seal=label[0],
        recoverability=recoverability,
        origin=ReasonOrigin.CODEBOOK,
        position=next(_numbers),
        created_at=AT,
    )
    db.session.add(made)
    db.session.flush()
    return made


def lapsed(revenue: int, **changes: object) -> Customer:
    """A lapsed customer whose last year was worth `revenue` yen."""
    bought_on = AT.date().replace(year=2025)
    values = {
        "state": CustomerState.LAPSED,
        "yearly_revenue": revenue,
        "purchase_count": 3,
        "first_bought_on": bought_on,
        "last_bought_on": bought_on,
    }
    made = factories.customer(**{**values, **changes})
    db.session.add(made)
    db.session.flush()
    return made


def answer(
    survey: Survey, customer: Customer | None, text: str, reasons: list[Reason], at: datetime = AT
) -> Reading:
    """A submitted sheet whose answer was read as one clause that means `reasons`."""
    version = survey.versions[0]
    response = Response(
        survey_id=survey.id,
        survey_version_id=version.id,
        anonymous=survey.anonymous,
        customer_id=customer.id if customer else None,
        door=Door.LINK,
        state=ResponseState.SUBMITTED,
        started_at=at,
        saved_at=at,
        submitted_at=at,
    )
    words = Answer(question_id=version.questions[0].id, text=text)
    response.answers.append(words)
    db.session.add(response)
    db.session.flush()
    reading = Reading(
        answer_id=words.id,
        response_id=response.id,
        survey_id=survey.id,
        main_reason_id=reasons[0].id if reasons else None,
        polarity=Polarity.NEG,
        confidence=0.9,
        read_at=at,
    )
    clause = Clause(start=0, end=len(text), role=ClauseRole.COUNTED)
    clause.codings = [Coding(reason_id=one.id, coder=Coder.RUN, probability=0.9, at=at) for one in reasons]
    reading.clauses.append(clause)
    db.session.add(reading)
    db.session.flush()
    return reading
