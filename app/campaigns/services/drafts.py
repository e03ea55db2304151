"""Making a campaign and changing it while it is a draft."""

import secrets
from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified

from app import audit
from app.accounts.models import Member
from app.campaigns.models import Campaign, CampaignState, Content, Step
from app.campaigns.wording import checked_body, checked_subject
from app.customers.models import Channel, Segment
from app.customers.queries import lapse_rule_in_force
from app.db import db
from app.errors import BadInput, EditClash, OkaeriError
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
    texts = {"subject": checked_subject(subject, has_deadline), "body": checked_body(body, has_deadline)}
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
    revision: int,
    member: Member | None,
    at: datetime,
) -> None:
    """Change whom a draft asks which survey. Raises NotADraft, EditClash, BadInput."""
    _begin_change(campaign, revision, member, at, "audience")
    campaign.name, campaign.segment, campaign.content = name.strip(), segment, content
    campaign.survey, campaign.version = survey, _version_in_use(survey)


def edit_words(
    campaign: Campaign, subject: str, body: str, revision: int, member: Member | None, at: datetime
) -> None:
    """Change a draft's words. Raises NotADraft, EditClash, wording.BadWording."""
    has_deadline = campaign.survey.closes_on is not None
    subject, body = checked_subject(subject, has_deadline), checked_body(body, has_deadline)
    _begin_change(campaign, revision, member, at, "words")
    campaign.steps[0].subject, campaign.steps[0].body = subject, body


def edit_holdout(
    campaign: Campaign, percent: int, revision: int, member: Member | None, at: datetime
) -> None:
    """Change how many of a draft are not asked, to compare with. Raises NotADraft, EditClash, BadInput."""
    _checked_percent(percent)
    _begin_change(campaign, revision, member, at, "holdout")
    campaign.holdout_percent = percent


def discard_campaign(campaign: Campaign, member: Member, at: datetime) -> None:
    """Throw a draft away. Raises NotADraft."""
    _must_be_draft(campaign)
    audit.record("discarded", "campaign", campaign.id, member.id, at)
    db.session.delete(campaign)


def _begin_change(campaign: Campaign, revision: int, member: Member | None, at: datetime, what: str) -> None:
    """Claim a draft for one change. Whoever was asked to approve it must be asked again."""
    _must_be_draft(campaign)
    if campaign.revision != revision:
        raise EditClash(_("ほかの方が先にこの配信を変えました。いまの内容をご確認ください。"))
    # The words have a row of their own: touch the campaign's, so that its revision moves with each change.
    flag_modified(campaign, "name")
    campaign.asked_at = None
    campaign.changed_by_id = member.id if member else None
    audit.record("changed", "campaign", campaign.id, campaign.changed_by_id, at, what=what)


def _must_be_draft(campaign: Campaign) -> None:
    if campaign.state is not CampaignState.DRAFT:
        raise NotADraft(_("承認のあとの配信は変えられません。まだ送っていなければ、下書きに戻してください。"))


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
