"""The analysis of a survey: what goes with low scores, what comes together, who is named, who is silent, for whom they speak."""

import html
import re
from datetime import UTC, datetime

import pytest

from app.accounts.models import Role
from app.audit import AuditEntry
from app.campaigns.models import Arm, Invitation
from app.clock import today
from app.customers.models import CustomerState
from app.db import db, unit_of_work
from app.reasons.models_voices import RivalMention
from app.reasons.services import seed_codebook
from app.reports.queries.drivers import drivers, together
from app.reports.queries.rivals import rivals
from app.reports.queries.silent import silences
from app.reports.queries.weighted import weighted
from app.responses.models import Door, Response
from app.surveys.models import SurveyState
from tests import factories_backlog as made
from tests.app.reasons.conftest import read_as
from tests.conftest import NOW
from tests.factories_campaigns import campaign
from tests.factories_reasons import sheet
from tests.factories_reasons import survey as survey_of
from tests.factories_reports import scored

MIDNIGHT = datetime(2026, 10, 31, 15, tzinfo=UTC)  # in Japan
PARTS = ("drivers", "together", "rivals", "silent", "weighted")


@pytest.fixture
def survey(app):
    """24 lapsed customers in two kinds: twelve who bought much, ten of whom answered, and twelve who bought little, five
    of whom did. The former say price and taste and score low, the latter delivery and score high. Two were asked and are
    silent; one sheet is of somebody who buys again, one a trial. Ten name 茶匠."""
    with app.app_context(), unit_of_work():
        survey = made.survey("夏の調査")
        made.reason("none", "理由なし")
        price, taste, late = (
            made.reason(code, name)
            for code, name in (("price", "価格"), ("quality", "品質"), ("late", "配送"))
        )
        much = [made.lapsed(9000, purchase_count=9, purchase_total=90_000) for _ in range(12)]
        little = [made.lapsed(1000, purchase_count=1, purchase_total=1000) for _ in range(12)]
        back = made.lapsed(1000, state=CustomerState.RETURNED)
        told = [(one, [price, taste]) for one in much[:10]] + [(one, [late]) for one in [*little[:5], back]]
        readings = [made.answer(survey, one, "送料が高い", reasons) for one, reasons in told]
        sheets = db.session.query(Response).order_by(Response.id).all()
        for place, one in enumerate(sheets):
            one.nps = 2 if place < 10 else 9
        scored(survey, 0, customer_id=little[6].id, door=Door.TEST)
        db.session.add_all(RivalMention(reading_id=one.id, name="茶匠") for one in readings[:10])
        asking = campaign(survey=survey)
        for place, (one, arm) in enumerate(
            [(little[0], Arm.ASKED), (much[10], Arm.ASKED), (much[11], Arm.ASKED), (little[9], Arm.HOLDOUT)]
        ):
            db.session.add(
                Invitation(
                    campaign_id=asking.id,
                    customer_id=one.id,
                    token=f"{place:016d}",
                    code=f"{place:08d}",
                    arm=arm,
                    invited_at=NOW,
                )
            )
        return survey.id


def test_the_figures_are_those_that_counting_by_hand_gives(app, survey):
    with app.app_context():
        result = drivers(survey)
        found = {one.code: (one.n, one.low_n, one.other_n, one.other_low_n) for one, _reason in result.rows}
        assert found == {"price": (10, 10, 6, 0), "quality": (10, 10, 6, 0), "late": (6, 0, 10, 10)}
        assert result.worst[0].code == "price"
        closest = together(survey).closest
        assert ({closest.first, closest.second}, closest.both, closest.n) == ({"price", "quality"}, 10, 16)
        (rival,) = rivals(survey, today()).rows
        assert (rival.name, rival.count, rival.n, rival.low_share) == ("茶匠", 10, 16, 1.0)
        assert {code for code, _reason, count in rival.reasons if count == 10} == {"price", "quality"}
        spoken = silences(survey)
        assert (spoken.whole.base, spoken.whole.answered, spoken.whole.asked, spoken.whole.unasked) == (
            24,
            15,
            2,
            7,
        )
        assert {one.key: (one.base, one.answered, one.weight) for one in spoken.cells} == {
            "233": (12, 10, 1.2),
            "211": (12, 5, 2.4),
        }, "all bought last on one day: the middle third"
        (price, *_), *_others = [row for row in weighted(survey).rows if row[0].code == "price"]
        assert (price.count, price.n, price.share) == (10, 15, 10 / 15)
        assert (price.weighted, round(price.effective_n, 1)) == (pytest.approx(0.5), 13.3)


def test_every_figure_leads_to_its_voices_and_can_be_taken_along(survey, sign_in):
    browser, base = sign_in(Role.VIEWER), f"/reports/surveys/{survey}"
    assert browser.get("/reports/analysis").location == f"{base}/analysis"
    pages = [browser.get(f"{base}/analysis").text]
    assert f'hx-get="{base}/analysis/outlook"' in pages[0]
    outlook = browser.get(f"{base}/analysis/outlook").text
    assert "いま休眠・離反の24人のうち、答えた方は15人です。" in outlook
    assert 'id="weighted"' in outlook
    for part in (*PARTS, "segments"):
        page = browser.get(f"{base}/segments" if part == "segments" else f"{base}/analysis/{part}")
        drawing = browser.get(f"{base}/analysis/{part}.svg?width=311")
        assert (page.status_code, drawing.mimetype) == (200, "image/svg+xml")
        assert f"{base}/analysis/{part}.svg?width=960" in page.text
        pages += [page.text, drawing.text]
    assert "「価格」を挙げた10枚では、0〜6をつけた方が100%で、挙げていない回答の0%を上回ります。" in pages[0]
    found = re.findall(r'href="(/voices[^"]*survey=[^"]*|/reports/[^"]*/voices[^"]*)"', "".join(pages))
    # One link of each shape: what it asks for.
    shapes = {tuple(re.findall(r"[?&](\w+)=", html.unescape(one))): html.unescape(one) for one in found}
    assert set(shapes) >= {
        ("reason", "also"),
        ("rival", "reason"),
        ("cell",),
        ("survey", "reason", "nps"),
        ("survey", "rival"),
        ("survey", "reason"),
        ("group", "key", "reason"),
    }
    assert {browser.get(link).status_code for link in shapes.values()} == {200}
    both = browser.get(f"{base}/analysis/voices?reason=price&also=quality").text
    assert "10件の声" in both.replace("<wbr>", "")
    assert "5件の声" in browser.get(f"{base}/analysis/voices?cell=211").text.replace("<wbr>", "")
    assert browser.get(f"{base}/analysis/drivers.png").data.startswith(b"\x89PNG")
    for wrong in ("", "?reason=x", "?cell=999", "?cell=1", "?rival=%00", "?reason=price&also=late"):
        assert browser.get(f"{base}/analysis/voices{wrong}").status_code == 404
    assert (
        browser.get(f"{base}/analysis/x").status_code
        == browser.get(f"{base}/analysis/x.svg").status_code
        == 404
    )


def test_the_tables_go_into_files_for_those_who_may_take_them_and_the_log_knows(app, survey, sign_in):
    browser, base = sign_in(Role.VIEWER), f"/reports/surveys/{survey}/analysis"
    files = {part: browser.get(f"{base}/{part}.csv").data.decode("utf-8-sig").split("\r\n") for part in PARTS}
    assert "価格,10,10,1.0,6,0,0.0,1.0," in files["drivers"][1]
    assert files["together"][1].startswith("価格,品質,10,10,10,1.0,")
    assert files["rivals"][1].startswith("茶匠,10,0.625,")
    assert files["silent"][1].startswith("全体,24,15,2,7,0.8824,")
    assert files["weighted"][1].startswith("価格,10,15,0.6667,")
    assert ",0.5," in files["weighted"][1]
    assert browser.get(f"{base}/drivers.png").status_code == 200
    with app.app_context():
        kept = db.session.query(AuditEntry).filter_by(verb="exported", subject_id=survey)
        assert sorted(one.detail["kind"] for one in kept) == [*["csv"] * len(PARTS), "png"]
    auditor = sign_in(Role.AUDITOR)
    assert auditor.get(f"{base}/drivers").status_code == 200
    assert (
        auditor.get(f"{base}/drivers.csv").status_code
        == auditor.get(f"{base}/drivers.png").status_code
        == 403
    )


def test_of_an_anonymous_survey_few_are_withheld_and_nobody_is_weighed(app, sign_in):
    day = {"started_at": MIDNIGHT, "saved_at": MIDNIGHT, "submitted_at": MIDNIGHT, "anonymous": True}
    with app.app_context(), unit_of_work():
        seed_codebook(NOW)
        unnamed = survey_of(anonymous=True, state=SurveyState.CLOSED)
        db.session.add(unnamed)
        db.session.flush()
        said = (
            [("送料が高い", "price", 2)] * 6
            + [("味が落ちた", "quality", 10)] * 5
            + [("電話が遠い", "support", 1)] * 2
        )
        sheets = [sheet(unnamed, reason=words, nps_score=score, **day) for words, _code, score in said]
        db.session.add_all(sheets)
        db.session.flush()
        for one, (words, code, _score) in zip(sheets, said, strict=True):
            read_as(one, (words, code))
        number = unnamed.id
    with app.app_context():
        (told,) = drivers(number).rows
        assert (told[0].code, drivers(number).withheld) == ("quality", 2), (
            "the others tell of two who said support"
        )
        assert "support" not in {code for code, _reason in together(number).reasons}
    browser, base = sign_in(Role.VIEWER), f"/reports/surveys/{number}/analysis"
    for part in ("silent", "weighted"):
        assert "匿名の調査です" in browser.get(f"{base}/{part}").text
        assert {browser.get(f"{base}/{part}.{form}").status_code for form in ("svg", "png", "csv")} == {404}
    assert "5人に満たない組は表示せず" in browser.get(base).text.replace("<wbr>", "")
    assert browser.get(f"{base}/voices?reason=support").status_code == 404
    assert browser.get(f"{base}/voices?reason=price").status_code == 200
    assert browser.get(f"{base}/voices?cell=333").status_code == 404
