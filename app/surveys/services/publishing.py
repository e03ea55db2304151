"""Publishing, closing and reopening a survey."""

from datetime import datetime

from app.accounts.models import Member
from app.clock import day_of
from app.db import db
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _
from app.surveys.checks import Finding, findings
from app.surveys.compiled import compile_version
from app.surveys.models import Survey, SurveyState, SurveyVersion
from app.surveys.services.drafts import begin_change


class CannotPublish(BadInput):
    """Something must be mended first; `findings` says what."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(" ".join(finding.sentence for finding in found))
        self.findings = found


class NotInUse(OkaeriError):
    """Only a survey in use can be closed, only a closed one opened again."""


def publish_survey(survey: Survey, member: Member | None, at: datetime) -> SurveyVersion:
    """Make the draft the version in use; from here on it never changes. Raises CannotPublish.

    Nothing to publish: the version in use comes back.
    """
    version = survey.newest_version
    if version.published_at is not None:
        return version
    found = findings(compile_version(version).questions, survey.purpose)
    if survey.closes_on is not None and survey.closes_on < day_of(at):
        found.append(Finding(_("締め切りの日が過ぎています。「文章と期限」で直してください。")))
    if found:
        raise CannotPublish(found)
    begin_change(survey, survey.revision, member, at, "published")
    version.published_at = at
    survey.state = SurveyState.PUBLISHED
    db.session.flush()
    return version


def close_survey(survey: Survey, member: Member | None, at: datetime) -> None:
    """Take no more answers. Raises NotInUse."""
    _turn(survey, SurveyState.PUBLISHED, SurveyState.CLOSED, member, at)


def reopen_survey(survey: Survey, member: Member | None, at: datetime) -> None:
    """Take answers again. Raises NotInUse."""
    _turn(survey, SurveyState.CLOSED, SurveyState.PUBLISHED, member, at)


def _turn(
    survey: Survey, before: SurveyState, after: SurveyState, member: Member | None, at: datetime
) -> None:
    if survey.state is not before:
        raise NotInUse(_("この調査の状態が変わっています。ページを開きなおして確かめてください。"))
    begin_change(survey, survey.revision, member, at, after.value)
    survey.state = after
    db.session.flush()
