"""Publishing, closing and reopening a survey."""

from datetime import datetime

from app import audit, edits
from app.accounts.models import Member
from app.clock import day_of
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _
from app.surveys.anonymity import anonymous_findings
from app.surveys.checks import findings, must_be_mended, texts
from app.surveys.compiled import compile_version
from app.surveys.finding import Finding, Weight
from app.surveys.models import Survey, SurveyState, SurveyVersion
from app.surveys.piping import piping_findings, question_filled
from app.surveys.services.texts import texts_standing


class CannotPublish(BadInput):
    """Something must be mended first; `findings` says what."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(" ".join(finding.sentence for finding in found))
        self.findings = found


class NotInUse(OkaeriError):
    """Only a survey in use can be closed, only a closed one opened again."""


def publish_survey(
    survey: Survey, member: Member | None, at: datetime, revision: int | None = None
) -> SurveyVersion:
    """Make the draft the version in use; from here on it never changes. Raises CannotPublish, Overtaken.

    Nothing to publish: the version in use comes back. `revision`: what was read on the screen, where there was one.
    """
    edits.hold(survey)
    version = survey.newest_version
    if version.published_at is not None:
        return version
    found = must_be_mended(findings_of(survey, at))
    if found:
        raise CannotPublish(found)
    edits.check_unchanged(survey, revision, member)
    before, survey.state, version.published_at = survey.state, SurveyState.PUBLISHED, at
    version.member_id = member.id if member else None
    _keep(survey, before, "published", member, at)
    return version


def findings_of(survey: Survey, at: datetime) -> list[Finding]:
    """Everything to look at before publishing the newest version, what keeps from it first."""
    questions, shown = compile_version(survey.newest_version).questions, survey.shown_attributes or ()
    standing = texts_standing(survey)
    found = [*texts.findings(standing, questions, shown, day_of(at)), *piping_findings(questions, shown)]
    read = [question_filled(one, {}) for one in questions]
    found += anonymous_findings(survey, read) + findings(read, survey.purpose)
    return sorted(found, key=lambda one: one.weight is Weight.ADVICE)


def close_survey(survey: Survey, member: Member | None, at: datetime) -> None:
    """Take no more answers. Raises NotInUse."""
    _turn(survey, SurveyState.PUBLISHED, SurveyState.CLOSED, member, at)


def reopen_survey(survey: Survey, member: Member | None, at: datetime) -> None:
    """Take answers again. Raises NotInUse."""
    _turn(survey, SurveyState.CLOSED, SurveyState.PUBLISHED, member, at)


def _turn(
    survey: Survey, before: SurveyState, after: SurveyState, member: Member | None, at: datetime
) -> None:
    edits.hold(survey)
    if survey.state is after and edits.was_mine(survey, edits.STATE, member):
        return
    if survey.state is not before:
        raise NotInUse(_("この調査の状態が変わっています。ページを開きなおして確かめてください。"))
    survey.state = after
    _keep(survey, before, after.value, member, at)


def _keep(survey: Survey, before: SurveyState, what: str, member: Member | None, at: datetime) -> None:
    edits.keep_edit(survey, edits.STATE, {"state": before}, {"state": survey.state}, member, at)
    audit.record("changed", "survey", survey.id, member.id if member else None, at, what=what)
