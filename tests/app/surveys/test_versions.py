"""A published version never changes; the next one says what it changes, in sentences."""

import re
from dataclasses import replace

import pytest

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.surveys import services
from app.surveys.compiled import Choice, CompiledQuestion, CompiledVersion, Prompt, compile_version
from app.surveys.conditions import Condition
from app.surveys.models import AsksFor, QuestionKind, ReadAs, Survey
from app.surveys.services import QuestionTexts
from app.surveys.versions import changes_between
from tests import factories_surveys
from tests.at_once import revision_on
from tests.factories import AT

CHOICES = (Choice("a", "本店"), Choice("b", "駅前店"), Choice("c", "その他"))


def asked(code, kind=QuestionKind.TEXT, **fields):
    return CompiledQuestion(
        **{"id": 1, "code": code, "page": 1, "kind": kind, "title": f"設問{code}", **fields}
    )


def version(*questions, paged=True):
    placed = [replace(one, page=place) for place, one in enumerate(questions, 1)] if paged else questions
    return CompiledVersion(id=1, survey_id=1, number=1, questions=tuple(placed))


def told(before, after):
    return [(one.sentence, one.question, one.before, one.after) for one in changes_between(before, after)]


A, B, C, D, E = (asked(code) for code in "ABCDE")
SHOP = asked("shop", QuestionKind.SINGLE, choices=CHOICES)
LOST = Condition({"question": "shop", "is": "is", "value": "a"})
OTHER = Condition({"question": "shop", "is": "is", "value": "b"})


def test_added_removed_and_the_fewest_moved_questions_are_told():
    assert told(version(A, B, C, E), version(C, A, E, D)) == [
        ("設問を消しました", "設問B", "", ""),
        ("設問を加えました", "設問D", "", ""),
        ("3番目から1番目へ動かしました", "設問C", "", ""),
    ]
    assert told(version(A, B), version(A, B)) == []


def test_words_choices_and_conditions_are_told_with_what_stood_before():
    marked = (CHOICES[2], replace(CHOICES[0], label="本店（駅南）"), Choice("d", "通販"))
    changed = told(
        version(SHOP, A),
        version(replace(SHOP, choices=marked), replace(A, title="新しい問い", condition=LOST)),
    )
    assert changed == [
        ("選択肢「駅前店」を消しました", "設問shop", "", ""),
        ("選択肢「通販」を加えました", "設問shop", "", ""),
        ("選択肢を言いかえました", "設問shop", "本店", "本店（駅南）"),
        ("選択肢の順番を変えました", "設問shop", "", ""),
        ("問いかけを言いかえました", "新しい問い", "設問A", "新しい問い"),
        ("出す相手を変えました", "新しい問い", "全員", "「設問shop」が「本店（駅南）」のとき"),
    ]  # fmt: skip


def test_a_reworded_choice_is_no_change_of_the_conditions_that_name_it():
    reworded = replace(SHOP, choices=(replace(CHOICES[0], label="本店（駅南）"), *CHOICES[1:]))
    asking = replace(A, condition=LOST, page_condition=LOST)
    changed = told(version(SHOP, asking), version(reworded, asking))
    assert [sentence for sentence, *_words in changed] == ["選択肢を言いかえました"]


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "別の問い"}, {"help": "補足"}, {"required": True}, {"kind": QuestionKind.NUMBER}, {"page": 1},
        {"condition": LOST}, {"page_condition": LOST}, {"read_as": ReadAs.REASON}, {"asks_for": AsksFor.WISH},
        {"prompts": (Prompt(LOST, "どちらで"),)}, {"prompts": (Prompt(OTHER, "どこで"), Prompt(LOST, "どちらで"))},
        {"choices": CHOICES}, {"settings": {"short": True}}, {"settings": {"unit": "回"}}, {"settings": {"lowest": 0}},
        {"settings": {"something": "new"}},
    ],
)  # fmt: skip
def test_whatever_is_different_is_told_and_taken_back_is_told_too(changed):
    before, after = (
        version(SHOP, A),
        version(replace(SHOP, page=1), replace(A, **{"page": 2, **changed}), paged=False),
    )
    assert told(before, after)
    assert told(after, before)


@pytest.mark.parametrize("field", ["other", "exclusive", "pinned"])
def test_a_mark_of_a_choice_is_told(field):
    marked = replace(SHOP, choices=(replace(CHOICES[0], **{field: True}), *CHOICES[1:]))
    (change,) = changes_between(version(SHOP), version(marked))
    assert "「本店」" in change.sentence


@pytest.mark.usefixtures("context")
def test_no_change_of_a_survey_reaches_a_version_in_use():
    survey = factories_surveys.survey()
    used = survey.published_version
    stood = compile_version(used)

    def now():
        db.session.flush()
        db.session.expire_all()
        return compile_version(used)

    texts = QuestionTexts("変えた問い", choices=("一つ", "二つ"), settings={"prompts": []}, required=True)
    services.edit_question(survey, "main_reason", texts, survey.revision, None, AT)
    assert now() == stood
    services.edit_question(
        survey, "nps", QuestionTexts("点", settings={"low": "x"}), survey.revision, None, AT
    )
    services.move_question(survey, "contact", -3, survey.revision, None, AT)
    services.remove_question(survey, "improve", survey.revision, None, AT)
    services.add_question(survey, QuestionKind.TEXT, QuestionTexts("加えた問い"), survey.revision, None, AT)
    # Nested values are the draft's own: changing them in place reaches nobody else.
    for one in survey.newest_version.questions:
        one.choices = [*one.choices, {"code": "x", "label": "x"}] if one.choices else []
        one.settings = {**one.settings, "low": "y"}
    assert now() == stood
    services.edit_texts(survey, "名", "題", "始", "終", "使", 3, None, survey.revision, None, AT)
    services.close_survey(survey, None, AT)
    services.reopen_survey(survey, None, AT)
    assert now() == stood
    assert survey.newest_version is not used


def test_the_survey_says_what_publishing_will_change_and_the_record_keeps_it(app, sign_in):
    with app.app_context(), unit_of_work():
        response = factories_surveys.response()
        survey_id = response.survey_id
    browser = sign_in(Role.EDITOR)
    path = f"/surveys/{survey_id}"
    assert "版1からの変更" not in browser.get(path).text
    form = {"title": "何を直せばよいですか", "read_as": "improve", "asks_for": "wish"}
    browser.post(f"{path}/questions/improve", data={**form, "revision": revision_on(browser, path)})
    page = re.sub("<wbr>", "", browser.get(path).text)
    for words in (
        "版1からの変更",
        "<del>何がどう変われば、また使ってみようと思えますか</del>",
        "<ins>何を直せばよいですか</ins>",
    ):
        assert words in page, words
    assert browser.post(f"{path}/publish", data={"revision": revision_on(browser, path)}).status_code == 303
    record = re.sub("<wbr>", "", browser.get(f"{path}/versions").text)
    assert "<ins>何を直せばよいですか</ins>" in record
    assert record.count("回答1件") == 1
    assert "中村 あゆみ" in record
    assert sign_in(Role.VIEWER).get(f"{path}/versions").status_code == 200
    with app.app_context():
        assert len(db.session.get(Survey, survey_id).versions) == 2
