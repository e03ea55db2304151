"""Publishing checks first, says what to mend, and makes a version that never changes."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.accounts.models import Role
from app.db import db, unit_of_work
from app.surveys import services
from app.surveys.compiled import compiled_version
from app.surveys.models import QuestionKind, Survey, SurveyState
from app.surveys.services import CannotPublish, QuestionTexts
from tests import factories_surveys
from tests.factories import AT


def blank(**changes):
    return factories_surveys.survey("", published=False, purpose="調べます。", **changes)


def add(survey, kind=QuestionKind.TEXT, title="うかがいます", choices=(), code=None):
    texts = QuestionTexts(title, choices=tuple(choices))
    return services.add_question(survey, kind, texts, survey.revision, None, AT, code=code)


def refused(survey):
    with pytest.raises(CannotPublish) as refusal:
        services.publish_survey(survey, None, AT)
    return refusal.value.sentence


@pytest.mark.usefixtures("context")
def test_a_survey_without_a_question_is_refused():
    survey = blank()
    assert "設問がありません" in refused(survey)
    add(survey, QuestionKind.STATEMENT)
    assert "設問がありません" in refused(survey)


@pytest.mark.usefixtures("context")
def test_a_question_to_choose_from_needs_two_choices():
    survey = blank()
    add(survey, QuestionKind.SINGLE, "どの店ですか", ["本店"])
    assert "「どの店ですか」の選択肢を、2つ以上" in refused(survey)


@pytest.mark.usefixtures("context")
def test_a_condition_may_only_look_back():
    survey = blank()
    add(survey, code="first").condition = {"question": "second", "is": "answered"}
    add(survey, code="second")
    assert "条件が、それまでに聞いていない「うかがいます」を見ています" in refused(survey)
    services.move_question(survey, "first", 1, survey.revision, None, AT)
    assert services.publish_survey(survey, None, AT).published_at


@pytest.mark.usefixtures("context")
def test_a_condition_of_a_screen_that_looks_ahead_is_told_once_and_named():
    survey = blank()
    for code, joined in (("first", False), ("second", True), ("later", False)):
        texts = QuestionTexts(code, joined=joined)
        services.add_question(survey, QuestionKind.TEXT, texts, None, None, AT, code=code)
    rule = {"question": "later", "is": "answered"}
    services.set_page_condition(survey, "first", rule, None, None, AT)
    found = [one.sentence for one in services.findings_of(survey, AT) if "条件" in one.sentence]
    assert found == ["「first」の画面を出す条件が、それまでに聞いていない「later」を見ています。"]


@pytest.mark.usefixtures("context")
def test_removing_the_question_others_look_at_is_found_before_publishing():
    survey = factories_surveys.survey(published=False)
    services.remove_question(survey, "main_reason", survey.revision, None, AT)
    assert "「その理由を、もう少し聞かせてください」を出す条件" in refused(survey)


@pytest.mark.usefixtures("context")
def test_asking_for_contact_needs_a_purpose_first():
    survey = factories_surveys.survey(published=False, purpose=" ")
    assert "使いみちの説明がありません" in refused(survey)


@pytest.mark.usefixtures("context")
def test_a_closing_day_in_the_past_is_found():
    survey = factories_surveys.survey(published=False, closes_on=clock.day_of(AT) - timedelta(days=1))
    assert "締め切りの日が過ぎています" in refused(survey)


def test_a_survey_without_a_title_is_not_published_and_never_shows_its_internal_name(app, sign_in):
    with app.app_context(), unit_of_work():
        survey = blank(public_title="", welcome="", name="解約者おわび調査（社内用）")
        add(survey, title="{{attribute:色|x}}について")
        add(survey, QuestionKind.SINGLE, "{{attribute:色|x}}はどれですか", ["本店"])
        assert "「xはどれですか」の選択肢を、2つ以上" in refused(survey)
        assert "お客さまに見える題がありません" in refused(survey)
        advised = [one.sentence for one in services.findings_of(survey, AT) if one.weight == "advice"]
        assert "はじめのあいさつがありません。" in advised
        survey.public_title, survey.welcome = "", "{{nps|x}}、こんにちは"
        assert "「はじめのあいさつ」には、差し込みを使えません" in refused(survey)
        survey_id = survey.id
    page = re.sub("<wbr>", "", sign_in(Role.EDITOR).get(f"/surveys/{survey_id}/preview").text)
    assert "朝霧茶舗からのアンケート" in page
    assert "解約者おわび調査" not in page
    assert "{{" not in page
    staff = sign_in(Role.EDITOR).get(f"/surveys/{survey_id}").text
    assert "<h3>xについて</h3>" in re.sub("<wbr>", "", staff)
    assert f'<a href="/surveys/{survey_id}/piping">差し込み {{{{attribute:色}}}} は' in staff


@pytest.mark.usefixtures("context")
def test_publishing_twice_gives_the_same_version():
    survey = factories_surveys.survey()
    assert services.publish_survey(survey, None, AT) is survey.versions[0]
    assert len(survey.versions) == 1


@pytest.mark.usefixtures("context")
def test_a_published_version_is_compiled_once_and_a_draft_each_time():
    survey = factories_surveys.survey()
    version_id = survey.versions[0].id
    assert compiled_version(version_id) is compiled_version(version_id)
    services.edit_question(survey, "improve", QuestionTexts("直すなら"), survey.revision, None, AT)
    draft_id = survey.newest_version.id
    assert compiled_version(draft_id).question("improve").title == "直すなら"
    services.edit_question(survey, "improve", QuestionTexts("変えるなら"), survey.revision, None, AT)
    assert compiled_version(draft_id).question("improve").title == "変えるなら"
    assert compiled_version(version_id).question("improve").title != "変えるなら"


def test_the_page_shows_what_to_mend_and_the_button_says_it_again(app, sign_in):
    with app.app_context(), unit_of_work():
        survey = blank()
        add(survey, QuestionKind.SINGLE, "どの店ですか", ["本店"])
        survey_id = survey.id
    browser = sign_in(Role.EDITOR)
    assert "「どの店ですか」の選択肢を、2つ以上" in browser.get(f"/surveys/{survey_id}").text
    answer = browser.post(f"/surveys/{survey_id}/publish")
    assert answer.status_code == 422
    assert "「どの店ですか」の選択肢を、2つ以上" in answer.text
    with app.app_context():
        assert db.session.get(Survey, survey_id).state is SurveyState.DRAFT


def test_an_editor_publishes_closes_and_takes_the_closing_back(app, sign_in):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(published=False)
        survey_id, read = survey.id, {"revision": survey.revision}
    browser = sign_in(Role.EDITOR)

    def state():
        with app.app_context():
            return db.session.get(Survey, survey_id).state

    assert browser.post(f"/surveys/{survey_id}/publish", data=read).status_code == 303
    assert state() is SurveyState.PUBLISHED
    assert browser.post(f"/surveys/{survey_id}/close").status_code == 303
    assert state() is SurveyState.CLOSED
    assert f"/surveys/{survey_id}/reopen" in browser.get(f"/surveys/{survey_id}").text
    assert browser.post(f"/surveys/{survey_id}/reopen").status_code == 303
    assert state() is SurveyState.PUBLISHED
    assert sign_in(Role.ADMINISTRATOR).post(f"/surveys/{survey_id}/reopen").status_code == 409


def test_texts_are_saved_and_a_wrong_one_comes_back(app, sign_in):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey()
        survey_id, revision = survey.id, survey.revision
    browser = sign_in(Role.EDITOR)
    form = {
        "name": "冬の調査", "public_title": "お聞かせください", "welcome": "こんにちは。", "purpose": "直すため。",
        "thanks": "ありがとうございました。", "retention_months": "18", "closes_on": "2030-01-31", "revision": revision,
    }  # fmt: skip
    assert (
        browser.post(f"/surveys/{survey_id}/texts", data={**form, "retention_months": "0"}).status_code == 422
    )
    assert browser.post(f"/surveys/{survey_id}/texts", data=form).status_code == 303
    assert browser.post(f"/surveys/{survey_id}/texts", data=form).status_code == 303
    with app.app_context():
        form["revision"] = db.session.get(Survey, survey_id).revision
    for name, wrong in (
        ("purpose", ""), ("thanks", "{{nobody|x}}"), ("thanks", "{{nps"), ("welcome", "{{nps|x}}さま"),
        ("public_title", "{{nps|x}}"), ("closes_on", "2020-01-31"),
    ):  # fmt: skip
        answer = browser.post(f"/surveys/{survey_id}/texts", data={**form, "name": "夏の調査", name: wrong})
        assert (answer.status_code, f'id="{name}-error"' in answer.text) == (422, True), (name, wrong)
    form["revision"] = revision
    stale = browser.post(f"/surveys/{survey_id}/texts", data={**form, "name": "春の調査"})
    assert (stale.status_code, "春の調査" in stale.text) == (409, True)
    with app.app_context():
        assert db.session.get(Survey, survey_id).name == "冬の調査"
    page = browser.get(f"/surveys/{survey_id}/preview").text
    assert "お聞かせください" in page
    assert "18か月後に消します" in page
    assert "2030年1月31日（木）" in page
