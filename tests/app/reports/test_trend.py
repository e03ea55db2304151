"""The months: reasons and score with what was released; every page under an older codebook; charts taken home."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest

from app.accounts.models import Role
from app.audit import AuditEntry
from app.backlog.models import BacklogItem, Evidence, ItemState
from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.models import Reason
from app.reasons.queries.older import codebook_now
from app.reports.queries.trend import reason_trends
from tests import factories
from tests import factories_backlog as made
from tests.conftest import NOW
from tests.factories_reports import scored

MONTHS = [datetime(2026, month, 10, tzinfo=UTC) for month in (7, 8, 9, 10)]
SAID = [(12, 6), (4, 4), (10, 3), (20, 5)]  # sheets of the month, and how many of them give price


@pytest.fixture
def survey(app):
    """Four months; in August only four sheets. Delivery was merged into quality since version 1, price renamed."""
    with app.app_context(), unit_of_work():
        services.seed_codebook(NOW)
        survey = made.survey("夏の調査")
        member = factories.member(name="森")
        db.session.add(member)
        reasons = {one.code: one for one in db.session.query(Reason)}
        for at, (n, price) in zip(MONTHS, SAID, strict=True):
            for place in range(n):
                code = "price" if place < price else "delivery" if place % 2 else "quality"
                made.answer(survey, None, f"{place}番の声", [reasons[code]], at)
        scored(survey, *[9] * 12, at=MONTHS[0])
        scored(survey, *[9] * 12, at=MONTHS[3])
        item = BacklogItem(
            survey_id=survey.id, reason_id=reasons["price"].id, title="送料を見直す", created_at=NOW
        )
        item.state, item.released_on = ItemState.RELEASED, date(2026, 9, 5)
        ground = {"survey_id": survey.id, "member_id": member.id, "at": NOW}
        item.evidence = [Evidence(reason_id=reasons[code].id, **ground) for code in ("price", "delivery")]
        db.session.add(item)
        db.session.flush()
        services.merge_reasons(reasons["delivery"], reasons["quality"], member, NOW)
        entry = {**services.standing_entry(reasons["price"]), "label": "値段"}
        services.change_reason(reasons["price"], entry, member, NOW)
        number = survey.id
    return number


def shown(page):
    """What stands on a page, without what is new in every answer."""
    return re.sub(r'value="[\w.-]{60,}"', "", page.split("<main")[1])


def lines(answer):
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_each_month_is_counted_over_its_own_sheets_and_small_ones_are_not_drawn(app, survey, sign_in):
    with app.app_context():
        trends = reason_trends(survey, codebook_now())
        assert trends.sheets == (12, 4, 10, 20)
        price = next(row for row in trends.rows if row.code == "price")
        assert [one.share.count for one in price.months] == [6, 4, 3, 5]
        assert [one.is_telling for one in price.months] == [True, False, True, True]
        assert price.is_small
        anonymous = made.survey("無記名")
        anonymous.anonymous = True
        assert reason_trends(anonymous.id, codebook_now()).withheld
    browser = sign_in(Role.VIEWER)
    page = browser.get(f"/reports/surveys/{survey}/trend").text
    words = page.replace("<wbr>", "")
    assert "いちばん新しい月の回答が30枚に届かない" in words
    assert 'href="/backlog/1">送料を見直す</a>' in page
    links = sorted(set(re.findall(r'(?:href|data)="(/(?:voices|reports)[^"]+)"', page)))
    assert len(links) > 10
    for link in [one for one in links if "since=2026-08" in one or "trend" in one][:4]:
        assert browser.get(link.replace("&amp;", "&")).status_code == 200, link
    chart = browser.get(f"/reports/surveys/{survey}/trend.svg?reason=price").text
    assert len(re.findall(r"<path[^>]*fill: var\(--dce6f2\)", chart)) == 3, "nothing joins July over August"
    assert 'href="/backlog/1"' in chart
    assert "reason=price&amp;since=2026-08-01&amp;until=2026-08-31" in chart
    assert 'href="/backlog/1"' in browser.get(f"/reports/surveys/{survey}/trend.svg?reason=quality").text, (
        "the item stands on delivery too, which is quality by now"
    )
    assert "送料を見直す" in browser.get(f"/reports/surveys/{survey}/months.svg").text


def test_every_page_and_file_says_under_which_version_it_is_shown(survey, sign_in):
    browser = sign_in(Role.VIEWER)
    addresses = [
        f"/reasons?survey={survey}",
        f"/reports/surveys/{survey}?",
        f"/reports/surveys/{survey}/trend?",
    ]
    addresses.append(f"/reports/surveys/{survey}/segments?")
    linked: set[str] = set()
    for address in addresses:
        today, then, newest = (
            shown(browser.get(f"{address}&codebook={number}").text) for number in ("", 1, 3)
        )
        assert today == re.sub(r'(codebook(?:=|" value="))3', r"\1", newest), address
        assert "第1版（2026年" not in today
        assert "第1版（2026年" in then
        assert (
            "配送・在庫" in then,
            "価格・費用対効果" in then,
            "値段" in re.sub("<select.*?</select>", "", then),
        ) == (True, True, False)
        linked |= set(re.findall(r'href="(/reports/codebook[^"]+)"', then))
    counts = {
        row["理由"]: row["件数"]
        for row in lines(browser.get(f"/reports/reasons.csv?survey={survey}&codebook=1"))
    }
    assert counts == {
        "価格・費用対効果": "18",
        "品質・効果・不具合": "13",
        "配送・在庫": "15",
        "まだ名前のない理由": "0",
    }
    trend = lines(browser.get(f"/reports/surveys/{survey}/trend.csv?codebook=1"))
    assert {row["理由の定義"][:3] for row in trend} == {"第1版"}
    assert [row["件数"] for row in trend if row["理由"] == "価格・費用対効果"] == ["6", "4", "3", "5"]
    link = f"/reports/codebook/1/voices?survey={survey}&reason=delivery&month=2026-10-01"
    assert "「配送・在庫」の声8件" in browser.get(link).text.replace("<wbr>", "")
    assert browser.get(f"/reports/codebook/9/voices?survey={survey}&reason=delivery").status_code == 404


def test_every_chart_goes_home_as_a_picture_and_as_figures_and_the_log_knows(app, survey, sign_in):
    browser = sign_in(Role.VIEWER)
    for name in ("nps", "months", "trend"):
        picture, figures = (
            browser.get(f"/reports/surveys/{survey}/{name}.{kind}") for kind in ("png", "csv")
        )
        assert picture.data.startswith(b"\x89PNG"), name
        assert len(lines(figures)) >= 1
        assert sign_in(Role.AUDITOR).get(f"/reports/surveys/{survey}/{name}.csv").status_code == 403
    with app.app_context():
        kinds = [one.detail["kind"] for one in db.session.query(AuditEntry).filter_by(verb="exported")]
        assert sorted(kinds) == ["csv"] * 3 + ["png"] * 3
