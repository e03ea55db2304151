"""Views of the voices are kept, shared, renamed and dropped by their owner; taken home, they are masked and recorded."""

import csv
import io

import openpyxl
import pytest

from app.accounts.models import Role
from app.audit import AuditEntry
from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.models_voices import SavedView
from app.reasons.services.views import MOST_VIEWS
from tests import factories
from tests.app.reasons.conftest import add, read_as
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey

SAITO = "担当の佐藤さんの電話の応対がひどい。"
FORMULA = '=HYPERLINK("http://evil.example")と書きました。'


@pytest.fixture
def shop(app):
    """Two sheets of one survey; one holds a name that is hidden, one begins like a formula."""
    with app.app_context(), unit_of_work():
        services.seed_codebook(NOW)
        autumn = add(survey(name="秋の調査"))
        gone = add(factories.customer(name="山本 花子", key="K-77"))
        first = add(sheet(autumn, reason=SAITO, customer=gone, nps_score=2))
        second = add(sheet(autumn, reason=FORMULA, nps_score=9))
        read_as(first, (SAITO, "support"), hidden="佐藤")
        read_as(second, (FORMULA, None))


def test_a_view_is_kept_shared_renamed_and_dropped(app, shop, sign_in):
    viewer, editor = sign_in(Role.VIEWER), sign_in(Role.EDITOR)
    view = {"name": "応対の声", "reason": "support", "q": "電話", "evil": "x", "page": "3"}
    assert "この表示を保存する" in viewer.get("/voices?reason=support&q=電話").text
    assert "「電話」" in viewer.get("/voices/views/new?reason=support&q=電話").text
    for _twice in range(2):
        saved = viewer.post("/voices/views", data=view)
        assert "reason=support" in saved.location
    with app.app_context():
        kept = db.session.query(SavedView).one()
        assert (kept.filters, kept.shared) == ({"q": "電話", "reason": "support"}, False)
        address = f"/voices/views/{kept.id}"
    assert "応対の声" in viewer.get("/voices").text
    assert 'aria-current="page">応対の声' in viewer.get("/voices?q=電話&reason=support").text
    assert viewer.post("/voices/views", data={**view, "reason": "price"}).status_code == 422
    assert viewer.post("/voices/views", data={"name": " "}).status_code == 422
    # What is not shared is not there for others.
    assert "応対の声" not in editor.get("/voices/views").text
    assert editor.get(address).status_code == 404
    renamed = {"name": "電話の声", "shared": "y", "revision": "1"}
    assert viewer.post(address, data=renamed).status_code == 302
    assert "電話の声" in editor.get("/voices").text
    assert editor.post(address, data={**renamed, "name": "私のもの"}).status_code == 404
    assert editor.post(f"{address}/delete").status_code == 404
    # Who keeps the house may; the owner, who comes second, is told.
    keeper = sign_in(Role.ADMINISTRATOR)
    assert keeper.post(address, data={"name": "応対", "shared": "y", "revision": "2"}).status_code == 302
    late = viewer.post(address, data={"name": "でんわ", "shared": "y", "revision": "2"})
    assert late.status_code == 409
    assert "でんわ" in late.text
    assert viewer.post(f"{address}/delete").status_code == 302
    assert viewer.post(f"{address}/delete").status_code == 302
    assert "応対" not in editor.get("/voices/views").text
    assert app.test_client().get("/voices/views").status_code == 302
    assert sign_in(Role.OPERATOR).get("/voices/views").status_code == 403


def test_nobody_keeps_more_views_than_they_can_look_through(app, shop, sign_in):
    viewer = sign_in(Role.VIEWER)
    for number in range(MOST_VIEWS):
        assert viewer.post("/voices/views", data={"name": f"{number}"}).status_code == 302
    refused = viewer.post("/voices/views", data={"name": "もう一つ"})
    assert refused.status_code == 422
    assert "30件まで" in refused.text


def taken_home(browser, **asked):
    """The file, and its rows."""
    answer = browser.post("/voices/export", data={"form": "csv", **asked})
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_what_is_seen_is_taken_home_masked_harmless_and_recorded(app, shop, sign_in):
    viewer = sign_in(Role.VIEWER)
    assert "2行" in viewer.get("/voices/export").text
    heads, newest, oldest = taken_home(viewer)
    words = heads.index("声")
    assert newest[words] == f"'{FORMULA}"
    assert oldest[words] == "担当の〔お名前〕さんの電話の応対がひどい。"
    assert (oldest[heads.index("推奨度")], "お名前" in heads) == ("2", False)
    assert len(taken_home(viewer, nps="promoter")) == 2
    assert len(taken_home(viewer, q="佐藤")) == 1
    book = viewer.post("/voices/export", data={"form": "xlsx", "reason": "support"}).data
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.values)
    assert len(rows) == 2
    assert "佐藤" not in str(rows)
    with app.app_context():
        entries = db.session.query(AuditEntry).filter_by(verb="exported", subject="voices").all()
        assert [entry.detail["rows"] for entry in entries] == [2, 1, 0, 1]
        assert "佐藤" not in str([entry.detail for entry in entries])


def test_only_who_keeps_the_house_takes_home_who_said_it(app, shop, sign_in):
    for role in (Role.VIEWER, Role.EDITOR, Role.PRODUCT):
        browser = sign_in(role)
        assert browser.post("/voices/export", data={"form": "csv", "named": "y"}).status_code == 403
        assert 'name="named"' not in browser.get("/voices/export").text
    heads, _newest, oldest = taken_home(sign_in(Role.ADMINISTRATOR), named="y")
    assert oldest[heads.index("声")] == SAITO
    assert oldest[heads.index("お名前")] == "山本 花子"
    # A customer's masked file is everybody's default, and whoever only reads takes nothing home.
    assert "佐藤" not in str(taken_home(sign_in(Role.ADMINISTRATOR)))
    for role in (Role.AUDITOR, Role.OPERATOR):
        assert sign_in(role).post("/voices/export", data={"form": "csv"}).status_code == 403
        assert sign_in(role).get("/voices/export").status_code == 403
