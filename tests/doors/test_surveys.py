"""`flask --app wsgi surveys import FILE.json` and `surveys export ID`."""

import json

import pytest

from app.db import unit_of_work
from tests import factories_surveys
from tests.doors.conftest import refused

THEIRS = {
    "title": {"ja": "退会のアンケート", "en": "Leaving"},
    "showProgressBar": True,
    "pages": [
        {
            "name": "first",
            "elements": [
                {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "isRequired": True},
                {"type": "checkbox", "name": "why", "choices": ["price", "support"], "showOtherItem": True},
                {"type": "matrix", "name": "grid", "columns": ["a"], "rows": ["r"]},
            ],
        },
        {
            "name": "second",
            "visibleIf": "{nps} <= 6 and !({why} anyof ['support'])",
            "elements": [
                {"type": "comment", "name": "more", "visibleIf": "{why} contains 'price'"},
                {"type": "text", "name": "mail", "visibleIf": "age({nps}) > 1"},
            ],
        },
    ],
}


@pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
def test_a_survey_of_another_tool_becomes_a_draft_and_what_could_not_be_taken_is_listed(house):
    answer = house.door("surveys", "import", house.write("theirs.json", json.dumps(THEIRS)))
    assert (answer.returncode, answer.stderr) == (0, "")
    found = json.loads(answer.stdout)
    assert {(one["where"], one["what"]) for one in found["not_taken"]} == {
        ("", "title"), ("", "showProgressBar"), ("grid", "type"), ("mail", "visibleIf")
    }  # fmt: skip
    assert all(one["why"] for one in found["not_taken"])
    out = json.loads(house.door("surveys", "export", str(found["id"])).stdout)
    assert out["title"] == "退会のアンケート"
    questions = {one["name"]: one for page in out["pages"] for one in page["elements"]}
    assert list(questions) == ["nps", "why", "more", "mail"]
    assert out["pages"][1]["visibleIf"] == "{nps} <= 6 and {why} noneof ['support']"
    assert questions["more"]["visibleIf"] == "{why} contains 'price'"
    assert "visibleIf" not in questions["mail"]
    assert questions["why"]["choices"][-1] == {"value": "other", "text": "その他", "showCommentArea": True}


def test_what_was_written_out_comes_in_again_whole(house):
    with house.app.app_context(), unit_of_work():
        number = factories_surveys.survey("churn_b2c").id
    first = house.door("surveys", "export", str(number))
    assert (first.returncode, first.stderr) == (0, "")
    taken = json.loads(house.door("surveys", "import", house.write("ours.json", first.stdout)).stdout)
    assert taken["not_taken"] == []
    assert taken["id"] != number
    assert house.door("surveys", "export", str(taken["id"])).stdout == first.stdout


def test_whatever_is_wrong_is_one_line_and_code_2(house):
    broken = house.write("wrong.json", '{"pages": NaN}')
    assert "wrong.json" in refused(house.door("surveys", "import", broken))
    assert "ない.json" in refused(house.door("surveys", "import", house.folder / "ない.json"))
    assert "999" in refused(house.door("surveys", "export", "999"))
    assert house.counts()["survey"] == 0


WALKED = {
    "pages": [
        {
            "elements": [
                {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10},
                {"type": "boolean", "name": "again"},
                {
                    "type": "checkbox",
                    "name": "why",
                    "choices": ["price", "support"],
                    "visibleIf": "{nps} <= 6",
                },
                {"type": "comment", "name": "against what", "visibleIf": "{why} contains 'PRICE'"},
            ]
        },
        {
            "visibleIf": "{again} = false or {nps} > 8",
            "elements": [
                {"type": "text", "name": "more", "visibleIf": "!({why} anyof ['support'])"},
                {"type": "text", "name": "years", "inputType": "number"},
                {"type": "text", "name": "long", "visibleIf": "{years} >= '10'"},
            ],
        },
    ]
}


def rehearsed(house, *answers):
    """The rows the door gives for these respondents."""
    cases = [{"id": n, "survey": WALKED, "answers": one} for n, one in enumerate(answers)]
    given = house.write("cases.jsonl", "".join(json.dumps(one) + "\n" for one in cases))
    done = house.door("surveys", "rehearse", given, house.folder / "out.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in (house.folder / "out.jsonl").read_text("utf-8").splitlines()]


def test_a_respondent_walks_top_down_and_what_is_hidden_holds_no_value(house):
    unhappy = {
        "nps": 0,
        "again": False,
        "why": ["price"],
        "against what": "よその店",
        "years": "12",
        "long": "はい",
    }
    happy = {"nps": 9, "again": True, "why": ["price"], "against what": "残っていた答え", "more": ""}
    silent = {}
    assert rehearsed(house, unhappy, happy, silent) == [
        {
            "id": 0,
            "visible": ["nps", "again", "why", "against what", "more", "years", "long"],
            "stored": unhappy,
        },
        {"id": 1, "visible": ["nps", "again", "more", "years"], "stored": {"nps": 9, "again": True}},
        {"id": 2, "visible": ["nps", "again"], "stored": {}},
    ]


def test_a_rehearsal_that_cannot_be_read_names_the_line_and_writes_nothing(house):
    good = json.dumps({"id": "a", "survey": WALKED, "answers": {}})
    for bad in (
        '{"id": "b"',
        '{"id": "b", "survey": {}, "answers": {}}',
        '{"id": "b", "survey": {"pages": []}}',
    ):
        given = house.write("cases.jsonl", f"{good}\n\n{bad}\n")
        assert "3行目" in refused(house.door("surveys", "rehearse", given, house.folder / "out.jsonl"))
    assert not (house.folder / "out.jsonl").exists()
