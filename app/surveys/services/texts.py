"""Changing a survey's texts: at once, also where it is in use, but never into what would keep it from publishing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app import edits
from app.accounts.models import Member
from app.clock import day_of
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.checks import must_be_mended, personal, texts
from app.surveys.compiled import compile_version
from app.surveys.finding import Finding
from app.surveys.models import Survey
from app.surveys.services.creating import NameTaken

_TEXTS = (
    "name", "public_title", "welcome", "thanks", "talk_script", "purpose", "retention_months", "closes_on",
)  # fmt: skip


class TextsNotFit(BadInput):
    """A survey in use cannot have these texts. `fields`: what is wrong, by the name of the field."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(" ".join(one.sentence for one in found))
        self.fields = {
            name: [f"{one.sentence}{one.mend}" for one in found if one.field == name] for name in _TEXTS
        }


def edit_texts(
    survey: Survey,
    name: str,
    public_title: str,
    welcome: str,
    thanks: str,
    purpose: str,
    retention_months: int,
    closes_on: date | None,
    revision: int | None,
    member: Member | None,
    at: datetime,
    talk_script: str = "",
) -> None:
    """Change a survey's texts, at once also where it is in use. Raises Overtaken, NameTaken, TextsNotFit."""
    wanted = {
        "name": name,
        "public_title": public_title,
        "welcome": welcome,
        "thanks": thanks,
        "talk_script": talk_script,
        "purpose": purpose,
        "retention_months": retention_months,
        "closes_on": closes_on,
    }
    edits.hold(survey)
    standing = texts_standing(survey)
    if not edits.settle(survey, "texts", wanted, standing, revision, member):
        return
    _check(survey, standing, wanted, day_of(at))
    try:
        with db.session.begin_nested():
            for field, value in wanted.items():
                setattr(survey, field, value)
    except IntegrityError:
        raise NameTaken(
            _("「%(name)s」という調査がもうあります。別の名前をつけてください。", name=name)
        ) from None
    edits.keep_edit(survey, "texts", standing, wanted, member, at)


def texts_standing(survey: Survey) -> dict[str, Any]:
    """A survey's texts as they are, by the name of their field."""
    return {field: getattr(survey, field) for field in _TEXTS}


def _check(survey: Survey, standing: Mapping[str, Any], wanted: Mapping[str, Any], today: date) -> None:
    """Refuse what these texts would newly break in the version in use."""
    if survey.published_version is None:
        return
    questions, shown = compile_version(survey.published_version).questions, survey.shown_attributes or ()

    def musts(values: Mapping[str, Any]) -> list[Finding]:
        found = [
            *texts.findings(values, questions, shown, today),
            *personal.findings(questions, values["purpose"]),
        ]
        return must_be_mended(found)

    before = musts(standing)
    if refused := [one for one in musts(wanted) if one not in before]:
        raise TextsNotFit(refused)
