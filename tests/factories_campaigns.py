"""A published survey, a segment, a campaign and the people it asks. Everything is added to the session."""

from datetime import timedelta
from itertools import count
from typing import Any

from app.accounts.models import Member
from app.campaigns.models import Campaign, CampaignState, Step
from app.customers.models import Channel, Customer, CustomerState, Segment
from app.db import db
from app.surveys.models import Question, QuestionKind, ReadAs, Survey, SurveyState, SurveyVersion
from tests import factories

BODY = "{{name}}\n\nおやめになった理由を、聞かせてください。\n{{link}}\n\n{{company}}"
_numbers = count(1)


def survey(**changes: Any) -> Survey:
    """A published survey with one free-text question."""
    values = {
        "name": f"離反理由の調査 {next(_numbers)}",
        "preset": "churn",
        "state": SurveyState.PUBLISHED,
        "public_title": "おやめになった理由を聞かせてください",
        "created_at": factories.AT,
    }
    made = Survey(**{**values, **changes})
    version = SurveyVersion(number=1, published_at=factories.AT)
    question = Question(
        code="reason",
        page=1,
        position=1,
        kind=QuestionKind.TEXT,
        title="いちばんの理由",
        read_as=ReadAs.REASON,
    )
    version.questions.append(question)
    made.versions.append(version)
    db.session.add(made)
    db.session.flush()
    return made


def segment(**changes: Any) -> Segment:
    """All who lapsed, unless other filters are given."""
    values = {
        "name": f"離反したお客さま {next(_numbers)}",
        "filters": {"states": ["lapsed"]},
        "created_at": factories.AT,
    }
    made = Segment(**{**values, **changes})
    db.session.add(made)
    db.session.flush()
    return made


def lapsed(granted: bool | None = True, **changes: Any) -> Customer:
    """A lapsed customer; with a consent to mail, without one (None), or with one withdrawn (False)."""
    made = factories.customer(**{"state": CustomerState.LAPSED, **changes})
    db.session.add(made)
    db.session.flush()
    if granted is not None:
        db.session.add(factories.consent(made))
    if granted is False:
        db.session.add(factories.consent(made, granted=False, at=factories.AT + timedelta(days=1)))
    db.session.flush()
    return made


def author() -> Member:
    made = factories.member(name="中村 あゆみ")
    db.session.add(made)
    db.session.flush()
    return made


def campaign(**changes: Any) -> Campaign:
    """A campaign as a draft: nobody held out, one mail."""
    asked = changes.pop("survey", None) or survey()
    chosen = changes.pop("segment", None) or segment()
    texts = {
        "subject": changes.pop("subject", "お茶のこと、聞かせてください"),
        "body": changes.pop("body", BODY),
    }
    values = {
        "name": f"秋の調査 {next(_numbers)}",
        "state": CampaignState.DRAFT,
        "survey": asked,
        "version": asked.versions[-1],
        "segment": chosen,
        "holdout_percent": 0,
        "seed": 7,
        "created_at": factories.AT,
    }
    made = Campaign(**{**values, **changes})
    made.steps.append(Step(channel=Channel.MAIL, **texts))
    db.session.add(made)
    db.session.flush()
    return made
