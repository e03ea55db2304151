"""One press stops all mail: for people at the page, for mail programs by RFC 8058, and it tells strangers nothing."""

import pytest

from app.campaigns.models import Invitation
from app.customers.models import Channel, Consent, CustomerFact, Suppression, SuppressionCause
from app.customers.queries import has_consent, is_suppressed
from app.customers.services import suppress
from app.db import db, unit_of_work
from tests.app.campaigns.world import messages, send, started, states
from tests.conftest import NOW

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def token(app):
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        started(1)
        return db.session.query(Invitation).one().token


def counts():
    return [db.session.query(table).count() for table in (Suppression, Consent, CustomerFact)]


def test_looking_at_the_page_changes_nothing(app, client, token):
    with app.app_context():
        before = counts()
    page = client.get(f"/u/{token}")
    assert page.status_code == 200
    assert "<form" in page.text
    with app.app_context():
        assert counts() == before


def test_a_mail_program_stops_it_with_one_post_and_no_cookie(app, client, token):
    answer = client.post(f"/u/{token}", data=ONE_CLICK)
    assert answer.status_code == 200
    with app.app_context():
        customer = db.session.query(Invitation).one().customer
        assert is_suppressed(Channel.MAIL, customer.email)
        assert not has_consent(customer.id, Channel.MAIL)
        withdrawn = db.session.query(Consent).filter_by(granted=False).one()
        assert "秋の調査" in withdrawn.evidence
        assert db.session.query(CustomerFact).filter_by(kind="asked_stop").count() == 1


def test_a_second_press_is_answered_as_kindly_and_adds_nothing(app, client, token):
    first = client.post(f"/u/{token}", data=ONE_CLICK)
    with app.app_context():
        before = counts()
    second = client.post(f"/u/{token}", data=ONE_CLICK)
    assert (second.status_code, second.text) == (200, first.text)
    with app.app_context():
        assert counts() == before


@pytest.mark.parametrize("unknown", ["x", "A" * 24, "sample", "あ" * 24, "0" * 500])
def test_an_unknown_link_is_not_told_that_mail_has_stopped(app, client, token, unknown):
    with app.app_context():
        before = counts()
    for answer in (client.get(f"/u/{unknown}"), client.post(f"/u/{unknown}", data=ONE_CLICK)):
        assert answer.status_code == 404
        assert "メールはまだ止まっていません" in answer.text.replace("<wbr>", "")
    with app.app_context():
        assert counts() == before


def test_who_stops_while_mails_wait_gets_none(app, client, token, sink):
    client.post(f"/u/{token}", data=ONE_CLICK)
    with app.app_context():
        send(messages()[0].step.campaign, sink.port)
        assert (states(), sink.received) == (["suppressed"], [])


def test_who_bounced_before_can_still_withdraw_the_consent(app, client, token):
    with app.app_context(), unit_of_work():
        suppress(Channel.MAIL, messages()[0].address, SuppressionCause.BOUNCE, NOW)
    client.post(f"/u/{token}", data=ONE_CLICK)
    with app.app_context():
        assert not has_consent(db.session.query(Invitation).one().customer_id, Channel.MAIL)
