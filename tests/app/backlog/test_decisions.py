"""Items are promoted, decided and mended; two people at once are told; exports never run."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from app.accounts.models import Role
from app.backlog import exporters, queries
from app.backlog.models import BacklogItem, Decision, Export, ItemState
from app.db import db, unit_of_work
from tests import factories_backlog as made


@pytest.fixture
def item(app, sign_in):
    """An item a product manager promoted, in the browser."""
    with app.app_context(), unit_of_work():
        survey, reason = made.survey(), made.reason("price", "価格・費用対効果")
        made.answer(survey, made.lapsed(10_000), "送料が高い", [reason])
        ids = {"reason_id": reason.id, "survey_id": survey.id}
    browser = sign_in(Role.PRODUCT)
    assert browser.post("/backlog/promote", data=ids).status_code == 302
    return browser, ids


def row(app):
    with app.app_context():
        return db.session.query(BacklogItem).one()


def test_promoting_twice_leads_to_the_same_item(app, item):
    browser, ids = item
    again = browser.post("/backlog/promote", data=ids)
    assert again.location == f"/backlog/{row(app).id}"


def test_an_item_is_decided_and_the_reason_stays_in_its_history(app, item):
    browser, _ = item
    number, revision = row(app).id, row(app).revision
    form = {"verdict": "do", "why": "新年便に間に合わせる", "revision": revision}
    assert browser.post(f"/backlog/{number}/decide", data=form).status_code == 302
    page = browser.get(f"/backlog/{number}").text
    assert "新年便に間に合わせる" in page
    assert row(app).state is ItemState.DECIDED


def test_not_to_do_it_needs_a_sentence(app, item):
    browser, _ = item
    answer = browser.post(
        f"/backlog/{row(app).id}/decide", data={"verdict": "dont", "revision": row(app).revision}
    )
    assert answer.status_code == 422
    assert "やらない理由を、「お客さまへのことば」に一文で書いてください。" in answer.text
    assert row(app).verdict is None


def test_the_second_of_two_people_is_told_and_nothing_is_lost(app, item, sign_in):
    browser, _ = item
    seen = row(app).revision
    other = sign_in(Role.ADMINISTRATOR)
    path = f"/backlog/{row(app).id}/decide"
    assert other.post(path, data={"verdict": "do", "why": "急ぐ", "revision": seen}).status_code == 302
    late = browser.post(path, data={"verdict": "later", "why": "待つ", "revision": seen})
    assert late.status_code == 409
    assert "先に変えました" in late.text
    with app.app_context():
        assert [one.verdict.value for one in db.session.query(Decision)] == ["do"]


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.OPERATOR, 403), (Role.EDITOR, 403)])
def test_only_who_may_decide_decides(app, item, sign_in, role, status):
    answer = sign_in(role).post(f"/backlog/{row(app).id}/decide", data={"verdict": "do", "revision": 1})
    assert answer.status_code == status


def test_a_stranger_item_does_not_exist(sign_in):
    assert sign_in(Role.PRODUCT).get("/backlog/999").status_code == 404


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠x", " =cmd|' /C calc'!A0"]


@pytest.mark.parametrize("title", HOSTILE)
def test_no_spreadsheet_runs_a_title(app, item, title):
    with app.app_context():
        with unit_of_work():
            db.session.query(BacklogItem).one().title = title
        backlog = queries.ranked_items(db.session.query(BacklogItem).one().survey_id, made.AT.date())
        lines = list(
            csv.reader(io.StringIO(exporters.export("csv", backlog, made.AT).content.decode("utf-8-sig")))
        )
        sheet = load_workbook(io.BytesIO(exporters.export("xlsx", backlog, made.AT).content)).active
    assert lines[1][1] == f"'{title}"
    assert (sheet["B2"].value, sheet["B2"].data_type) == (f"'{title}", "s")


def test_what_was_taken_home_opens_again_and_is_recorded(app, item, sign_in):
    browser, ids = item
    for form in ("csv", "csv-cp932", "xlsx", "json", "md"):
        answer = browser.post("/backlog/export", data={"form": form, "survey_id": ids["survey_id"]})
        assert answer.status_code == 200
        if form == "json":
            assert json.loads(answer.data)[0]["quotes"] == ["送料が高い"]
        if form.startswith("csv"):
            text = answer.data.decode("cp932" if form == "csv-cp932" else "utf-8-sig")
            assert "IM-001,価格・費用対効果,price" in text
    with app.app_context():
        assert db.session.query(Export).count() == 5


def test_what_cp932_would_lose_is_shown_before_it_is_written(app, item):
    browser, ids = item
    with app.app_context(), unit_of_work():
        db.session.query(BacklogItem).one().title = "𠮷田さまの声 — 髙"
    page = browser.get(f"/backlog/export?survey={ids['survey_id']}").text
    assert "𠮷—" in page
    written = browser.post("/backlog/export", data={"form": "csv-cp932", "survey_id": ids["survey_id"]})
    assert "〓田さまの声 〓 髙" in written.data.decode("cp932")


def test_a_year_typed_short_is_no_day_of_mending(app, item):
    browser, _ = item
    path = f"/backlog/{row(app).id}"
    browser.post(f"{path}/decide", data={"verdict": "do", "revision": row(app).revision})
    for on in ("0001-01-01", "0202-06-01", "1999-12-31"):
        answer = browser.post(f"{path}/release", data={"on": on, "revision": row(app).revision})
        assert (answer.status_code, "年をお確かめください" in answer.text) == (422, True)
    assert (row(app).state, browser.get("/recovery").status_code) == (ItemState.DECIDED, 200)
