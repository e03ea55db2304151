"""`flask --app wsgi responses import FILE --survey NAME --mapping M.json [--wait]`."""

import csv
import io
import json

import pytest
import sqlalchemy as sa
from huey import SqliteHuey

from app.db import db
from app.responses.models import Answer
from tests.doors.conftest import refused

HEADER = ["会員", "日時", "点", "理由", "性別"]
ROWS = [
    ["A1", "2026/11/01 10:00", "9", "値段が高い〜と感じた", "女性"],
    ["A2", "2026年11月2日", "３", "店員さんの対応が悪かった", "男性"],
    ["A3", "2026/11/03", "11", "", ""],
]
MAPPING = {
    "respondent": "会員",
    "answered_at": "日時",
    "nps": "点",
    "texts": [{"col": "理由", "question": "reason", "color": "red"}],
    "attributes": ["性別"],
    "unheard_of": 1,
}
KEYLESS = {"texts": [{"col": "理由", "question": "reason"}]}


def sheet(rows=ROWS, encoding="utf-8"):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue().replace("〜", "～" if encoding == "cp932" else "〜").encode(encoding)


def taken(answer):
    assert answer.returncode == 0, answer.stderr
    return list(json.loads(answer.stdout).values())


@pytest.fixture
def take(house):
    """Return a function that imports a file under a mapping."""

    def run(content, mapping, *options, survey="去年の調査"):
        file = house.write("前の調査.csv", content)
        chosen = house.write("m.json", json.dumps(mapping))
        return house.door("responses", "import", file, "--survey", survey, "--mapping", chosen, *options)

    return run


@pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
def test_answers_come_in_once_and_their_reading_is_done_before_it_returns(house, take):
    first = take(sheet(), MAPPING, "--wait")
    assert taken(first) == [2, 0, 0, 1]
    assert list(json.loads(first.stdout)) == ["new", "changed", "unchanged", "rejected"]
    assert (house.counts()["response"], house.counts()["reading"]) == (2, 2)
    assert "「11」は0から10までの点数ではありません。" in (
        house.folder / "前の調査.csv.rejected.csv"
    ).read_text(encoding="utf-8-sig")
    assert taken(take(sheet(encoding="cp932"), MAPPING)) == [0, 0, 2, 1]
    assert house.counts()["response"] == 2


def test_without_a_key_a_row_is_known_by_what_it_says_and_its_place_among_equals(house, take):
    rows = [ROWS[0], ROWS[0], ROWS[1]]
    assert taken(take(sheet(rows), KEYLESS)) == [3, 0, 0, 0]
    assert taken(take(sheet(rows, "cp932"), KEYLESS)) == [0, 0, 3, 0]
    assert taken(take(sheet([*rows, ROWS[0]]), KEYLESS)) == [1, 0, 3, 0]


def test_without_waiting_the_reading_is_queued_beside_the_database(house, take):
    assert taken(take(sheet(), MAPPING)) == [2, 0, 0, 1]
    assert house.counts()["reading"] == 0
    queue = SqliteHuey("okaeri", filename=str(house.folder / "okaeri.db.files/queue.db"))
    assert queue.pending_count() > 0
    with house.app.app_context():
        assert set(db.session.scalars(sa.select(Answer.text))) >= {ROWS[0][3], ROWS[1][3]}


def test_whatever_is_wrong_is_one_line_and_code_2(house, take):
    wrong = {"texts": [{"col": "ない列", "question": "reason"}]}
    assert "ない列" in refused(take(sheet(), wrong))
    file = house.write("a.csv", sheet())
    assert "--mapping" in refused(house.door("responses", "import", file, "--survey", "x"))
    assert house.counts()["response"] == 0
