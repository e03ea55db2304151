"""Through the link a customer may also say: no more contact, or: I am back already."""

import pytest

from app import clock
from app.customers.models import Channel, Consent, Customer, CustomerFact, CustomerKind, TimelineEntry
from app.customers.queries import has_consent, is_suppressed
from app.db import db, unit_of_work
from app.responses import wishes
from tests import factories, factories_surveys
from tests.factories import AT


@pytest.fixture
def link(app):
    with app.app_context(), unit_of_work():
        invitation = factories_surveys.invitation()
        db.session.add(factories.consent(invitation.customer))
        return f"/s/{invitation.token}"


def count(app, kind):
    with app.app_context():
        return db.session.query(CustomerFact).filter_by(kind=kind).count()


def test_asking_for_no_more_contact_is_asked_once_and_then_holds_for_every_channel(app, link, client):
    assert "連絡を止める" in client.get(f"{link}/stop").text
    assert count(app, "asked_stop") == 0
    assert client.post(f"{link}/stop").status_code == 303
    assert "差し上げません" in client.get(f"{link}/stop").text
    welcome = client.get(link).text.replace("<wbr>", "")
    assert "に、今後の連絡はいらないとうかがいました。" in welcome
    assert f'href="{link}/stop"' not in welcome
    assert f'href="{link}/preferences"' in welcome
    with app.app_context():
        fact = db.session.query(CustomerFact).filter_by(kind="asked_stop").one()
        customer = db.session.query(TimelineEntry).filter_by(kind="asked_stop").one().customer_id
        assert fact.customer_id == customer
        assert not has_consent(customer, Channel.MAIL)
        assert is_suppressed(Channel.PHONE, "09012345678")
        assert is_suppressed(Channel.LETTER, "静岡市1-2-3")
        assert db.session.query(Consent).count() == 2


def test_saying_it_twice_stays_one(app, link, client):
    client.post(f"{link}/stop")
    client.post(f"{link}/stop")
    assert count(app, "asked_stop") == 1


def test_saying_it_again_holds_for_what_has_come_since(app, link, client):
    client.post(f"{link}/stop")
    with app.app_context(), unit_of_work():
        customer = db.session.query(Customer).one()
        customer.email = "new@okyaku.example"
        db.session.add(factories.consent(customer, at=clock.now()))
        number = customer.id
    assert "連絡を止める" in client.get(f"{link}/stop").text
    client.post(f"{link}/stop")
    assert "差し上げません" in client.get(f"{link}/stop").text
    with app.app_context():
        assert is_suppressed(Channel.MAIL, "new@okyaku.example")
        assert not has_consent(number, Channel.MAIL)
    assert count(app, "asked_stop") == 1


def test_no_more_contact_withdraws_the_consent_to_calls_and_letters_too(app, link, client):
    with app.app_context(), unit_of_work():
        customer = db.session.query(Customer).one()
        db.session.add_all(
            factories.consent(customer, channel=one) for one in (Channel.PHONE, Channel.LETTER)
        )
        number = customer.id
    client.post(f"{link}/stop")
    with app.app_context():
        assert not any(has_consent(number, channel) for channel in Channel)


def test_after_answering_the_receipt_offers_it_too(app, client):
    with app.app_context(), unit_of_work():
        link = f"/s/{factories_surveys.response().invitation.token}"
    assert f"{link}/stop" in client.get(link).text
    client.post(f"{link}/stop")
    assert "今後のご連絡は差し上げません" in client.get(link).text


def test_at_a_company_only_the_address_written_to_is_left_alone(context):
    company = factories.customer(
        kind=CustomerKind.ACCOUNT, email="soumu@kaisha.example", phone="03-1111-2222"
    )
    invitation = factories_surveys.invitation(customer=company)
    wishes.stop_contact(invitation, AT)
    assert is_suppressed(Channel.MAIL, "soumu@kaisha.example")
    assert not is_suppressed(Channel.PHONE, "03-1111-2222")
    assert wishes.is_left_alone(invitation)


def test_who_is_back_already_may_say_so_and_still_answer(app, link, client):
    assert client.get(f"{link}/returned").headers["Location"] == link
    answer = client.post(f"{link}/returned")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    assert "ありがとうございます" in page.text
    assert link in page.text
    welcome = client.get(link).text.replace("<wbr>", "")
    assert "に、もう利用を再開されたとうかがいました。" in welcome
    assert f'action="{link}/returned"' not in welcome
    client.post(f"{link}/returned")
    assert count(app, "says_returned") == 1
    assert count(app, "returned") == 0
    assert client.post(link).status_code == 303


def test_who_is_back_and_has_answered_is_not_asked_again(app, client):
    with app.app_context(), unit_of_work():
        link = f"/s/{factories_surveys.response().invitation.token}"
    page = client.get(client.post(f"{link}/returned").headers["Location"])
    assert "ありがとうございます" in page.text
    assert "質問に答える" not in page.text
