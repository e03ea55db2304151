"""Conditions are clicked together, row by row, and stand as a sentence; nothing is stored before 保存."""

import html
import re

import pytest

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.surveys import services
from app.surveys.building import draft_of_rule, rule_of_draft, subjects_of
from app.surveys.compiled import compile_version
from app.surveys.models import QuestionKind, Survey
from app.surveys.wording import count_in_words
from tests import factories_surveys
from tests.factories import AT

LAPSED = {"attribute": "customer:state", "is": "is", "value": "lapsed"}
LOW = {"question": "nps", "is": "at_most", "value": 6}
PRICE = {"question": "main_reason", "is": "any_of", "value": ["price", "delivery"]}


@pytest.fixture
def desk(app, sign_in):
    """(browser, id of a draft, function that presses a button of a page with everything that stands in it)."""
    with app.app_context(), unit_of_work():
        survey_id = factories_surveys.survey(published=False).id
    browser = sign_in(Role.EDITOR)

    def press(page, act, **typed):
        form = page.split('id="condition"')[1].split("</form>")[0]
        return browser.post(page_url(form), data=fields(form) | typed | {"act": act})

    return browser, survey_id, press


def page_url(form):
    return re.search(r'action="([^"]*)"', form)[1]


def fields(form):
    """What a browser would send of a form."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        ticks = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not ticks or " checked" in tag):
            found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', inside) or re.search(
            r'value="([^"]*)"', inside
        )
        found[name] = [html.unescape(chosen[1])] if chosen else []
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = [html.unescape(text).strip()]
    return found


def sentence(page):
    said = re.search(r'id="condition-sentence"[^>]*>(.*?)</p>', page, re.S)[1]
    return html.unescape(re.sub(r"<wbr>", "", said)).strip()


def stored(app, survey_id, code):
    with app.app_context():
        return compile_version(db.session.get_one(Survey, survey_id).newest_version).question(code)


def test_a_condition_grows_by_presses_and_is_stored_by_the_last_one(app, desk):
    browser, survey_id, press = desk
    url = f"/surveys/{survey_id}/questions/improve/condition"
    page = browser.get(url).text
    assert sentence(page) == "条件はありません。全員に出ます。"
    assert 'value="question:current"' not in page, "only what is asked before may be looked at"
    page = press(page, "add", subject="question:main_reason").text
    assert sentence(page) == "値がまだ入っていない条件があります。"
    page = press(page, "block", **{"rows-0-picked": ["price", "delivery"]}).text
    page = press(page, "add", subject="question:nps", place="0").text
    page = press(
        page, "add", subject="attribute:customer:state", place="0", **{"blocks-0-rows-0-typed": "９"}
    ).text
    page = press(page, "look", **{"blocks-0-rows-1-picked": "lapsed"}).text
    assert sentence(page) == (
        "「朝霧茶舗のご利用をお休みされた、いちばんの理由…」が「値段や送料が合わなくなった」か「届く日や届き方、品切れで困った」"
        "、かつ（「朝霧茶舗を、親しい方にすすめたいと思いますか」が9以上、または「お客さまの状態」が「離反」）のとき"
    )
    assert stored(app, survey_id, "improve").condition is None
    assert press(page, "save").status_code == 303
    high = {"question": "nps", "is": "at_least", "value": 9}
    assert stored(app, survey_id, "improve").condition.rule == {"all": [PRICE, {"any": [high, LAPSED]}]}
    page = browser.get(url).text
    page = press(page, "remove:block-0").text
    assert press(page, "save").status_code == 303
    assert stored(app, survey_id, "improve").condition.rule == PRICE


def test_a_row_without_its_value_is_told_and_keeps_what_was_typed(desk):
    browser, survey_id, press = desk
    page = press(
        browser.get(f"/surveys/{survey_id}/questions/improve/condition").text, "add", subject="question:nps"
    ).text
    answer = press(page, "save", **{"rows-0-typed": "たくさん"})
    assert answer.status_code == 422
    assert "と比べる値は、数で入力してください。" in answer.text
    assert 'value="たくさん"' in answer.text


def test_whoever_saves_second_reads_the_other_condition_as_a_sentence(app, desk, sign_in):
    browser, survey_id, press = desk
    url = f"/surveys/{survey_id}/questions/improve/condition"
    page = press(browser.get(url).text, "add", subject="question:nps").text
    with app.app_context(), unit_of_work():
        survey = db.session.get_one(Survey, survey_id)
        services.set_condition(survey, "improve", PRICE, survey.revision, None, AT)
    answer = press(page, "save", **{"rows-0-typed": "3"})
    assert answer.status_code == 409
    assert "「値段や送料が合わなくなった」か「届く日や届き方、品切れで困った」のとき" in re.sub(
        "<wbr>", "", answer.text
    )
    assert stored(app, survey_id, "improve").condition.rule == PRICE
    assert press(answer.text, "save").status_code == 303
    assert stored(app, survey_id, "improve").condition.rule["question"] == "nps"


def test_what_nests_deeper_is_kept_as_it_came_and_can_be_taken_out(app, desk):
    browser, survey_id, press = desk
    deep = {"any": [LOW, {"all": [LAPSED, {"any": [PRICE, {"not": {"all": [LOW, LAPSED]}}]}]}]}
    with app.app_context(), unit_of_work():
        survey = db.session.get_one(Survey, survey_id)
        services.set_condition(survey, "improve", deep, None, None, AT)
    page = browser.get(f"/surveys/{survey_id}/questions/improve/condition").text
    assert "ではない" in page
    assert press(page, "save").status_code == 303
    assert stored(app, survey_id, "improve").condition.rule == deep
    page = press(page, "remove:0-kept-0").text
    assert press(page, "save").status_code == 303
    assert stored(app, survey_id, "improve").condition.rule == {"any": [LOW, LAPSED]}


@pytest.mark.parametrize(
    "rule",
    [
        LOW, PRICE, LAPSED, {"not": LOW}, {"not": PRICE}, {"all": [LOW, {"any": [PRICE, LAPSED]}]},
        {"not": {"any": [LOW, {"not": {"all": [PRICE, LAPSED]}}]}}, {"not": {"question": "nps", "is": "answered"}},
        {"question": "main_reason", "is": "is_not", "value": "price"}, {"question": "gone", "is": "answered"},
        {"attribute": "色", "is": "contains", "value": "青"}, {"any": []}, {"all": [LOW, {"any": []}]},
    ],
)  # fmt: skip
def test_a_condition_opened_and_saved_again_is_the_same(app, context, rule):
    version = compile_version(factories_surveys.survey(published=False).newest_version)
    subjects = subjects_of(version.questions, ["色"])
    again = rule_of_draft(draft_of_rule(rule, subjects), subjects)
    assert again == rule


def test_a_wording_for_some_is_added_reworded_and_taken_out(app, desk):
    browser, survey_id, press = desk
    url = f"/surveys/{survey_id}/questions/improve/wordings/1"
    page = press(browser.get(url).text, "add", subject="attribute:customer:purchases").text
    assert press(page, "save", title="", **{"rows-0-typed": "10"}).status_code == 422
    answer = press(page, "save", title="いつもの方に伺います", **{"rows-0-typed": "10"})
    assert answer.status_code == 303
    (prompt,) = stored(app, survey_id, "improve").prompts
    assert (prompt.title, prompt.when.rule["value"]) == ("いつもの方に伺います", 10)
    assert browser.get(f"/surveys/{survey_id}/questions/improve/wordings/3").status_code == 404
    assert press(browser.get(url).text, "delete").status_code == 303
    assert stored(app, survey_id, "improve").prompts == ()


def test_the_condition_of_a_screen_stays_with_its_questions_when_they_move(app, context):
    survey = factories_surveys.survey(published=False)
    texts = {code: services.QuestionTexts(title=code) for code in "abc"}
    for code in "abc":
        services.add_question(survey, QuestionKind.TEXT, texts[code], None, None, AT, code=code)
    joined = services.QuestionTexts(title="b", joined=True)
    services.edit_question(survey, "b", joined, None, None, AT)
    services.set_page_condition(survey, "b", LOW, None, None, AT)

    def conditions():
        version = compile_version(survey.newest_version)
        return {
            one.code: one.page_condition and one.page_condition.rule for one in version.questions
        }, version

    found, version = conditions()
    assert count_in_words(version) == "7〜9"
    assert (found["a"], found["b"], found["c"]) == (LOW, LOW, None)
    services.move_question(
        survey, "a", -1, None, None, AT
    )  # leaves its screen, and takes the condition along
    services.edit_question(survey, "c", services.QuestionTexts(title="c", joined=True), None, None, AT)
    found, version = conditions()
    assert (found["a"], found["b"], found["c"]) == (LOW, LOW, LOW)
    services.remove_question(survey, "b", None, None, AT)
    found, version = conditions()
    assert (found["a"], found["c"], found["nps"]) == (LOW, LOW, None)
    assert "c" not in [one.code for one in version.visible({"nps": 9, "c": "x"})]
    assert "c" in [one.code for one in version.visible({"nps": 2})]


def test_without_names_no_detail_of_customers_is_offered(app, desk):
    browser, survey_id, press = desk
    url = f"/surveys/{survey_id}/questions/improve/condition"
    page = press(browser.get(url).text, "add", subject="question:nps").text
    assert "お客さまの状態" in page
    assert "と比べる値を、選ぶか入力してください。" in press(page, "save").text
    with app.app_context(), unit_of_work():
        db.session.get(Survey, survey_id).anonymous = True
    page = browser.get(url).text
    assert "お客さまの状態" not in page
    assert "rows-0" not in press(page, "add", subject="attribute:customer:state").text


def test_only_editors_build_conditions(app, sign_in, desk):
    _browser, survey_id, _press = desk
    reader = sign_in(Role.VIEWER)
    for path in (
        "questions/improve/condition",
        "questions/improve/screen",
        "questions/improve/wordings/1",
        "piping",
    ):
        assert reader.get(f"/surveys/{survey_id}/{path}").status_code == 403
        assert reader.post(f"/surveys/{survey_id}/{path}").status_code == 403
