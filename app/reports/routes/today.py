"""/ (今日): what waits for this member, where things stand, what grows, what goes out; at first the way there."""

from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, pages
from app.accounts.access import Right, current_member, may, needs, signed_in
from app.accounts.models import Member
from app.backlog.bands import rough
from app.backlog.queries import ranked_items, reviews_due
from app.campaigns.models import Campaign, CampaignState
from app.campaigns.queries import Funnel, funnels
from app.customers.models import LapseRule
from app.customers.queries import StateCounts, customer_states, lapse_rule_in_force, successions_waiting
from app.db import db
from app.filters import number
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reasons.queries import latest_survey_read, rising_themes
from app.reports import queries
from app.reports.routes import blueprint
from app.surveys.models import Survey

LATELY = timedelta(days=60)
NAMED_THEMES = 2


@blueprint.get("/")
@signed_in
def show_today() -> ResponseReturnValue:
    member, today = current_member(), clock.today()
    if not may(member, Right.READ):
        return redirect(url_for("calls.list_calls"))
    survey = _survey_read()
    counts, rule = customer_states(), lapse_rule_in_force()
    campaigns = queries.campaigns_lately(clock.now() - LATELY)
    return render_template(
        "reports/today.html",
        today=today,
        todos=_todos(member) if member else [],
        steps=[] if survey else _steps(counts, rule, bool(campaigns)),
        survey=survey,
        counts=counts,
        rule=rule,
        mentions=queries.mentions_by_month(survey.id, today) if survey else None,
        rising=next(iter(rising_themes(survey.id, today)), None) if survey else None,
        campaigns=_with_funnels(campaigns, today),
    )


@blueprint.get("/today/outlook")
@needs(Right.READ)
def show_outlook() -> ResponseReturnValue:
    """The yen of the first item, for htmx: two thousand draws are not for a page that wants to be there at once."""
    survey = _survey_read()
    backlog = ranked_items(survey.id, clock.today()) if survey else None
    ranked = [row for row in backlog.items if row.figures and row.figures.rank] if backlog else []
    return render_template(
        "reports/_outlook.html", survey=survey, backlog=backlog, top=next(iter(ranked), None), rough=rough
    )


def _survey_read() -> Survey | None:
    survey_id = latest_survey_read()
    return db.session.get(Survey, survey_id) if survey_id else None


def _with_funnels(campaigns: Any, today: date) -> dict[str, Any]:
    """The last campaign that is out (else the one going out), and those under way; each with its funnel."""
    found = funnels([campaign.id for campaign in campaigns])
    pairs = [(campaign, found.get(campaign.id, Funnel())) for campaign in campaigns]
    sent = [pair for pair in pairs if pair[1].accepted]
    sent.sort(key=lambda pair: pair[0].state is CampaignState.SENDING)
    return {
        "last": next(iter(sent), None),
        "moving": [pair for pair in pairs if _is_moving(pair[0], today)],
    }


def _is_moving(campaign: Campaign, today: date) -> bool:
    """Does it still go out, or may people still answer it?"""
    is_open = campaign.state is CampaignState.DONE and campaign.survey.is_open(today)
    return is_open or campaign.state is CampaignState.SENDING


def _todos(member: Member) -> list[dict[str, Any]]:
    """What only a person can do, as rows; each member sees what his or her role may do."""
    waiting = pages.waiting()
    rows = []
    if may(member, Right.CODE):
        rows.append(
            _todo(
                waiting.get("reasons", 0),
                _("理由の確認"),
                _("自信の低い順に並んでいます。決めたことは、読み方にも生かされます。"),
                url_for("reasons.show_review"),
                _("確認をはじめる"),
            )
        )
        rows.append(_themes_todo())
    if may(member, Right.EDIT):
        rows.append(_successions_todo())
    if waiting.get("campaigns"):  # only those whom this member may approve are counted
        rows.append(_approvals_todo(member))
    if may(member, Right.DECIDE):
        rows.append(
            _todo(
                waiting.get("backlog", 0),
                _("改善項目の決定"),
                _("やる・あとで・やらないを、まだ決めていません。"),
                url_for("backlog.list_items"),
                _("順位を見て決める"),
            )
        )
        rows.append(_reviews_todo())
    return [row for row in rows if row["count"]]


def _todo(count: int, title: str, meta: str, href: str, action: str) -> dict[str, Any]:
    return {"count": count, "title": title, "meta": meta, "href": href, "action": action}


def _themes_todo() -> dict[str, Any]:
    themes = queries.theme_sizes()
    named = [_("「%(name)s」%(size)s件", name=theme.name, size=theme.size) for theme in themes[:NAMED_THEMES]]
    return _todo(
        len(themes), _("新しい理由の候補"), _("、").join(named), url_for("reasons.list_themes"), _("見る")
    )


def _successions_todo() -> dict[str, Any]:
    """Contacts that customers have named; the button leads to the one that waits longest."""
    found = successions_waiting()
    href = url_for("customers.list_customers")
    if found:
        href = url_for("customers.show_customer", customer_id=found[0].customer_id)
    return _todo(
        len(found),
        _("担当者の変更"),
        _("お客さまから伺った新しい担当者です。登録するまで、お送りしません。"),
        href,
        _("確かめる"),
    )


def _reviews_todo() -> dict[str, Any]:
    """Decisions whose day to be looked at again has come; the button leads to the longest due."""
    due = reviews_due(clock.today())
    named = [_("「%(title)s」", title=item.title) for item in due[:NAMED_THEMES]]
    href = url_for("backlog.show_item", item_id=due[0].id) if due else url_for("backlog.list_items")
    return _todo(len(due), _("決定の見直し"), _("、").join(named), href, _("見直す"))


def _approvals_todo(member: Member) -> dict[str, Any]:
    found = queries.approvals_waiting(member)
    first = found[0]
    meta = _("「%(campaign)s」", campaign=first.name)
    if first.author:
        meta = _("%(member)sさんから「%(campaign)s」", member=first.author, campaign=first.name)
    href = url_for("campaigns.show_approval", campaign_id=first.campaign_id)
    return _todo(len(found), _("配信の承認"), meta, href, _("内容を確かめる"))


def _steps(counts: StateCounts, rule: LapseRule | None, has_sent: bool) -> list[dict[str, Any]]:
    """The way from an empty product to the first voices; the first step not done is the current one."""
    imported, defined = (
        _("CSVかXLSXの一覧から。購入の記録も続けて"),
        _("何か月あいたら離れたと言えるかを決めます"),
    )
    if counts.total:
        imported = _n("%(count)s人", counts.total, count=number(counts.total))
    if rule:
        defined = _n(
            "第%(version)s版（%(months)sか月）",
            rule.silent_months,
            version=rule.version,
            months=rule.silent_months,
        )
    published, sent = _("ひな形から、5分ほどで作れます"), _("送らない方がいい相手は、理由とともに除きます")
    heard = _("最初の回答から数秒で、理由がここに並びます")
    is_published = queries.any_survey_published()
    rows = (
        (
            counts.total > 0,
            _("お客さまを取り込む"),
            imported,
            "customers.list_imports",
            _("ファイルを取り込む"),
        ),
        (rule is not None, _("休眠・離反を定義する"), defined, "customers.show_rules", _("定義を決める")),
        (is_published, _("調査を公開する"), published, "surveys.list_surveys", _("調査を作る")),
        (has_sent, _("配信する"), sent, "campaigns.list_campaigns", _("配信を用意する")),
        (False, _("声を読む"), heard, "reasons.list_voices", _("声を見る")),
    )
    current = next(place for place, (done, *_rest) in enumerate(rows) if not done)
    return [
        {
            "done": done,
            "current": place == current,
            "label": label,
            "meta": meta,
            "href": url_for(endpoint),
            "action": action,
        }
        for place, (done, label, meta, endpoint, action) in enumerate(rows)
    ]
