"""What goes out as a file never runs, and says what it was given."""

import csv
import io
import json
import unicodedata

import openpyxl
import pytest
import sqlalchemy as sa

from app import clock
from app.accounts.models import Member
from app.backlog import exporters, queries
from app.backlog.models import BacklogItem, Decision
from app.customers.importers import rejected_path_of
from app.db import db, unit_of_work
from app.reasons.models import Reason
from app.responses.models import Answer
from tests import factories_customers

SIGNS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "＝",
    "＋",
    "－",
    "＠",
    "﹦",
    "﬩",
    "﹣",
    "\n=",
    " =",
    "　＝",
    "\ufeff=",
    "\u200b+",
)
TAILS = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://evil.example","x")',
    "SUM(A1:A9)*cmd",
    "2+5",
    "送料が高い",
    'DDE("cmd")',
    "",
)
CSV_FORMS = {"csv": "utf-8-sig", "csv-cp932": "cp932", "github": "utf-8", "jira": "utf-8", "nulab": "utf-8"}
STRANGE = (
    "👨‍👩‍👧‍👦😀",
    "髙島屋",
    "𠮷野家",
    "①㈱アサギリ",
    "﨑山",
    "～〜−－‐",
    "ﾊﾝｶｸ ｶﾞ",
    "e\u0301\u0302",
    "ヿ㍻㋿",
    "\u202e逆",
)


def runs(cell):
    """Would a spreadsheet take this cell for a formula, as it stands or once it is brought to half width?"""
    if cell.startswith(("\t", "\r", "\n")):
        return True
    begins = unicodedata.normalize("NFKC", cell).lstrip(" \t\r\n\u3000\ufeff\u200b\xa0")
    is_number = cell.replace(",", "").lstrip("+-").replace(".", "", 1).isdecimal()
    return begins.startswith(("=", "+", "-", "@")) and not is_number


def formula(rng):
    return rng.choice(SIGNS) + rng.choice(TAILS)


def write_everywhere(rng, drawn):
    """Put a drawn text into everything an export of the backlog shows."""
    for row in db.session.scalars(sa.select(BacklogItem)):
        row.title, row.owner = drawn(rng)[:200] or "x", drawn(rng)[:120]
    for row in db.session.scalars(sa.select(Decision)):
        row.why = drawn(rng)
    for row in db.session.scalars(sa.select(Reason)):
        row.label = drawn(rng)[:80] or "x"
    for row in db.session.scalars(sa.select(Member)):
        row.name = drawn(rng)[:120] or "x"
    for row in db.session.scalars(sa.select(Answer).where(Answer.text != "").limit(400)):
        row.text = (drawn(rng) + row.text)[: len(row.text)]
    db.session.flush()


def backlog():
    survey = queries.surveys_with_voices()[0]
    return queries.ranked_items(survey.id, clock.today(), with_mended=True)


def cells_of(form, content):
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    return [
        cell for row in csv.reader(io.StringIO(content.decode(CSV_FORMS[form]), newline="")) for cell in row
    ]


@pytest.mark.promise("10", "exports: no cell a spreadsheet would run")
def test_no_cell_of_the_backlog_runs_in_a_spreadsheet(demo, rng, tried):
    count = 0
    with demo.test_request_context():
        while count < 10_000:
            write_everywhere(rng, formula)
            ranked = backlog()
            for form in (*CSV_FORMS, "xlsx"):
                cells = cells_of(form, exporters.export(form, ranked, clock.now()).content)
                if form == "xlsx":
                    assert [c.coordinate for c in cells if c.data_type not in ("s", "n")] == []
                    cells = [str(cell.value) for cell in cells if cell.data_type == "s"]
                assert [cell for cell in cells if runs(cell)] == [], form
                count += len(cells)
    tried(f"{count:,} cells of six forms", zeros=count)


@pytest.mark.promise("10", "rejected rows: neither headers nor cells run")
def test_no_cell_of_a_rejected_file_runs_either(app, rng, trials, tried):
    count = 0
    for _round in range(trials(100)):
        header = ["顧客番号", "登録日", *[formula(rng) + str(n) for n in range(6)]]
        rows = [[formula(rng), "2026/2/30", *[formula(rng) for _cell in range(6)]] for _row in range(10)]
        with app.app_context():
            path = rejected_path_of(
                factories_customers.imported(factories_customers.csv_file(*rows, header=header))
            )
            cells = [cell for row in csv.reader(path.open(encoding="utf-8-sig", newline="")) for cell in row]
        assert [cell for cell in cells if runs(cell)] == []
        count += len(cells)
    tried(f"{count:,} cells of rejected files", zeros=count)


@pytest.mark.promise("17b", "strange but honest characters survive every way out")
def test_strange_characters_survive_or_their_loss_is_named_before(demo, administrator, tried):
    title = " ".join(STRANGE)
    with demo.test_request_context():
        with unit_of_work():
            item = db.session.scalars(sa.select(BacklogItem).order_by(BacklogItem.id)).first()
            item.title = title
        ranked = backlog()
        found = {
            form: exporters.export(form, ranked, clock.now()).content
            for form in ("csv", "xlsx", "json", "csv-cp932")
        }
        losses = {sign for loss in exporters.cp932_losses(exporters.table_of(ranked)) for sign in loss.signs}
        item_id = item.id
    assert title in administrator.get(f"/backlog/{item_id}").text
    assert title in cells_of("csv", found["csv"])
    assert title in [cell.value for cell in cells_of("xlsx", found["xlsx"])]
    assert title in [row["title"] for row in json.loads(found["json"])]
    kept = next(cell for cell in cells_of("csv-cp932", found["csv-cp932"]) if "島屋" in cell)
    gone = {sign for given, shown in zip(title, kept, strict=True) if given != shown for sign in given}
    assert gone <= losses
    tried(f"{len(STRANGE)} kinds of characters: page, CSV, XLSX, JSON; CP932 names {len(gone)} losses")
