"""`flask --app wsgi customers import FILE [--mapping M.json] [--dry-run]`."""

import io
import json

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from app.config import ROOT
from app.customers.models import Customer
from app.db import db
from tests.doors.conftest import refused
from tests.factories_customers import HANAKO, HEADER, YOSHIO, csv_file

WRONG = ["K003", "佐藤", "", "2026/2/30", ""]
BOTH = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)


def counts(new=0, changed=0, unchanged=0, rejected=0):
    return {"new": new, "changed": changed, "unchanged": unchanged, "rejected": rejected}


@BOTH
def test_counts_come_as_json_and_rejected_rows_beside_the_file(house):
    file = house.write("顧客.csv", csv_file(HANAKO, YOSHIO, WRONG, encoding="cp932"))
    answer = house.door("customers", "import", file)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == counts(new=2, rejected=1)
    assert answer.stderr.split() == ["3"]  # how far it is
    rejected = (house.folder / "顧客.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert "4行目「登録日」：「2026/2/30」は日付ではありません。" in rejected
    assert house.counts()["customer"] == 2


def test_the_same_rows_in_another_encoding_or_a_workbook_change_nothing(house):
    book = Workbook()
    for row in (HEADER, HANAKO, YOSHIO):
        book.active.append(row)
    workbook = io.BytesIO()
    book.save(workbook)
    first = house.write("a.csv", csv_file(HANAKO, YOSHIO, encoding="utf-8-sig"))
    assert json.loads(house.door("customers", "import", first).stdout) == counts(new=2)
    for name, content in {
        "b.csv": csv_file(HANAKO, YOSHIO, encoding="cp932"),
        "c.xlsx": workbook.getvalue(),
    }.items():
        answer = house.door("customers", "import", house.write(name, content))
        assert json.loads(answer.stdout) == counts(unchanged=2), name


@BOTH
def test_a_dry_run_counts_and_changes_nothing(house):
    file = house.write("a.csv", csv_file(HANAKO, WRONG))
    before = house.counts()
    answer = house.door("customers", "import", file, "--dry-run")
    assert json.loads(answer.stdout) == counts(new=1, rejected=1)
    assert house.counts() == before


def test_a_mapping_names_the_columns_and_what_it_does_not_know_is_ignored(house):
    mapping = {"key": "番号X", "name": "呼び名", "attributes": ["色"], "unheard_of": "番号X"}
    file = house.write("a.csv", csv_file(["1", "佐藤", "青"], header=["番号X", "呼び名", "色"]))
    chosen = house.write("m.json", json.dumps(mapping))
    answer = house.door("customers", "import", file, "--mapping", chosen)
    assert json.loads(answer.stdout) == counts(new=1)
    with house.app.app_context():
        one = db.session.scalar(sa.select(Customer))
        assert (one.key, one.name, one.attributes) == ("1", "佐藤", {"色": "青"})


def test_whatever_is_wrong_is_one_line_and_code_2(house):
    assert "none.csv" in refused(house.door("customers", "import", house.folder / "none.csv"))
    assert "FILE" in refused(house.door("customers", "import"))
    assert "imprt" in refused(house.door("customers", "imprt"))


def test_a_database_nobody_migrated_is_one_line_and_code_2(house):
    empty = f"sqlite:///{house.folder / 'empty.db'}"
    file = house.write("a.csv", csv_file(HANAKO))
    assert "import_batch" in refused(
        type(house)(house.app, empty, house.folder).door("customers", "import", file)
    )


def test_nothing_is_written_but_the_database_and_what_belongs_to_it(house):
    homes = [folder for folder in (ROOT, ROOT / "instance") if folder.exists()]
    before = [sorted(one.name for one in folder.iterdir()) for folder in homes]
    file = house.write("a.csv", csv_file(HANAKO))
    assert house.door("customers", "import", file).returncode == 0
    assert [sorted(one.name for one in folder.iterdir()) for folder in homes] == before
    names = {one.name for one in house.folder.iterdir()}
    assert names <= {"a.csv", "okaeri.db", "okaeri.db-wal", "okaeri.db-shm", "okaeri.db.files", "own"}
