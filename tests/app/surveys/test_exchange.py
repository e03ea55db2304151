"""Surveys as SurveyJS JSON: branching means the same on both sides, and what is written comes back whole."""

import contextlib
import io
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.models import Role
from app.db import db
from app.errors import BadInput
from app.surveys import services
from app.surveys.compiled import compile_version
from app.surveys.conditions import Condition
from app.surveys.exchange import read_definition
from app.surveys.exchange.expressions import Unreadable, parsed
from app.surveys.exchange.rules import expression_of, rule_of
from app.surveys.models import Question, QuestionKind, ReadAs, Survey, SurveyVersion
from app.surveys.presets import PRESETS
from app.surveys.telling import rule_in_words
from app.surveys.wording import condition_in_words
from tests.factories import AT

SEVERAL = {"a": False, "b": False, "c": True, "お名前": False}


def holds(expression, **answers):
    return Condition(rule_of(expression, SEVERAL)).holds(answers)


# Each line was asked of survey-core 3.1.1 (ConditionRunner), which gave the same answer.
@pytest.mark.parametrize(
    ("expression", "answers", "met"),
    [
        ("{a} = 'x'", {"a": "X"}, True),
        ("{a} = 1", {"a": "1"}, True),
        ("{a} = 1", {}, False),
        ("{a} <> 1", {}, True),
        ("{a} != 1", {"a": 1}, False),
        ("{a} >= 3", {"a": "10"}, True),
        ("{a} >= '3'", {"a": 10}, True),
        ("{a} < 5", {}, False),
        ("{a} <= 0", {"a": 0}, True),
        ("{a} > 'b'", {"a": "C"}, False),
        ("{a} < '2026-01-01'", {"a": "2025-12-31"}, True),
        ("{a} > 3", {"a": "abc"}, False),
        ("{a} > '3'", {"a": "abc"}, True),
        ("5 < {a}", {"a": 6}, True),
        ("{A} = 1", {"a": 1}, True),
        ("{a} empty", {"a": 0}, False),
        ("{a} notempty", {"a": False}, True),
        ("{a} = false", {"a": False}, True),
        ("{a} = false", {}, False),
        ("{a} = ''", {}, True),
        ("{a}", {"a": 0}, False),
        ("!{a}", {}, True),
        ("{a} contains 'B'", {"a": "abc"}, True),
        ("{a} notcontains 'b'", {}, True),
        ("{a} anyof [1, 2]", {"a": 2}, True),
        ("{a} anyof [1, 2]", {}, False),
        ("{a} noneof [1]", {}, True),
        ("['x', 'y'] contains {a}", {"a": "y"}, True),
        ("{c} contains 'x'", {"c": ["y", "x"]}, True),
        ("{c} notcontains 'x'", {"c": ["y", "x"]}, False),
        ("{c} notcontains 'x'", {}, True),
        ("{c} contains ['x', 'y']", {"c": ["x"]}, False),
        ("{c} notcontains ['x', 'y']", {"c": ["x"]}, True),
        ("{c} anyof ['x', 'z']", {"c": ["x", "y"]}, True),
        ("{c} allof ['x', 'y']", {"c": ["y", "x", "z"]}, True),
        ("{c} allof ['x', 'y']", {}, False),
        ("{c} = ['y', 'x']", {"c": ["x", "y"]}, True),
        ("{c} = 'x'", {"c": ["x"]}, False),
        ("{a} = 1 or {b} = 1 and {b} = 2", {"a": 1}, True),
        ("({a} = 1 or {b} = 1) and {b} = 2", {"a": 1}, False),
        ("{a} empty && !({b} = 2 || {b} = 4)", {"b": 3}, True),
        ("NEGATE ({a} EQUAL 1) AND {b} GreaterOrEqual 2", {"a": 2, "b": 2}, True),
    ],
)
def test_an_expression_means_here_what_it_means_there(expression, answers, met):
    assert holds(expression, **answers) is met
    again = expression_of(rule_of(expression, SEVERAL), SEVERAL)
    assert holds(again, **answers) is met
    assert expression_of(rule_of(again, SEVERAL), SEVERAL) == again


@pytest.mark.parametrize(
    "expression",
    [
        "", "{a", "{a} =", "= 1", "({a} = 1", "{a} = 1)", "{a} = 1 {b} = 2", "{a} + 1 > 2", "age({a}) > 18", "{a} = {b}",
        "{d} = 1", "{a.x} = 1", "!{a} = 1", "{a} anyof 'abc'", "{a} > [1]", "{a} = 1 ''", "(" * 5000 + "{a}", "!" * 5000 + "{a}",
        "{a} like 1", "あ = 1",
    ],
)  # fmt: skip
def test_what_no_condition_can_say_is_refused_and_not_guessed(expression):
    with pytest.raises(Unreadable):
        rule_of(expression, SEVERAL)


@given(st.text(alphabet=string.printable + "お{}'", max_size=60))
def test_no_text_whatsoever_breaks_the_reader(text):
    with contextlib.suppress(Unreadable):
        parsed(text)


values = st.one_of(
    st.integers(-9, 99),
    st.booleans(),
    st.text("ab'\"お ", min_size=1, max_size=4).map(str.strip).filter(bool),
)
leaves = st.one_of(
    st.builds(lambda q, op, v: {"question": q, "is": op, "value": v}, st.sampled_from("ab"),
              st.sampled_from(["is", "is_not", "above", "below", "at_least", "at_most", "contains"]), values),
    st.builds(lambda op, v: {"question": "c", "is": op, "value": v}, st.sampled_from(["any_of", "all_of", "exactly"]),
              st.lists(values, min_size=1, max_size=3)),
    st.builds(lambda q: {"question": q, "is": "answered"}, st.sampled_from("abc")),
)  # fmt: skip
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda group, parts: {group: parts}, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)  # fmt: skip


@given(rules, st.dictionaries(st.sampled_from("ab"), values), st.lists(values, max_size=3))
def test_a_rule_that_is_written_and_read_again_holds_for_the_same_answers(rule, answers, several):
    given_answers = {**answers, "c": several}
    written = expression_of(rule, SEVERAL)
    assert holds(written, **given_answers) is Condition(rule).holds(given_answers)


def drafted(definition):
    """A definition as a survey, not stored."""
    read = read_definition(definition)
    version = SurveyVersion(number=1, questions=[Question(**fields) for fields in read.questions])
    return compile_version(version), {(one.where, one.what) for one in read.leftovers}


def test_a_condition_of_a_page_or_a_panel_is_that_of_each_question_in_it():
    version, left = drafted({"pages": [
        {"name": "p1", "elements": [{"type": "rating", "name": "q1"}]},
        {"name": "p2", "visibleIf": "{q1} > 2", "elements": [
            {"type": "panel", "name": "in", "visibleIf": "{q1} < 5", "elements": [{"type": "text", "name": "q2"}]},
            {"type": "text", "name": "q3"},
        ]},
    ]})  # fmt: skip
    assert left == set()
    assert [q.code for q in version.visible({"q1": 3})] == ["q1", "q2", "q3"]
    assert [q.code for q in version.visible({"q1": 5})] == ["q1", "q3"]
    assert [q.code for q in version.visible({})] == ["q1"]


def test_each_type_becomes_the_kind_that_says_the_same():
    version, left = drafted({"elements": [
        {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "minRateDescription": "いいえ"},
        {"type": "rating", "name": "scale", "rateCount": 7},
        {"type": "rating", "name": "steps", "rateMin": 0, "rateMax": 4},
        {"type": "dropdown", "name": "one", "choices": [1, {"value": True, "text": "はい"}, "三"]},
        {"type": "tagbox", "name": "many", "choices": ["x", {"value": "n", "isExclusive": True}], "hasNone": True},
        {"type": "text", "name": "count", "inputType": "number", "min": 1, "max": "9"},
        {"type": "text", "name": "day", "inputType": "date"},
        {"type": "text", "name": "short"},
        {"type": "comment", "name": "long", "title": {"en": "Why", "default": "なぜ"}},
        {"type": "boolean", "name": "agree", "label": "はい"},
        {"type": "html", "name": "note", "html": "<h1>お願い</h1>つづき<br>です&amp;<script>x()</script>"},
    ]})  # fmt: skip
    kinds = {one.code: one.kind.value for one in version.questions}
    assert kinds == {
        "nps": "nps", "scale": "scale", "steps": "single", "one": "single", "many": "multiple", "count": "number",
        "day": "date", "short": "text", "long": "text", "agree": "consent", "note": "statement",
    }  # fmt: skip
    assert left == {("steps", "rateValues"), ("long", "title"), ("note", "html")}
    assert version.question("scale").settings["points"] == 7
    assert [one.code for one in version.question("one").choices] == ["1", "true", "三"]
    assert [one.exclusive for one in version.question("many").choices] == [False, True, True]
    assert version.question("count").settings == {"lowest": 1, "highest": 9}
    assert version.question("long").title == "なぜ"
    assert version.question("long").read_as is ReadAs.OTHER
    assert (version.question("note").title, version.question("note").help) == ("お願い", "つづき\nです&")


def test_whatever_is_left_out_is_listed():
    _version, left = drafted({
        "title": "x", "logo": "y", "triggers": [{"type": "skip"}], "sjsVersion": "3", "widthMode": "",
        "pages": [{"name": "p", "description": "d", "elements": [
            {"type": "signaturepad", "name": "s"},
            {"type": "text", "name": "t", "validators": [{}], "defaultValue": "z", "inputType": "email", "visible": False},
            {"type": "checkbox", "name": "c", "choices": [{"value": "v", "imageLink": "i"}, {"text": "no value"}], "choicesOrder": "asc"},
            {"type": "radiogroup", "name": "c d", "title": "{t}さんへ", "choicesByUrl": {"url": "u"}},
            "nonsense",
        ]}],
    })  # fmt: skip
    assert left == {
        ("", "logo"), ("", "triggers"), ("p", "description"), ("p", "elements"), ("s", "type"), ("t", "validators"), ("t", "defaultValue"),
        ("t", "inputType"), ("t", "visible"), ("c", "choices[0].imageLink"), ("c", "choices[1]"), ("c", "choicesOrder"),
        ("c d", "title"), ("c d", "choicesByUrl"), ("c d", "name"),
    }  # fmt: skip


def test_names_that_cannot_be_codes_get_one_and_conditions_follow():
    version, _left = drafted({"elements": [
        {"type": "text", "name": "お名前 さま"}, {"type": "text", "name": "q1"}, {"type": "text", "name": "Q1"},
        {"type": "text", "name": "x" * 80, "visibleIf": "{お名前 さま} = 'a' and {q1} empty"},
    ]})  # fmt: skip
    codes = [one.code for one in version.questions]
    assert len({code.casefold() for code in codes}) == 4
    assert version.questions[3].condition.questions == {codes[0], "q1"}


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_preset_goes_out_and_comes_back_the_same(app, context, preset):
    survey = services.create_survey(preset, "もとの調査", None, AT)
    written = services.export_survey(survey)
    again, left = services.import_survey(json.loads(json.dumps(written)), "x", None, AT)
    assert left == []
    assert services.export_survey(again) == written
    for before, after in zip(survey.newest_version.questions, again.newest_version.questions, strict=True):
        for name in ("code", "page", "position", "kind", "title", "help", "required", "read_as", "asks_for"):
            assert getattr(before, name) == getattr(after, name), (before.code, name)
        assert compile_version(survey.newest_version).question(before.code).prompts == (
            compile_version(again.newest_version).question(after.code).prompts
        )


def test_a_name_that_is_taken_gets_a_number(app, context):
    definition = {"title": "退会", "elements": [{"type": "comment", "name": "q"}]}
    names = [services.import_survey(definition, "x", None, AT)[0].name for _time in range(3)]
    assert names == ["退会", "退会（2）", "退会（3）"]


def test_signs_no_database_takes_and_endless_texts_do_no_harm(app, context):
    definition = {"title": "a\0b", "elements": [
        {"type": "radiogroup", "name": "q\ud800", "title": "長" * 5000, "choices": ["x\0", "y\udfff"]},
        {"type": "text", "name": "r", "visibleIf": "{q} = 'x\0'"},
    ]}  # fmt: skip
    survey, left = services.import_survey(definition, "x", None, AT)
    db.session.flush()
    assert survey.name == "ab"
    assert ("q", "title") in {(one.where, one.what) for one in left}
    with pytest.raises(BadInput):
        services.import_survey(
            {"elements": [{"type": "text", "name": f"q{n}"} for n in range(61)]}, "x", None, AT
        )


def test_conditions_that_came_in_are_said_in_words():
    version, _left = drafted({"elements": [
        {"type": "checkbox", "name": "c", "title": "理由", "choices": [{"value": "p", "text": "値段"}, {"value": "s", "text": "対応"}]},
        {"type": "text", "name": "t", "visibleIf": "{c} allof ['p', 's'] or ({c} empty and {c} notcontains 'p')"},
        {"type": "text", "name": "u", "visibleIf": "false"},
    ]})  # fmt: skip
    said = [condition_in_words(one.condition, version) for one in version.questions[1:]]
    assert said[0] == (
        "「理由」で「値段」か「対応」をすべて選んだ、または（「理由」に答えていない、かつ「理由」が「値段」ではない）のとき"
    )
    assert said[1] == "だれにも出さない"
    for op in ("any_of", "is"):
        denied = {"not": {"question": "c", "is": op, "value": ["p"] if op == "any_of" else "p"}}
        assert rule_in_words(denied, version) == "「理由」が「値段」ではないとき"


def upload(browser, content, name="調査.json"):
    return browser.post("/surveys/import", data={"file": (io.BytesIO(content), name)})


def test_an_editor_brings_a_survey_in_and_takes_it_home(app, sign_in):
    browser = sign_in(Role.EDITOR)
    page = upload(
        browser,
        json.dumps({"title": "退会", "logo": "x", "elements": [{"type": "matrix", "name": "m"}]}).encode(),
    )
    assert page.status_code == 200
    assert "読み込めなかったところが2か所あります" in page.text
    with app.app_context():
        number = db.session.query(Survey).one().id
    home = browser.get(f"/surveys/{number}/export")
    assert home.headers["Content-Disposition"] == f"attachment; filename=okaeri-survey-{number}.json"
    assert home.json["title"] == "退会"
    again = upload(browser, home.data)
    assert again.status_code == 303
    assert browser.get(again.headers["Location"]).status_code == 200
    assert f"/surveys/{number}/export" in browser.get(f"/surveys/{number}").text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b"\xff\xfe", b"[" * 200_000])
def test_a_file_that_holds_no_survey_is_told_beside_the_field(app, sign_in, content):
    page = upload(sign_in(Role.EDITOR), content)
    assert page.status_code == 422
    assert "field-error" in page.text
    with app.app_context():
        assert db.session.query(Survey).count() == 0


def test_who_may_not_edit_may_not_bring_in_but_may_read(app, sign_in):
    assert upload(sign_in(Role.VIEWER), b"{}").status_code == 403
    assert sign_in(Role.VIEWER).get("/surveys/999/export").status_code == 404
    assert app.test_client().get("/surveys/1/export").status_code == 302


def test_a_question_that_has_no_kind_here_leaves_its_condition_out_of_others(app, context):
    definition = {"elements": [
        {"type": "matrix", "name": "m"}, {"type": "text", "name": "t", "visibleIf": "{m} notempty"}
    ]}  # fmt: skip
    survey, left = services.import_survey(definition, "x", None, AT)
    assert [one.what for one in left] == ["type", "visibleIf"]
    question = survey.newest_version.questions[0]
    assert (question.kind, question.condition) == (QuestionKind.TEXT, None)
