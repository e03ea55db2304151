"""The draft of a survey: beginning a change, the next version, the order of questions."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from app import audit
from app.accounts.models import Member
from app.audit import AuditEntry
from app.db import db
from app.errors import EditClash
from app.i18n import gettext as _
from app.surveys.models import Question, Survey, SurveyVersion

KEPT = ("code", "page", "position", "kind", "title", "help", "required", "choices", "condition", "settings", "read_as", "asks_for")  # fmt: skip


def begin_change(survey: Survey, revision: int, member: Member | None, at: datetime, what: str) -> None:
    """Claim the survey for one change. Raises EditClash where it has changed since this revision was shown."""
    if survey.revision != revision:
        raise EditClash(
            _(
                "%(name)sが先にこの調査を変えました。いまの内容を確かめて、もう一度お試しください。",
                name=_last_editor(survey, member),
            )
        )
    # Questions have rows of their own: touch the survey's, so that its revision moves with each change.
    flag_modified(survey, "name")
    audit.record("changed", "survey", survey.id, member.id if member else None, at, what=what)
    db.session.flush()


def _last_editor(survey: Survey, member: Member | None) -> str:
    last = db.session.scalar(
        sa.select(Member)
        .join(AuditEntry, AuditEntry.member_id == Member.id)
        .where(AuditEntry.subject == "survey", AuditEntry.subject_id == survey.id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    if last is None:
        return _("ほかの方")
    if member is not None and last.id == member.id:
        return _("別の画面")
    return _("%(name)sさん", name=last.name)


def draft_of(survey: Survey) -> SurveyVersion:
    """The version that may be changed: the newest one, or the next one, made now with the same questions."""
    newest = survey.newest_version
    if newest.published_at is None:
        return newest
    draft = SurveyVersion(number=newest.number + 1)
    draft.questions = [
        Question(**{name: getattr(question, name) for name in KEPT}) for question in newest.questions
    ]
    survey.versions.append(draft)
    db.session.flush()
    return draft


def joined_codes(questions: Sequence[Question]) -> set[str]:
    """The codes of the questions that share a screen with the one before them."""
    return {after.code for before, after in pairwise(questions) if after.page == before.page}


def arrange(version: SurveyVersion, questions: Sequence[Question], joined: set[str]) -> None:
    """Put the questions into this order: each on a screen of its own but those of `joined`."""
    page = position = 0
    for question in questions:
        if page and question.code in joined:
            position += 1
        else:
            page, position = page + 1, 1
        question.page, question.position, question.survey_version_id = page, position, version.id
    db.session.add_all(questions)
    db.session.flush()
    db.session.expire(version, ["questions"])
