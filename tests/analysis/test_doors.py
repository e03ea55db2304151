"""The commands that other people's scripts rely on."""

import json

import pytest

from analysis.__main__ import main


def lines(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def ask(tmp_path):
    """Write rows, open a door, read what comes out."""

    def run(door: str, rows: list, *options: str):
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        assert main([door, str(source), str(target), *options]) == 0
        return lines(target)

    return run


def test_reasons_come_in_the_order_of_the_rows_with_their_grounds(ask):
    rows = ask(
        "reasons",
        [
            {"id": "a", "text": "値段が高い", "extra": [1]},
            {"id": "b", "text": "エクセル", "question": "current"},
            {"id": "c", "text": "特になし", "question": None},
        ],
    )
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert [row["reasons"][0]["code"] for row in rows] == ["price", "competitor", "none"]
    assert rows[0]["clauses"][0] == rows[0]["clauses"][0] | {
        "start": 0,
        "end": 5,
        "text": "値段が高い",
        "codes": ["price"],
    }
    assert rows[0]["clauses"][0]["because"]
    assert set(rows[0]) == {"id", "reasons", "probabilities", "confidence", "polarity", "clauses"}


def test_substance_that_no_code_covers_is_marked(ask):
    row = ask("reasons", [{"id": 1, "text": "台風の季節で"}])[0]
    assert (row["reasons"] == []) == row.get("unexplained", False)


def test_peoples_decisions_and_own_codes_change_the_reading(ask, tmp_path):
    coded = tmp_path / "coded.jsonl"
    words = ["駐車場が狭い", "駐車場が満車", "駐車場がない", "駐車場が遠い", "駐車場が少ない"]
    coded.write_text(
        "".join(
            json.dumps({"id": i, "text": text, "labels": ["parking"]}) + "\n" for i, text in enumerate(words)
        ),
        encoding="utf-8",
    )
    own = tmp_path / "codes.json"
    own.write_text(
        json.dumps([{"code": "pets", "name": "ペット同伴", "definition": "", "examples": ["犬と入れない"]}])
    )
    rows = ask("reasons", [{"id": 1, "text": "駐車場がいっぱい"}], "--train", str(coded), "--codes", str(own))
    assert rows[0]["reasons"][0]["code"] == "parking"
    assert "pets" in rows[0]["probabilities"]


def test_every_row_is_told_its_theme(ask, tmp_path):
    texts = [
        "駐車場が狭い",
        "駐車場が少ない",
        "駐車場がいつも満車",
        "駐車場に入れない",
        "昔の彼氏と行った",
        "特になし",
    ]
    rows = ask("themes", [{"id": f"r{i}", "text": text} for i, text in enumerate(texts)], "--all")
    themes = json.loads((tmp_path / "out.jsonl.themes.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in rows] == [f"r{i}" for i in range(6)]
    assert [row["theme"] for row in rows] == [themes[0]["theme"]] * 4 + [None, None]
    assert themes[0]["size"] == 4
    assert "駐車場" in themes[0]["name"]
    assert set(themes[0]["quotes"]) <= {"r0", "r1", "r2", "r3"}


def test_without_all_only_what_no_reason_explains_forms_themes(ask):
    rows = [
        {"id": i, "text": text}
        for i, text in enumerate(["値段が高い", "値段が高すぎる", "とにかく値段が高い"])
    ]
    assert {row["theme"] for row in ask("themes", rows)} == {None}


def test_rows_with_the_same_id_keep_their_own_theme(ask):
    texts = ["駐車場が狭い", "駐車場が少ない", "昔の彼氏と行った"]
    rows = ask("themes", [{"id": "same", "text": text} for text in texts], "--all")
    assert [row["theme"] is None for row in rows] == [False, False, True]


def test_tokens_show_surface_lemma_and_part_of_speech(ask):
    tokens = ask("tokens", [{"id": "1", "text": "コスパが　ﾜﾙｲ髙橋"}])[0]["tokens"]
    assert [token["surface"] for token in tokens][:2] == ["コスパ", "が"]
    assert tokens[0] == {"surface": "コスパ", "lemma": "コスパ", "pos": "名詞"}
    assert tokens[-1]["lemma"] == "髙橋"


@pytest.mark.parametrize(
    "content",
    [
        b"not json\n",
        b'{"id": 1}\n',
        b'{"id": 1, "text": null}\n',
        b"[1, 2]\n",
        "値段".encode("cp932"),
        b'{"id": 1, "text": "\xff"}\n',
    ],
)
def test_bad_input_is_one_line_and_exit_2(tmp_path, capsys, content):
    source = tmp_path / "in.jsonl"
    source.write_bytes(content)
    assert main(["reasons", str(source), str(tmp_path / "out.jsonl")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "in.jsonl" in said.err


@pytest.mark.parametrize(
    "fault", [{"labels": [""]}, {"labels": ["price", "none"]}, {"labels": [5]}, {"labels": [], "question": 5}]
)
def test_decisions_that_make_no_sense_are_named_by_their_line(tmp_path, capsys, fault):
    (tmp_path / "in.jsonl").write_text("")
    rows = [{"text": "高い", "labels": ["price", "price"]}, {"text": "遠い"} | fault]
    (tmp_path / "said.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = ["reasons", str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl")]
    assert main([*asked, "--train", str(tmp_path / "said.jsonl")]) == 2
    assert "said.jsonl:2" in capsys.readouterr().err


def test_ids_come_back_as_they_were_given(ask):
    assert [
        row["id"] for row in ask("reasons", [{"id": 7, "text": "高い"}, {"id": "b", "text": "遠い"}])
    ] == [7, "b"]


def test_a_missing_file_and_a_bad_list_of_codes_are_one_line_and_exit_2(tmp_path, capsys):
    assert main(["tokens", str(tmp_path / "none.jsonl"), str(tmp_path / "out.jsonl")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    source, own = tmp_path / "in.jsonl", tmp_path / "codes.json"
    source.write_text("")
    own.write_text('{"code": "x"}')
    assert main(["reasons", str(source), str(tmp_path / "out.jsonl"), "--codes", str(own)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_wrong_command_is_one_line_and_exit_2(capsys):
    for wrong in ([], ["reasons"], ["nothing", "a", "b"]):
        with pytest.raises(SystemExit) as ended:
            main(wrong)
        assert ended.value.code == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_the_door_of_priorities_refuses_in_one_line_too(tmp_path, capsys):
    (tmp_path / "in.json").write_text("[]")
    assert main(["priority", str(tmp_path / "in.json"), str(tmp_path / "out.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_empty_file_gives_an_empty_file(ask):
    assert ask("reasons", []) == []
    assert ask("themes", []) == []
