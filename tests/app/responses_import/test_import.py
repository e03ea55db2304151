"""Past answers of another tool come in once, whole, and in any encoding."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from app.accounts.models import Role
from app.config import ROOT
from app.customers.models import ImportBatch, ImportState
from app.db import db, unit_of_work
from app.responses.models import Answer, Door, Response
from app.surveys.models import ReadAs, Survey
from tests import factories, processes

FUKUI = ROOT.parent / "shared" / "data" / "fukui"
MAPPING = {
    "respondent": "会員ID",
    "answered_at": "回答日時",
    "nps": "NPS",
    "texts": [
        {"col": "満足度の理由", "question": "nps"},
        {"col": "不便さの内容", "question": "reason", "asks_for": "complaint"},
    ],
    "attributes": ["性別"],
}
HEADER = ["会員ID", "回答日時", "NPS", "満足度の理由", "不便さの内容", "性別"]


def table(*rows, encoding="utf-8-sig"):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([HEADER, *rows])
    return out.getvalue().encode(encoding)


class Importer:
    """A CX editor in front of the pages."""

    def __init__(self, app, sign_in, drain):
        self.app, self.browser, self.drain = app, sign_in(Role.EDITOR), drain

    def upload(self, content, name="results.csv"):
        answer = self.browser.post("/responses/imports", data={"file": (io.BytesIO(content), name)})
        return answer, int(answer.location.split("/")[3]) if answer.status_code == 302 else 0

    def choose(self, number, uses, asks=None, survey="観光の調査"):
        form = {"survey": survey}
        form |= {f"uses-{place}": use for place, use in enumerate(uses)}
        form |= {f"asks-{place}": (asks or {}).get(place, "anything") for place in range(len(uses))}
        return self.browser.post(f"/responses/imports/{number}/columns", data=form)

    def take(self, content):
        """Upload, choose the columns, start, and let the worker work; return the batch."""
        _, number = self.upload(content)
        uses = ["respondent", "answered_at", "nps", "text:nps", "text:reason", "attribute"]
        assert self.choose(number, uses, {4: "complaint"}).status_code == 302
        assert self.browser.get(f"/responses/imports/{number}/preview").status_code == 200
        self.browser.post(f"/responses/imports/{number}/start")
        self.drain()
        with self.app.app_context():
            return db.session.get_one(ImportBatch, number)


@pytest.fixture
def importer(app, sign_in, drain):
    return Importer(app, sign_in, drain)


ROWS = [
    ["100", "2024-05-01 23:36:34", "8", "景色が&hellip;すてき\r\n〜また来ます", "駅から遠い", "女"],
    ["100", "2024-05-02 08:00:00", "１０", "", "", "女"],
    ["101", "2024-05-02 08:00:00", "3", "特になし", "バスが少ない", "男"],
]


def test_rows_become_sheets_with_their_answers(app, importer):
    batch = importer.take(table(*ROWS))

    assert (batch.state, batch.new_count, batch.rejected_count) == (ImportState.DONE, 3, 0)
    with app.app_context():
        first = db.session.query(Response).order_by(Response.id).first()
        assert (first.respondent, first.nps, first.door, first.attributes) == (
            "100",
            8,
            Door.IMPORT,
            {"性別": "女"},
        )
        assert first.submitted_at.isoformat() == "2024-05-01T14:36:34+00:00"
        texts = {answer.question.title: answer.text for answer in first.answers if answer.text}
        assert texts == {"満足度の理由": "景色が…すてき\n〜また来ます", "不便さの内容": "駅から遠い"}
        kinds = {one.title: (one.read_as, one.asks_for.value) for one in first.survey.versions[0].questions}
        assert kinds["不便さの内容"] == (ReadAs.REASON, "complaint")


def test_the_same_file_again_or_its_twin_changes_nothing(app, importer):
    importer.take(table(*ROWS))
    with app.app_context():
        before = [(one.id, one.text) for one in db.session.query(Answer).order_by(Answer.id)]

    for twin in (table(*ROWS), table(*ROWS, encoding="cp932")):
        batch = importer.take(twin)
        assert (batch.new_count, batch.changed_count, batch.unchanged_count) == (0, 0, 3)
    with app.app_context():
        assert [(one.id, one.text) for one in db.session.query(Answer).order_by(Answer.id)] == before
        assert db.session.query(Survey).count() == 1


def test_a_corrected_row_changes_its_sheet_and_keeps_the_other_answers(app, importer):
    importer.take(table(*ROWS))
    corrected = [[*ROWS[0][:4], "駅からとても遠い", "女"], *ROWS[1:]]

    batch = importer.take(table(*corrected))

    assert (batch.changed_count, batch.unchanged_count) == (1, 2)
    with app.app_context():
        assert db.session.query(Response).count() == 3
        assert db.session.query(Answer).filter_by(text="駅からとても遠い").count() == 1


def test_another_mapping_of_the_same_file_takes_nothing_away(app, importer):
    importer.take(table(*ROWS))
    with app.app_context():
        before = {answer.id: answer.text for answer in db.session.query(Answer)}
        scores = [one.nps for one in db.session.query(Response).order_by(Response.id)]
    _, number = importer.upload(table(*ROWS))
    importer.choose(number, ["respondent", "answered_at", "", "", "text:improve", ""], {4: "wish"})
    importer.browser.post(f"/responses/imports/{number}/start")
    importer.drain()

    with app.app_context():
        after = {answer.id: answer.text for answer in db.session.query(Answer)}
        assert after == before
        assert [one.nps for one in db.session.query(Response).order_by(Response.id)] == scores
        moved = {
            one.question.read_as for one in db.session.query(Answer) if one.question.title == "不便さの内容"
        }
        assert moved == {ReadAs.IMPROVE}


def test_rows_without_a_respondent_are_told_apart_by_what_they_say_and_their_place(app, importer):
    alike = [["", "", "5", "ふつう", "", ""], ["", "", "5", "ふつう", "", ""], ["", "", "9", "よい", "", ""]]

    assert importer.take(table(*alike)).new_count == 3
    assert importer.take(table(*alike)).unchanged_count == 3


BAD = [
    (["1", "2026/2/30", "5", "a", "", ""], "2行目「回答日時」：「2026/2/30」は日付ではありません。"),
    (["1", "2026-02-03", "11", "a", "", ""], "2行目「NPS」：「11」は0から10までの点数ではありません。"),
    (
        ["1", "2026-02-03", "とても", "a", "", ""],
        "2行目「NPS」：「とても」は0から10までの点数ではありません。",
    ),
    (["1", "2026-02-03", "", "", "", ""], "推奨度もことばもありません。"),
    (["1", "2026-02-03 25:61", "5", "a", "", ""], "時刻ではありません。"),
    (["1", "2026-02-03", "5", "あ" * 4001, "", ""], "4,000文字を超えています。"),
]


@pytest.mark.parametrize(("row", "sentence"), BAD)
def test_a_bad_row_comes_back_with_its_reason_and_the_others_are_taken(importer, row, sentence):
    batch = importer.take(table(row, ROWS[0]))

    assert (batch.new_count, batch.rejected_count) == (1, 1)
    returned = importer.browser.post(f"/responses/imports/{batch.id}/rejected")
    lines = list(csv.reader(io.StringIO(returned.data.decode("utf-8-sig"))))
    assert sentence in lines[1][0]
    assert lines[1][1] == row[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\x89PNG\r\n\x1a\n" + bytes(200), ""), (b"", ""), (b"a,b\n", "見出しの行しかありません")],
)
def test_a_wrong_file_is_refused_with_a_sentence(importer, content, sentence):
    answer, _ = importer.upload(content, "x.csv")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "error-summary" in answer.text


def test_two_columns_cannot_both_be_the_score(importer):
    _, number = importer.upload(table(*ROWS))
    answer = importer.choose(number, ["nps", "nps", "text:nps", "", "", ""])
    assert answer.status_code == 422
    assert "ほかの列にも選ばれています" in answer.text


def test_columns_are_guessed_and_remembered(importer):
    _, number = importer.upload(table(*ROWS))
    page = importer.browser.get(f"/responses/imports/{number}/columns").text
    assert page.count(' selected value="text:reason"') == 1
    assert ' selected value="respondent"' in page
    importer.choose(number, ["respondent", "answered_at", "nps", "text:other", "", ""], survey="春の調査")
    importer.browser.post(f"/responses/imports/{number}/start")
    _, again = importer.upload(table(*ROWS))
    page = importer.browser.get(f"/responses/imports/{again}/columns").text
    assert "春の調査" in page
    assert ' selected value="text:other"' in page


def test_a_survey_made_here_does_not_take_foreign_sheets(app, importer):
    with app.app_context(), unit_of_work():
        db.session.add(Survey(name="自前の調査", preset="churn_b2c", created_at=factories.AT))
    _, number = importer.upload(table(*ROWS))
    importer.choose(number, ["", "", "nps", "text:nps", "", ""], survey="自前の調査")
    importer.browser.post(f"/responses/imports/{number}/start")
    importer.drain()
    with app.app_context():
        batch = db.session.get_one(ImportBatch, number)
        assert (batch.state, db.session.query(Response).count()) == (ImportState.FAILED, 0)
        assert "別の名前" in batch.problem


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT, Role.OPERATOR])
def test_only_who_edits_brings_answers_in(sign_in, role):
    assert sign_in(role).get("/responses/imports").status_code == 403


def test_a_file_of_customers_is_a_stranger_here(app, importer):
    with app.app_context(), unit_of_work():
        batch = ImportBatch(
            kind="customers",
            file_name="a.csv",
            file_hash="",
            created_at=factories.AT,
            touched_at=factories.AT,
        )
        batch.header = ["a"]
        db.session.add(batch)
    assert importer.browser.get("/responses/imports/1").status_code == 404


@pytest.mark.skipif(not FUKUI.exists(), reason="the shared survey data is not here")
def test_the_door_takes_a_real_month_and_its_twin_changes_nothing(app, tmp_path):
    mapping = tmp_path / "m.json"
    mapping.write_text(json.dumps(MAPPING), encoding="utf-8")
    assert door(app, tmp_path, "fukui_202303.csv", mapping) == {
        "new": 472,
        "changed": 0,
        "unchanged": 0,
        "rejected": 0,
    }
    twin = door(app, tmp_path, "fukui_202303_cp932_crlf.csv", mapping)
    assert twin == {"new": 0, "changed": 0, "unchanged": 472, "rejected": 0}


def door(app, folder: Path, name: str, mapping: Path):
    file = folder / name
    file.write_bytes((FUKUI / name).read_bytes())
    settings = app.extensions["settings"]
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "INSTANCE_PATH": str(settings.instance_path),
        "SECRET_KEY": settings.secret_key,
    }
    words = ["responses", "import", file, "--survey", "福井の観光", "--mapping", mapping]
    done = processes.flask(words, environment, folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
