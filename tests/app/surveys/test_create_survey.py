"""A survey begins as a draft, from a preset in natural Japanese or from nothing."""

import pytest

from app.accounts.models import Role
from app.db import db
from app.surveys import services
from app.surveys.compiled import compile_version
from app.surveys.models import QuestionKind, ReadAs, Survey, SurveyState
from app.surveys.presets import PRESETS
from tests.factories import AT

CODEBOOK = {
    "price", "support", "quality", "features", "usability", "forgotten", "competitor", "lifestyle", "delivery", "trust",
}  # fmt: skip
CHURN = ("churn_b2c", "contract_b2b", "subscription", "dormant")


def drafted(preset):
    survey = services.create_survey(preset, "秋の調査", None, AT)
    return survey, compile_version(survey.newest_version)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.usefixtures("context")
def test_every_preset_can_be_published_as_it_is(preset):
    survey, version = drafted(preset)
    assert survey.state is SurveyState.DRAFT
    assert survey.purpose
    assert version.minutes <= 3
    assert services.publish_survey(survey, None, AT).published_at == AT


@pytest.mark.parametrize("preset", CHURN)
@pytest.mark.usefixtures("context")
def test_churn_presets_ask_reason_improvement_and_present_with_nps_first_and_contact_last(preset):
    _survey, version = drafted(preset)
    kinds = [question.kind for question in version.questions]
    assert (kinds[0], kinds[-1]) == (QuestionKind.NPS, QuestionKind.CONTACT)
    read = [question.read_as for question in version.questions if question.read_as]
    assert read == [ReadAs.REASON, ReadAs.IMPROVE, ReadAs.CURRENT]
    assert {choice.code for choice in version.question("main_reason").choices} == CODEBOOK | {"other", "none"}
    assert [choice.code for choice in version.question("contact").choices] == [
        "none",
        "mail",
        "phone",
        "notice",
    ]


@pytest.mark.parametrize("preset", CHURN)
@pytest.mark.usefixtures("context")
def test_the_words_asked_after_the_main_reason_depend_on_it(preset):
    _survey, version = drafted(preset)

    def asked(answers):
        return next(one.title for one in version.visible(answers) if one.code == "reason_text")

    titles = [asked({"main_reason": choice.code}) for choice in version.question("main_reason").choices]
    assert len(set(titles)) == len(titles)
    assert asked({}) not in titles


@pytest.mark.usefixtures("context")
def test_the_company_is_named_and_no_placeholder_is_left():
    for preset in PRESETS:
        survey, version = services.create_survey(preset, preset, None, AT), None
        version = compile_version(survey.newest_version)
        words = [survey.public_title, survey.welcome, survey.thanks, survey.purpose]
        words += [text for question in version.questions for text in (question.title, question.help)]
        assert "朝霧茶舗" in "".join(words)
        script = survey.talk_script
        for said in (
            "お忙しいところ",
            "朝霧茶舗の",
            "2分ほど",
            "ためだけに使います",
            "いつでもおっしゃって",
            "ありがとう",
        ):
            assert said in script, preset
        assert "{" not in "".join([*words, script])


def test_an_editor_makes_a_draft_from_a_preset(sign_in, app):
    browser = sign_in(Role.EDITOR)
    assert "離れた個人のお客さま" in browser.get("/surveys/new").text
    answer = browser.post("/surveys", data={"preset": "nps", "name": "定期NPS 秋"})
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert "定期NPS 秋" in page
    assert "まだだれにも見えません" in page


def test_a_name_that_is_taken_is_refused_and_what_was_typed_stays(sign_in, app):
    browser = sign_in(Role.EDITOR)
    browser.post("/surveys", data={"preset": "nps", "name": "定期NPS"})
    again = browser.post("/surveys", data={"preset": "churn_b2c", "name": "定期NPS"})
    assert again.status_code == 422
    assert "「定期NPS」という調査がもうあります" in again.text
    with app.app_context():
        assert db.session.query(Survey).count() == 1


def test_the_empty_list_leads_to_the_presets(sign_in):
    page = sign_in(Role.EDITOR).get("/surveys").text
    assert "まだ調査はありません" in page
    assert "/surveys/new" in page


def test_a_viewer_sees_the_list_but_no_way_to_make_a_survey(sign_in):
    viewer = sign_in(Role.VIEWER)
    assert "ひな形を選ぶ</a>" not in viewer.get("/surveys").text
    assert viewer.get("/surveys/new").status_code == 403
    assert viewer.post("/surveys", data={"preset": "nps", "name": "x"}).status_code == 403
