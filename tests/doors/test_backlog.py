"""`flask --app wsgi backlog export --format csv|xlsx|json|md|github|jira|nulab OUT`."""

import csv
import io
import json
import time
import unicodedata

import pytest
from openpyxl import load_workbook

from app.backlog import exporters, queries, services
from app.backlog.models import BacklogItem
from app.db import db, unit_of_work
from tests import factories
from tests import factories_backlog as made
from tests.doors.conftest import refused

TITLE = '＝HYPERLINK("http://x")を、@田中 さんと直す'
WORDS = "箱の角がつぶれていて、@okaeri に 090-1234-5678 で電話しました"


@pytest.fixture
def house_with_backlog(house):
    """Twelve people whose boxes were crushed, one item with a dangerous title."""
    with house.app.app_context(), unit_of_work():
        member = factories.member()
        db.session.add(member)
        survey, reason = made.survey(), made.reason("delivery", "配送・在庫")
        for _number in range(12):
            reading = made.answer(survey, made.lapsed(10_000), WORDS, [reason])
            reading.masked = [[WORDS.index("090"), WORDS.index(" で"), "phone"]]
        db.session.flush()
        item = services.promote_reason(reason, survey, member, made.AT)
        item.title, item.effort_days = TITLE, 2.5
    return house


def cells(form, content):
    """All cells of a file as texts."""
    if form == "xlsx":
        return [str(cell.value or "") for row in load_workbook(io.BytesIO(content)).active for cell in row]
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]


@pytest.mark.parametrize("form", exporters.known_forms())
def test_every_form_is_written_and_recorded(house_with_backlog, form):
    house, out = house_with_backlog, house_with_backlog.folder / "out"
    answer = house.door("backlog", "export", "--format", form, out)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert house.counts()["export"] == 1
    content = out.read_bytes()
    with house.app.app_context():
        backlog = queries.ranked_items(
            db.session.query(BacklogItem).one().survey_id, made.AT.date(), with_mended=True
        )
        time.sleep(2.1 if form == "xlsx" else 0)  # ZIP counts in steps of two seconds
        again = exporters.export(form, backlog, made.AT).content
        assert again == content or form == "pdf"  # which shows the day and where its links lead
    if form == "csv-cp932":
        content = content.decode("cp932").encode()
    if form == "json":
        assert json.loads(content)[0]["id"] == "IM-001"
    elif form == "pdf":
        assert content.startswith(b"%PDF-")
        return
    elif form == "md":
        assert "## IM-001" in content.decode()
    else:
        for cell in cells(form, content):
            begins = unicodedata.normalize("NFKC", cell.strip()[:1])
            assert begins not in ("=", "+", "-", "@"), cell
            assert cell[:1] not in ("\t", "\r", "\n"), cell
    assert "090-1234-5678" not in "".join(cells(form, content) if form == "xlsx" else content.decode())


def table(house, form):
    with house.app.app_context():
        survey_id = db.session.query(BacklogItem).one().survey_id
        content = exporters.export(form, queries.ranked_items(survey_id, made.AT.date()), made.AT).content
    assert not content.startswith(b"\xef\xbb\xbf")  # a heading behind a mark is another heading
    head, row = csv.reader(io.StringIO(content.decode()))
    return head, row


def test_trackers_find_their_columns_and_our_number(house_with_backlog):
    head, row = table(house_with_backlog, "github")
    assert head == ["title", "body", "labels", "state"]
    assert row[0].startswith("IM-001 ")
    assert row[2:] == ["okaeri,IM-001,delivery", "open"]
    assert "@o" not in row[1]
    assert "箱の角がつぶれていて" in row[1]
    head, row = table(house_with_backlog, "jira")
    assert head == ["Summary", "Issue Type", "Description", "Labels", "Labels", "Labels"]
    assert row[1] == "Task"
    assert row[3:] == ["okaeri", "IM-001", "delivery"]
    head, row = table(house_with_backlog, "nulab")
    assert head[0] == "件名（必須）"
    assert head[6] == "種別名（必須）"
    found = dict(zip(head, row, strict=True))
    assert (found["種別名（必須）"], found["予定時間"], found["優先度ID"]) == ("タスク", "20.00", "3")


def test_whatever_is_wrong_is_one_line_and_code_2(house):
    out = house.folder / "out"
    assert "回答のある調査" in refused(house.door("backlog", "export", "--format", "csv", out))
    assert "nulab" in refused(house.door("backlog", "export", "--format", "pptx", out))
    assert not out.exists()
