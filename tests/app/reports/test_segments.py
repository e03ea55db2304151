"""Score and reasons by segment: counted as everywhere, small ones marked, few ones of anonymous surveys withheld."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.accounts.models import Role
from app.customers.models import CustomerKind, Segment
from app.db import db, unit_of_work
from app.reasons.services import seed_codebook
from app.reports.queries.segments import segment_table, sheets_behind
from app.responses.models import Door, Response
from app.surveys.models import SurveyState
from tests import factories_backlog as made
from tests.app.reasons.conftest import read_as
from tests.conftest import NOW
from tests.factories_reasons import sheet
from tests.factories_reasons import survey as survey_of

MIDNIGHT = datetime(2026, 10, 31, 15, tzinfo=UTC)  # in Japan


@pytest.fixture
def survey(app):
    """Six persons and three companies; all but one give price, two of them quality too; a trial sheet besides."""
    with app.app_context(), unit_of_work():
        survey = made.survey("夏の調査")
        price, taste = made.reason("price", "=価格"), made.reason("quality", "品質")
        for place in range(9):
            kind = CustomerKind.PERSON if place < 6 else CustomerKind.ACCOUNT
            customer = made.lapsed(1000, kind=kind, purchase_count=place + 1, purchase_total=1000 * place)
            reasons = [taste] if place == 8 else [price, taste] if place < 2 else [price]
            made.answer(survey, customer, "送料が高い", reasons)
        made.answer(survey, customer, "試し", [price])
        sheets = db.session.query(Response).order_by(Response.id).all()
        sheets[-1].door = Door.TEST
        for place, sheet in enumerate(sheets):
            sheet.nps = 10 if place < 3 else 2
        filters = {"kind": "person", "states": ["lapsed"]}
        db.session.add(Segment(name="個人の離反", filters=filters, created_at=NOW))
        db.session.add(Segment(name="古い条件", filters={"gone": 1}, created_at=NOW))
        number = survey.id
    return number


def test_every_row_counts_its_own_sheets_and_every_figure_leads_to_them(app, survey, sign_in):
    with app.app_context():
        rows = {(row.group, row.key): row for row in segment_table(survey).rows}
        everybody, people = rows["all", ""], rows["kind", "person"]
        assert (everybody.n, round(everybody.nps.score), everybody.is_small) == (9, -33, True)
        assert (people.n, people.nps.score, people.shares["price"].count, people.giving) == (6, 0, 6, 6)
        assert (rows["kind", "account"].shares["price"].share, rows["kind", "account"].n) == (2 / 3, 3)
        assert people.shares["price"].low == pytest.approx(0.61, abs=0.01)
        named = [row for row in rows.values() if row.label == "個人の離反"]
        assert [row.n for row in named] == [6]
        assert "古い条件" not in {row.label for row in rows.values()}
        cells = {key: row.n for (group, key), row in rows.items() if group == "rfm"}
        assert cells == {"233": 3, "222": 3, "211": 3}, "all bought last on the same day: the middle third"
        assert len(db.session.execute(sheets_behind(survey, people, "quality").sheets).all()) == 2
    browser = sign_in(Role.VIEWER)
    page = browser.get(f"/reports/surveys/{survey}/segments").text
    links = {html.unescape(one) for one in re.findall(r'href="([^"]+/segments/voices[^"]+)"', page)}
    assert len(links) > 10
    for link in links:
        assert browser.get(link).status_code == 200
    assert (
        "2件"
        in browser.get(f"/reports/surveys/{survey}/segments/voices?group=kind&key=person&reason=quality").text
    )
    for wrong in (
        "group=kind&key=x",
        "group=all&reason=x",
        "group=%00",
        "group=all&page=99999999999999999999",
    ):
        assert browser.get(f"/reports/surveys/{survey}/segments/voices?{wrong}").status_code in (200, 404)


def test_the_table_goes_into_a_file_that_no_spreadsheet_runs(survey, sign_in):
    answer = sign_in(Role.VIEWER).get(f"/reports/surveys/{survey}/segments.csv")
    lines = answer.data.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith(
        "まとまり,名前,回答,推奨度のある回答,NPS,NPS 下,NPS 上,理由を挙げた回答,'=価格 件数"
    )
    assert lines[1].startswith("全体,全体,9,9,-33.3,")
    assert sign_in(Role.OPERATOR).get(f"/reports/surveys/{survey}/segments.csv").status_code == 403


def test_of_an_anonymous_survey_groups_below_five_are_withheld(app, sign_in):
    day = {"started_at": MIDNIGHT, "saved_at": MIDNIGHT, "submitted_at": MIDNIGHT, "anonymous": True}
    with app.app_context(), unit_of_work():
        seed_codebook(NOW)
        unnamed = survey_of(anonymous=True, state=SurveyState.CLOSED)
        db.session.add(unnamed)
        db.session.flush()
        said = [("送料が高い", "price")] * 6 + [("味が落ちた", "quality")] * 3
        sheets = [sheet(unnamed, reason=words, **day) for words, _code in said]
        db.session.add_all(sheets)
        db.session.flush()
        for one, (words, code) in zip(sheets, said, strict=True):
            read_as(one, (words, code))
        number = unnamed.id
    with app.app_context():
        (everybody,) = segment_table(number).rows
        assert (everybody.n, everybody.hides("price"), everybody.hides("quality")) == (9, False, True)
        behind = sheets_behind(number, everybody, "price")
        assert len(db.session.execute(behind.sheets).all()) == 6
        assert sheets_behind(number, everybody, "quality") is None
        assert replace(everybody, n=4).withheld
    browser = sign_in(Role.VIEWER)
    page = browser.get(f"/reports/surveys/{number}/segments").text
    assert "顧客と結びついていません" in page.replace("<wbr>", "")
    assert "33%" not in page
    assert (
        browser.get(f"/reports/surveys/{number}/segments/voices?group=all&reason=quality").status_code == 404
    )
    lines = browser.get(f"/reports/surveys/{number}/segments.csv").text.split("\r\n")
    assert lines[1].endswith(",,,,"), "the few are empty cells"
