"""A file is read for certain or refused with a sentence; its rows keep the numbers a spreadsheet shows."""

import io
import zipfile
from datetime import date

import pytest

from app.customers.tables import csv_lines, disarm, read_table
from app.errors import BadInput
from tests.factories_customers import HANAKO, HEADER, YOSHIO, csv_file, workbook

pytestmark = pytest.mark.usefixtures("context")


def read(content, name="顧客.csv"):
    table = read_table(content, name)
    return table.encoding, table.header, list(table.rows)


def refusal(content, name="顧客.csv"):
    with pytest.raises(BadInput) as refused:
        read(content, name)
    return refused.value.sentence


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_the_same_table_is_read_from_each_encoding(encoding):
    assert read(csv_file(HANAKO, YOSHIO, encoding=encoding)) == (encoding, HEADER, [HANAKO, YOSHIO])


@pytest.mark.parametrize("encoding", ["euc_jp", "iso2022_jp", "utf-16-le"])
def test_what_only_another_encoding_can_hold_is_refused_and_never_shown_as_garbage(encoding):
    content = "a,b\r\n1,あいうえお\r\n".encode(encoding)
    assert "文字コードを確かめられません" in refusal(content)


@pytest.mark.parametrize("text", ["さとう", "東京", "カタカナ"])
def test_utf_8_that_was_cut_short_is_not_taken_for_cp932(text):
    cut = f"番号,名前\r\n1,{text}".encode()[:-1]
    cut.decode("cp932")
    assert "文字コードを確かめられません" in refusal(cut)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_a_no_break_space_is_text_in_utf_8_and_none_in_cp932(encoding):
    rows = [["K1", "山本\xa0花子"]]
    assert read(csv_file(*rows, header=["番号", "氏名"], encoding=encoding))[2] == rows
    assert "文字コード" in refusal("番号,氏名\r\nK1,山本".encode("cp932") + b"\xa0\r\n")


def test_tabs_line_breaks_in_cells_and_blank_rows_keep_their_places():
    content = '顧客番号\t氏名\r\nK1\t"上\n下"\r\n\r\n\t\r\nK2\t佐藤\r\n\t\r\n'.encode()
    assert read(content)[2] == [["K1", "上\n下"], [], [], ["K2", "佐藤"]]


def test_columns_without_a_name_of_their_own_get_one():
    assert read("氏名,氏名,\r\n1,2,3\r\n".encode())[1] == ["氏名", "氏名（2）", "列3"]


def test_an_open_quotation_mark_is_told_with_its_row():
    assert "2行目のあと" in refusal('顧客番号,氏名\r\nK1,佐藤\r\nK2,"鈴木\r\nK3,田中\r\n'.encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空のファイル"),
        (b"\r\n1,2\r\n", "列の見出しがありません"),
        (b"%PDF-1.7 ...", "表のファイルではありません"),
        (b"\x89PNG\r\n\x1a\n", "表のファイルではありません"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "古い形式か、パスワード付き"),
        ("顧客".encode("utf-16"), "UTF-16"),
        (b"a,b\x00\r\n1,2\r\n", "文字コード"),
        (b",".join(b"c%d" % n for n in range(201)) + b"\r\n", "200列まで"),
        (b"PK\x03\x04 broken", "このブックは開けません"),
    ],
)
def test_other_files_are_refused_in_words(content, words):
    assert words in refusal(content)


def test_a_millionth_row_too_many_is_refused():
    assert "1,000,000行" in refusal(b"a\r\n" + b"1\r\n" * 1_000_001)


def test_a_workbook_is_read_as_people_see_it():
    content = workbook(
        ["顧客番号", "登録日", "同意"], [17850.0, date(2026, 2, 3), True], [], ["0012", None, ""]
    )
    assert read(content, "顧客.xlsx") == (
        "xlsx",
        ["顧客番号", "登録日", "同意"],
        [["17850", "2026-02-03", "TRUE"], [], ["0012", "", ""]],
    )


def test_a_workbook_that_unpacks_to_more_than_200_mb_is_refused_before_it_is_unpacked():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 2**20))
    assert "大きすぎます" in refusal(bomb.getvalue(), "顧客.xlsx")


def test_a_small_workbook_whose_one_text_fills_a_table_of_more_than_200_mb_is_refused():
    with zipfile.ZipFile(io.BytesIO(workbook(["顧客番号"]))) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    row = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    kept["xl/sharedStrings.xml"] = f"<sst {main}><si><t>{'あ' * 32_000}</t></si></sst>".encode()
    kept["xl/worksheets/sheet1.xml"] = (
        f"<worksheet {main}><sheetData>{row * 25}</sheetData></worksheet>".encode()
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    kept["[Content_Types].xml"] = kept["[Content_Types].xml"].replace(b"</Types>", part.encode())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    assert len(bomb.getvalue()) < 2**20
    assert "大きすぎます" in refusal(bomb.getvalue(), "顧客.xlsx")


@pytest.mark.parametrize("cell", ["=1+1", "＝1+1", "+81 90", "-2+3", "@SUM(A1)", "＠x", "\t=1", " =1"])
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_and_comes_back_as_it_was(cell):
    assert disarm(cell) == f"'{cell}"
    assert read(csv_lines([["a", "b"], ["x", cell]]))[2] == [["x", cell]]


@pytest.mark.parametrize("cell", ["-500", "+3", "1,280", "普通の文", "", "'quoted'"])
def test_harmless_cells_stay_as_they_are(cell):
    assert disarm(cell) == cell
