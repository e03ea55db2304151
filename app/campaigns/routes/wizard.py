"""Making a campaign, step by step: audience, contact guard, words. The fourth step stands in approval.py."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from app import clock
from app.accounts import limits
from app.accounts.access import Right, current_member, needs
from app.campaigns import guard, labels, queries, services
from app.campaigns.hours import is_quiet
from app.campaigns.letters import preview
from app.campaigns.models import Campaign, CampaignState, Content, SkipRule
from app.campaigns.points import first_points
from app.campaigns.presets import words_for
from app.campaigns.routes import blueprint
from app.campaigns.wording import BadWording, checked_body, checked_subject
from app.clashes import row_or_told, take_refusal
from app.customers.models import Segment
from app.customers.queries import count_customers, segments
from app.db import db, unit_of_work
from app.errors import BadInput, OkaeriError
from app.filters import locale_code, month_year, number
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.paging import Page
from app.surveys.models import Survey
from app.surveys.queries import surveys_in_use
from forms.campaign_editing import AudienceForm, WordsForm

FIRST_HOLDOUT = 10
MOST_TESTS_AN_HOUR = 20


def draft(campaign_id: int) -> Campaign:
    """The campaign as a draft; others are looked at on pages of their own."""
    campaign = db.get_or_404(Campaign, campaign_id)
    if campaign.state is not CampaignState.DRAFT:
        abort(redirect(url_for(".show_campaign", campaign_id=campaign.id), 303))
    return campaign


def _offer(form: AudienceForm, kept: Survey | None = None) -> bool:
    """Set what there is to choose from. False where there is nothing."""
    found, asked = segments(), surveys_in_use()
    if kept is not None and kept not in asked:
        asked = [kept, *asked]
    form.segment.choices = [SelectChoice(one.id, _counted(one)) for one in found]
    form.survey.choices = [SelectChoice(one.id, one.name) for one in asked]
    return bool(found and asked)


def _counted(segment: Segment) -> str:
    count = count_customers(segment.filters)
    return _n(
        "%(name)s（%(total)s人、メールを送れる方 %(mail)s人）",
        count.total,
        name=segment.name,
        total=number(count.total),
        mail=number(count.by_mail),
    )


def _audience_page(form: AudienceForm, campaign: Campaign | None, status: int = 200) -> ResponseReturnValue:
    may_choose = _offer(form, campaign.survey if campaign else None)
    page = render_template(
        "campaigns/audience.html",
        form=form,
        campaign=campaign,
        may_choose=may_choose,
        has_segments=bool(form.segment.choices),
        has_surveys=bool(form.survey.choices),
    )
    return page, status


@blueprint.get("/campaigns/new")
@needs(Right.EDIT)
def show_new() -> ResponseReturnValue:
    today = clock.today()
    name = _("%(month)sの配信", month=month_year(today, locale_code()))
    return _audience_page(AudienceForm(request.args, name=name, content="advert"), None)


@blueprint.post("/campaigns")
@needs(Right.EDIT)
def create_campaign() -> ResponseReturnValue:
    form = AudienceForm()
    _offer(form)
    if not form.validate_on_submit():
        return _audience_page(form, None, 422)
    survey = db.get_or_404(Survey, form.survey.data)
    words = words_for(survey.preset)
    try:
        campaign = services.create_campaign(
            form.name.data,
            survey,
            db.get_or_404(Segment, form.segment.data),
            Content(form.content.data),
            words.subject,
            words.body,
            FIRST_HOLDOUT,
            current_member(),
            clock.now(),
        )
    except BadInput as error:
        form.survey.errors = [error.sentence]
        return _audience_page(form, None, 422)
    return redirect(url_for(".show_guard", campaign_id=campaign.id), 303)


@blueprint.get("/campaigns/<int:campaign_id>/audience")
@needs(Right.EDIT)
def show_audience(campaign_id: int) -> ResponseReturnValue:
    campaign = draft(campaign_id)
    shown = {"name": campaign.name, "segment": campaign.segment_id, "survey": campaign.survey_id}
    shown |= {"content": campaign.content.value, "revision": campaign.revision}
    return _audience_page(AudienceForm(formdata=None, data=shown), campaign)


@blueprint.post("/campaigns/<int:campaign_id>/audience")
@needs(Right.EDIT)
def edit_audience(campaign_id: int) -> ResponseReturnValue:
    form = AudienceForm()
    _offer(form)
    campaign = row_or_told(Campaign, campaign_id, form)
    _offer(form, campaign.survey)
    if not form.validate_on_submit():
        return _audience_page(form, campaign, 422)
    try:
        services.edit_audience(
            campaign,
            form.name.data,
            db.get_or_404(Survey, form.survey.data),
            db.get_or_404(Segment, form.segment.data),
            Content(form.content.data),
            form.shown_revision,
            current_member(),
            clock.now(),
        )
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_audience", campaign_id=campaign.id))
        return _audience_page(form, campaign, status)
    return redirect(url_for(".show_guard", campaign_id=campaign.id), 303)


@blueprint.get("/campaigns/<int:campaign_id>/guard")
@needs(Right.READ)
def show_guard(campaign_id: int) -> ResponseReturnValue:
    campaign, at = draft(campaign_id), clock.now()
    return render_template(
        "campaigns/guard.html",
        campaign=campaign,
        run=guard.dry_run(campaign, at),
        hourly_limit=current_app.extensions["settings"].hourly_send_limit,
        opening=labels.opening_in_words(at) if is_quiet(at) else None,
        labels=labels,
    )


@blueprint.get("/campaigns/<int:campaign_id>/guard/<rule>")
@needs(Right.READ)
def list_spared(campaign_id: int, rule: str) -> ResponseReturnValue:
    campaign = draft(campaign_id)
    if rule not in set(SkipRule):
        abort(404)
    spared = [one.customer_id for one in guard.assess(campaign, clock.now()) if one.rule == rule]
    page = Page.cut(spared, request.args.get("page", 1, int))
    return render_template(
        "campaigns/spared.html",
        campaign=campaign,
        page=page,
        customers=queries.customers_numbered(page.rows),
        words=labels.RULES[rule],
    )


def _words_page(form: WordsForm, campaign: Campaign, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "campaigns/words.html",
        form=form,
        campaign=campaign,
        labels=labels,
        **_previewed(form.subject.data, form.body.data, campaign),
    )
    return page, status


def _previewed(subject: str | None, body: str | None, campaign: Campaign) -> dict[str, Any]:
    """The mail these words make, or the sentence that says why they make none."""
    has_deadline = campaign.survey.closes_on is not None
    try:
        begins_with_nps = first_points(campaign.survey_version_id) is not None
        checked = (
            checked_subject(subject or "", has_deadline),
            checked_body(body or "", has_deadline, begins_with_nps),
        )
    except BadWording as error:
        return {"letter": None, "problem": error.sentence}
    url = current_app.extensions["settings"].public_url
    return {"letter": preview(campaign, url, clock.now(), *checked), "problem": ""}


@blueprint.get("/campaigns/<int:campaign_id>/words")
@needs(Right.EDIT)
def show_words(campaign_id: int) -> ResponseReturnValue:
    campaign = draft(campaign_id)
    step = campaign.steps[0]
    shown = {"subject": step.subject, "body": step.body, "revision": campaign.revision}
    return _words_page(WordsForm(formdata=None, data=shown), campaign)


@blueprint.post("/campaigns/<int:campaign_id>/words/preview")
@needs(Right.EDIT)
def preview_words(campaign_id: int) -> ResponseReturnValue:
    campaign, form = draft(campaign_id), WordsForm()
    return render_template(
        "campaigns/_letter.html", **_previewed(form.subject.data, form.body.data, campaign)
    )


@blueprint.post("/campaigns/<int:campaign_id>/words")
@needs(Right.EDIT)
def edit_words(campaign_id: int) -> ResponseReturnValue:
    form = WordsForm()
    campaign = row_or_told(Campaign, campaign_id, form)
    problem = _keep_words(form, campaign)
    return problem or redirect(url_for(".show_approval", campaign_id=campaign.id), 303)


@blueprint.post("/campaigns/<int:campaign_id>/words/test")
@needs(Right.EDIT)
def send_test(campaign_id: int) -> ResponseReturnValue:
    member, settings = current_member(), current_app.extensions["settings"]
    assert member is not None
    if not limits.try_once(f"test-mail:{member.id}", clock.now(), MOST_TESTS_AN_HOUR, 3600):
        raise TooManyTests(_("テストメールは1時間に%(count)s通までです。", count=MOST_TESTS_AN_HOUR))
    form = WordsForm()
    campaign = row_or_told(Campaign, campaign_id, form)
    # What was edited is stored before the mail server is spoken to, and nobody waits for it meanwhile.
    with unit_of_work():
        problem = _keep_words(form, campaign)
    if problem is not None:
        return problem
    link = settings.public_url + url_for("surveys.show_preview", survey_id=campaign.survey_id)
    try:
        services.send_test(campaign, member, link, settings, clock.now())
    except OkaeriError as error:
        form.revision.data = str(campaign.revision)
        form.take_refusal(error.sentence)
        return _words_page(form, campaign, error.status)
    flash(_("%(address)s にテストメールを送りました。", address=member.email))
    return redirect(url_for(".show_words", campaign_id=campaign.id), 303)


class TooManyTests(OkaeriError):
    status = 429


def _keep_words(form: WordsForm, campaign: Campaign) -> ResponseReturnValue | None:
    """Keep the words of the form; None, or the page that says why not."""
    if not form.validate_on_submit():
        return _words_page(form, campaign, 422)
    try:
        services.edit_words(
            campaign, form.subject.data, form.body.data, form.shown_revision, current_member(), clock.now()
        )
    except BadWording as error:
        form[error.field].errors = [error.sentence]
        return _words_page(form, campaign, 422)
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_words", campaign_id=campaign.id))
        return _words_page(form, campaign, status)
    return None
