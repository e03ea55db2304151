"""Making a campaign and changing it while it is a draft."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import audit, edits
from app.accounts.models import Member
from app.campaigns.models import Campaign, CampaignState, Content, Step
from app.campaigns.points import first_points
from app.campaigns.wording import checked_body, checked_subject
from app.customers.models import Channel, Segment
from app.customers.queries import lapse_rule_in_force
from app.db import db
from app.errors import BadInput, OkaeriError
from app.i18n import gettext as _
from app.surveys.models import Survey, SurveyVersion

MOST_HOLDOUT = 50


class NotADraft(OkaeriError):
    """The campaign has been approved or started, so that its words and its audience stand."""


def create_campaign(
    name: str,
    survey: Survey,
    segment: Segment,
    content: Content,
    subject: str,
    body: str,
    holdout_percent: int,
    member: Member | None,
    at: datetime,
    seed: int | None = None,
) -> Campaign:
    """Make a campaign of one mail, as a draft. `seed` decides the lot of the holdout.

    Raises BadInput where the survey is not in use, the words cannot be sent or the holdout is not 0 to 50 percent.
    """
    rule = lapse_rule_in_force()
    has_deadline = survey.closes_on is not None
    campaign = Campaign(
        name=name.strip(),
        state=CampaignState.DRAFT,
        content=content,
        survey=survey,
        version=_version_in_use(survey),
        segment=segment,
        lapse_rule_id=rule.id if rule else None,
        holdout_percent=_checked_percent(holdout_percent),
        seed=secrets.randbelow(2**31) if seed is None else seed,
        member_id=member.id if member else None,
        created_at=at,
    )
    begins_with_nps = first_points(campaign.version.id) is not None
    texts = {
        "subject": checked_subject(subject, has_deadline),
        "body": checked_body(body, has_deadline, begins_with_nps),
    }
    campaign.steps.append(Step(position=1, channel=Channel.MAIL, **texts))
    db.session.add(campaign)
    db.session.flush()
    audit.record("created", "campaign", campaign.id, campaign.member_id, at)
    return campaign


def edit_audience(
    campaign: Campaign,
    name: str,
    survey: Survey,
    segment: Segment,
    content: Content,
    revision: int | None,
    member: Member | None,
    at: datetime,
) -> None:
    """Change whom a draft asks which survey. Raises NotADraft, Overtaken, BadInput."""
    wanted = {"name": name.strip(), "segment": segment.id, "survey": survey.id, "content": content.value}
    version = _version_in_use(survey)
    hold_draft(campaign)
    standing = {
        "name": campaign.name,
        "segment": campaign.segment_id,
        "survey": campaign.survey_id,
        "content": campaign.content.value,
    }
    if edits.settle(campaign, "audience", wanted, standing, revision, member):
        campaign.name, campaign.segment, campaign.content = name.strip(), segment, content
        campaign.survey, campaign.version = survey, version
        _keep(campaign, "audience", standing, wanted, member, at)


def edit_words(
    campaign: Campaign, subject: str, body: str, revision: int | None, member: Member | None, at: datetime
) -> None:
    """Change a draft's words. Raises NotADraft, Overtaken, wording.BadWording."""
    has_deadline = campaign.survey.closes_on is not None
    begins_with_nps = first_points(campaign.survey_version_id) is not None
    wanted = {
        "subject": checked_subject(subject, has_deadline),
        "body": checked_body(body, has_deadline, begins_with_nps),
    }
    hold_draft(campaign)
    [step] = campaign.steps
    standing = {"subject": step.subject, "body": step.body}
    if edits.settle(campaign, "words", wanted, standing, revision, member):
        step.subject, step.body = wanted["subject"], wanted["body"]
        _keep(campaign, "words", standing, wanted, member, at)


def edit_holdout(
    campaign: Campaign, percent: int, revision: int | None, member: Member | None, at: datetime
) -> None:
    """Change how many of a draft are not asked, to compare with. Raises NotADraft, Overtaken, BadInput."""
    wanted = {"percent": _checked_percent(percent)}
    hold_draft(campaign)
    standing = {"percent": campaign.holdout_percent}
    if edits.settle(campaign, "holdout", wanted, standing, revision, member):
        campaign.holdout_percent = percent
        _keep(campaign, "holdout", standing, wanted, member, at)


def discard_campaign(campaign: Campaign, member: Member, at: datetime, revision: int | None = None) -> None:
    """Throw a draft away. Raises NotADraft, Overtaken where others changed it since it was looked at."""
    hold_draft(campaign)
    edits.check_unchanged(campaign, revision, member)
    audit.record("discarded", "campaign", campaign.id, member.id, at)
    edits.keep_removal(campaign, member, at)
    db.session.delete(campaign)


def hold_draft(campaign: Campaign) -> None:
    """Keep others out of a draft until the commit. Raises NotADraft."""
    edits.hold(campaign)
    if campaign.state is CampaignState.DRAFT:
        return
    if campaign.state is not CampaignState.APPROVED:
        raise NotADraft(_("もう送りはじめたため、この配信は変えられません。"))
    name = edits.name_of(edits.last_edit(campaign, edits.STATE))
    raise NotADraft(_("%(name)sが先に承認しました。変えるには、下書きに戻してください。", name=name))


def _keep(
    campaign: Campaign,
    part: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    member: Member | None,
    at: datetime,
) -> None:
    """Whoever was asked to approve it must be asked again."""
    campaign.asked_at = None
    campaign.changed_by_id = member.id if member else None
    edits.keep_edit(campaign, part, before, after, member, at)


def _version_in_use(survey: Survey) -> SurveyVersion:
    version = survey.published_version
    if version is None:
        raise BadInput(
            _(
                "「%(name)s」はまだ公開されていません。調査を公開してから配信を作ってください。",
                name=survey.name,
            )
        )
    return version


def _checked_percent(percent: int) -> int:
    if not 0 <= percent <= MOST_HOLDOUT:
        raise BadInput(_("控えの割合は0%%から%(most)s%%までです。", most=MOST_HOLDOUT))
    return percent
