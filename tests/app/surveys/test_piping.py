"""Answers and details of a customer inside texts: what may be put in, what stands where nothing is known."""

from datetime import date

import pytest

from app.accounts.models import Role
from app.customers.models import CustomerKind, CustomerState, ImportBatch, ImportKind
from app.db import db, unit_of_work
from app.surveys.attributes import is_private, months_between, snapshot_of
from app.surveys.compiled import Choice, CompiledQuestion, CompiledVersion
from app.surveys.eras import day_in_words, era_day
from app.surveys.exchange import read_definition, write_definition
from app.surveys.models import QuestionKind, Survey
from app.surveys.piping import piping_findings, plain
from app.surveys.presenting import presented, thanks_for
from tests import factories, factories_surveys
from tests.factories import AT

CHOICES = (Choice("price", "値段"), Choice("support", "対応"))


def question(code, page, kind=QuestionKind.TEXT, title="", **more):
    return CompiledQuestion(id=page, code=code, page=page, kind=kind, title=title or code, **more)


def version_of(*questions):
    return CompiledVersion(id=1, survey_id=1, number=1, questions=questions)


def titles(version, answers, attributes=None, shown=()):
    survey = Survey(thanks="「{{why|お答え}}」を伺いました。", shown_attributes=list(shown))
    return [
        one.title for page in presented(survey, version, answers, attributes or {}) for one in page.questions
    ]


def test_an_answer_stands_in_the_next_screens_with_its_label_and_is_read_once():
    version = version_of(
        question("why", 1, QuestionKind.MULTIPLE, choices=CHOICES),
        question("word", 2, title="{{why|その理由}}について"),
        question("end", 3, title="「{{word|ひとこと}}」と{{day|その日}}、{{gone|（なし）}}"),
    )
    said = {"why": ["support", "price"], "word": "{{why|x}} <b>\n" + "あ" * 90}
    assert titles(version, said)[1] == "値段、対応について"
    assert titles(version, said)[2].startswith("「{{why|x}} <b> あ"), (
        "what was answered is never read for references"
    )
    assert len(titles(version, said)[2]) < 90
    assert titles(version, {}) == ["why", "その理由について", "「ひとこと」とその日、（なし）"]
    assert thanks_for(Survey(thanks="{{why|お答え}}"), version, {"why": ["price"]}) == "値段"


def test_a_detail_stands_in_a_text_only_where_the_survey_allows_it():
    version = version_of(question("a", 1, title="{{attribute:ご利用|当店}}では{{attribute:お名前|お客さま}}"))
    known = {"ご利用": "通販", "お名前": "山本 花子"}
    assert titles(version, {}, known) == ["当店ではお客さま"]
    assert titles(version, {}, known, shown=["ご利用", "お名前"]) == ["通販ではお客さま"]


def test_a_reference_that_cannot_work_is_found_before_publishing():
    questions = [
        question("why", 1, QuestionKind.SINGLE, choices=CHOICES),
        question("same", 1, title="{{why|a}}"),
        question("open", 2, title="{{why|a} と {{later|b}}"),
        question("bare", 3, title="{{why}}", help="{{attribute:ご利用|当店}} {{attribute:色|x}}"),
        question("later", 4, title="{{why|その理由}}"),
    ]
    found = piping_findings(questions, ["ご利用"], "{{why|お答え}} {{nobody|x}}")
    assert [(one.question, one.sentence[:12]) for one in found] == [
        ("same", "差し込み {{why}}"), ("open", "「{{why|a} と "), ("open", "差し込み {{later"), ("bare", "差し込み {{why}}"),
        ("bare", "差し込み {{attri"), (None, "差し込み {{nobod"),
    ]  # fmt: skip
    assert all(one.mend for one in found)
    assert plain("{{why|その理由}}は") == "その理由は"


def test_a_sheet_keeps_plain_things_of_the_customer_and_nothing_else():
    customer = factories.customer(
        kind=CustomerKind.PERSON, state=CustomerState.LAPSED, last_bought_on=date(2026, 1, 31), purchase_count=4,
        purchase_total=98000, attributes={"ご利用": "通販", "住所2": "静岡市", "年会費": "12000", "空": ""},
    )  # fmt: skip
    assert snapshot_of(customer, date(2026, 11, 21)) == {
        "ご利用": "通販", "customer:kind": "person", "customer:state": "lapsed", "customer:months": 9, "customer:purchases": 4,
    }  # fmt: skip
    assert months_between(date(2026, 11, 22), date(2026, 11, 21)) == 0


@pytest.mark.parametrize(
    "name", ["お名前", "氏名", "住所", "ＴＥＬ", "メールアドレス", "前年の売上金額", "E-mail", "年会費"]
)
def test_a_column_that_tells_who_or_how_much_is_never_offered(name):
    assert is_private(name)


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-11-22", "令和8年11月22日"), ("2019-05-01", "令和元年5月1日"), ("2019-04-30", "平成31年4月30日"),
     ("1989-01-07", "昭和64年1月7日"), ("1926-12-24", "大正15年12月24日"), ("1872-12-31", ""), ("nonsense", "")],
)  # fmt: skip
def test_a_day_is_said_in_the_years_of_its_era(day, said):
    assert era_day(day) == said
    assert said in day_in_words(day)


def test_surveyjs_pipes_both_ways_where_the_answer_is_known_and_is_listed_where_not():
    read = read_definition({"completedHtml": "<p>{why}をありがとう</p>", "pages": [
        {"elements": [{"type": "radiogroup", "name": "why", "choices": [{"value": "p", "text": "値段"}]}, {"type": "text", "name": "x", "title": "{why}"}]},
        {"visibleIf": "{attribute:ご利用} = '通販'", "elements": [
            {"type": "comment", "name": "more", "title": "{WHY} と {attribute:色}", "description": "{later} {panel.x}"},
            {"type": "text", "name": "later"},
        ]},
    ]})  # fmt: skip
    assert read.questions[2]["title"] == "{{why|}} と {{attribute:色|}}"
    assert read.thanks == "{{why|}}をありがとう"
    assert read.questions[2]["page_condition"] == {"attribute": "ご利用", "is": "is", "value": "通販"}
    assert {(one.where, one.what) for one in read.leftovers} == {("x", "title"), ("more", "description")}
    version = version_of(
        question("why", 1, QuestionKind.SINGLE, choices=(Choice("p", "値段"), Choice("q", "質", pinned=True)), settings={"shuffle": True}),
        question("point", 2, QuestionKind.SCALE, title="{{why|その理由}}は", settings={"points": 7, "middle": "ふつう"}),
    )  # fmt: skip
    written = write_definition(
        Survey(thanks="", welcome="", public_title="t", purpose="", retention_months=36), version
    )
    assert written["pages"][1]["elements"][0]["title"] == "{why}は"
    assert written["pages"][0]["elements"][0]["choicesOrder"] == "random"
    first, second = read_definition(written).questions
    assert (second["title"], second["settings"]["middle"]) == ("{{why|その理由}}は", "ふつう")
    assert (first["settings"], [one.get("pinned") for one in first["choices"]]) == (
        {"shuffle": True},
        [False, True],
    )


def test_an_editor_chooses_what_may_be_shown_among_what_was_imported(app, sign_in):
    with app.app_context(), unit_of_work():
        survey_id = factories_surveys.survey(published=False).id
        mapping = {"key": "番号", "attributes": ["ご利用", "氏名", "入会経路"]}
        columns = {"kind": ImportKind.CUSTOMERS, "file_name": "k.csv", "file_hash": "0", "mapping": mapping}
        db.session.add(ImportBatch(created_at=AT, touched_at=AT, **columns))
    browser = sign_in(Role.EDITOR)
    page = browser.get(f"/surveys/{survey_id}/piping").text
    assert 'value="ご利用"' in page
    assert "氏名" not in page.split("<form")[-1]
    revision = {"revision": page.split('name="revision"')[1].split('value="')[1].split('"')[0]}
    answer = browser.post(
        f"/surveys/{survey_id}/piping", data={**revision, "shown_attributes": ["ご利用", "氏名", "x"]}
    )
    assert answer.status_code == 303
    with app.app_context():
        assert db.session.get_one(Survey, survey_id).shown_attributes == ["ご利用"]
    assert "{{attribute:ご利用|" in browser.get(f"/surveys/{survey_id}/questions/improve").text
