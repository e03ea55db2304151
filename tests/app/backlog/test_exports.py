"""What is taken home: chosen by a preset, recorded, taken again without the words that were erased since."""

import json
import re
import zlib
from datetime import date

import pytest

from app.accounts.models import Role
from app.backlog import exporters, queries, services
from app.backlog.models import BacklogItem, Export, Verdict
from app.backlog.models_exports import ExportPreset
from app.db import db, unit_of_work
from app.reasons.models import Clause
from tests import factories
from tests import factories_backlog as made

WORDS = "送料が高くて、やめました"


@pytest.fixture
def survey_id(app):
    """Two items: one decided and owned by 物流, one open."""
    with app.app_context(), unit_of_work():
        survey, member = made.survey(), factories.member()
        db.session.add(member)
        db.session.flush()
        price, support = made.reason("price", "価格"), made.reason("support", "応対")
        for _number in range(12):
            made.answer(survey, made.lapsed(10_000), WORDS, [price])
        made.answer(survey, made.lapsed(10_000), "電話がつながらない", [support])
        first = services.promote_reason(price, survey, member, made.AT)
        services.promote_reason(support, survey, member, made.AT)
        first.owner = "物流"
        services.decide(first, Verdict.DO, "新年便から", None, member, made.AT)
        return survey.id


def texts_in(pdf):
    """What a PDF says, by the tables that lead from its glyphs to letters, and where its links lead."""
    streams = [zlib.decompress(part) for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)]
    maps = [part for part in streams if b"begincmap" in part]
    letters = {
        bytes.fromhex(code.decode()).decode("utf-16-be")
        for part in maps
        for code in re.findall(rb"<[0-9a-fA-F]+> <([0-9a-fA-F]+)>$", part, re.M)
    }
    spans = [found for part in maps for found in re.findall(rb"<(\w+)> <(\w+)> <(\w+)>", part)]
    for low, high, first in spans:
        start = int(first, 16)
        letters |= {chr(start + place) for place in range(int(high, 16) - int(low, 16) + 1)}
    for low, listed in [
        (low, listed) for part in maps for low, listed in re.findall(rb"<(\w+)> <\w+> \[(.*?)\]", part)
    ]:
        assert low
        letters |= {
            bytes.fromhex(code.decode()).decode("utf-16-be") for code in re.findall(rb"<(\w+)>", listed)
        }
    links = [link.decode() for link in re.findall(rb"/URI \((.*?)\)", pdf)]
    return letters, links


def take(browser, survey_id, form="csv", **choice):
    return browser.post("/backlog/export", data={"form": form, "survey_id": survey_id, **choice})


def test_a_preset_of_the_team_chooses_form_columns_and_items(app, sign_in, survey_id):
    product, viewer = sign_in(Role.PRODUCT), sign_in(Role.VIEWER)
    wanted = {
        "name": "物流の月例",
        "form": "xlsx",
        "owner": "物流",
        "states": ["decided"],
        "columns": ["people", "why"],
    }
    saved = product.post("/backlog/export/presets", data={**wanted, "shared": "y"})
    assert saved.status_code == 302
    assert product.post("/backlog/export/presets", data={**wanted, "shared": "y"}).status_code == 302
    refused = product.post("/backlog/export/presets", data={**wanted, "owner": ""})
    assert (refused.status_code, "もうあります" in refused.text) == (422, True)
    page = viewer.get(saved.location).text
    assert "1件を、いまの順位のまま" in page
    assert re.search(r'<option selected value="xlsx"', page)
    assert viewer.get("/backlog/export/presets/1").status_code == 404  # seen, but another's to change
    taken = take(viewer, survey_id, "csv", **{k: wanted[k] for k in ("owner", "states", "columns")})
    assert taken.data.decode("utf-8-sig").splitlines() == [
        "番号,改善項目,声（人）,決定の理由", "IM-001,価格,12,新年便から"
    ]  # fmt: skip
    edit = product.get("/backlog/export/presets/1").text
    shown = re.search(r'name="revision"[^>]*value="(\d+)"', edit)[1]
    form = {**wanted, "name": "物流", "revision": shown}
    assert product.post("/backlog/export/presets/1", data=form).status_code == 302
    assert viewer.get(saved.location).status_code == 404  # no longer shared
    late = sign_in(Role.PRODUCT).post("/backlog/export/presets/1", data={**form, "name": "倉庫"})
    assert (late.status_code, "物流" in late.text) == (409, True)
    assert product.post("/backlog/export/presets/1/delete").status_code == 302
    assert product.post("/backlog/export/presets/1/delete").status_code == 302
    with app.app_context():
        assert db.session.query(ExportPreset).count() == 0


def test_an_export_is_taken_again_as_it_was_but_for_erased_words(app, sign_in, survey_id):
    viewer, auditor = sign_in(Role.VIEWER), sign_in(Role.AUDITOR)
    first = {form: take(viewer, survey_id, form).data for form in ("csv", "xlsx", "json", "pdf", "jira")}
    with app.app_context(), unit_of_work():
        numbers = {row.kind: row.id for row in db.session.query(Export)}
        kept = json.dumps([row.content for row in db.session.query(Export)], ensure_ascii=False)
        assert "価格" in kept
        assert WORDS not in kept
        db.session.query(BacklogItem).first().title = "送料をなくす"
    assert auditor.get("/backlog/exports").status_code == 403
    assert auditor.post(f"/backlog/exports/{numbers['csv']}/file").status_code == 403
    assert viewer.get("/backlog/exports").text.count("/file") == 5
    again = {form: viewer.post(f"/backlog/exports/{number}/file") for form, number in numbers.items()}
    assert {form: answer.data for form, answer in again.items()} == first
    assert "okaeri-backlog-" in again["csv"].headers["Content-Disposition"]
    with app.app_context(), unit_of_work():
        for clause in db.session.query(Clause):
            db.session.delete(clause)
    gone = viewer.post(f"/backlog/exports/{numbers['json']}/file").data
    assert [row["quotes"] for row in json.loads(gone)] == [[], []]
    assert [row["title"] for row in json.loads(gone)] == ["価格", "応対"]
    with app.app_context(), unit_of_work():
        db.session.get(Export, numbers["csv"]).content = None
    assert viewer.post(f"/backlog/exports/{numbers['csv']}/file").status_code == 410
    assert viewer.post("/backlog/exports/999/file").status_code == 404
    assert "持ち出した" in auditor.get("/settings/audit").text


def test_the_one_page_pdf_says_it_in_japanese_and_leads_back(app, survey_id):
    with app.app_context(), unit_of_work():
        db.session.query(BacklogItem).filter_by(title="価格").one().title = "価格😀 $x^$"
    with app.app_context():
        backlog = queries.ranked_items(survey_id, date(2026, 11, 21), with_mended=True)
        content, again = (exporters.export("pdf", backlog, made.AT).content for _ in "ab")
    assert content == again
    letters, links = texts_in(content)
    assert set("改善項目価格〓$送料が高くて、やめました") <= letters
    assert [link.rpartition("/backlog/")[2] for link in links if "/backlog/" in link][:2] == ["1", "2"]
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") == 1
    assert b"CreationDate" not in content
    assert len(content) < 200_000
