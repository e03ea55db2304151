"""One respondent's sheet: rules over what is known of the customer, choices in this sheet's order, hours for a call."""

import re
from datetime import date

import pytest

from app.customers.models import CustomerState
from app.db import db, unit_of_work
from app.responses import queries
from app.responses.models import Response
from app.surveys import services
from app.surveys.compiled import compile_version
from app.surveys.models import QuestionKind
from app.surveys.presenting import shuffled
from tests import factories, factories_surveys
from tests.factories import AT

LAPSED = {"attribute": "customer:state", "is": "is", "value": "lapsed"}
LABELS = ("一", "二", "三", "四", "五", "六", "その他", "特になし")


def text_of(page):
    return re.sub("<wbr>", "", page)


@pytest.fixture
def sheet(app):
    """The address of a sheet: a screen for lapsed customers, a shuffled choice, a scale, a day, a wish for contact."""
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey("", published=False, thanks="{{pick|お答え}}を伺いました。")
        survey.shown_attributes = ["ご利用"]

        def add(kind, code, **texts):
            said = services.QuestionTexts(**{"title": code, **texts})
            services.add_question(survey, kind, said, None, None, AT, code=code)

        add(QuestionKind.TEXT, "only_lapsed", title="{{attribute:ご利用|当店}}をお休みの方へ")
        add(QuestionKind.SINGLE, "pick", choices=LABELS, settings={"shuffle": True})
        add(
            QuestionKind.SCALE,
            "point",
            title="「{{pick|それ}}」はどのくらい",
            settings={"points": 11, "middle": "ふつう"},
        )
        add(QuestionKind.DATE, "day")
        add(QuestionKind.CONTACT, "contact", wishes=(("none", "いらない"), ("phone", "電話で")))
        services.set_page_condition(survey, "only_lapsed", LAPSED, None, None, AT)
        survey.purpose = "ご連絡のため"
        services.publish_survey(survey, None, AT)
        customer = factories.customer(
            state=CustomerState.LAPSED,
            last_bought_on=date(2026, 1, 1),
            attributes={"ご利用": "通販", "氏名": "花子"},
        )
        invitation = factories_surveys.invitation(survey, customer)
        return f"/s/{invitation.token}"


def test_a_sheet_goes_on_under_the_rules_it_began_with(app, client, sheet):
    url = sheet
    client.post(url)
    with app.app_context(), unit_of_work():
        response = db.session.query(Response).one()
        assert response.attributes["customer:state"] == "lapsed"
        assert "氏名" not in response.attributes
        response.customer.state = CustomerState.RETURNED
    first = client.get(f"{url}/1")
    assert "通販をお休みの方へ" in text_of(first.text)
    other = app.test_client()
    assert "通販をお休みの方へ" in text_of(other.get(f"{url}/1").text)


def test_the_whole_sheet_by_hand_without_script(app, client, sheet):
    url = sheet
    client.post(url)
    page = text_of(client.post(f"{url}/1", data={"q_only_lapsed": "忙しくて"}, follow_redirects=True).text)
    order = re.findall(r"<span>(一|二|三|四|五|六|その他|特になし)</span>", page)
    assert sorted(order) == sorted(LABELS)
    assert order[6:] == ["その他", "特になし"]
    again = app.test_client()
    assert (
        re.findall(r"<span>(一|二|三|四|五|六|その他|特になし)</span>", text_of(again.get(f"{url}/2").text))
        == order
    )
    wrong = client.post(f"{url}/2", data={"q_pick": "nonsense"})
    assert wrong.status_code == 422
    assert re.findall(r"<span>(一|二|三|四|五|六|その他|特になし)</span>", text_of(wrong.text)) == order
    page = text_of(client.post(f"{url}/2", data={"q_pick": "c1"}, follow_redirects=True).text)
    assert "「一」はどのくらい" in page
    assert "ふつう" in page
    assert 'value="11"' in page
    page = text_of(client.post(f"{url}/3", data={"q_point": "11"}, follow_redirects=True).text)
    assert "（令和" in page
    client.post(f"{url}/4", data={"q_day": "２０２６-11-22"})
    assert "2026年11月22日（令和8年11月22日）" in client.get(f"{url}/4").text
    page = text_of(client.get(f"{url}/5").text)
    assert "お電話の時間帯" in page
    assert all(word in page for word in ("午前", "午後", "夕方", "いつでも"))
    assert len(page.encode()) < 60_000
    done = client.post(
        f"{url}/5", data={"q_contact": "phone", "q_contact_comment": "夕方"}, follow_redirects=True
    )
    assert "一を伺いました。" in text_of(done.text)
    with app.app_context(), unit_of_work():
        response = db.session.query(Response).one()
        wish = next(one for one in response.answers if one.question.code == "contact")
        assert (wish.value, wish.text) == ("phone", "夕方")
        response.submitted_at = AT
    later = text_of(client.get(f"{url}/thanks").text)
    assert "お答えを伺いました。" in later
    assert "一を伺いました。" not in later, "a link found later tells no answers"


@pytest.mark.parametrize(
    ("wish", "hours", "kept"), [("none", "夕方", ""), ("phone", "真夜中", ""), ("phone", "午前", "午前")]
)
def test_hours_count_only_where_a_call_is_wished_for(app, context, wish, hours, kept):
    survey = factories_surveys.survey()
    response = factories_surveys.response(
        survey, {"contact": wish, "contact-Comment": hours}, submitted=False
    )
    (answer,) = response.answers
    assert (answer.value, answer.text) == (wish, kept)


def test_a_hidden_screen_holds_no_value_even_if_it_is_sent(app, context):
    survey = factories_surveys.survey(published=False)
    services.set_page_condition(survey, "improve", LAPSED, None, None, AT)
    services.publish_survey(survey, None, AT)
    response = factories_surveys.response(survey, {"improve": "安く", "nps": 3}, submitted=False)
    assert queries.answers_so_far(response, compile_version(survey.published_version)) == {"nps": 3}


def test_a_question_called_for_on_its_own_screen_is_shown_there_before_going_on(app, client):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey("", published=False)
        for code, joined in (("a", False), ("b", True), ("c", False)):
            texts = services.QuestionTexts(title=f"設問{code}", joined=joined)
            services.add_question(survey, QuestionKind.TEXT, texts, None, None, AT, code=code)
        rule = {"question": "a", "is": "contains", "value": "高い"}
        services.set_condition(survey, "b", rule, None, None, AT)
        services.publish_survey(survey, None, AT)
        url = f"/s/{factories_surveys.invitation(survey).token}"
    client.post(url)
    assert "設問b" not in client.get(f"{url}/1").text
    assert client.post(f"{url}/1", data={"q_a": "安い"}).location.endswith("/2")
    answer = client.post(f"{url}/1", data={"q_a": "高い"})
    assert answer.location.endswith("/1")
    assert "設問b" in text_of(client.get(answer.location).text)
    assert client.post(f"{url}/1", data={"q_a": "高い", "q_b": "はい"}).location.endswith("/2")


def test_pinned_choices_stay_where_they_are_whatever_the_order(app, context):
    survey = factories_surveys.survey("", published=False)
    texts = services.QuestionTexts(title="t", choices=LABELS, settings={"shuffle": True})
    services.add_question(survey, QuestionKind.MULTIPLE, texts, None, None, AT, code="q")
    marked = services.QuestionTexts(
        title="t", choices=LABELS, settings={"shuffle": True}, boxed="c2", alone=("c8",), pinned=("c1",)
    )
    services.edit_question(survey, "q", marked, None, None, AT)
    question = compile_version(survey.newest_version).question("q")
    assert [one.code for one in question.choices if one.other] == ["c2"]
    orders = {tuple(one.code for one in shuffled(question, seed).choices) for seed in range(40)}
    assert len(orders) > 20
    assert {(order[0], order[1], order[7]) for order in orders} == {("c1", "c2", "c8")}


def test_staff_read_when_to_call_beside_the_wish(app, sign_in, drain):
    with app.app_context(), unit_of_work():
        answers = {**factories_surveys.ANSWERS, "contact": "phone", "contact-Comment": "夕方"}
        number = factories_surveys.response(answers=answers).id
    drain()
    assert "（夕方）" in sign_in().get(f"/voices?voice={number}").text
