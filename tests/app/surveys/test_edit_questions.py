"""Questions are added, reworded, moved and removed in a draft; two people never overwrite each other unseen."""

import re

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.customers.models import CustomerFact
from app.db import db, unit_of_work
from app.errors import BadInput, EditClash
from app.surveys import services
from app.surveys.models import QuestionKind, Survey
from app.surveys.services import QuestionTexts
from tests import factories, factories_surveys
from tests.at_once import revision_on
from tests.factories import AT

KIND = QuestionKind


def order(survey):
    return [question.code for question in survey.newest_version.questions]


@pytest.fixture
def draft(context):
    return factories_surveys.survey(published=False)


def test_a_new_question_stands_before_the_wish_for_contact(draft):
    added = services.add_question(draft, KIND.TEXT, QuestionTexts("ほかには"), draft.revision, None, AT)
    assert order(draft)[-2:] == [added.code, "contact"]


@pytest.mark.parametrize("kind", KIND)
def test_every_kind_can_be_added(draft, kind):
    texts = QuestionTexts("うかがいます", choices=("ひとつめ", "ふたつめ"))
    services.add_question(draft, kind, texts, draft.revision, None, AT, code="new")
    assert "new" in order(draft)


def test_a_code_is_given_once(draft):
    with pytest.raises(BadInput, match="記号「nps」"):
        services.add_question(draft, KIND.TEXT, QuestionTexts("また"), draft.revision, None, AT, code="nps")


def test_moving_a_question_changes_the_order_and_nothing_else(draft):
    before = order(draft)
    services.move_question(draft, "improve", -1, draft.revision, None, AT)
    assert order(draft) == [*before[:2], "improve", "reason_text", *before[4:]]
    pages = [question.page for question in draft.newest_version.questions]
    assert pages == list(range(1, len(pages) + 1))


def test_two_questions_can_share_a_screen(draft):
    texts = QuestionTexts("今は、どうされていますか", joined=True)
    services.edit_question(draft, "current", texts, draft.revision, None, AT)
    questions = {question.code: question.page for question in draft.newest_version.questions}
    assert questions["current"] == questions["improve"]


def test_moving_keeps_shared_screens_whole_and_moving_back_restores_them(context):
    survey = factories_surveys.survey("", published=False)
    for code, joined in (("a", False), ("b", True), ("c", False)):
        texts = QuestionTexts(code, joined=joined)
        services.add_question(survey, KIND.TEXT, texts, None, None, AT, code=code)
    services.set_page_condition(survey, "a", {"attribute": "色", "is": "answered"}, None, None, AT)

    def screens():
        return [(one.code, one.page, bool(one.page_condition)) for one in survey.newest_version.questions]

    def move(code, steps):
        services.move_question(survey, code, steps, None, None, AT)
        return screens()

    whole = [("a", 1, True), ("b", 1, True), ("c", 2, False)]
    assert screens() == whole
    assert move("c", -1) == [("c", 1, False), ("a", 2, True), ("b", 2, True)]
    assert move("c", 1) == whole
    assert move("a", 1) == [("b", 1, True), ("a", 1, True), ("c", 2, False)]
    assert move("a", -1) == whole
    assert move("b", 1) == [("a", 1, True), ("c", 2, False), ("b", 3, True)]


def test_removing_a_question_takes_it_out_of_the_draft(draft):
    services.remove_question(draft, "current", draft.revision, None, AT)
    assert "current" not in order(draft)


def test_changing_a_survey_in_use_makes_the_next_draft_and_leaves_the_version_as_it_was(context):
    survey = factories_surveys.survey()
    services.edit_question(survey, "improve", QuestionTexts("何を直しましょうか"), survey.revision, None, AT)
    assert [version.number for version in survey.versions] == [1, 2]
    first, second = ({one.code: one.title for one in version.questions} for version in survey.versions)
    assert first["improve"] != second["improve"] == "何を直しましょうか"
    assert survey.published_version.number == 1
    services.publish_survey(survey, None, AT)
    assert survey.published_version.number == 2


def test_the_code_of_a_choice_taken_out_in_one_version_means_nothing_else_in_the_next(context):
    survey = factories_surveys.survey("", published=False)

    def codes(*labels):
        texts = QuestionTexts("どの味ですか", choices=labels)
        services.edit_question(survey, "taste", texts, survey.revision, None, AT)
        services.publish_survey(survey, None, AT)
        return [choice["code"] for choice in survey.newest_version.questions[0].choices]

    texts = QuestionTexts("どの味ですか", choices=("煎茶", "玄米茶"))
    services.add_question(survey, KIND.SINGLE, texts, survey.revision, None, AT, code="taste")
    assert codes("煎茶", "玄米茶", "ルイボスティー") == ["c1", "c2", "c3"]
    assert codes("煎茶", "玄米茶") == ["c1", "c2"]
    assert codes("煎茶", "玄米茶", "珈琲") == ["c1", "c2", "c4"]


def test_whoever_saves_second_is_told_who_was_first(app, sign_in):
    with app.app_context(), unit_of_work():
        first = factories.member(email="mori@asagiri.example", name="森 健一")
        db.session.add(first)
        db.session.flush()
        survey = factories_surveys.survey(published=False)
        survey_id, seen = survey.id, survey.revision
        services.edit_question(survey, "improve", QuestionTexts("先に直した問い"), seen, first, AT)
    browser = sign_in(Role.EDITOR)
    form = {"title": "あとから直した問い", "revision": seen, "read_as": "improve", "asks_for": "wish"}
    clash = browser.post(f"/surveys/{survey_id}/questions/improve", data=form)
    assert clash.status_code == 409
    assert "森 健一さんが先に変えました" in clash.text
    assert "あとから直した問い" in clash.text
    with app.app_context():
        assert "先に直した問い" in [
            one.title for one in db.session.get(Survey, survey_id).newest_version.questions
        ]


def test_a_revision_nobody_wrote_down_is_refused_where_something_could_be_lost(draft):
    stale = draft.revision - 1
    changes = [
        lambda: services.edit_question(draft, "nps", QuestionTexts("x"), stale, None, AT),
        lambda: services.remove_question(draft, "nps", stale, None, AT),
    ]
    for change in changes:
        with pytest.raises(EditClash):
            change()


def test_a_wrong_form_comes_back_with_what_was_typed(app, sign_in):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(published=False)
        path, revision = f"/surveys/{survey.id}/questions/main_reason", survey.revision
    form = {"title": "理由は何ですか", "choices": "同じ\n同じ", "revision": revision}
    answer = sign_in(Role.EDITOR).post(path, data=form)
    assert answer.status_code == 422
    assert "選択肢「同じ」が2回あります" in answer.text
    assert "理由は何ですか" in answer.text
    emptied = sign_in(Role.EDITOR).post(path, data={**form, "choices": " \n "})
    assert (emptied.status_code, 'id="choices-error"' in emptied.text) == (422, True)


@pytest.mark.parametrize("field", ["title", "help", "choices"])
def test_nul_in_a_text_is_refused(app, sign_in, field):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(published=False)
        path, revision = f"/surveys/{survey.id}/questions/main_reason", survey.revision
    form = {"title": "理由は何ですか", "choices": "ひとつ\nふたつ", "revision": revision}
    answer = sign_in(Role.EDITOR).post(path, data={**form, field: "あ\0い"})
    assert answer.status_code == 422
    assert "保存できない文字" in answer.text


def test_what_a_reworded_choice_is_taken_for_is_said_before_it_is_saved_and_may_be_said_otherwise(
    app, sign_in
):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey("", published=False)
        texts = QuestionTexts("どの味ですか", choices=("煎茶が好き", "玄米茶が好き", "その他"))
        services.add_question(survey, KIND.SINGLE, texts, None, None, AT, code="taste")
        path, survey_id = f"/surveys/{survey.id}/questions/taste", survey.id
    browser = sign_in(Role.EDITOR)

    def choices():
        with app.app_context():
            [question] = db.session.get(Survey, survey_id).newest_version.questions
            return [(one["code"], one["label"]) for one in question.choices]

    before = choices()
    form = {"title": "どの味ですか", "choices": "煎茶をよく飲む\n玄米茶が好き\nその他"}
    form["revision"] = revision_on(browser, path)
    asked = browser.post(path, data=form)
    assert (asked.status_code, choices()) == (422, before)
    assert "まだ保存していません" in asked.text
    assert "「煎茶が好き」の言いかえ" in asked.text
    assert 'value="煎茶をよく飲む"' in asked.text
    said = {**form, "meant_lines-0": "煎茶をよく飲む"}
    assert browser.post(path, data={**said, "meant-0": "c2"}).status_code == 422  # it is still there
    assert browser.post(path, data={**said, "meant-0": "c1"}).status_code == 303
    assert choices()[0] == ("c1", "煎茶をよく飲む")
    form = {"title": "どの味ですか", "choices": "煎茶をよく飲みます\n玄米茶が好き\nその他"}
    form["revision"] = revision_on(browser, path)
    answer = browser.post(path, data={**form, "meant_lines-0": "煎茶をよく飲みます", "meant-0": ""})
    assert answer.status_code == 303
    assert choices()[0] == ("c4", "煎茶をよく飲みます")
    # Where nothing is gone, nothing is asked.
    form = {"title": "どの味ですか", "choices": "煎茶をよく飲みます\n玄米茶が好き\nほうじ茶\nその他"}
    assert browser.post(path, data={**form, "revision": revision_on(browser, path)}).status_code == 303


def order_on(page):
    """The codes of the questions on a survey's page, with a + where one shares the screen of the one before."""
    parts = page.split('<li id="question-')[1:]
    return [part.split('"')[0] + ("+" if "・前の設問と同じ画面" in part else "") for part in parts]


def test_a_step_out_of_a_shared_screen_is_told_and_taken_back(app, sign_in):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey("", published=False)
        for code, joined in (("z", False), ("a", False), ("b", True), ("c", False)):
            texts = QuestionTexts(f"問い{code}", joined=joined)
            services.add_question(survey, KIND.TEXT, texts, None, None, AT, code=code)
        path = f"/surveys/{survey.id}"
    browser = sign_in(Role.EDITOR)

    def move(code, steps):
        form = {"steps": steps, "revision": revision_on(browser, path)}
        return browser.post(f"{path}/questions/{code}/move", data=form, follow_redirects=True).text

    def undo(page):
        return browser.post(re.search(r'action="([^"]+/put-\w+/\w+)"', page)[1], follow_redirects=True).text

    whole = order_on(browser.get(path).text)
    assert whole == ["z", "a", "b+", "c"]
    for code, steps, other, apart in (
        ("b", 1, "a", ["z", "a", "c", "b"]),
        ("a", -1, "b", ["a", "z", "b", "c"]),
    ):
        told = move(code, steps)
        assert f"「問い{code}」は、「問い{other}」と別の画面になりました" in told
        assert order_on(told) == apart
        back = undo(told)
        assert "同じ画面に戻しました" in back
        assert order_on(back) == whole
    assert "別の画面になりました" not in move("a", 1)  # they change places on their screen
    late = move("a", 1)
    with app.app_context(), unit_of_work():
        services.remove_question(db.session.get(Survey, int(path[9:])), "b", None, None, AT)
    assert "戻せませんでした" in undo(late)


def test_the_page_of_a_question_rewords_its_choices_and_prompts(app, sign_in):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(published=False)
        survey_id, revision = survey.id, survey.revision
    browser = sign_in(Role.EDITOR)
    page = browser.get(f"/surveys/{survey_id}/questions/reason_text").text
    assert "「値段や送料が合わなくなった」を選んだ方へ" in page
    form = {
        "title": "くわしく",
        "revision": revision,
        "read_as": "reason",
        "asks_for": "anything",
        "prompts-0": "何が高いと",
    }
    assert browser.post(f"/surveys/{survey_id}/questions/reason_text", data=form).status_code == 303
    with app.app_context():
        question = next(
            one
            for one in db.session.get(Survey, survey_id).newest_version.questions
            if one.code == "reason_text"
        )
        assert question.settings["prompts"][0]["title"] == "何が高いと"
        assert question.settings["prompts"][0]["when"]["value"] == "price"


def test_a_wish_for_contact_keeps_its_meanings_however_it_is_made_and_worded(app, sign_in):
    with app.app_context(), unit_of_work():
        survey_id = factories_surveys.survey("", published=False, purpose="お返事のため。").id
    browser, path = sign_in(Role.EDITOR), f"/surveys/{survey_id}"
    page = browser.get(f"{path}/questions/new?kind=contact").text
    assert "「電話で返事をする」のことば" in page
    assert "その他" not in page
    words = {
        "wish_none": "いりません",
        "wish_mail": "メールで",
        "wish_phone": "お電話で",
        "wish_notice": "直ったら",
    }
    form = {"kind": "contact", "title": "お返事は", "wishes": ["none", "phone"], **words}

    def offered():
        with app.app_context():
            return [
                (one["code"], one["label"])
                for one in db.session.get(Survey, survey_id).newest_version.questions[0].choices
            ]

    browser.post(f"{path}/questions", data={**form, "revision": revision_on(browser, path)})
    assert offered() == [("none", "いりません"), ("phone", "お電話で")]
    edit = f"{path}/questions/q1"
    for wrong in ({"wishes": ["none"]}, {"wish_phone": ""}, {"wish_phone": "いりません"}):
        answer = browser.post(edit, data={**form, **wrong, "revision": revision_on(browser, edit)})
        assert (answer.status_code, 'id="wishes-error"' in answer.text) == (422, True), wrong
    form = {**form, "wishes": ["mail", "phone", "notice"], "wish_phone": "LINEで"}
    assert browser.post(edit, data={**form, "revision": revision_on(browser, edit)}).status_code == 303
    assert offered() == [("mail", "メールで"), ("phone", "LINEで"), ("notice", "直ったら")]
    with app.app_context(), unit_of_work():
        survey = db.session.get(Survey, survey_id)
        services.publish_survey(survey, None, AT)
        answered = factories_surveys.response(survey, {"q1": "phone", "q1-Comment": "夕方"})
        facts = db.session.scalars(sa.select(CustomerFact).where(CustomerFact.kind == "wants_contact"))
        assert [one.value for one in facts] == ["phone"]
        assert answered.answers[0].text == "夕方"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT, Role.AUDITOR, Role.OPERATOR])
def test_only_editors_change_questions(app, sign_in, role):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(published=False)
        survey_id, revision = survey.id, survey.revision
    browser = sign_in(role)
    for path in (
        "questions",
        "questions/nps",
        "questions/nps/move",
        "questions/nps/remove",
        "texts",
        "publish",
    ):
        form = {"kind": "text", "title": "x", "steps": "1", "revision": revision}
        assert browser.post(f"/surveys/{survey_id}/{path}", data=form).status_code == 403, path


def test_a_survey_or_question_that_is_not_there_is_not_found(app, sign_in):
    browser = sign_in(Role.EDITOR)
    assert browser.get("/surveys/999").status_code == 404
    with app.app_context(), unit_of_work():
        survey_id = factories_surveys.survey(published=False).id
    assert browser.get(f"/surveys/{survey_id}/questions/nothing").status_code == 404
    assert browser.get(f"/surveys/{survey_id}/questions/new?kind=nothing").status_code == 404
    assert (
        browser.post(f"/surveys/{survey_id}/questions/nothing/remove", data={"revision": 1}).status_code
        == 404
    )
