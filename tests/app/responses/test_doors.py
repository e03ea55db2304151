"""Link, QR code, typed code and telephone lead to one sheet: the first submission wins, and the history says what happened."""

import re

import pytest

from app.accounts.models import Role
from app.campaigns.codes import spaced_code
from app.campaigns.models import Invitation
from app.db import db, unit_of_work
from app.responses import services
from app.responses.models import Answer, Door, Response, ResponseEvent, ResponseState
from app.surveys.models import QuestionKind
from app.surveys.services import QuestionTexts, add_question, publish_survey
from tests import factories_surveys
from tests.factories import AT

CODE = "K3RT7M2H"


@pytest.fixture
def link(app):
    with app.app_context(), unit_of_work():
        return f"/s/{factories_surveys.invitation(code=CODE).token}"


def events(app):
    with app.app_context():
        rows = db.session.query(ResponseEvent).order_by(ResponseEvent.id)
        return [(row.kind.value, row.door.value, row.page) for row in rows]


def sheet(app):
    with app.app_context():
        return db.session.query(Response).one()


def open_by(browser, link, door):
    """Open the sheet through a door and press."""
    page = browser.get(f"{link}?door={door}")
    return browser.post(link, data={"door": re.search(r'name="door" value="(\w*)"', page.text)[1]})


def test_two_doors_go_on_with_one_sheet_and_the_one_it_was_sent_through_is_its_door(app, link, client):
    phone = app.test_client()
    open_by(client, link, "")
    client.post(f"{link}/1", data={"q_nps": "6"})
    assert "前に答えていただいた続きから" in re.sub("<wbr>", "", phone.get(f"{link}?door=qr").text)
    assert open_by(phone, link, "qr").headers["Location"] == f"{link}/2"
    assert open_by(phone, link, "qr").headers["Location"] == f"{link}/2"
    phone.post(f"{link}/2", data={"q_main_reason": "price"})
    client.post(f"{link}/1", data={"q_nps": "5"})
    for page, field in ((3, "q_reason_text"), (4, "q_improve"), (5, "q_current")):
        phone.post(f"{link}/{page}", data={field: ""})
    assert sheet(app).door is Door.LINK
    phone.post(f"{link}/6", data={"q_contact": "none"})
    assert (sheet(app).door, sheet(app).state, sheet(app).nps) == (Door.QR, ResponseState.SUBMITTED, 5)
    # Whoever comes second is shown what was taken, and changes nothing.
    client.post(f"{link}/1", data={"q_nps": "0"})
    client.post(f"{link}/6", data={"q_contact": "none"})
    assert sheet(app).nps == 5
    assert sheet(app).number in client.get(link).text
    kinds = events(app)
    assert kinds[:5] == [
        ("started", "link", None),
        ("saved", "link", 1),
        ("resumed", "qr", None),
        ("saved", "qr", 2),
        ("saved", "link", 1),
    ]
    assert kinds[-1] == ("submitted", "qr", None)
    assert [kind for kind, _door, _page in kinds].count("submitted") == 1


def test_members_read_what_happened_to_a_sheet(app, link, client, sign_in):
    open_by(client, link, "qr")
    client.post(f"{link}/1", data={"q_nps": "6"})
    page = sign_in(Role.VIEWER).get(f"/responses/{sheet(app).id}").text
    assert "1番目の画面を保存しました" in page
    assert "QRコード" in page
    assert sign_in(Role.OPERATOR).get(f"/responses/{sheet(app).id}").status_code == 403
    assert sign_in(Role.VIEWER).get("/responses/999999").status_code == 404


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("K3RT7M2F", "どこか1文字が違うようです"),
        ("K3RT7M2", "コードは8文字です"),
        ("K3RT7M20", "0・1・I・L・O・Uは使っていません"),
        ("22222222", "見つかりませんでした"),
    ],
)
def test_a_slip_in_a_typed_code_is_told_in_a_way_that_helps(link, client, typed, words):
    answer = client.post("/c", data={"code": typed})
    assert answer.status_code in (404, 422)
    assert words in answer.text


def test_a_used_code_leads_to_the_receipt(app, link, client):
    with app.app_context(), unit_of_work():
        response = services.start_response(db.session.query(Invitation).one(), Door.CODE, AT)
        services.save_page(response, factories_surveys.ANSWERS, AT)
        number = services.submit_response(response, AT).number
    assert number in client.post("/c", data={"code": CODE}, follow_redirects=True).text


def test_a_choice_clicked_in_a_mail_is_shown_as_chosen_and_waits_for_a_press(app, link, client):
    clicked = f"{link}?q=nps&v=7"
    welcome = client.get(clicked)
    assert "「7」を選んだところから" in re.sub("<wbr>", "", welcome.text)
    first = client.post(clicked).headers["Location"]
    assert first == f"{link}/1?q=nps&v=7"
    page = client.get(first).text
    assert re.findall(r"<input[^>]*checked[^>]*>", page)[0].count('value="7"') == 1
    with app.app_context():
        assert db.session.query(Answer).count() == 0
    client.post(first, data={"q_nps": "7"})
    with app.app_context():
        assert db.session.query(Answer).one().value == 7
    # What was saved stands over what is clicked later, and the sheet goes on where it is.
    assert client.post(f"{link}?q=nps&v=2").headers["Location"].startswith(f"{link}/2")
    assert 'value="7"' in re.findall(r"<input[^>]*checked[^>]*>", client.get(f"{link}/1?q=nps&v=2").text)[0]


@pytest.mark.parametrize(
    "query", ["q=nps&v=11", "q=nps&v=x", "q=nps", "q=main_reason&v=price", "q=%00&v=7", "v=7"]
)
def test_a_click_that_is_no_answer_to_the_first_screen_chooses_nothing(link, client, query):
    client.post(link)
    assert "checked" not in client.get(f"{link}/1?{query}").text


@pytest.mark.parametrize(("kind", "value"), [(QuestionKind.SCALE, "3"), (QuestionKind.SINGLE, "c2")])
def test_scales_and_single_choices_can_be_clicked_too(app, client, kind, value):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey("", published=False)
        texts = QuestionTexts(
            "いかがでしたか", choices=("よい", "わるい") if kind is QuestionKind.SINGLE else ()
        )
        add_question(survey, kind, texts, survey.revision, None, AT, code="first")
        publish_survey(survey, None, AT)
        link = f"/s/{factories_surveys.invitation(survey).token}"
    page = client.get(client.post(f"{link}?q=first&v={value}").headers["Location"]).text
    assert f'value="{value}"' in re.findall(r"<input[^>]*checked[^>]*>", page)[0]


def test_each_person_asked_has_a_slip_with_a_qr_code_and_a_code(app, link, sign_in):
    with app.app_context():
        campaign_id = db.session.query(Invitation).one().campaign_id
    page = sign_in(Role.EDITOR).get(f"/campaigns/{campaign_id}/slips").text
    assert spaced_code(CODE) in page
    assert "山本 花子様" in page
    assert page.count("data:image/svg+xml") == 1
    assert sign_in(Role.VIEWER).get(f"/campaigns/{campaign_id}/slips").status_code == 403
    assert sign_in(Role.EDITOR).get("/campaigns/999999/slips").status_code == 404
