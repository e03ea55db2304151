"""担当が替わりました: kept as it was said, written to by nobody, and taken over only when a member says so."""

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.audit import AuditEntry
from app.campaigns.guard import mail_address
from app.customers.models import Contact, Customer, CustomerKind, Succession, SuccessionState, TimelineEntry
from app.db import db, unit_of_work
from tests import factories, factories_surveys

NEW = {
    "name": "佐藤 次郎",
    "department": "総務部",
    "email": "Ｊｉｒｏ@kaisha.example",
    "phone": "03-1111-3333",
}
OLD = "soumu@kaisha.example"


@pytest.fixture
def link(app):
    with app.app_context(), unit_of_work():
        company = factories.customer(kind=CustomerKind.ACCOUNT, email=OLD, name="株式会社朝日")
        db.session.add(company)
        db.session.flush()
        db.session.add(Contact(customer_id=company.id, name="山田 一郎", email=OLD, is_primary=True))
        return f"/s/{factories_surveys.invitation(customer=company).token}"


def said(app):
    with app.app_context():
        return db.session.scalars(sa.select(Succession)).all()


def name_one(client, link):
    return client.post(f"{link}/successor", data=NEW)


def written_to(app):
    with app.app_context():
        return db.session.scalar(sa.select(mail_address()).select_from(Customer))


def decide(app, browser, verb, **data):
    with app.app_context():
        one = db.session.scalars(sa.select(Succession)).one()
    data = {"revision": one.revision, **data}
    return browser.post(f"/customers/{one.customer_id}/successions/{one.id}/{verb}", data=data)


def test_only_a_companys_contact_is_offered_it(app, link, client):
    assert "担当が替わりました" in client.get(link).text
    with app.app_context(), unit_of_work():
        person = f"/s/{factories_surveys.invitation().token}"
    assert "担当が替わりました" not in client.get(person).text
    assert client.get(f"{person}/successor").status_code == 404


def test_one_word_is_enough_and_none_is_refused_beside_the_field(app, link, client):
    empty = client.post(f"{link}/successor", data={})
    assert empty.status_code == 422
    assert "どれかひとつを" in empty.text
    wrong = client.post(f"{link}/successor", data={"email": "jiro", "phone": "123"})
    assert wrong.status_code == 422
    assert "メールアドレスの形" in wrong.text
    assert 'value="jiro"' in wrong.text
    assert said(app) == []
    told = client.post(f"{link}/successor", data={"phone": "０３−１１１１−３３３３"})
    assert client.get(told.headers["Location"]).status_code == 200
    assert said(app)[0].phone == "03-1111-3333"
    welcome = client.get(link).text.replace("<wbr>", "")
    assert "に、ご担当が替わったとうかがいました。" in welcome
    assert f"{link}/successor" not in welcome


def test_said_twice_it_is_kept_once_and_too_often_it_waits(app, link, client):
    for _press in range(2):
        assert name_one(client, link).status_code == 303
    assert len(said(app)) == 1
    told = [client.post(f"{link}/successor", data={"name": f"佐藤{n}"}).status_code for n in range(3)]
    assert told == [303, 303, 422]


def test_until_a_member_confirms_everything_stays_as_it_was(app, link, client, sign_in):
    name_one(client, link)
    browser = sign_in(Role.EDITOR)
    assert "担当者の変更" in browser.get("/").text
    with app.app_context():
        number = db.session.scalars(sa.select(Customer.id)).one()
    page = browser.get(f"/customers/{number}").text
    assert "佐藤 次郎" in page
    assert "jiro@kaisha.example" not in sign_in(Role.VIEWER).get(f"/customers/{number}").text
    assert written_to(app) == OLD
    with app.app_context():
        assert db.session.query(Contact).count() == 1


def test_confirmed_the_new_contact_is_primary_and_the_old_one_gone(app, link, client, sign_in):
    name_one(client, link)
    browser = sign_in(Role.EDITOR)
    assert decide(app, browser, "confirm").status_code == 302
    assert decide(app, browser, "confirm").status_code == 302
    assert written_to(app) == "jiro@kaisha.example"
    with app.app_context():
        old, new = db.session.scalars(sa.select(Contact).order_by(Contact.id)).all()
        assert (old.name, old.is_primary, old.gone_at is not None) == ("山田 一郎", False, True)
        assert (new.name, new.department, new.is_primary, new.gone_at) == ("佐藤 次郎", "総務部", True, None)
        kinds = [line.kind for line in db.session.scalars(sa.select(TimelineEntry))]
        assert kinds == ["succession_named", "succession_confirmed"]
        entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject == "succession")).all()
        assert [entry.verb for entry in entries] == ["confirmed"]


def test_refused_with_a_reason_nothing_changes(app, link, client, sign_in):
    name_one(client, link)
    browser = sign_in(Role.EDITOR)
    assert decide(app, browser, "refuse").status_code == 422
    assert decide(app, browser, "refuse", why="お電話で、間違いと伺いました").status_code == 302
    assert written_to(app) == OLD
    assert said(app)[0].state is SuccessionState.REFUSED
    assert decide(app, browser, "confirm").status_code == 409


def test_a_contact_that_is_known_already_keeps_what_is_known_of_it(app, link, client, sign_in):
    with app.app_context(), unit_of_work():
        company = db.session.scalars(sa.select(Customer)).one()
        db.session.add(Contact(customer_id=company.id, name="佐藤 二郎", email="jiro@kaisha.example"))
    name_one(client, link)
    assert decide(app, sign_in(Role.EDITOR), "confirm").status_code == 302
    with app.app_context():
        known = db.session.scalars(sa.select(Contact).where(Contact.email == "jiro@kaisha.example")).one()
        assert (known.name, known.is_primary) == ("佐藤 二郎", True)


def test_nobody_decides_about_another_customers_succession_or_without_the_right(app, link, client, sign_in):
    name_one(client, link)
    assert decide(app, sign_in(Role.VIEWER), "confirm").status_code == 403
    browser = sign_in(Role.EDITOR)
    assert browser.post("/customers/999/successions/1/confirm").status_code == 404
