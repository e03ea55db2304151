"""Two people change one survey: the second is told, nothing typed is lost, and what goes together is kept together."""

import pytest

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.surveys.models import Survey, SurveyState
from tests import factories_surveys
from tests.at_once import browser_of, revision_in, revision_on

TEXTS = {
    "name": "秋の調査", "public_title": "お聞かせください", "welcome": "こんにちは。", "purpose": "直すため。",
    "thanks": "ありがとうございました。", "retention_months": "18", "closes_on": "",
}  # fmt: skip


@pytest.fixture
def path(app):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(published=False, name="秋の調査")
        return f"/surveys/{survey.id}"


@pytest.fixture
def pair(app):
    return browser_of(app, "森 健一"), browser_of(app, "佐藤 花")


def survey(app):
    return db.session.query(Survey).one()


def titles(app):
    with app.app_context():
        return [one.title for one in survey(app).newest_version.questions]


def question(title, **changes):
    return {"title": title, "read_as": "improve", "asks_for": "wish", **changes}


def test_the_second_editor_of_the_texts_sees_both_and_chooses(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, f"{path}/texts")
    first = {**TEXTS, "welcome": "森の\nあいさつ", "thanks": "森のお礼", "revision": seen}
    assert mori.post(f"{path}/texts", data=first).status_code == 303
    mine = {**TEXTS, "welcome": "佐藤のあいさつ", "purpose": "佐藤の使いみち", "revision": seen}
    told = sato.post(f"{path}/texts", data=mine)
    assert told.status_code == 409
    for words in ("森 健一さんが先に変えました", "森の\nあいさつ", "佐藤のあいさつ", "佐藤の使いみち"):
        assert words in told.text, words
    again = {**mine, "thanks": "森のお礼", "revision": revision_in(told.text)}
    assert sato.post(f"{path}/texts", data=again).status_code == 303
    with app.app_context():
        assert (survey(app).welcome, survey(app).thanks) == ("佐藤のあいさつ", "森のお礼")


def test_a_field_the_second_editor_left_alone_shows_what_the_first_wrote(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, f"{path}/texts")
    with app.app_context():
        as_shown = {name: getattr(survey(app), name) or "" for name in TEXTS} | {"revision": seen}
    mori.post(f"{path}/texts", data={**as_shown, "thanks": "森のお礼"})
    browsers_ends = {
        **as_shown,
        "welcome": "佐藤のあいさつ",
        "purpose": as_shown["purpose"].replace("\n", "\r\n"),
    }
    told = sato.post(f"{path}/texts", data=browsers_ends)
    assert told.status_code == 409
    assert told.text.count("森のお礼") == 2  # told, and in the field already
    assert "あなたは変えていない" in told.text


def test_changes_of_different_parts_of_a_survey_go_together(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, path)
    mori.post(f"{path}/questions/improve", data=question("森の問い", revision=seen))
    sato.post(f"{path}/questions/current", data=question("佐藤の問い", revision=seen))
    sato.post(f"{path}/questions", data=question("加えた問い", kind="text", revision=seen))
    mori.post(f"{path}/questions", data=question("もう一つ", kind="text", revision=seen))
    assert sato.post(f"{path}/texts", data={**TEXTS, "revision": seen}).status_code == 303
    assert {"森の問い", "佐藤の問い", "加えた問い", "もう一つ"} <= set(titles(app))


def test_the_same_question_changed_by_two_is_told(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, path)
    mori.post(f"{path}/questions/improve", data=question("森の問い", revision=seen))
    told = sato.post(f"{path}/questions/improve", data=question("佐藤の問い", revision=seen))
    assert told.status_code == 409
    assert "森の問い" in told.text
    assert "佐藤の問い" in told.text
    again = question("佐藤の問い", revision=revision_in(told.text))
    assert sato.post(f"{path}/questions/improve", data=again).status_code == 303
    assert "佐藤の問い" in titles(app)


def test_a_form_sent_twice_is_one_change(app, path, pair):
    mori, _sato = pair
    seen = revision_on(mori, path)
    form = question("加えた問い", kind="text", revision=seen)
    assert [mori.post(f"{path}/questions", data=form).status_code for _ in "ab"] == [303, 303]
    assert titles(app).count("加えた問い") == 1
    order = titles(app)
    seen = revision_on(mori, path)
    down = {"steps": "1", "revision": seen}
    assert [mori.post(f"{path}/questions/nps/move", data=down).status_code for _ in "ab"] == [303, 303]
    assert titles(app).index(order[0]) == 1
    texts = {**TEXTS, "welcome": "新しいあいさつ", "revision": revision_on(mori, f"{path}/texts")}
    assert [mori.post(f"{path}/texts", data=texts).status_code for _ in "ab"] == [303, 303]


def test_whoever_edits_a_removed_question_is_told_and_may_add_it_again(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, path)
    mori.post(f"{path}/questions/improve/remove", data={"revision": seen})
    told = sato.post(f"{path}/questions/improve", data=question("佐藤の問い", revision=seen))
    assert told.status_code == 409
    assert "森 健一さんが先にこの設問を消しました" in told.text
    assert "佐藤の問い" in told.text
    again = question("佐藤の問い", kind="text", revision=revision_in(told.text))
    assert sato.post(f"{path}/questions", data=again).status_code == 303
    assert "佐藤の問い" in titles(app)
    assert sato.post(f"{path}/questions/improve/remove", data={"revision": seen}).status_code == 303


def test_a_question_somebody_changed_meanwhile_is_not_removed_unseen(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, path)
    mori.post(f"{path}/questions/improve", data=question("森の問い", revision=seen))
    told = sato.post(f"{path}/questions/improve/remove", data={"revision": seen})
    assert (told.status_code, "それでも消す" in told.text) == (409, True)
    assert "森の問い" in titles(app)
    answer = sato.post(f"{path}/questions/improve/remove", data={"revision": revision_in(told.text)})
    assert answer.status_code == 303
    assert "森の問い" not in titles(app)


def test_what_changed_since_it_was_read_is_not_published_unseen(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, path)
    mori.post(f"{path}/questions/improve", data=question("森の問い", revision=seen))
    told = sato.post(f"{path}/publish", data={"revision": seen})
    assert told.status_code == 409
    assert "森 健一さんが先に変えました" in told.text
    read = {"revision": revision_on(sato, path)}
    assert [sato.post(f"{path}/publish", data=read).status_code for _ in "ab"] == [303, 303]
    assert [sato.post(f"{path}/close").status_code for _ in "ab"] == [303, 303]
    with app.app_context():
        assert survey(app).state is SurveyState.CLOSED


def test_a_name_taken_meanwhile_is_told_beside_its_field(app, path, sign_in):
    with app.app_context(), unit_of_work():
        factories_surveys.survey(published=False, name="冬の調査")
    browser = sign_in(Role.EDITOR)
    form = {**TEXTS, "name": "冬の調査", "revision": revision_on(browser, f"{path}/texts")}
    answer = browser.post(f"{path}/texts", data=form)
    assert answer.status_code == 422
    assert "「冬の調査」という調査がもうあります" in answer.text
