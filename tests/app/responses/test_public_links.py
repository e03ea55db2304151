"""A public link of a survey: whoever opens it may begin, a press makes one sheet, and nobody is told who is known."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import clock
from app.accounts.models import RateLimit, Role
from app.customers.models import Customer, CustomerFact, CustomerState, StateSource, TimelineEntry
from app.customers.services import record_fact, set_state
from app.db import db, unit_of_work
from app.reasons.models import Reading
from app.responses import public
from app.responses.jobs import forget_networks
from app.responses.models import Door, PublicLink, RepeatCause, Response, ResponseState
from app.surveys import services as surveys
from app.surveys.models import Survey
from tests import factories, factories_surveys
from tests.factories import AT


@pytest.fixture
def link(app):
    """The address of a public link of a survey in use."""
    with app.app_context(), unit_of_work():
        made = public.make_link(factories_surveys.survey(), "LINE", None, AT)
        return f"/o/{made.key}"


def start_on(page):
    return re.search(r'name="start"[^>]*value="([^"]+)"', page)[1]


def begun(browser, link):
    """Press はじめる, for a sheet of one's own; return its address."""
    answer = browser.post(link, data={"start": start_on(browser.get(link).text), "anew": "1"})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rsplit("/", 1)[0]


def fill_in(browser, sheet):
    """Answer every screen the sheet shows until it thanks."""
    where = browser.get(f"{sheet}/1")
    path = f"{sheet}/1"
    for _turn in range(20):
        where = browser.get(path)
        fields = dict(re.findall(r'name="(q_\w+)"[^>]*value="(\w+)"', where.text))
        answer = browser.post(path, data={**fields, "q_reason_text": "送料が高くなりました。"})
        path = answer.headers["Location"]
        if path.endswith("/send"):
            path = browser.post(path).headers["Location"]
        if path.endswith("/thanks"):
            return browser.get(path)
    raise AssertionError(where.text)


def sheets(app):
    with app.app_context():
        return list(db.session.query(Response).order_by(Response.id))


def test_a_sheet_begins_with_a_press_is_resumed_by_its_own_token_and_ends_with_a_receipt(app, link, client):
    assert "はじめる" in client.get(link).text
    assert sheets(app) == []
    sheet = begun(client, link)
    [response] = sheets(app)
    assert (response.door, response.invitation_id, response.customer_id) == (Door.PUBLIC, None, None)
    assert len(response.token) == 24
    client.post(f"{sheet}/1", data={"q_nps": "3"})
    elsewhere = app.test_client()
    assert "続きから答える" in elsewhere.get(sheet).text
    assert "今後の連絡はいらない" not in elsewhere.get(sheet).text
    assert elsewhere.post(sheet).headers["Location"].endswith("/2")
    thanks = fill_in(client, sheet)
    assert response.number in thanks.text
    assert response.number in elsewhere.get(sheet).text
    assert sheets(app)[0].state is ResponseState.SUBMITTED


def test_pressing_the_same_page_twice_begins_one_sheet_and_two_pages_two(app, link, client):
    start = start_on(client.get(link).text)
    first, second = (client.post(link, data={"start": start}).headers["Location"] for _press in range(2))
    assert first == second
    assert len(sheets(app)) == 1
    begun(client, link)
    assert len(sheets(app)) == 2
    assert client.post(link, data={"start": "short"}).status_code == 422


def test_this_browser_goes_on_with_what_it_began_says_so_and_may_begin_anew(app, link, client):
    first = client.get(link).text.replace("<wbr>", "")
    assert "続きから答えられます" not in first
    assert "お名前はうかがいません" in first
    sheet = client.post(link, data={"start": start_on(first)}).headers["Location"].rsplit("/", 1)[0]
    assert f'href="http://localhost{sheet}"' in client.get(f"{sheet}/1").text
    client.post(f"{sheet}/1", data={"q_nps": "3"})
    again, stranger = (browser.get(link).text.replace("<wbr>", "") for browser in (client, app.test_client()))
    assert "このブラウザで答えていただいた続きから、はじめられます（6問中 2問目）" in again
    assert "このブラウザで答えて" not in stranger
    assert client.post(link, data={"start": start_on(again)}).headers["Location"] == f"{sheet}/2"
    assert len(sheets(app)) == 1
    other = client.post(link, data={"start": start_on(again), "anew": "1"}).headers["Location"]
    assert other.endswith("/1")
    assert len(sheets(app)) == 2
    fill_in(client, other.rsplit("/", 1)[0])
    assert "このブラウザで答えて" not in client.get(link).text.replace("<wbr>", "")


def test_fifty_presses_of_one_page_at_once_begin_one_sheet(app, link, client):
    start = start_on(client.get(link).text)

    def press(_hand):
        return app.test_client().post(link, data={"start": start}).headers["Location"]

    with ThreadPoolExecutor(8) as hands:
        assert len(set(hands.map(press, range(50)))) == 1
    assert len(sheets(app)) == 1


def test_unknown_and_switched_off_links_open_nothing(app, link, client):
    for key in ("nobody-has-ever-made-this", "x" * 24, "%00", "あ" * 24):
        assert client.get(f"/o/{key}").status_code == 404
        assert client.post(f"/o/{key}").status_code == 404
    sheet = begun(client, link)
    with app.app_context(), unit_of_work():
        public.switch_link(db.session.query(PublicLink).one(), False, None, AT)
    assert client.get(link).status_code == 410
    assert client.post(link, data={"start": "s" * 24}).status_code == 410
    # What was begun may be finished.
    assert client.get(f"{sheet}/1").status_code == 200
    assert client.get(f"{sheet}/stop").status_code == 404
    assert client.post(f"{sheet}/returned").status_code == 404


def test_a_second_sheet_from_one_browser_is_marked_and_told_and_still_taken(app, link, client):
    fill_in(client, begun(client, link))
    assert "もうお答えいただいています" in client.get(link).text
    assert "もうお答えいただいています" not in app.test_client().get(link).text
    fill_in(client, begun(client, link))
    first, second = sheets(app)
    assert (first.repeated, second.repeat_cause) == (False, RepeatCause.BROWSER)
    assert second.state is ResponseState.SUBMITTED
    client.set_cookie("okaeri-sent", "forged")
    assert "もうお答えいただいています" not in client.get(link).text


def test_many_sheets_from_one_network_within_the_hour_are_marked_and_too_many_refused(app, link):
    for _person in range(6):
        begun(app.test_client(), link)
    causes = [one.repeat_cause for one in sheets(app)]
    assert causes == [None] * 5 + [RepeatCause.NETWORK]
    with app.app_context():
        keys = [row.key for row in db.session.query(RateLimit)]
        assert not any("127.0.0.1" in key for key in keys if key.startswith("beg"))
        with unit_of_work():
            db.session.query(RateLimit).filter(RateLimit.key.startswith("begin-from")).update({"count": 120})
    browser = app.test_client()
    assert browser.post(link, data={"start": start_on(browser.get(link).text)}).status_code == 429


def test_what_stands_for_a_network_is_forgotten(app, link, client):
    begun(client, link)
    with app.app_context():
        with unit_of_work():
            db.session.query(RateLimit).update({"window_at": clock.now() - timedelta(days=2)})
        forget_networks()
        assert db.session.query(RateLimit).count() == 0


def test_who_says_to_be_a_customer_is_answered_alike_and_bound_only_by_a_member(app, link, client, sign_in):
    with app.app_context(), unit_of_work():
        db.session.add(factories.customer(key="K77", email="hanako@okyaku.example"))
        db.session.add(factories.customer(key="K78", email="futari@okyaku.example"))
        db.session.add(factories.customer(key="K79", email="futari@okyaku.example"))
        survey_id = db.session.query(Survey).one().id
    answers = []
    for who in ("ＨＡＮＡＫＯ@okyaku.example", "K404", "futari@okyaku.example"):
        browser = app.test_client()
        sheet = begun(browser, link)
        assert browser.post(f"{sheet}/who", data={"who": who}).headers["Location"] == sheet
        fill_in(browser, sheet)
        assert browser.post(f"{sheet}/who", data={"who": ""}).status_code == 422
        told = browser.post(f"{sheet}/who", data={"who": who}, follow_redirects=True)
        answers.append(re.sub(r"R-\d+|/s/[\w-]+|csrf\S+", "", told.text))
    assert len(set(answers)) == 1
    desk = f"/surveys/{survey_id}/links"
    assert "hanako@" not in sign_in(Role.VIEWER).get(desk).text.lower()
    editor = sign_in(Role.EDITOR)
    page = editor.get(desk).text
    assert page.count("この方の回答とする") == 1
    assert page.count("ひとりに決まりません") == 2
    first = sheets(app)[0]
    customer_id = int(re.search(r'name="customer_id" value="(\d+)"', page)[1])
    accept = f"/responses/{first.id}/claim/accept"
    assert editor.post(accept, data={"customer_id": customer_id}).status_code == 303
    assert editor.post(accept, data={"customer_id": customer_id}).status_code == 409
    editor.post(f"/responses/{first.id + 1}/claim/decline")
    first, second, third = sheets(app)
    assert (first.customer_id, first.claimed_as) == (customer_id, "")
    assert (second.customer_id, second.claimed_as) == (None, "")
    assert third.claimed_as == "futari@okyaku.example"
    with app.app_context():
        told = {fact.kind for fact in db.session.query(CustomerFact).filter_by(customer_id=customer_id)}
    assert {"answered", "nps"} <= told
    page = editor.get(f"/responses/{first.id}").text
    assert "送りました" in page
    assert "K77" in page
    assert "K77" not in sign_in(Role.VIEWER).get(f"/responses/{first.id}").text


def test_whose_a_sheet_is_can_be_taken_back_with_all_it_told(app, link, client, sign_in):
    sheet = begun(client, link)
    fill_in(client, sheet)
    client.post(f"{sheet}/who", data={"who": "hanako@okyaku.example"})
    with app.app_context(), unit_of_work():
        customer = factories.customer(key="K77", email="hanako@okyaku.example", state=CustomerState.DORMANT)
        db.session.add(customer)
        db.session.flush()
        customer_id, [response] = customer.id, db.session.query(Response).all()
    editor, path = sign_in(Role.EDITOR), f"/responses/{response.id}/claim"
    assert editor.post(f"{path}/take-back").status_code == 409

    def known():
        with app.app_context():
            facts = db.session.query(CustomerFact).filter_by(customer_id=customer_id)
            lines = db.session.query(TimelineEntry).filter_by(customer_id=customer_id, kind="answered")
            found = db.session.get(Customer, customer_id)
            return {one.kind for one in facts}, lines.count(), found.has_grievance, found.state_source

    told = editor.post(f"{path}/accept", data={"customer_id": customer_id}, follow_redirects=True).text
    with app.app_context(), unit_of_work():
        read = db.session.query(Reading).filter_by(response_id=response.id).count()
        record_fact(customer_id, "grievance", "price", f"response:{response.id}", AT)
        set_state(db.session.get(Customer, customer_id), CustomerState.LAPSED, StateSource.ANSWER, AT)
    kinds, lines, grieved, source = known()
    assert {"answered", "nps", "grievance"} <= kinds
    assert (lines, grieved, source) == (1, True, StateSource.ANSWER)
    assert f"{path}/take-back" in told
    assert f"{path}/take-back" in editor.get(f"/responses/{response.id}").text
    assert sign_in(Role.VIEWER).post(f"{path}/take-back").status_code == 403
    again = editor.post(f"{path}/take-back", follow_redirects=True).text
    assert "この方の回答とする" in again
    assert known() == (set(), 0, False, StateSource.RULE)
    with app.app_context():
        kept = db.session.get(Response, response.id)
        assert (kept.customer_id, kept.claimed_as) == (None, "K77")
        assert db.session.query(Reading).filter_by(response_id=response.id).count() == read
    assert editor.post(f"{path}/take-back").status_code == 409


def test_members_make_links_take_their_qr_codes_and_see_what_came_through_them(app, link, client, sign_in):
    fill_in(client, begun(client, link))
    begun(client, link)
    editor, viewer = sign_in(Role.EDITOR), sign_in(Role.VIEWER)
    with app.app_context():
        survey_id = db.session.query(Survey).one().id
    desk = f"/surveys/{survey_id}/links"
    for _press in range(2):
        assert editor.post(desk, data={"name": "秋の試飲会"}).status_code == 303
    assert viewer.post(desk, data={"name": "x"}).status_code == 403
    page = viewer.get(desk).text
    assert "はじめた方 2・送った方 1・くりかえしかもしれない回答 0" in page
    with app.app_context():
        made = db.session.query(PublicLink).order_by(PublicLink.id).all()
    assert [one.name for one in made] == ["LINE", "秋の試飲会"]
    with app.app_context(), unit_of_work():
        draft_id = factories_surveys.survey(published=False).id
    unpublished = editor.get(f"/surveys/{draft_id}/links").text
    assert ("調査を公開すると作れます" in unpublished, 'name="name"' in unpublished) == (True, False)
    assert f"http://localhost/o/{made[1].key}" in page
    svg = viewer.get(f"{desk}/{made[1].id}/qr.svg")
    assert (svg.mimetype, svg.data[:5]) == ("image/svg+xml", b"<?xml")
    assert viewer.get(f"{desk}/{made[1].id}/qr.png").data.startswith(b"\x89PNG")
    assert viewer.get(f"{desk}/{made[1].id}/qr.gif").status_code == 404
    assert viewer.get(f"/surveys/{survey_id + 1}/links/{made[1].id}/qr.svg").status_code == 404
    editor.post(f"{desk}/{made[1].id}/off")
    assert client.get(f"/o/{made[1].key}").status_code == 410
    editor.post(f"{desk}/{made[1].id}/on")
    assert client.get(f"/o/{made[1].key}").status_code == 200
    assert "ひらけます" in viewer.get(desk).text
    with app.app_context(), unit_of_work():
        surveys.close_survey(db.session.get_one(Survey, survey_id), None, AT)
    closed = viewer.get(desk).text
    assert closed.count("締め切りました</span>") == 2
    assert "ひらけます" not in closed
