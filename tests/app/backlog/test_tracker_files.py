"""States of other people's trackers: looked through first, row by row, applied once, undone where nobody came after."""

import csv
import io
import re
from datetime import date

import pytest

from app.accounts.models import Role
from app.backlog import exporters, queries, services
from app.backlog.models import BacklogItem, ItemState, Verdict
from app.backlog.models_exports import TrackerImport, TrackerIssue
from app.db import db, unit_of_work
from tests import factories
from tests import factories_backlog as made

HEAD = "件名,キー,状態,解決日"
FILE = [
    HEAD,
    "IM-001 送料,SHOP-7,完了,2026/11/05",
    "IM-002 応対,SHOP-8,処理中,",
    "IM-003 品質,SHOP-9,完了,2026/11/05",
    "IM-099 ない,SHOP-10,未対応,",
    "IM-002 応対,SHOP-11,未対応,",
    "IM-001 送料,SHOP-7,完了,2099/1/1",
    "IM-001 送料,SHOP-7,完了,あした",
]


@pytest.fixture
def survey_id(app):
    """Two items that are to be done and one that is open."""
    with app.app_context(), unit_of_work():
        survey, member = made.survey(), factories.member()
        db.session.add(member)
        db.session.flush()
        for code, verdict in (("price", Verdict.DO), ("support", Verdict.DO), ("quality", None)):
            reason = made.reason(code, code)
            made.answer(survey, made.lapsed(10_000), "高い", [reason])
            item = services.promote_reason(reason, survey, member, made.AT)
            if verdict:
                services.decide(item, verdict, "", None, member, made.AT)
        return survey.id


def send(browser, *lines, encoding="utf-8-sig"):
    content = "\r\n".join(lines).encode(encoding)
    form = {"file": (io.BytesIO(content), "issues.csv")}
    return browser.post("/backlog/trackers", data=form, content_type="multipart/form-data")


def standing(app):
    with app.app_context():
        keys = {issue.item_id: (issue.key, issue.status) for issue in db.session.query(TrackerIssue)}
        rows = db.session.query(BacklogItem).order_by(BacklogItem.id)
        return [(row.state, row.released_on, keys.get(row.id)) for row in rows]


def test_a_file_is_looked_through_applied_once_and_undone(app, sign_in, survey_id):
    product = sign_in(Role.PRODUCT)
    before = standing(app)
    seen = send(product, *FILE)
    page = product.get(seen.location).text
    for words in (
        "7行のうち、2件の改善項目が変わります", "SHOP-7", "決定済み → 直しました", "決定済み → 取り組み中",
        "取り込めない行が、5行あります", "だけが、公開できます", "改善項目が見つかりません", "3行目と同じ項目です",
        "今日までの日付に", "「あした」は日付ではありません",
    ):  # fmt: skip
        assert words in page, words
    assert standing(app) == before
    assert sign_in(Role.VIEWER).post(f"{seen.location}/apply").status_code == 403
    assert [product.post(f"{seen.location}/apply").status_code for _ in "ab"] == [302, 302]
    after = [
        (ItemState.RELEASED, date(2026, 11, 5), ("SHOP-7", "完了")),
        (ItemState.IN_PROGRESS, None, ("SHOP-8", "処理中")),
        before[2],
    ]
    assert standing(app) == after
    again = send(product, *FILE, encoding="cp932").location
    assert "このファイルで変わるところはありません" in product.get(again).text
    product.post(f"{again}/apply")
    assert standing(app) == after
    # A row without our number is known by the key told before; then that item stays as it is when the first is undone.
    later = send(product, "Issue Key,Status", "SHOP-8,Done").location
    product.post(f"{later}/apply")
    told = product.post(f"{seen.location}/undo", follow_redirects=True).text
    assert "1件を元に戻しました" in told
    assert "そのあとに変わった1件は、いまのままです" in told
    assert standing(app) == [before[0], (ItemState.IN_PROGRESS, None, ("SHOP-8", "Done")), before[2]]
    assert "元に戻しました" in product.get("/backlog/trackers").text


def test_what_is_no_such_file_is_told_and_nothing_is_kept(app, sign_in, survey_id):
    product = sign_in(Role.PRODUCT)
    for lines, words in (
        (["名前,年齢", "花,3"], "見出しに「番号」か「件名」か「課題キー」"),
        ([HEAD], "取り込む行がありません"),
        ([""], "空のファイル"),
    ):
        answer = send(product, *lines, encoding="utf-8")
        assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert product.post("/backlog/trackers").status_code == 422
    with app.app_context():
        assert db.session.query(TrackerImport).count() == 0


def test_the_next_export_carries_the_key_so_that_the_tracker_updates(app, sign_in, survey_id):
    product = sign_in(Role.PRODUCT)
    product.post(f"{send(product, HEAD, 'IM-001 送料,SHOP-7,完了,2026/11/05').location}/apply")
    with app.app_context():
        backlog = queries.ranked_items(survey_id, date(2026, 11, 21), with_mended=True)
        jira = exporters.export("jira", backlog, made.AT).content.decode()
        plain = exporters.export("csv", backlog, made.AT).content.decode("utf-8-sig")
    rows = {row["Summary"][:6]: row["Issue Key"] for row in csv.DictReader(io.StringIO(jira))}
    assert rows == {"IM-001": "SHOP-7", "IM-002": "", "IM-003": ""}
    found = next(row for row in csv.DictReader(io.StringIO(plain)) if row["番号"] == "IM-001")
    assert (found["課題キー"], found["課題の状態"], found["直した日"]) == ("SHOP-7", "完了", "2026-11-05")
    assert re.fullmatch(r"IM-\d{3}", found["番号"])
