"""A sheet is answered screen by screen, saved after each, and goes on from any device."""

import re

import pytest

from app.db import db, unit_of_work
from app.responses import services as responses
from app.responses.models import Answer, Response, ResponseState
from app.responses.values import BadAnswer
from app.surveys import services as surveys
from app.surveys.models import Question, QuestionKind
from app.surveys.services import QuestionTexts
from tests import factories_surveys
from tests.factories import AT


def text(answer):
    return re.sub(r"<wbr>", "", answer.text)


@pytest.fixture
def link(app, client):
    with app.app_context(), unit_of_work():
        token = factories_surveys.invitation().token
    client.post(f"/s/{token}")
    return f"/s/{token}"


@pytest.fixture
def kinds(app, client):
    """A begun sheet with many kinds of questions."""
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey("", published=False, purpose="調べます。")
        for code, kind, fields in (
            ("intro", QuestionKind.STATEMENT, {}),
            ("goods", QuestionKind.MULTIPLE, {"choices": ("煎茶", "玄米茶", "その他", "特になし")}),
            ("taste", QuestionKind.SCALE, {"settings": {"points": 5}, "required": True}),
            ("bags", QuestionKind.NUMBER, {"settings": {"lowest": 0, "highest": 100, "unit": "袋"}}),
            ("day", QuestionKind.DATE, {}),
            ("agree", QuestionKind.CONSENT, {"required": True}),
            ("place", QuestionKind.SINGLE, {"choices": ("お店", "通販", "その他"), "required": True}),
        ):
            texts = QuestionTexts(f"{code}は", **fields)
            surveys.add_question(survey, kind, texts, survey.revision, None, AT, code=code)
        bags = next(one for one in survey.newest_version.questions if one.code == "bags")
        bags.condition = {"question": "goods", "is": "any_of", "value": ["c1", "c2"]}
        db.session.flush()
        surveys.publish_survey(survey, None, AT)
        token = factories_surveys.invitation(survey).token
    client.post(f"/s/{token}")
    return f"/s/{token}"


def answers(app):
    with app.app_context():
        rows = db.session.query(Question.code, Answer.value, Answer.text).join(Answer).all()
        return {code: words or value for code, value, words in rows}


def number(answer):
    return answer.headers["Location"].rsplit("/", 1)[-1]


def test_the_whole_sheet_is_answered_and_gets_a_receipt(app, link, client):
    given = [
        {"q_nps": "6"},
        {"q_main_reason": "delivery"},
        {"q_reason_text": "新茶が遅い"},
        {"q_improve": "日を選びたい"},
    ]
    for page, form in enumerate([*given, {"q_current": "生協"}], 1):
        assert number(client.post(f"{link}/{page}", data=form)) == str(page + 1)
    done = client.post(f"{link}/6", data={"q_contact": "notice"})
    assert number(done) == "thanks"
    receipt = text(client.get(done.headers["Location"]))
    assert "お声を、たしかに受け取りました" in receipt
    assert "R-0001" in receipt
    assert answers(app) == {
        "nps": 6, "main_reason": "delivery", "reason_text": "新茶が遅い", "improve": "日を選びたい", "current": "生協", "contact": "notice",
    }  # fmt: skip
    again = client.get(link)
    assert again.status_code == 200
    assert "R-0001" in again.text
    assert "新茶が遅い" not in again.text


def test_the_words_of_the_text_question_follow_the_main_reason(link, client):
    client.post(f"{link}/1", data={"q_nps": "6"})
    client.post(f"{link}/2", data={"q_main_reason": "price"})
    assert "何と比べて、またはどんなときに、高いと感じましたか" in text(client.get(f"{link}/3"))


def test_another_device_goes_on_where_the_first_one_stopped(app, link, client):
    client.post(f"{link}/1", data={"q_nps": "6"})
    client.post(f"{link}/2", data={"q_main_reason": "trust"})
    other = app.test_client()
    assert "続きから" in text(other.get(link))
    assert number(other.post(link)) == "3"
    assert "ここまで保存しました" in other.get(f"{link}/3").text
    assert re.search(r'<input[^>]*checked[^>]*value="6"', other.get(f"{link}/1").text)


def test_a_question_may_be_passed_over_and_is_not_asked_again(app, link, client):
    assert number(client.post(f"{link}/1", data={"skip": "1", "q_nps": "3"})) == "2"
    assert answers(app) == {"nps": None}
    assert number(client.post(link)) == "2"


def test_a_question_that_is_needed_cannot_be_passed_over(link, client):
    answer = client.post(f"{link}/2", data={"skip": "1"})
    assert answer.status_code == 422
    assert "ひとつ選んでください。" in answer.text
    assert "答えずに進む" not in client.get(f"{link}/2").text


def test_going_back_keeps_what_was_typed(app, link, client):
    client.post(f"{link}/1", data={"q_nps": "6"})
    client.post(f"{link}/2", data={"q_main_reason": "trust"})
    assert number(client.post(f"{link}/3", data={"q_reason_text": "書きかけ", "back": "1"})) == "2"
    assert "書きかけ" in client.get(f"{link}/3").text


def test_the_last_press_shows_what_is_still_missing_instead_of_submitting(app, link, client):
    answer = client.post(f"{link}/6", data={"q_contact": "none"})
    assert answer.headers["Location"] == f"{link}/2?missing=1"
    assert "まだ答えていただいていません" in client.get(answer.headers["Location"]).text
    with app.app_context():
        assert db.session.query(Response).one().state is ResponseState.STARTED


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"q_nps": "11"}, "ひとつ選んでください。"),
        ({"q_nps": "-1"}, "ひとつ選んでください。"),
        ({"q_nps": "abc"}, "ひとつ選んでください。"),
    ],
)
def test_a_point_off_the_scale_is_refused(app, link, client, form, says):
    answer = client.post(f"{link}/1", data=form)
    assert answer.status_code == 422
    assert says in answer.text
    # Beside the field, and above the question with a link to it.
    assert 'id="q_nps-error"' in answer.text
    assert '<a href="#q_nps">' in answer.text
    assert answers(app) == {}


def test_too_long_an_answer_is_refused_with_its_count_and_what_was_typed_stays(app, link, client):
    words = "長" * 4001
    answer = client.post(f"{link}/3", data={"q_reason_text": words})
    assert answer.status_code == 422
    assert "4,000文字までで入力してください。今は4,001文字です。" in answer.text
    assert words in answer.text


def test_exactly_the_longest_answer_with_line_ends_of_two_characters_is_kept(app, link, client):
    client.post(f"{link}/3", data={"q_reason_text": "行\r\n" * 1999 + "終わ"})
    assert len(answers(app)["reason_text"]) == 4000


@pytest.mark.parametrize("words", ["😀髙𠮷①㈱", "=1+1", "<script>alert(1)</script>", "改\n行", "{{ 7*7 }}"])
def test_any_words_come_back_as_they_were_written(app, link, client, words):
    client.post(f"{link}/3", data={"q_reason_text": words})
    assert answers(app)["reason_text"] == words
    shown = client.get(f"{link}/3").text
    assert "<script>" not in shown
    assert "49" not in re.search(r"<textarea.*?</textarea>", shown, re.DOTALL)[0]


def test_nul_is_refused(app, link, client):
    answer = client.post(f"{link}/3", data={"q_reason_text": "あ\0い"})
    assert answer.status_code == 422
    assert "保存できない文字" in answer.text


def test_a_page_that_is_not_there_is_not_found(link, client):
    for page in (0, 7, 99999999999999999999):
        assert client.get(f"{link}/{page}").status_code == 404
        assert client.post(f"{link}/{page}", data={}).status_code in (404, 405)


def test_full_width_figures_are_numbers(app, kinds, client):
    client.post(f"{kinds}/2", data={"q_goods": ["c1", "c2"]})
    for typed in ("１２", "12袋", "１２ 袋", "12.0"):
        client.post(f"{kinds}/4", data={"q_bags": "3"})
        assert number(client.post(f"{kinds}/4", data={"q_bags": typed})) == "5", typed
        assert answers(app)["bags"] == 12, typed


@pytest.mark.parametrize("typed", ["101", "-1", "たくさん", "1e9", "9" * 60, "3.5", "12回"])
def test_a_number_out_of_bounds_is_refused_and_stays_in_its_box(app, kinds, client, typed):
    client.post(f"{kinds}/2", data={"q_goods": "c1"})
    answer = client.post(f"{kinds}/4", data={"q_bags": typed})
    assert answer.status_code == 422
    assert typed in answer.text


def test_a_day_is_kept_and_shown_again(app, kinds, client):
    client.post(f"{kinds}/5", data={"q_day": "2026/03/03"})
    assert answers(app)["day"] == "2026-03-03"
    page = client.get(f"{kinds}/5").text
    assert 'value="2026-03-03"' in page
    assert "選んだ日は2026年3月3日（令和8年3月3日）です。" in page
    assert client.post(f"{kinds}/5", data={"q_day": "2026-02-30"}).status_code == 422


def test_a_hidden_question_is_left_out_and_an_answer_to_it_dropped(app, kinds, client):
    assert number(client.post(f"{kinds}/2", data={"q_goods": "c1"})) == "3"
    assert number(client.post(f"{kinds}/3", data={"q_taste": "5"})) == "4"
    client.post(f"{kinds}/4", data={"q_bags": "3"})
    client.post(f"{kinds}/2", data={"q_goods": "c3", "q_goods_comment": "麦茶"})
    assert "bags" not in answers(app)
    assert answers(app)["goods"] == "麦茶"
    assert number(client.post(f"{kinds}/3", data={"q_taste": "5"})) == "5"
    assert client.get(f"{kinds}/4").status_code == 404


def test_an_exclusive_choice_goes_with_no_other(app, kinds, client):
    answer = client.post(f"{kinds}/2", data={"q_goods": ["c1", "c4"]})
    assert answer.status_code == 422
    assert "「特になし」は、ほかの答えと一緒に選べません。" in answer.text


def test_words_beside_other_choose_it_and_where_another_is_chosen_the_sheet_asks_which_is_meant(
    app, kinds, client
):
    goods, place, words = f"{kinds}/2", f"{kinds}/7", {"q_goods_comment": "麦茶", "q_place_comment": "駅前"}
    client.post(goods, data=words)
    assert answers(app)["goods"] == "麦茶"
    client.post(goods, data={**words, "q_goods": "c1"})
    assert "checked" in re.search(r'<input[^>]*value="c3"[^>]*>', client.get(goods).text)[0]
    assert client.post(goods, data={**words, "q_goods": "c4"}).status_code == 422
    answer = client.post(place, data={**words, "q_place": "c1"})
    assert answer.status_code == 422
    assert "どちらかひとつを選び" in answer.text
    assert 'value="駅前"' in answer.text
    assert "place" not in answers(app)
    client.post(place, data=words)
    assert answers(app)["place"] == "駅前"
    with app.app_context():
        response = db.session.query(Response).one()
        with pytest.raises(BadAnswer), unit_of_work():
            responses.save_page(response, {"place": "c1", "place-Comment": "駅前"}, AT)
        with unit_of_work():
            responses.save_page(response, {"goods": ["c2"], "goods-Comment": "麦茶"}, AT)
        kept = {row.text: row.value for row in db.session.query(Answer)}
    assert (kept["麦茶"], kept["駅前"]) == (["c2", "c3"], "c3")


def test_a_statement_is_shown_at_the_beginning_and_left_by_a_press(app, kinds, client):
    assert number(client.post(kinds)) == "1"
    assert number(client.post(f"{kinds}/1", data={})) == "2"


def test_a_consent_that_is_needed_must_be_given(app, kinds, client):
    refused = client.post(f"{kinds}/6", data={})
    assert refused.status_code == 422
    client.post(f"{kinds}/3", data={"q_taste": "3"})
    assert number(client.post(f"{kinds}/6", data={"q_agree": "yes"})) == "7"
    assert number(client.post(f"{kinds}/7", data={"q_place": "c1"})) == "thanks"
    assert answers(app)["agree"] is True


def test_where_later_questions_fall_away_the_end_is_confirmed_by_a_press(app, client):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey("", published=False)
        choices = ("はい", "いいえ")
        surveys.add_question(
            survey,
            QuestionKind.SINGLE,
            QuestionTexts("困りましたか", choices=choices),
            survey.revision,
            None,
            AT,
            code="any",
        )
        surveys.add_question(
            survey, QuestionKind.TEXT, QuestionTexts("どんなこと"), survey.revision, None, AT, code="what"
        )
        survey.newest_version.questions[1].condition = {"question": "any", "is": "is", "value": "c1"}
        surveys.publish_survey(survey, None, AT)
        link = f"/s/{factories_surveys.invitation(survey).token}"
    client.post(link)
    assert number(client.post(f"{link}/1", data={"q_any": "c2"})) == "send"
    assert "この内容で送る" in client.get(f"{link}/send").text
    with app.app_context():
        assert db.session.query(Response).one().state is ResponseState.STARTED
    assert number(client.post(f"{link}/send")) == "thanks"
    with app.app_context():
        assert db.session.query(Response).one().state is ResponseState.SUBMITTED
