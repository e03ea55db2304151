"""A copy is a draft of its own: the same words, questions, conditions and codes, and nobody's answers."""

import pytest

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.surveys import services
from app.surveys.compiled import compile_version
from app.surveys.models import Survey, SurveyState
from tests import factories_surveys
from tests.factories import AT, member

SAME = (
    "public_title",
    "welcome",
    "thanks",
    "purpose",
    "talk_script",
    "retention_months",
    "preset",
    "shown_attributes",
)


def asked(survey):
    return [{**vars(one), "id": 0} for one in compile_version(survey.newest_version).questions]


@pytest.mark.usefixtures("context")
def test_a_copy_says_the_same_and_shares_nothing():
    survey = factories_surveys.survey(talk_script="お電話です。", shown_attributes=["コース"])
    factories_surveys.response(survey)
    copied = services.copy_survey(survey, "秋の調査", None, AT)
    assert (copied.name, copied.state, copied.closes_on) == ("秋の調査", SurveyState.DRAFT, None)
    assert [getattr(copied, name) for name in SAME] == [getattr(survey, name) for name in SAME]
    assert asked(copied) == asked(survey)
    before = asked(survey)
    texts = services.QuestionTexts("別の問い", choices=("一つ", "二つ"))
    services.edit_question(copied, "main_reason", texts, copied.revision, None, AT)
    assert asked(survey) == before


@pytest.mark.usefixtures("context")
def test_names_are_numbered_and_the_same_press_twice_is_one_copy():
    survey, author = factories_surveys.survey(name="秋の調査"), member()
    db.session.add(author)
    db.session.flush()
    name = services.free_name(survey)
    first = services.copy_survey(survey, name, author, AT)
    assert first.name == "秋の調査のコピー"
    assert services.copy_survey(survey, name, author, AT) is first
    assert (
        services.copy_survey(survey, services.free_name(survey), author, AT).name == "秋の調査のコピー（2）"
    )
    assert services.copy_survey(survey, "秋の調査", None, AT).name == "秋の調査のコピー（3）"


def test_an_editor_copies_and_a_viewer_does_not(app, sign_in):
    with app.app_context(), unit_of_work():
        path = f"/surveys/{factories_surveys.survey(name='秋の調査').id}"
    assert sign_in(Role.VIEWER).post(f"{path}/copy").status_code == 403
    browser = sign_in(Role.EDITOR)
    assert 'value="秋の調査のコピー"' in browser.get(path).text
    answer = browser.post(f"{path}/copy", data={"name": "秋の調査のコピー"}, follow_redirects=True)
    assert "下書き・まだだれにも見えません" in answer.text
    with app.app_context():
        assert db.session.query(Survey).count() == 2
