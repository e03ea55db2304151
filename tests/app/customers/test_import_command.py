"""`flask customers import`: counts as JSON, rejected rows beside the file, one line where it cannot be."""

import json

import pytest
import sqlalchemy as sa

from app.customers.models import Customer, ImportBatch
from app.db import db
from tests.factories_customers import HANAKO, YOSHIO, csv_file

WRONG = ["K003", "佐藤", "", "2026/2/30", ""]


@pytest.fixture
def run(app, tmp_path):
    """Return a function that runs the command on a file's content."""

    def command(content, *options, name="顧客.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return app.test_cli_runner().invoke(args=["customers", "import", str(path), *options])

    return command


def stored(app, model=Customer):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_counts_stand_alone_on_standard_output_and_rejected_rows_beside_the_file(app, run, tmp_path):
    answer = run(csv_file(HANAKO, YOSHIO, WRONG, encoding="cp932"))
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 1}
    rejected = (tmp_path / "顧客.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert "4行目「登録日」：「2026/2/30」は日付ではありません。" in rejected
    again = run(csv_file(HANAKO, YOSHIO))
    assert json.loads(again.stdout) == {"new": 0, "changed": 0, "unchanged": 2, "rejected": 0}
    assert not (tmp_path / "顧客.csv.rejected.csv").exists()
    assert stored(app) == 2


def test_a_dry_run_counts_the_same_and_stores_nothing(app, run, tmp_path):
    answer = run(csv_file(HANAKO, WRONG), "--dry-run")
    assert json.loads(answer.stdout) == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 1}
    assert (tmp_path / "顧客.csv.rejected.csv").exists()
    assert (stored(app), stored(app, ImportBatch)) == (0, 0)


def test_nothing_is_written_but_the_database_and_the_rejected_file(run, tmp_path):
    run(csv_file(HANAKO))
    assert not (tmp_path / "uploads").exists()


def test_a_mapping_names_the_columns_and_what_it_does_not_know_is_ignored(app, run, tmp_path):
    mapping = {"key": "番号X", "name": "呼び名", "attributes": ["色"], "unheard_of": "番号X"}
    (tmp_path / "m.json").write_text(json.dumps(mapping))
    content = csv_file(["1", "佐藤", "青"], header=["番号X", "呼び名", "色"])
    assert json.loads(run(content, "--mapping", str(tmp_path / "m.json")).stdout)["new"] == 1
    with app.app_context():
        one = db.session.scalar(sa.select(Customer))
        assert (one.key, one.name, one.attributes) == ("1", "佐藤", {"色": "青"})


def test_purchases_come_by_the_same_command(app, run):
    run(csv_file(HANAKO))
    orders = csv_file(["K001", "O1", "2024/1/1", "1000"], header=["顧客番号", "注文番号", "注文日", "金額"])
    answer = run(orders, "--kind", "purchases", name="購入.csv")
    assert json.loads(answer.stdout) == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 0}
    with app.app_context():
        assert db.session.scalar(sa.select(Customer.yearly_revenue)) == 1000


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"\x93\xfa,\xff\xff\r\n", "名前だけ\r\n佐藤\r\n".encode(), b'a,b\r\n1,"2\r\n'],
)
def test_what_cannot_be_taken_is_told_in_one_line_with_code_2(run, content):
    answer = run(content)
    assert (answer.exit_code, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)


def test_a_missing_file_and_a_broken_mapping_are_told_in_one_line(app, run, tmp_path):
    missing = app.test_cli_runner().invoke(args=["customers", "import", str(tmp_path / "none.csv")])
    (tmp_path / "m.json").write_text("{not json")
    broken = run(csv_file(HANAKO), "--mapping", str(tmp_path / "m.json"))
    for answer in (missing, broken):
        assert (answer.exit_code, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
