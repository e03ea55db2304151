"""A survey made of another one: its texts, questions and conditions, as a draft of its own."""

from copy import deepcopy
from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.i18n import gettext as _
from app.surveys.models import Question, Survey, SurveyState, SurveyVersion
from app.surveys.services.creating import add_survey
from app.surveys.services.drafts import KEPT

LONGEST_NAME = 100
IMPORTED = "import"  # the mark of surveys that imported sheets belong to: a copy takes none
# What a copy begins anew: its own number and name, nobody's answers, no closing day.
_OWN = {"id", "name", "state", "closes_on", "created_at", "member_id", "revision"}


def copy_survey(survey: Survey, name: str, member: Member | None, at: datetime) -> Survey:
    """Make a draft with the texts and questions of the newest version; codes stay.

    The same form sent twice makes one: a draft of this name that this member has just made comes back.
    """
    there = db.session.scalar(sa.select(Survey).where(Survey.name == name))
    if there is not None and member is not None and _is_fresh(there, member):
        return there
    columns = (column.name for column in sa.inspect(Survey).columns if column.name not in _OWN)
    copied = Survey(**{column: deepcopy(getattr(survey, column)) for column in columns})
    copied.name = name if name and there is None else free_name(survey)
    copied.preset = "" if survey.preset == IMPORTED else survey.preset
    copied.created_at, copied.member_id = at, member.id if member else None
    questions = survey.newest_version.questions
    fresh = [Question(**{field: deepcopy(getattr(one, field)) for field in KEPT}) for one in questions]
    copied.versions = [SurveyVersion(number=1, questions=fresh)]
    return add_survey(copied)


def free_name(survey: Survey) -> str:
    """「〜のコピー」, with a number where there is one already."""
    base = _("%(name)sのコピー", name=survey.name[:LONGEST_NAME])
    like = Survey.name.startswith(base, autoescape=True)
    taken = set(db.session.scalars(sa.select(Survey.name).where(like)))
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}（{number}）"
    return name


def _is_fresh(survey: Survey, member: Member) -> bool:
    untouched = survey.revision == 1 and survey.state is SurveyState.DRAFT
    return untouched and survey.member_id == member.id
