"""Behind one's own link: how one may be reached, channel by channel. Looking changes nothing, a press does at once."""

import re

import pytest
import sqlalchemy as sa

from app.customers.models import Channel, Consent, CustomerKind, Suppression, SuppressionCause
from app.customers.queries import has_consent, is_suppressed
from app.customers.services import suppress
from app.db import db, unit_of_work
from app.responses import preferences
from app.responses.models import Invitation
from tests import factories, factories_surveys
from tests.factories import AT


@pytest.fixture
def link(app):
    with app.app_context(), unit_of_work():
        invitation = factories_surveys.invitation()
        db.session.add(factories.consent(invitation.customer))
        return f"/s/{invitation.token}"


def ledger(app):
    with app.app_context():
        entries = db.session.scalars(sa.select(Consent).order_by(Consent.id)).all()
        return [(entry.channel.value, entry.granted) for entry in entries]


def standing(app):
    with app.app_context():
        found = preferences.preferences_of(db.session.scalars(sa.select(Invitation)).one())
        return {one.channel.value: one.is_on for one in found}


def test_the_page_shows_what_is_known_and_changes_nothing(app, link, client):
    page = client.get(f"{link}/preferences").text.replace("<wbr>", "")
    assert "会員登録時の同意" in page
    assert "まだ伺っていません" in page
    assert ledger(app) == [("mail", True)]
    assert standing(app) == {"mail": True, "letter": None, "phone": None}
    assert re.findall(r"<input[^>]*checked[^>]*>", page) == re.findall(
        r'<input[^>]*checked[^>]*name="mail"[^>]*>', page
    )
    client.post(f"{link}/preferences", data={"mail": "on"})
    assert standing(app) == {"mail": True, "letter": None, "phone": None}
    with app.app_context(), unit_of_work():
        db.session.scalars(sa.select(Consent)).one().basis = "申込書の「連絡可」の欄"
    assert "「申込書の『連絡可』の欄」によります" in client.get(f"{link}/preferences").text.replace(
        "<wbr>", ""
    )


def test_each_channel_is_switched_by_itself_and_the_ledger_keeps_it(app, link, client):
    told = client.post(f"{link}/preferences", data={"mail": "off", "letter": "on", "phone": "off"})
    assert "設定を保存しました" in client.get(told.headers["Location"]).text.replace("<wbr>", "")
    assert ledger(app) == [("mail", True), ("mail", False), ("letter", True)]
    assert standing(app) == {"mail": False, "letter": True, "phone": False}
    client.post(f"{link}/preferences", data={"mail": "off", "letter": "on", "phone": "off"})
    assert len(ledger(app)) == 3
    with app.app_context():
        customer = db.session.scalars(sa.select(Invitation)).one().customer
        assert is_suppressed(Channel.MAIL, customer.email)
        assert not has_consent(customer.id, Channel.MAIL)


def test_whoever_stopped_may_begin_again_but_lifts_nothing_else(app, link, client):
    client.post(f"{link}/stop")
    assert standing(app) == {"mail": False, "letter": False, "phone": False}
    with app.app_context(), unit_of_work():
        db.session.execute(
            sa.update(Suppression)
            .where(Suppression.channel == Channel.PHONE)
            .values(cause=SuppressionCause.COMPLAINT)
        )
    client.post(f"{link}/preferences", data={"mail": "on", "letter": "off", "phone": "on"})
    assert standing(app) == {"mail": True, "letter": False, "phone": False}


def test_what_is_no_choice_is_refused_beside_the_field(app, link, client):
    answer = client.post(f"{link}/preferences", data={"mail": "perhaps", "letter": "off", "phone": "off"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert ledger(app) == [("mail", True)]


def test_at_a_company_the_contact_decides_about_the_mail_alone(context):
    company = factories.customer(kind=CustomerKind.ACCOUNT, phone="03-1111-2222")
    invitation = factories_surveys.invitation(customer=company)
    assert [one.channel for one in preferences.preferences_of(invitation)] == [Channel.MAIL]
    suppress(Channel.MAIL, company.email, SuppressionCause.BOUNCE, AT)
    assert preferences.change_preferences(invitation, {"mail": True, "phone": True}, AT) == 1
    assert not preferences.preferences_of(invitation)[0].is_on
