"""A survey in from SurveyJS JSON, and out again."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.compiled import compile_version
from app.surveys.exchange import Definition, Leftover, read_definition, write_definition
from app.surveys.models import Question, Survey, SurveyVersion
from app.surveys.services.creating import add_survey
from app.surveys.services.editing import LONGEST_HELP, LONGEST_TITLE, MOST_QUESTIONS

PRESET = "surveyjs"
LONGEST_NAME, LONGEST_PUBLIC_TITLE, LARGEST_FILE = 110, 200, 2 * 2**20


def definition_from(content: bytes, file_name: str) -> dict[str, Any]:
    """The JSON of a file. Raises BadInput where it holds none, or no survey."""
    if len(content) > LARGEST_FILE:
        raise BadInput(_("「%(file)s」は大きすぎます。2MBまでのJSONをお選びください。", file=file_name))
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadInput(_("「%(file)s」はJSONとして読めません。", file=file_name)) from None
    if not is_definition(found):
        raise BadInput(_("「%(file)s」にはSurveyJSの調査が入っていません。", file=file_name))
    return found  # type: ignore[no-any-return] # is_definition has looked


def is_definition(found: Any) -> bool:
    """Does the JSON hold a survey?"""
    return isinstance(found, dict) and bool(found.keys() & {"pages", "elements", "questions"})


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def import_survey(
    definition: Mapping[str, Any], fallback_name: str, member: Member | None, at: datetime
) -> tuple[Survey, list[Leftover]]:
    """Make a draft from SurveyJS JSON; also what could not be taken. Raises BadInput, NameTaken.

    It is named after its title; a name that is taken gets a number.
    """
    read = read_definition(definition)
    if len(read.questions) > MOST_QUESTIONS:
        raise BadInput(_("設問は%(count)s問までです。", count=MOST_QUESTIONS))
    _shorten(read)
    survey = Survey(
        name=_free_name(read.title or fallback_name),
        preset=PRESET,
        public_title=read.title[:LONGEST_PUBLIC_TITLE],
        welcome=read.welcome,
        thanks=read.thanks,
        purpose=read.purpose,
        retention_months=read.retention_months,
        created_at=at,
        member_id=member.id if member else None,
        versions=[SurveyVersion(number=1, questions=[Question(**fields) for fields in read.questions])],
    )
    return add_survey(survey), read.leftovers


def export_survey(survey: Survey) -> dict[str, Any]:
    """The newest version as SurveyJS JSON."""
    return write_definition(survey, compile_version(survey.newest_version))


def _shorten(read: Definition) -> None:
    """Cut what is longer than the form takes, and say so."""
    for fields in read.questions:
        for name, what, longest in (("title", "title", LONGEST_TITLE), ("help", "description", LONGEST_HELP)):
            if len(fields[name]) > longest:
                fields[name] = fields[name][:longest]
                why = _("%(count)s文字までにしました。", count=longest)
                read.leftovers.append(Leftover(fields["code"], what, why))
        fields["title"] = " ".join(fields["title"].splitlines())


def _free_name(wanted: str) -> str:
    """The name, or the name with the first number that is free."""
    base = " ".join(wanted.split())[:LONGEST_NAME] or _("調査")
    taken = set(
        db.session.scalars(sa.select(Survey.name).where(Survey.name.startswith(base, autoescape=True)))
    )
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}（{number}）"
    return name
