"""Making a survey, from a preset or from nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts.models import Member
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.models import AsksFor, Question, Survey, SurveyVersion
from app.surveys.naming import company_name
from app.surveys.presets import PRESETS, Preset

_EMPTY: dict[str, Any] = {
    "required": False,
    "choices": [],
    "settings": {},
    "asks_for": AsksFor.ANYTHING,
}


class NameTaken(BadInput):
    """There is a survey of this name."""


def create_survey(preset: str, name: str, member: Member | None, at: datetime) -> Survey:
    """Make a survey with draft version 1: the questions and texts of a preset, or none for a preset nobody knows.

    The organisation's name is written into the preset's texts here and now. Raises NameTaken.
    """
    survey = drafted(PRESETS.get(preset, Preset()))
    survey.name, survey.preset, survey.created_at = name.strip(), preset[:32], at
    survey.member_id = member.id if member else None
    return add_survey(survey)


def add_survey(survey: Survey) -> Survey:
    """Keep a new survey. Raises NameTaken."""
    try:
        with db.session.begin_nested():
            db.session.add(survey)
    except IntegrityError:
        raise NameTaken(
            _("「%(name)s」という調査がもうあります。別の名前をつけてください。", name=survey.name)
        ) from None
    audit.record("created", "survey", survey.id, survey.member_id, survey.created_at, preset=survey.preset)
    return survey


def drafted(preset: Preset) -> Survey:
    """A survey made of a preset, not yet stored: for looking at it before choosing."""
    company = company_name()
    version = SurveyVersion(number=1)
    version.questions = [
        Question(page=place, position=1, **{**_EMPTY, **_filled(fields, company)})
        for place, fields in enumerate(preset.questions, 1)
    ]
    return Survey(
        public_title=preset.public_title.format(company=company),
        welcome=preset.welcome.format(company=company),
        thanks=preset.thanks.format(company=company),
        purpose=preset.purpose.format(company=company),
        talk_script=preset.talk_script.format(company=company),
        versions=[version],
    )


def _filled(fields: Mapping[str, Any], company: str) -> dict[str, Any]:
    """A preset's question with the company's name in its title and help."""
    return {
        **fields,
        "title": fields["title"].replace("{company}", company),
        "help": fields.get("help", "").replace("{company}", company),
    }
