"""A campaign is made, read by a second person, and only then may it be sent."""

import pytest

from app.accounts.models import Role
from app.audit import AuditEntry
from app.campaigns import services
from app.campaigns.models import CampaignState, Content
from app.campaigns.queries import approvers_of, waiting_for_approval
from app.campaigns.services.approval import MayNotApprove
from app.campaigns.services.drafts import NotADraft
from app.campaigns.wording import BadWording
from app.db import db
from app.errors import BadInput, EditClash, OkaeriError
from app.surveys.models import SurveyState
from tests import factories
from tests import factories_campaigns as made
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("context")


def member(role=Role.EDITOR, **changes):
    one = factories.member(role=role, **changes)
    db.session.add(one)
    db.session.flush()
    return one


def create(author=None, **changes):
    values = {
        "name": "秋の調査", "survey": made.survey(), "segment": made.segment(), "content": Content.ADVERT,
        "subject": "お茶のこと", "body": "{{link}}", "holdout_percent": 10, "member": author, "at": NOW,
    }  # fmt: skip
    return services.create_campaign(**{**values, **changes})


def test_a_campaign_begins_as_a_draft_on_the_published_version():
    campaign = create(member())
    assert (campaign.state, campaign.version.number) == (CampaignState.DRAFT, 1)
    assert (campaign.steps[0].subject, campaign.holdout_percent) == ("お茶のこと", 10)


def test_a_survey_that_is_not_published_cannot_be_asked():
    survey = made.survey(state=SurveyState.DRAFT)
    survey.versions[0].published_at = None
    with pytest.raises(BadInput, match="公開"):
        create(survey=survey)


@pytest.mark.parametrize("words", [{"body": "リンクなし"}, {"subject": "x\r\nBcc: a@b.example"}])
def test_words_that_cannot_be_sent_make_no_campaign(words):
    with pytest.raises(BadWording):
        create(**words)


@pytest.mark.parametrize("percent", [-1, 51])
def test_a_holdout_beyond_a_half_is_refused(percent):
    with pytest.raises(BadInput):
        create(holdout_percent=percent)


def test_the_author_cannot_approve_where_somebody_else_could():
    author, other = member(Role.ADMINISTRATOR), member(name="佐々木 徹")
    campaign = create(author)
    with pytest.raises(MayNotApprove, match="佐々木 徹"):
        services.approve_campaign(campaign, author, NOW)
    services.approve_campaign(campaign, other, NOW)
    assert (campaign.state, campaign.approver_id, campaign.approved_at) == (
        CampaignState.APPROVED,
        other.id,
        NOW,
    )


def test_an_administrator_alone_in_the_house_approves_alone_and_it_is_recorded():
    author = member(Role.ADMINISTRATOR)
    member(Role.PRODUCT)
    member(Role.EDITOR, active=False)
    campaign = create(author)
    services.approve_campaign(campaign, author, NOW)
    assert campaign.state is CampaignState.APPROVED
    assert db.session.query(AuditEntry).filter_by(verb="approved").one().detail == {"alone": True}


def test_an_editor_alone_in_the_house_cannot_approve_alone():
    author = member(Role.EDITOR)
    with pytest.raises(MayNotApprove, match="管理者"):
        services.approve_campaign(create(author), author, NOW)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT, Role.OPERATOR, Role.AUDITOR])
def test_a_member_without_the_right_cannot_approve(role):
    with pytest.raises(MayNotApprove):
        services.approve_campaign(create(member()), member(role), NOW)


def test_who_rewrote_a_draft_is_no_second_person_for_it():
    author, rewriter, third = member(), member(Role.ADMINISTRATOR, name="渥美 圭介"), member(name="佐々木 徹")
    campaign = create(author)
    services.edit_words(campaign, "別の件名", "{{link}}", campaign.revision, rewriter, NOW)
    services.ask_for_approval(campaign, author, NOW)
    assert [waiting_for_approval(one) for one in (author, rewriter, third)] == [0, 0, 1]
    assert approvers_of(campaign) == [third]
    for one in (author, rewriter):
        with pytest.raises(MayNotApprove, match="佐々木 徹"):
            services.approve_campaign(campaign, one, NOW)
    services.approve_campaign(campaign, third, NOW)
    assert campaign.approver_id == third.id


def test_an_administrator_does_not_rewrite_and_approve_beside_the_author():
    author, administrator = member(), member(Role.ADMINISTRATOR)
    campaign = create(author)
    services.edit_holdout(campaign, 20, campaign.revision, administrator, NOW)
    with pytest.raises(MayNotApprove, match="ご自分が変えた配信"):
        services.approve_campaign(campaign, administrator, NOW)
    services.edit_holdout(campaign, 30, campaign.revision, author, NOW)
    with pytest.raises(MayNotApprove, match="ご自分が変えた配信"):
        services.approve_campaign(campaign, administrator, NOW)


def test_what_has_changed_since_it_was_read_is_not_approved():
    author, other = member(), member()
    campaign = create(author)
    read = campaign.revision
    services.edit_words(campaign, "別の件名", "{{link}}", read, author, NOW)
    db.session.flush()
    with pytest.raises(EditClash):
        services.approve_campaign(campaign, other, NOW, revision=read)


def test_only_others_are_asked_to_approve_and_a_change_asks_anew():
    author, other, viewer = member(), member(), member(Role.VIEWER)
    campaign = create(author)
    services.ask_for_approval(campaign, author, NOW)
    assert [waiting_for_approval(one) for one in (author, other, viewer)] == [0, 1, 0]
    services.edit_holdout(campaign, 20, campaign.revision, author, NOW)
    assert waiting_for_approval(other) == 0


def test_two_people_changing_the_same_draft_notice_each_other():
    campaign = create(member())
    seen = campaign.revision
    services.edit_words(campaign, "先の件名", "{{link}}", seen, None, NOW)
    with pytest.raises(EditClash):
        services.edit_words(campaign, "件名", "{{link}}", seen, None, NOW)
    services.edit_holdout(campaign, 20, seen, None, NOW)
    assert (campaign.steps[0].subject, campaign.holdout_percent) == ("先の件名", 20)


def test_an_approved_campaign_does_not_change_until_it_is_a_draft_again():
    author, other = member(), member()
    campaign = create(author)
    services.approve_campaign(campaign, other, NOW)
    with pytest.raises(NotADraft):
        services.edit_words(campaign, "件名", "{{link}}", campaign.revision, author, NOW)
    services.reopen_campaign(campaign, author, NOW)
    assert (campaign.state, campaign.approver_id) == (CampaignState.DRAFT, None)
    with pytest.raises(OkaeriError):
        services.reopen_campaign(campaign, other, NOW)
